"""Words of providers."""

from enum import StrEnum


class LabelStanding(StrEnum):
    """What a label is worth on a day."""

    COMING = "coming"
    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class AttestationKind(StrEnum):
    """What somebody attests of a provider (indications 24, 32; LACI 59cbis)."""

    ICS = "ics"
    RISK_MANAGEMENT = "risk_management"
    NON_PROFIT = "non_profit"
    AUDIT = "audit"


class StaffChange(StrEnum):
    """Whether somebody begins or leaves."""

    HIRED = "hired"
    LEFT = "left"


class TalkStanding(StrEnum):
    """Where a provider's request for a talk stands."""

    OPEN = "open"
    ANSWERED = "answered"


class OverrunKind(StrEnum):
    """What an agreement will not suffice for: its money, or its volume in days."""

    BUDGET = "budget"
    VOLUME = "volume"
