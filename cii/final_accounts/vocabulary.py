"""Words of final accounts."""

from enum import StrEnum

from cii.agreements.vocabulary import Profile

COST_PROFILES = (Profile.AC, Profile.AS, Profile.BE_POIAS)
"""Agreements settled by attested costs; AI pays flat rates per person (AI2)."""


class Method(StrEnum):
    """What a year's account settles: attested costs, or the part of a guaranteed volume that was not used."""

    COSTS = "costs"
    VOLUME = "volume"


class AccountState(StrEnum):
    """The life of a year's account."""

    BUDGETED = "budgeted"
    APPROVED = "approved"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    SETTLED = "settled"


class AccountEvent(StrEnum):
    """What may happen to a year's account."""

    BUDGET = "budget"
    APPROVE = "approve"
    SUBMIT = "submit"
    RETURN = "return"
    SETTLE = "settle"


class Side(StrEnum):
    """Whether an item is planned or spent."""

    BUDGET = "budget"
    ACTUAL = "actual"


class Flow(StrEnum):
    """Whether a type of item is a cost or a revenue."""

    COST = "cost"
    REVENUE = "revenue"


class DueKind(StrEnum):
    """What is paid to the provider."""

    INSTALMENT = "instalment"
    BALANCE = "balance"
    VOLUME = "volume"


class SurplusRule(StrEnum):
    """What becomes of a surplus (000 i.20)."""

    RETURN = "return"
    SHARE = "share"
    KEEP = "keep"


class Purpose(StrEnum):
    """For what the profit carry-over is moved; only the first one is its purpose (AI CG 3.4)."""

    OPERATING_RESULT = "operating_result"
    INVESTMENT = "investment"
    OTHER = "other"
