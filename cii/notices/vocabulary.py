"""Words of notices: what they are about, and how somebody wishes to hear of them by mail."""

from enum import StrEnum


class MailWish(StrEnum):
    """How an account hears of a notice by mail; the notice itself always stands in the house."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NEVER = "never"


class Topic(StrEnum):
    """What a notice is about: the unit in which somebody chooses."""

    TASKS = "tasks"
    CASES = "cases"
    REFERRALS = "referrals"
    PLACEMENTS = "placements"
    OBSERVATIONS = "observations"
    RECOGNITIONS = "recognitions"
    AGREEMENTS = "agreements"
    COORDINATION = "coordination"
    ACCESS = "access"
    OTHER = "other"
