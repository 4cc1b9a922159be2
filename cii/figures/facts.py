"""What was known at a moment about places, stays, attendance and exits: set-based reads over the rooms below.

Two times: a row recorded after `known_at` is not seen, a row that a seen row replaces does not count.
A stay begins with its event `started` and lasts to its event `ended`, else to the end agreed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col

from cii.figures.rules import Left
from cii.institutions.tables import FundingLine
from cii.kernel.period import Period
from cii.measures.rules import Dated, Step, steps
from cii.measures.tables import Measure, MeasurePlaces, PlaceQuota
from cii.placements.tables import Placement, PlacementEvent, PlacementShare, WaitingEntry
from cii.placements.vocabulary import ContractType, ExitType, PlacementEventKind
from cii.settlement.tables import Attendance
from cii.store.work import Work

Pair = tuple[int, int]
"""Measure and funding line."""

VOID = (PlacementEventKind.REFUSED, PlacementEventKind.CANCELLED, PlacementEventKind.EXPIRED)
"""After these a placement is none."""


class DaysThrough(FunctionElement[int]):
    """Days from one date to another, both inside."""

    name = "days_through"
    type = Integer()
    inherit_cache = True


@compiles(DaysThrough, "sqlite")
def _days_lite(element: DaysThrough, compiler: Any, **more: Any) -> str:  # noqa: ANN401 - SQLAlchemy's hook
    first, last = (compiler.process(one, **more) for one in element.clauses)
    return f"(CAST(julianday({last}) - julianday({first}) AS INTEGER) + 1)"


@compiles(DaysThrough, "postgresql")
def _days_pg(element: DaysThrough, compiler: Any, **more: Any) -> str:  # noqa: ANN401 - SQLAlchemy's hook
    first, last = (compiler.process(one, **more) for one in element.clauses)
    return f"(CAST({last} AS DATE) - CAST({first} AS DATE) + 1)"


def known(table: type[PlacementEvent | Attendance], known_at: datetime) -> ColumnElement[bool]:
    """Rows seen at that moment and not replaced by one that was seen as well."""
    replaced = select(col(table.replaces)).where(
        col(table.replaces).is_not(None), col(table.recorded_at) <= known_at
    )
    return and_(col(table.recorded_at) <= known_at, col(table.id).not_in(replaced))


def stays(known_at: datetime) -> Subquery:
    """Stays as known: placement_id, measure_id, line_id (requesting), starts_on, started_on, last, exit_id.

    `exit_id` is the event of the exit, empty while the stay goes on. Stays refused, called off or expired
    are left out.
    """
    event = PlacementEvent

    def latest(kind: PlacementEventKind, column: Any) -> ColumnElement[Any]:  # noqa: ANN401 - a column
        return func.max(case((col(event.kind) == kind, col(column))))

    told = (
        select(
            col(event.placement_id).label("placement_id"),
            latest(PlacementEventKind.STARTED, event.effective_on).label("started_on"),
            latest(PlacementEventKind.ENDED, event.effective_on).label("ended_on"),
            latest(PlacementEventKind.ENDED, event.id).label("exit_id"),
        )
        .where(known(event, known_at))
        .group_by(col(event.placement_id))
        .having(func.max(case((col(event.kind).in_(VOID), 1), else_=0)) == 0)
        .subquery("told")
    )
    return (
        select(
            told.c.placement_id,
            col(Placement.measure_id),
            col(Placement.line_id),
            col(Placement.starts_on),
            told.c.started_on,
            func.coalesce(told.c.ended_on, col(Placement.planned_end), type_=Date).label("last"),
            told.c.ended_on,
            told.c.exit_id,
        )
        .join(Placement, col(Placement.id) == told.c.placement_id)
        .subquery("stays")
    )


@dataclass(frozen=True, slots=True)
class Usage:
    """What the stays of a measure and requesting line amount to in a period."""

    participants: int
    allocated_end: int
    allocated_days: int
    occupied_days: int
    entries: int
    exits: int


def usage(work: Work, period: Period, known_at: datetime) -> dict[Pair, Usage]:
    """Stays per measure and requesting line, in one statement."""
    held = stays(known_at)
    first, last = literal(period.start, Date), literal(period.last, Date)

    def within(start: ColumnElement[date]) -> ColumnElement[int]:
        return DaysThrough(
            case((start > first, start), else_=first), case((held.c.last < last, held.c.last), else_=last)
        )

    began = and_(held.c.started_on.is_not(None), held.c.started_on <= last)

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    rows = work.session.execute(
        select(
            held.c.measure_id,
            held.c.line_id,
            count(began),
            count(and_(held.c.starts_on <= last, held.c.last >= last)),
            func.coalesce(func.sum(within(held.c.starts_on)), 0),
            func.coalesce(func.sum(case((began, within(held.c.started_on)), else_=0)), 0),
            count(and_(held.c.started_on >= first, held.c.started_on <= last)),
            count(and_(held.c.ended_on >= first, held.c.ended_on <= last)),
        )
        .where(held.c.starts_on <= last, held.c.last >= first)
        .group_by(held.c.measure_id, held.c.line_id)
    )
    return {(row[0], row[1]): Usage(*map(int, row[2:])) for row in rows}


def _exits(period: Period, known_at: datetime) -> tuple[Subquery, Select[Any], list[ColumnElement[Any]]]:
    """Stays, a select of nothing yet over their exits in the period, and the columns of an exit."""
    held = stays(known_at)
    facts = col(PlacementEvent.facts)
    shape: list[ColumnElement[Any]] = [
        facts["exit_type"].as_string(),
        facts["contract_type"].as_string(),
        facts["contract_months"].as_integer(),
    ]
    query: Select[Any] = (
        select(func.count())
        .select_from(held)
        .join(PlacementEvent, col(PlacementEvent.id) == held.c.exit_id)
        .where(held.c.ended_on >= period.start, held.c.ended_on < period.end)
    )
    return held, query, shape


def exit_types(work: Work, period: Period, known_at: datetime) -> dict[Pair, dict[ExitType, int]]:
    """Exits by type, per measure and requesting line."""
    held, query, shape = _exits(period, known_at)
    found: dict[Pair, dict[ExitType, int]] = {}
    named = query.add_columns(held.c.measure_id, held.c.line_id, shape[0])
    for count, measure, line, kind in work.session.execute(
        named.group_by(held.c.measure_id, held.c.line_id, shape[0])
    ):
        found.setdefault((measure, line), {})[ExitType(kind)] = int(count)
    return found


def left_by_agreement(work: Work, period: Period, known_at: datetime) -> dict[int, list[Left]]:
    """How persons left, per agreement that paid a share of their stay."""
    held, query, shape = _exits(period, known_at)
    found: dict[int, list[Left]] = {}
    share = col(PlacementShare.agreement_id)
    named = query.join(PlacementShare, col(PlacementShare.placement_id) == held.c.placement_id)
    for count, agreement, kind, contract, months in work.session.execute(
        named.add_columns(share, *shape).group_by(share, *shape).order_by(share, *shape)
    ):
        found.setdefault(agreement, []).append(
            Left(ExitType(kind), ContractType(contract) if contract else None, months, int(count))
        )
    return found


@dataclass(frozen=True, slots=True)
class Places:
    """Places × days of a period, and the places of its last day."""

    days: int = 0
    at_end: int = 0


def places(work: Work, period: Period, known_at: datetime) -> tuple[dict[int, Places], dict[Pair, Places]]:
    """Places of each measure, and the quota of each line in it, while the measure runs."""
    return next(iter(places_of_each(work, [period], known_at)))


def places_of_each(
    work: Work, periods: Sequence[Period], known_at: datetime
) -> list[tuple[dict[int, Places], dict[Pair, Places]]]:
    """`places` of several periods, in order of time, in the statements of one."""
    rows, running = _dated(work, periods, known_at)
    return [_within(period, rows, running) for period in periods]


def place_steps(work: Work, period: Period, known_at: datetime) -> dict[tuple[int, ...], list[Step]]:
    """Places of each measure (key of one id), and of each line in it (key of two), cut where they change."""
    return _cut(period, *_dated(work, [period], known_at))


_Rows = Mapping[tuple[int, ...], Sequence[Dated]]


def _dated(work: Work, periods: Sequence[Period], known_at: datetime) -> tuple[_Rows, Mapping[int, Any]]:
    """Numbers of places of measures and lines with their days, and the measures that run."""
    running = {
        row.id: row
        for row in work.session.execute(
            select(col(Measure.id), col(Measure.starts_on), col(Measure.ends_on)).where(
                col(Measure.starts_on) < periods[-1].end,
                or_(col(Measure.ends_on).is_(None), col(Measure.ends_on) >= periods[0].start),
                col(Measure.recorded_at) <= known_at,
            )
        )
    }
    whole: dict[tuple[int, ...], list[Dated]] = {}
    for table, keys in (
        (MeasurePlaces, (MeasurePlaces.measure_id,)),
        (PlaceQuota, (PlaceQuota.measure_id, PlaceQuota.line_id)),
    ):
        replaced = select(col(table.replaces)).where(
            col(table.replaces).is_not(None), col(table.recorded_at) <= known_at
        )
        shown = (*keys, table.kind, table.places, table.valid_from, table.id)
        for row in work.session.execute(
            select(*(col(one) for one in shown)).where(
                col(table.valid_from) < periods[-1].end,
                col(table.recorded_at) <= known_at,
                col(table.id).not_in(replaced),
            )
        ):
            *key, kind, number, valid_from, order = row
            whole.setdefault(tuple(key), []).append(Dated((kind,), number, valid_from, order))
    return whole, running


def _cut(period: Period, whole: _Rows, running: Mapping[int, Any]) -> dict[tuple[int, ...], list[Step]]:
    """The places of the measures that run in a period, by step."""
    held = {}
    for key, rows in whole.items():
        one = running.get(key[0])
        if one is not None and one.starts_on < period.end and (one.ends_on or period.start) >= period.start:
            known_rows = [row for row in rows if row.valid_from < period.end]
            if known_rows:
                last = min(period.last, one.ends_on or period.last)
                held[key] = steps(known_rows, max(period.start, one.starts_on), last)
    return held


def _within(
    period: Period, whole: _Rows, running: Mapping[int, Any]
) -> tuple[dict[int, Places], dict[Pair, Places]]:
    """The places of the measures that run in a period."""
    held = {key: _places(cut, period) for key, cut in _cut(period, whole, running).items()}
    return (
        {key[0]: one for key, one in held.items() if len(key) == 1},
        {(key[0], key[1]): one for key, one in held.items() if len(key) > 1},
    )


def _places(cut: Sequence[Step], period: Period) -> Places:
    days = sum(step.places * ((step.last - step.first).days + 1) for step in cut)
    return Places(days, cut[-1].places if cut[-1].last == period.last else 0)


@dataclass(frozen=True, slots=True)
class Waits:
    """Who waits on a day, how many of them urgently, and for how long the first."""

    waiting: int
    urgent: int
    since: date


def waiting(work: Work, day: date, until: datetime, known_at: datetime) -> dict[Pair, Waits]:
    """Entries of the waiting list open at the end of that day (`until`), per measure and line."""
    entry = WaitingEntry
    rows = work.session.execute(
        select(
            col(entry.measure_id),
            col(entry.line_id),
            func.count(),
            func.sum(case((col(entry.urgency) == 1, 1), else_=0)),
            func.min(col(entry.waiting_since)),
        )
        .where(
            col(entry.waiting_since) <= day,
            col(entry.created_at) <= known_at,
            or_(col(entry.closed_at).is_(None), col(entry.closed_at) >= until),
        )
        .group_by(col(entry.measure_id), col(entry.line_id))
    )
    return {(row[0], row[1]): Waits(int(row[2]), int(row[3]), row[4]) for row in rows}


def line_names(work: Work) -> Mapping[int, FundingLine]:
    """Every funding line that ever was."""
    return {row.id or 0: row for row in work.session.scalars(select(FundingLine))}
