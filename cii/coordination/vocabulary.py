"""Words of the coordination group."""

from enum import StrEnum


class Body(StrEnum):
    """Who meets."""

    COORDINATION = "coordination"
    STEERING = "steering"


class Standing(StrEnum):
    """What a seat in a body is: always there, there by invitation or at its own wish, or a guest."""

    PERMANENT = "permanent"
    INVITED = "invited"
    GUEST = "guest"


class CorrectiveState(StrEnum):
    """Where a corrective measure stands."""

    OBSERVED = "observed"
    WITHIN_CONTRACT = "within_contract"
    ASKED_VIA_RESPONDENT = "asked_via_respondent"
    OVERDUE = "overdue"
    DONE = "done"
    VERIFIED = "verified"
    NEEDS_CONTRACT_CHANGE = "needs_contract_change"
    AT_STEERING = "at_steering"
    APPROVED = "approved"
    REFUSED = "refused"
    IMPLEMENTED = "implemented"
    DROPPED = "dropped"


class CorrectiveEvent(StrEnum):
    """What may happen to a corrective measure."""

    KEEP_WITHIN_CONTRACT = "keep_within_contract"
    ASK = "ask"
    FALL_OVERDUE = "fall_overdue"
    DO = "do"
    VERIFY = "verify"
    REOPEN = "reopen"
    NEED_CONTRACT_CHANGE = "need_contract_change"
    PROPOSE = "propose"
    APPROVE = "approve"
    REFUSE = "refuse"
    IMPLEMENT = "implement"
    DROP = "drop"


class FigureOrigin(StrEnum):
    """Where a figure of a month comes from: counted here and confirmed, told in a form, read from a file."""

    COUNTED = "counted"
    ENTERED = "entered"
    IMPORTED = "imported"
