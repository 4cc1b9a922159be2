"""Words of settlement."""

from enum import StrEnum


class Presence(StrEnum):
    """What is attested for a participant's day."""

    PRESENT = "present"
    EXCUSED_ABSENCE = "excused_absence"
    UNEXCUSED_ABSENCE = "unexcused_absence"
    SICK = "sick"
    CLOSED = "closed"


class StatementState(StrEnum):
    """The life of a statement (décompte)."""

    PREFILLED = "prefilled"
    SUBMITTED = "submitted"
    CHECKED = "checked"
    APPROVED = "approved"
    PAID = "paid"
    RETURNED = "returned"


class StatementEvent(StrEnum):
    """What may happen to a statement."""

    PREFILL = "prefill"
    SUBMIT = "submit"
    CHECK = "check"
    APPROVE = "approve"
    PAY = "pay"
    RETURN = "return"


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


class Severity(StrEnum):
    """How soon somebody must act."""

    ERROR = "error"
    WARNING = "warning"


class FindingUnit(StrEnum):
    """What the expected and the found number count; francs are in centimes."""

    CENTIMES = "centimes"
    PLACES = "places"
    DAYS = "days"
