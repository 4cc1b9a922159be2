"""Words of participants' pay and wage subsidies."""

from enum import StrEnum


class GrantKind(StrEnum):
    """What is granted: pay by the scale, allowances during job familiarisation (AIT), a wage subsidy."""

    PAY = "pay"
    AIT = "ait"
    SOCIAL = "social_enterprise"


SUBSIDIES = (GrantKind.AIT, GrantKind.SOCIAL)
"""What is paid to an employer, by pay slips."""


class PayCategory(StrEnum):
    """The row of the scale by which a participant is paid, the same in every sector."""

    YOUNG = "young"
    ADULT = "adult"
    FAMILY = "family"


class GrantState(StrEnum):
    """Where a decision stands."""

    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"


class WageState(StrEnum):
    """The life of what one payer owes of a month."""

    COMPUTED = "computed"
    CHECKED = "checked"
    APPROVED = "approved"
    PAID = "paid"
    DECLINED = "declined"


class WageEvent(StrEnum):
    """What may happen to it."""

    CHECK = "check"
    APPROVE = "approve"
    PAY = "pay"
    DECLINE = "decline"


LIVE = (WageState.COMPUTED, WageState.CHECKED, WageState.APPROVED, WageState.PAID)
"""States that count; what was declined is as if it had not been asked."""
OWED = (WageState.APPROVED, WageState.PAID)
"""States that stand in the ledger."""
