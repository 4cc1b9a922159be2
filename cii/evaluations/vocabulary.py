"""Words of the yearly evaluation of an agreement."""

from enum import StrEnum


class EvaluationState(StrEnum):
    """How far the evaluation of a year has come."""

    PREFILLED = "prefilled"
    COMMENTED = "commented"
    REVIEWED = "reviewed"
    FINAL = "final"


class EvaluatedBy(StrEnum):
    """By what a provider is evaluated."""

    INDICATOR = "indicator"
    CRITERION = "criterion"


class Judgement(StrEnum):
    """What the contract manager says of an indicator or criterion."""

    REACHED = "reached"
    PARTLY = "partly"
    MISSED = "missed"


class RenewalStand(StrEnum):
    """What the newest final evaluation advises on renewal (003)."""

    UNJUDGED = "unjudged"
    RENEW_AND_GROW = "renew_and_grow"
    RENEW_WITH_ACTIONS = "renew_with_actions"
    ANALYSE_FIRST = "analyse_first"
