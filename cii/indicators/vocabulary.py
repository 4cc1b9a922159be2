"""Words of the catalogue of indicators."""

from enum import StrEnum


class IndicatorUnit(StrEnum):
    """What an indicator's whole number counts; percentages are kept in permille."""

    PERCENT = "percent"
    DAYS = "days"
    NUMBER = "number"
    FRANCS = "francs"


class Direction(StrEnum):
    """Whether more or less is better."""

    UP = "up"
    DOWN = "down"


class IndicatorField(StrEnum):
    """What an indicator tells of: work, social integration, quality, running, money (000 i.8, i.12)."""

    PROFESSIONAL = "professional"
    SOCIAL = "social"
    QUALITY = "quality"
    OPERATIONAL = "operational"
    FINANCIAL = "financial"


class EnteredBy(StrEnum):
    """Who brings what an indicator counts (000 i.31)."""

    PROVIDER = "provider"
    ADVISER = "adviser"
    PARTICIPANT = "participant"
    SPECIALIST = "specialist"
    PAYER = "payer"


class EnteredIn(StrEnum):
    """Where it is brought."""

    EXIT_FORM = "exit_form"
    ATTENDANCE = "attendance"
    STAYS = "stays"
    STATEMENTS = "statements"
    PARTICIPANT_LINK = "participant_link"
    INDICATOR_FORM = "indicator_form"


class EnteredWhen(StrEnum):
    """When it is brought (000 i.32)."""

    EXIT = "exit"
    DAILY = "daily"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"
    BALANCE = "balance"
