"""Words of the measures: kinds of places, target groups, languages of work."""

from enum import StrEnum


class MeasureKind(StrEnum):
    """What a place is for.

    The first three are the kinds that the report counts (places end 2011: 142 + 14 + 48);
    `durable_occupation` is occupation on the secondary labour market without an end date.
    """

    OCCUPATION = "occupation"
    SOCIO_PROFESSIONAL = "socio_professional"
    PROFESSIONAL = "professional"
    COURSE = "course"
    INTERNSHIP = "internship"
    DURABLE_OCCUPATION = "durable_occupation"


class TargetGroup(StrEnum):
    """Whom a measure is for; one list for measures, agreements and forecast."""

    LOW_SKILLED = "low_skilled"
    SKILLED = "skilled"
    YOUTH = "youth"
    OVER_FIFTY = "over_fifty"
    HEALTH_LIMITED = "health_limited"
    MIGRATION = "migration"
    LONG_TERM = "long_term"


class MeasureState(StrEnum):
    """Where a measure stands on a day: taken into the catalogue, running, becoming another, or over."""

    APPROVED = "approved"
    RUNNING = "running"
    TRANSFORMING = "transforming"
    CLOSED = "closed"


COUNTED_KINDS = (MeasureKind.OCCUPATION, MeasureKind.SOCIO_PROFESSIONAL, MeasureKind.PROFESSIONAL)
"""The kinds of the report's table; the share of professional places is taken over these."""
