"""Words of figures: lights, definitions of indicators."""

from enum import StrEnum


class Light(StrEnum):
    """How an indicator stands: target reached, minimum reached, minimum missed, or nothing to judge yet."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NONE = "none"


class Definition(StrEnum):
    """How a value is computed from facts: those codes of the catalogue that the house computes.

    `entered` stands for all others.
    """

    EXIT_RATE_DURABLE = "exit_rate_durable"
    EXIT_RATE_DYNAMIC = "exit_rate_dynamic"
    REINSERTION = "reinsertion"
    REINSERTION_COMPLETED = "reinsertion_completed"
    ABSENCE_DAYS = "absence_days"
    OCCUPANCY = "occupancy"
    INTERRUPTIONS = "interruptions"
    COST_PER_DAY = "cost_per_day"
    ABSENCE_RATE = "absence_rate"
    PARTICIPANTS = "participants"
    PARTICIPANT_DAYS = "participant_days"
    COST_PER_PLACEMENT = "cost_per_placement"
    COST_PER_EXIT = "cost_per_exit"
    SATISFACTION = "satisfaction"
    ENTERED = "entered"


class Origin(StrEnum):
    """Where a value comes from: computed from facts, or entered by people."""

    COMPUTED = "computed"
    ENTERED = "entered"
    MISSING = "missing"


class CeilingInput(StrEnum):
    """The counts from which the federal ceiling of a year follows."""

    ACTIVE_POPULATION = "active_population"
    JOB_SEEKERS = "job_seekers"


class Volume(StrEnum):
    """What an agreement buys in a year: days of places, stays begun, money."""

    PLACE_DAYS = "place_days"
    PLACEMENTS = "placements"
    MONEY = "money"


class Prospect(StrEnum):
    """What will probably become of a volume by the end of its term in the year."""

    TOO_EARLY = "too_early"
    FITS = "fits"
    LIKELY_SHORT = "likely_short"
    LIKELY_OVER = "likely_over"
    OVER = "over"
