"""Words of pay by outcome."""

from enum import StrEnum

from cii.agreements.vocabulary import Profile

PROFILES = (Profile.BE_POIAS, Profile.AS)
"""Agreements that may pay by outcome: AC pays attested costs only (AC2), AI a flat rate per person (AI2)."""


class Measured(StrEnum):
    """What the value of a KPI counts; a threshold is reached from its value on."""

    START = "start"
    STAY_MONTHS = "stay_months"
    CONTRACT_MONTHS = "contract_months"
    TRAINING = "training"
    ATTESTED = "attested"


SEEN_IN_PLACEMENTS = (Measured.START, Measured.STAY_MONTHS, Measured.CONTRACT_MONTHS, Measured.TRAINING)
"""KPIs whose value follows from the placement and its exit; the others are attested by somebody."""


class OutcomeState(StrEnum):
    """The life of an outcome (product.md P14)."""

    CLAIMED = "claimed"
    DECLINED = "declined"
    VERIFIED = "verified"
    PAYABLE = "payable"
    PAID = "paid"
    REVERSED = "reversed"


class OutcomeEvent(StrEnum):
    """What may happen to an outcome."""

    DECLINE = "decline"
    VERIFY = "verify"
    ACCEPT = "accept"
    PAY = "pay"
    ASK_REVERSAL = "ask_reversal"
    REVERSE = "reverse"


class OutcomeStep(StrEnum):
    """What happened to an outcome."""

    CLAIMED = "claimed"
    DECLINED = "declined"
    VERIFIED = "verified"
    ACCEPTED = "accepted"
    PAID = "paid"
    REVERSAL_ASKED = "reversal_asked"
    REVERSED = "reversed"
