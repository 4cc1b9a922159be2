"""Capacity per measure and line on a day, and who waits for a place."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlmodel import col

from cii.access.queries import case_visible
from cii.access.vocabulary import Section
from cii.institutions.queries import line_facts, lines_by_id
from cii.institutions.tables import FundingLine
from cii.measures.queries import measure_words, running_ids
from cii.measures.vocabulary import MeasureKind
from cii.placements.rules import Waiter, waiting_order
from cii.placements.tables import MeasureDay, QuotaDay, WaitingEntry
from cii.placements.vocabulary import RankEffect, RefusalReason, WaitingState
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Places of a measure on a day, and how many are taken."""

    measure_id: int
    places: int
    taken: int


def occupancy(work: Work, day: date) -> list[Occupancy]:
    """Every measure with opened days, by id."""
    return [Occupancy(*row) for row in work.session.execute(_occupancy(day))]


def _occupancy(day: date, words: Iterable[Any] = ()) -> Select[Any]:
    return (
        select(col(MeasureDay.measure_id), col(MeasureDay.places), col(MeasureDay.taken), *words)
        .where(col(MeasureDay.day) == day, col(MeasureDay.measure_id).in_(running_ids(day)))
        .order_by(col(MeasureDay.measure_id))
    )


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One line's places in a measure on a day; `waiting` counts its entries."""

    line_id: int
    line_code: str
    places: int
    taken: int
    free: int
    waiting: int


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A measure on the capacity board; `free` of a line never exceeds the free places of the measure."""

    measure_id: int
    measure_ref: str
    measure_code: str
    measure_name: str
    kind: MeasureKind
    places: int
    taken: int
    free: int
    waiting: int
    lines: tuple[BoardLine, ...]


def capacity_board(work: Work, day: date) -> list[BoardRow]:
    """Places, taken, free, waiting of every running measure and line on a day, by code; nothing personal."""
    named = _occupancy(day, measure_words.c["measure_ref", "measure_code", "measure_name", "measure_kind"])
    joined = named.join(measure_words, measure_words.c.measure_id == col(MeasureDay.measure_id))
    whole = {row.measure_id: row for row in work.session.execute(joined)}
    waiting = {
        (row.measure_id, row.line_id): int(row.n)
        for row in work.session.execute(
            select(col(WaitingEntry.measure_id), col(WaitingEntry.line_id), func.count().label("n"))
            .where(col(WaitingEntry.state) == WaitingState.WAITING)
            .group_by(col(WaitingEntry.measure_id), col(WaitingEntry.line_id))
        )
    }
    held: dict[int, list[Row[int, int, int, int, str]]] = {}
    for row in work.session.execute(
        select(
            col(QuotaDay.measure_id),
            col(QuotaDay.line_id),
            col(QuotaDay.places),
            col(QuotaDay.taken),
            line_facts.c.code,
        )
        .join(line_facts, line_facts.c.line_id == col(QuotaDay.line_id))
        .where(col(QuotaDay.day) == day, col(QuotaDay.measure_id).in_(list(whole)))
        .order_by(col(QuotaDay.measure_id), col(QuotaDay.line_id))
    ):
        held.setdefault(row.measure_id, []).append(row)
    board = []
    for measure_id, total in whole.items():
        free = total.places - total.taken
        board.append(
            BoardRow(
                measure_id,
                total.measure_ref,
                total.measure_code,
                total.measure_name,
                total.measure_kind,
                total.places,
                total.taken,
                free,
                sum(n for (where, _), n in waiting.items() if where == measure_id),
                tuple(
                    BoardLine(
                        row.line_id,
                        row.code,
                        row.places,
                        row.taken,
                        max(0, min(free, row.places - row.taken)),
                        waiting.get((measure_id, row.line_id), 0),
                    )
                    for row in held.get(measure_id, [])
                ),
            )
        )
    return sorted(board, key=lambda one: one.measure_code)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A place in the waiting list; the case is named only to those who may see it.

    `position` none: paused, and passed over; by which unit and since when. `declined_*` and `rank_effect`:
    the last place that came to nothing, told with the case only; so is `ref`, empty otherwise.
    """

    position: int | None
    ref: str
    case_id: int | None
    line_code: str
    urgency: int
    waiting_since: date
    lot: str
    starts_on: date
    ends_on: date
    paused_on: date | None = None
    paused_by_unit_id: int | None = None
    declined_on: date | None = None
    declined_reason: RefusalReason | None = None
    rank_effect: RankEffect | None = None


def waiting_list(work: Work, measure_id: int) -> list[WaitingRow]:
    """Who waits for a place in the measure, in order; all see the positions, only parties the case.

    Those who are paused come last, in the order they would have.
    """
    return waiting_lists(work, [measure_id]).get(measure_id, [])


def waiting_lists(work: Work, measure_ids: Collection[int]) -> dict[int, list[WaitingRow]]:
    """The same for several measures at once, by measure."""
    rows = {
        row.id or 0: row
        for row in work.session.scalars(
            select(WaitingEntry).where(
                col(WaitingEntry.measure_id).in_(set(measure_ids)),
                col(WaitingEntry.state) == WaitingState.WAITING,
            )
        )
    }
    mine = set(
        work.session.scalars(
            select(col(WaitingEntry.id)).where(
                col(WaitingEntry.id).in_(list(rows)),
                case_visible(col(WaitingEntry.case_id), work.actor, work.now, Section.PLACEMENT),
            )
        )
    )
    lines = lines_by_id(work, {row.line_id for row in rows.values()})
    work.saw("person", [rows[one].person_id for one in mine if one is not None], int(Section.PLACEMENT))
    found: dict[int, dict[int, WaitingEntry]] = {}
    for one, row in rows.items():
        found.setdefault(row.measure_id, {})[one] = row
    return {measure_id: _in_order(held, lines, mine) for measure_id, held in found.items()}


def _in_order(
    rows: Mapping[int, WaitingEntry], lines: Mapping[int, FundingLine], mine: Collection[int | None]
) -> list[WaitingRow]:
    order = waiting_order(Waiter(one, row.urgency, row.waiting_since, row.lot) for one, row in rows.items())
    calling = [one for one in order if rows[one.id].paused_on is None]
    paused = [one for one in order if rows[one.id].paused_on is not None]
    return [
        *(_row(rows[one.id], lines, mine, at) for at, one in enumerate(calling, 1)),
        *(_row(rows[one.id], lines, mine, None) for one in paused),
    ]


def _row(
    row: WaitingEntry, lines: Mapping[int, FundingLine], mine: Collection[int | None], position: int | None
) -> WaitingRow:
    seen = row.id in mine
    return WaitingRow(
        position,
        row.ref if seen else "",
        row.case_id if seen else None,
        lines[row.line_id].code,
        row.urgency,
        row.waiting_since,
        row.lot,
        row.starts_on,
        row.ends_on,
        row.paused_on,
        row.paused_by_unit_id,
        *((row.declined_on, row.declined_reason, row.rank_effect) if seen else (None, None, None)),
    )


@dataclass(frozen=True, slots=True)
class CaseWait:
    """An entry of a case in a waiting list, with the measure and its place in the order (none: paused)."""

    measure_ref: str
    measure_name: str
    row: WaitingRow


def waits_of(work: Work, case_id: int) -> list[CaseWait]:
    """Where the person of a case waits, by measure; the caller has seen the case."""
    held = work.session.execute(
        select(*measure_words.c["measure_id", "measure_ref", "measure_name"])
        .join(WaitingEntry, col(WaitingEntry.measure_id) == measure_words.c.measure_id)
        .where(col(WaitingEntry.case_id) == case_id, col(WaitingEntry.state) == WaitingState.WAITING)
        .order_by(measure_words.c.measure_name)
    ).all()
    lists = waiting_lists(work, {one.measure_id for one in held})
    return [
        CaseWait(one.measure_ref, one.measure_name, row)
        for one in held
        for row in lists.get(one.measure_id, [])
        if row.case_id == case_id
    ]
