"""What a measure is to become: the transformation plan, the state it gives, and what was known of it when."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlmodel import col

from cii.institutions.queries import line_by_ref
from cii.journal.actions import wrote
from cii.kernel.digest import plain
from cii.kernel.errors import Refusal, refuse
from cii.measures.queries import measure_by_ref
from cii.measures.rules import NegativePlaces, OutsideTheMeasure
from cii.measures.tables import Measure, MeasurePlaces, PlaceQuota, PlanTarget
from cii.measures.vocabulary import MeasureKind, MeasureState
from cii.store.work import Work

Row = TypeVar("Row", MeasurePlaces, PlaceQuota)


class TargetInThePast(Refusal):
    """A target is set for a day ahead."""

    code, kind = "target-in-the-past", "conflict"


def state_of(starts_on: date, ends_on: date | None, due: Iterable[date], day: date) -> MeasureState:
    """What a measure is on a day; while a target lies ahead it is transforming. Source: product.md P5."""
    if day < starts_on:
        return MeasureState.APPROVED
    if ends_on is not None and day > ends_on:
        return MeasureState.CLOSED
    return MeasureState.TRANSFORMING if any(one > day for one in due) else MeasureState.RUNNING


@dataclass(frozen=True)
class SetTarget:
    """A line is to have this many places of a kind by a day."""

    measure_ref: str
    line_ref: str
    kind: MeasureKind
    places: int
    due_on: date


def set_target(work: Work, ask: SetTarget) -> PlanTarget:
    """Write a step of the transformation plan; another of the same line, kind and day takes its place.

    An aim: places change only by `set_places` and `set_quota`. Refuses, all at once: NegativePlaces,
    TargetInThePast, OutsideTheMeasure · UnknownThing.
    """
    measure, line = measure_by_ref(work, ask.measure_ref), line_by_ref(work, ask.line_ref)
    reasons: list[Refusal] = []
    if ask.places < 0:
        reasons.append(NegativePlaces(field="places"))
    if ask.due_on <= work.today:
        reasons.append(TargetInThePast(field="due_on", day=ask.due_on))
    if ask.due_on < measure.starts_on or (measure.ends_on is not None and ask.due_on > measure.ends_on):
        reasons.append(OutsideTheMeasure(field="due_on", day=ask.due_on))
    refuse(reasons)
    row = PlanTarget(
        measure_id=measure.id or 0,
        line_id=line.id or 0,
        kind=ask.kind,
        places=ask.places,
        due_on=ask.due_on,
        recorded_at=work.now,
    )
    work.session.add(row)
    _changed(work, measure, "measure.set-target", ask)
    return row


@dataclass(frozen=True)
class SetOpeningHours:
    """When the measure is open, in the provider's words."""

    measure_ref: str
    opening_hours: str = field(default="", metadata={"max": 300})


def set_opening_hours(work: Work, ask: SetOpeningHours) -> Measure:
    """Write when the measure is open; refuses UnknownThing."""
    measure = measure_by_ref(work, ask.measure_ref)
    measure.opening_hours = ask.opening_hours.strip()
    _changed(work, measure, "measure.set-opening-hours", ask)
    return measure


def _changed(work: Work, measure: Measure, act: str, ask: SetTarget | SetOpeningHours) -> None:
    measure.version += 1
    work.session.add(measure)
    work.session.flush()
    payload = {name: plain(value) for name, value in asdict(ask).items()}
    wrote(work, act, "measure", measure.id, ref=measure.ref, payload=payload)


def plan_of(work: Work, measure_id: int) -> list[PlanTarget]:
    """The plan's steps by day, line and kind: the last recorded of each."""
    rows = work.session.scalars(
        select(PlanTarget).where(col(PlanTarget.measure_id) == measure_id).order_by(col(PlanTarget.id))
    )
    last = {(row.due_on, row.line_id, row.kind): row for row in rows}
    return [last[step] for step in sorted(last)]


def planned_by_kind(work: Work, day: date) -> dict[MeasureKind, int]:
    """Places of each kind that the plans of all measures want by that day; 0 where there is none.

    Of each line and kind of a measure the last step due by then counts.
    """
    rows = work.session.scalars(
        select(PlanTarget)
        .where(col(PlanTarget.due_on) <= day)
        .order_by(col(PlanTarget.due_on), col(PlanTarget.id))
    )
    held = {(row.measure_id, row.line_id, row.kind): row.places for row in rows}
    wanted = dict.fromkeys(MeasureKind, 0)
    for (_, _, kind), places in held.items():
        wanted[kind] += places
    return wanted


@dataclass(frozen=True, slots=True)
class Change:
    """A number of places written down: of the whole measure (`line_id` none) or of a line.

    `superseded`: a later writing for the same first day has taken its place.
    """

    line_id: int | None
    kind: MeasureKind
    places: int
    valid_from: date
    recorded_at: datetime
    superseded: bool


def history(work: Work, measure_id: int, known_at: datetime | None = None) -> list[Change]:
    """Every number written for the measure and known by then, the newest first day first."""
    rows: list[MeasurePlaces | PlaceQuota] = [*_written(work, MeasurePlaces, measure_id, known_at)]
    rows += _written(work, PlaceQuota, measure_id, known_at)
    last = {_series(row): row.id for row in sorted(rows, key=lambda one: one.id or 0)}
    found = [
        Change(
            _line(row), row.kind, row.places, row.valid_from, row.recorded_at, last[_series(row)] != row.id
        )
        for row in sorted(rows, key=lambda one: (one.valid_from, one.id or 0), reverse=True)
    ]
    return sorted(found, key=lambda one: one.line_id or 0)


def _written(work: Work, table: type[Row], measure_id: int, known_at: datetime | None) -> Sequence[Row]:
    query = select(table).where(col(table.measure_id) == measure_id)
    return work.session.scalars(query.where(col(table.recorded_at) <= known_at) if known_at else query).all()


def _line(row: MeasurePlaces | PlaceQuota) -> int | None:
    return row.line_id if isinstance(row, PlaceQuota) else None


def _series(row: MeasurePlaces | PlaceQuota) -> tuple[int | None, MeasureKind, date]:
    return _line(row), row.kind, row.valid_from


__all__ = [
    "Change", "SetOpeningHours", "SetTarget", "TargetInThePast", "history", "plan_of", "planned_by_kind",
    "set_opening_hours", "set_target", "state_of",
]  # fmt: skip
