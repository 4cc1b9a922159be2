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
    TRAJECTORY = "trajectory"
    CRITERION = "criterion"


DURABLE, DYNAMIC = "exits_durable", "exits_dynamic"
"""The two goals of a year's trajectory, as an evaluation judges them (003)."""


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


class EvaluationMove(StrEnum):
    """What somebody may do with an evaluation."""

    COMMENT = "comment"
    REVIEW = "review"
    FINISH = "finish"
    ANALYSE = "analyse"
    CORRECT = "correct"
