"""Words of the reconciliation."""

from enum import StrEnum


class FindingKind(StrEnum):
    """What two sources of truth disagree about, or what is late."""

    BALANCE = "balance"
    COMMITMENT = "commitment"
    ACCRUAL = "accrual"
    STATEMENT = "statement"
    PAYMENT = "payment"
    PLACES = "places"
    QUOTA = "quota"
    DELIVERABLE = "deliverable"
    BUDGET = "budget"
    PLACEMENT = "placement"
    RECOUNT = "recount"
    RELEASE = "release"
    LATE_STATEMENT = "late_statement"
    LATE_PAYMENT = "late_payment"
    VOLUME = "volume"
    CEILING = "ceiling"
    CARRY_OVER = "carry_over"
    LATE_RECLAIM = "late_reclaim"
    WAGE = "wage"
    LATE_TRANSFER = "late_transfer"
    REJECTED_TRANSFER = "rejected_transfer"
    INCOMING = "incoming"


class Severity(StrEnum):
    """How soon somebody must act."""

    ERROR = "error"
    WARNING = "warning"


class FindingUnit(StrEnum):
    """What the expected and the found number count; francs are in centimes."""

    CENTIMES = "centimes"
    PLACES = "places"
    DAYS = "days"
