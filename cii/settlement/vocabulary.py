"""Words of settlement."""

from enum import StrEnum


class Presence(StrEnum):
    """What is attested for a participant's day."""

    PRESENT = "present"
    EXCUSED_ABSENCE = "excused_absence"
    UNEXCUSED_ABSENCE = "unexcused_absence"
    SICK = "sick"
    CLOSED = "closed"


class AbsenceNews(StrEnum):
    """What is wrong with the news of an absence."""

    LATE = "late"
    SILENT = "silent"


class RiskKind(StrEnum):
    """Why a stay is at risk of breaking off."""

    UNEXCUSED_UNPAID = "unexcused_unpaid"
    EXCUSED_UNPAID = "excused_unpaid"
    ENTRY_OVERDUE = "entry_overdue"


class CorrectionCause(StrEnum):
    """Why a stated month costs something else by now."""

    STAY = "stay"
    TARIFF = "tariff"
    ATTENDANCE = "attendance"


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
