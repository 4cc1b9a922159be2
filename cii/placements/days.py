"""Places per day: opened for a horizon, taken and given back by one statement, never rewritten once over.

The guard is in the database (`CHECK 0 <= taken <= places`) and in the statement (`AND taken < places`, with
the number of changed rows compared): whoever comes second changes nothing. Whoever changes days of a measure
first waits for its gate (`hold_days`), so that two requests wait for each other once instead of row by row.
The `places` of a day are the quota in force plus the margin that an agreement in force states.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Date, Update, and_, bindparam, func, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from cii.agreements.margins import margins_of
from cii.budgets.actions_binding import Fought
from cii.kernel.errors import refuse
from cii.kernel.period import Period
from cii.measures.queries import measures_by_id, places_rows, quota_rows
from cii.measures.rules import Dated, steps
from cii.placements.rules import QuotaBelowTaken
from cii.placements.tables import MeasureDay, QuotaDay
from cii.store.gates import hold
from cii.store.work import Work

_Day = type[MeasureDay] | type[QuotaDay]


def open_days(work: Work, measure_id: int, until: date, since: date | None = None) -> int:
    """Make the rows of each day of the measure up to `until` (inside), with that day's places and quotas.

    `since`: first day (the first of the present month when left out). Days that exist stay as they are; call
    it as often as you like. Returns how many rows are new.
    """
    measure = measures_by_id(work, [measure_id])[measure_id]
    first = max(measure.starts_on, since or work.today.replace(day=1))
    last = min(until, measure.ends_on) if measure.ends_on else until
    if last < first:
        return 0
    return sum(_open(work, table, keys, rows, first, last) for table, keys, rows in _limits(work, measure_id))


def granted(work: Work, measure_id: int) -> tuple[list[Dated], dict[int, list[Dated]]]:
    """The dated limits of the measure and of each line: what was granted and the agreed margins beside it."""
    quotas, margins = quota_rows(work, measure_id), _margins(work, measure_id)
    beside = [row for line_id in sorted(margins) if line_id in quotas for row in margins[line_id]]
    lines = {line_id: [*quotas[line_id], *margins.get(line_id, [])] for line_id in sorted(quotas)}
    return [*places_rows(work, measure_id), *beside], lines


def _limits(work: Work, measure_id: int) -> list[tuple[_Day, dict[str, int], list[Dated]]]:
    whole, lines = granted(work, measure_id)
    limits: list[tuple[_Day, dict[str, int], list[Dated]]] = [(MeasureDay, {"measure_id": measure_id}, whole)]
    for line_id, rows in lines.items():
        limits.append((QuotaDay, {"measure_id": measure_id, "line_id": line_id}, rows))
    return limits


def _margins(work: Work, measure_id: int) -> dict[int, list[Dated]]:
    """Each agreement's margin by line, as a number that begins with it and falls to none at its end."""
    found: dict[int, list[Dated]] = {}
    for one in margins_of(work, measure_id):
        series = ("margin", one.agreement_id, one.line_id)
        rows = found.setdefault(one.line_id, [])
        rows.append(Dated(series, one.places, one.valid_from, 0))
        if one.valid_to is not None:
            rows.append(Dated(series, 0, one.valid_to, 1))
    return found


def renew_days(work: Work, measure_ids: Iterable[int]) -> None:
    """Bring the opened days to the margins of the agreements now in force.

    A day on which more places are taken than now agreed keeps its former limit: nobody is sent away.
    """
    for measure_id in measure_ids:
        _renewed(work, measure_id)


def _open(  # noqa: PLR0917 - one series of days
    work: Work, table: _Day, keys: dict[str, int], rows: Sequence[Dated], first: date, last: date
) -> int:
    known = set(
        work.session.scalars(
            select(col(table.day)).where(_of(table, keys), col(table.day).between(first, last))
        )
    )
    missing = [
        {**keys, "day": day, "places": step.places, "taken": 0}
        for step in steps(rows, first, last)
        for day in Period.through(step.first, step.last).days()
        if day not in known
    ]
    if missing:
        dialect = postgresql if work.session.get_bind().dialect.name == "postgresql" else sqlite
        work.session.execute(dialect.insert(table).on_conflict_do_nothing(), missing)
    return len(missing)


def _of(table: _Day, keys: dict[str, int]) -> ColumnElement[bool]:
    return and_(*(getattr(table, name) == value for name, value in keys.items()))


def refresh_days(work: Work, measure_id: int) -> None:
    """Bring opened days from today on to the places and quotas now in force; days that are over stay.

    Refuses: QuotaBelowTaken, for the total and for each line, with the first day and what is taken there.
    """
    refuse(_renewed(work, measure_id))


def _renewed(work: Work, measure_id: int) -> list[QuotaBelowTaken]:
    """Days that can take the limits now in force have them; the first that cannot, of each, comes back."""
    last = work.session.scalar(
        select(func.max(MeasureDay.day)).where(col(MeasureDay.measure_id) == measure_id)
    )
    if last is None or last < work.today:
        return []
    hold_days(work, measure_id)
    open_days(work, measure_id, last)
    return [
        fault
        for table, keys, rows in _limits(work, measure_id)
        for fault in _adapt(work, table, keys, rows, last)
    ]


def _adapt(
    work: Work, table: _Day, keys: dict[str, int], rows: Sequence[Dated], last: date
) -> Iterable[QuotaBelowTaken]:
    for step in steps(rows, work.today, last):
        days = and_(_of(table, keys), col(table.day).between(step.first, step.last))
        work.session.execute(
            update(table)
            .where(days, col(table.places) != step.places, col(table.taken) <= step.places)
            .values(places=step.places)
        )
        over = work.session.execute(
            select(col(table.day), col(table.taken))
            .where(days, col(table.taken) > step.places)
            .order_by(col(table.day))
            .limit(1)
        ).first()
        if over is not None:
            yield QuotaBelowTaken(field="places", day=over.day, taken=over.taken, places=step.places)


@dataclass(frozen=True, slots=True)
class Shortage:
    """Days without a free place: how many, and the first."""

    days: int
    first: date


def hold_days(work: Work, measure_id: int) -> None:
    """Wait until nobody else changes days of this measure; what is read and changed next is up to date."""
    hold(work, _gate(measure_id))


def _gate(measure_id: int) -> str:
    return f"measure_day:{measure_id}"


def hold_person(work: Work, person_id: int) -> None:
    """Wait until nobody else places this person or moves their placement; before any measure's gate."""
    hold(work, f"placed:{person_id}")


def shortage_of_measure(work: Work, measure_id: int, stay: Period) -> Shortage | None:
    """Days on which the measure has no free place for one more, or None."""
    return _shortage(work, MeasureDay, {"measure_id": measure_id}, stay)


def shortage_of_line(work: Work, measure_id: int, line_id: int, stay: Period) -> Shortage | None:
    """Days on which the line has used its quota, or None."""
    return _shortage(work, QuotaDay, {"measure_id": measure_id, "line_id": line_id}, stay)


def _shortage(work: Work, table: _Day, keys: dict[str, int], stay: Period) -> Shortage | None:
    free = set(
        work.session.scalars(
            select(col(table.day)).where(
                _of(table, keys), _within(table, stay), col(table.taken) < col(table.places)
            )
        )
    )
    full = [day for day in stay.days() if day not in free]
    return Shortage(len(full), full[0]) if full else None


def lines_with_places(work: Work, measure_id: int, stay: Period) -> dict[int, int]:
    """Lines that have a free place in the measure on every day, with how many; by line."""
    rows = work.session.execute(
        select(col(QuotaDay.line_id), func.min(QuotaDay.places - QuotaDay.taken).label("free"))
        .where(col(QuotaDay.measure_id) == measure_id, _within(QuotaDay, stay))
        .group_by(col(QuotaDay.line_id))
        .having(func.count() == len(stay), func.min(QuotaDay.places - QuotaDay.taken) > 0)
        .order_by(col(QuotaDay.line_id))
    )
    return {row.line_id: int(row.free) for row in rows}


def place_on(measure_id: int, line_id: int, stay: Period) -> Fought:
    """One place of the line and one of the measure on every day, as what is fought over, hotter rows last."""
    values = {
        "of_measure": measure_id,
        "of_line": line_id,
        "of_first": stay.start,
        "of_last": stay.last,
    }
    return Fought(_gate(measure_id), _TAKEN, values, len(stay))


def take_days(work: Work, measure_id: int, line_id: int, stay: Period) -> bool:
    """Take one place of the line and one of the measure on every day; False when a day had none left.

    The caller undoes the transaction (or savepoint) on False.
    """
    hold_days(work, measure_id)
    place = place_on(measure_id, line_id, stay)
    connection = work.session.connection()
    return all(connection.execute(one, place.values).rowcount == place.rows for one in place.updates)


def give_back_days(work: Work, measure_id: int, line_id: int, stay: Period) -> None:
    """Free one place of the measure and one of the line on every day."""
    hold_days(work, measure_id)
    for table, keys in (
        (QuotaDay, {"measure_id": measure_id, "line_id": line_id}),
        (MeasureDay, {"measure_id": measure_id}),
    ):
        work.session.execute(
            update(table).where(_of(table, keys), _within(table, stay)).values(taken=col(table.taken) - 1)
        )


def _within(table: _Day, stay: Period) -> ColumnElement[bool]:
    return col(table.day).between(stay.start, stay.last)


def _taking(table: _Day, *keys: ColumnElement[bool]) -> Update:
    return (
        update(table)
        .where(
            *keys,
            col(table.day).between(bindparam("of_first", type_=Date), bindparam("of_last", type_=Date)),
            col(table.taken) < col(table.places),
        )
        .values(taken=col(table.taken) + literal_column("1"))
    )


_TAKEN = (
    _taking(
        QuotaDay,
        col(QuotaDay.measure_id) == bindparam("of_measure"),
        col(QuotaDay.line_id) == bindparam("of_line"),
    ),
    _taking(MeasureDay, col(MeasureDay.measure_id) == bindparam("of_measure")),
)


__all__ = [
    "Shortage", "give_back_days", "granted", "hold_days", "hold_person", "lines_with_places", "open_days",
    "place_on", "refresh_days", "renew_days", "shortage_of_line", "shortage_of_measure", "take_days",
]  # fmt: skip
