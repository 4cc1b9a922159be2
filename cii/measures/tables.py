"""Rows of the measures, their places, quotas and rules.

Dated rows: `valid_from` is the first day on which the row counts; `recorded_at` when it was learnt. `ends_on`
is a last day.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import SQLModel

from cii.measures.vocabulary import MeasureKind
from cii.store.columns import day, key, link, moment, plain_json, ref, text, word
from cii.store.guards import append_only


class Measure(SQLModel, table=True):
    """A programme in which persons may be placed.

    `region`: code of a region of the canton, empty when open to all. `languages`: codes of the languages of
    work. `target_groups`: values of TargetGroup. `justification`: why it exists beside a measure that it
    overlaps. `opening_hours`: when it is open, in the provider's words.
    """

    __tablename__ = "measure"
    __table_args__ = (CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="dates_in_order"),)

    id: int | None = key()
    ref: str = ref()
    code: str = text(40, unique=True)
    name: str = text(200)
    kind: MeasureKind = word(MeasureKind)
    provider_institution_id: int | None = link("institution.id", nullable=True)
    region: str = text(40, default="")
    languages: list[str] = plain_json()
    target_groups: list[str] = plain_json()
    starts_on: date = day()
    ends_on: date | None = day(nullable=True)
    description: str = text(default="")
    justification: str | None = text(nullable=True)
    opening_hours: str = text(300, default="")
    recorded_at: datetime = moment()
    version: int = 1


class MeasureRespondent(SQLModel, table=True):
    """From which day on which one service speaks to the provider for all sectors; until the next one does.

    Without a last day no day has none and no day has two: the service in force is the last that began.
    """

    __tablename__ = "measure_respondent"
    __table_args__ = (UniqueConstraint("measure_id", "valid_from"),)

    id: int | None = key()
    measure_id: int = link("measure.id", index=False)
    unit_id: int = link("unit.id")
    valid_from: date = day()


append_only(MeasureRespondent)


class MeasurePlaces(SQLModel, table=True):
    """How many places of a kind the measure has from a date on; a correction names the row it replaces."""

    __tablename__ = "measure_places"
    __table_args__ = (
        CheckConstraint("places >= 0", name="not_negative"),
        Index("ix_measure_places_series", "measure_id", "kind", "valid_from"),
    )

    id: int | None = key()
    measure_id: int = link("measure.id", index=False)
    kind: MeasureKind = word(MeasureKind)
    places: int
    valid_from: date = day()
    recorded_at: datetime = moment()
    replaces: int | None = link("measure_places.id", nullable=True)


append_only(MeasurePlaces)


class PlaceQuota(SQLModel, table=True):
    """How many places of a kind a funding line may use from a date on.

    The quotas of the lines may add up to more than the places: both limits hold.
    """

    __tablename__ = "place_quota"
    __table_args__ = (
        CheckConstraint("places >= 0", name="not_negative"),
        Index("ix_place_quota_series", "measure_id", "line_id", "kind", "valid_from"),
    )

    id: int | None = key()
    measure_id: int = link("measure.id", index=False)
    line_id: int = link("funding_line.id")
    kind: MeasureKind = word(MeasureKind)
    places: int
    valid_from: date = day()
    recorded_at: datetime = moment()
    replaces: int | None = link("place_quota.id", nullable=True)


append_only(PlaceQuota)


class PlanTarget(SQLModel, table=True):
    """How many places of a kind a line is to have by a day: one step of the transformation plan.

    An aim, not a limit; the last one recorded for the same line, kind and day counts.
    """

    __tablename__ = "plan_target"
    __table_args__ = (
        CheckConstraint("places >= 0", name="not_negative"),
        Index("ix_plan_target_series", "measure_id", "due_on"),
    )

    id: int | None = key()
    measure_id: int = link("measure.id", index=False)
    line_id: int = link("funding_line.id")
    kind: MeasureKind = word(MeasureKind)
    places: int
    due_on: date = day()
    recorded_at: datetime = moment()


append_only(PlanTarget)


class MeasureRule(SQLModel, table=True):
    """One version of the measure's eligibility table, as its text; the version in force at a date decides."""

    __tablename__ = "measure_rule"
    __table_args__ = (UniqueConstraint("measure_id", "version"),)

    id: int | None = key()
    measure_id: int = link("measure.id")
    version: int
    valid_from: date = day()
    source: str = text()
    digest: str = text(64)
    recorded_at: datetime = moment()


append_only(MeasureRule)
