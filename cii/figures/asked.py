"""Who asked for a place and what came of it, as known at the end of a day: two statements over the canton.

A request is an entry of the waiting list, or a placement that none led to. It is placed once the provider
has accepted, it waits while nothing has come of it, else it is gone (refused, withdrawn, expired,
released because another place was found).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlmodel import col

from cii.figures.facts import VOID, known
from cii.kernel.clock import local_day, local_midnight
from cii.kernel.period import ONE_DAY
from cii.placements.tables import Placement, PlacementEvent, WaitingEntry
from cii.placements.vocabulary import PlacementEventKind, WaitingState
from cii.store.work import Work


class Came(StrEnum):
    """What came of a request."""

    PLACED = "placed"
    WAITING = "waiting"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: of whom, for which measure and line, by which unit, on which day, and what came of it.

    `placed_on`: the first day of the place, of a placed one.
    """

    case_id: int
    person_id: int
    measure_id: int
    line_id: int
    unit_id: int
    on: date
    came: Came
    placed_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """A placement as known: its row, and whether it was accepted or came to nothing."""

    row: Any
    came: Came
    placed_on: date | None


def asked(work: Work, stand: date) -> list[Asked]:
    """Every request until that day as known at its end, by day."""
    until = local_midnight(stand + ONE_DAY)
    places = _placements(work, until)
    found = list(_entries(work, stand, until, places))
    found += [
        Asked(
            one.row.case_id, one.row.person_id, one.row.measure_id, one.row.line_id,
            one.row.requested_by_unit_id, local_day(one.row.created_at), one.came, one.placed_on,
        )
        for one in places.values()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.on, one.case_id, one.measure_id, one.line_id))


def _placements(work: Work, until: datetime) -> dict[int, _Place]:
    event = PlacementEvent

    def seen(*kinds: PlacementEventKind) -> Any:  # noqa: ANN401 - a column
        return func.max(case((col(event.kind).in_(kinds), 1), else_=0))

    started = case((col(event.kind) == PlacementEventKind.STARTED, col(event.effective_on)))
    told = (
        select(
            col(event.placement_id).label("placement_id"),
            seen(PlacementEventKind.ACCEPTED, PlacementEventKind.STARTED).label("accepted"),
            seen(*VOID).label("void"),
            func.max(started).label("started_on"),
        )
        .where(known(event, until))
        .group_by(col(event.placement_id))
        .subquery("told")
    )
    rows = work.session.execute(
        select(
            col(Placement.id),
            col(Placement.case_id),
            col(Placement.person_id),
            col(Placement.measure_id),
            col(Placement.line_id),
            col(Placement.requested_by_unit_id),
            col(Placement.created_at),
            col(Placement.starts_on),
            told.c.accepted,
            told.c.void,
            told.c.started_on,
        )
        .join(told, told.c.placement_id == col(Placement.id))
        .where(col(Placement.created_at) < until)
    )
    found = {}
    for row in rows:
        came = Came.GONE if row.void else Came.PLACED if row.accepted else Came.WAITING
        first = (row.started_on or row.starts_on) if came is Came.PLACED else None
        found[row.id] = _Place(row, came, first)
    return found


def _entries(work: Work, stand: date, until: datetime, places: dict[int, _Place]) -> Iterator[Asked]:
    """Entries of the waiting list; the placement that one led to is taken out of `places`."""
    entry = WaitingEntry
    rows = work.session.execute(
        select(
            col(entry.case_id),
            col(entry.person_id),
            col(entry.measure_id),
            col(entry.line_id),
            col(entry.requested_by_unit_id),
            col(entry.waiting_since),
            case((col(entry.state) == WaitingState.PLACED, col(entry.placement_id))).label("placement_id"),
            or_(col(entry.closed_at).is_(None), col(entry.closed_at) >= until).label("open"),
        )
        .where(col(entry.waiting_since) <= stand, col(entry.created_at) < until)
        .order_by(col(entry.id))
    )
    for row in rows:
        place = places.pop(row.placement_id, None)
        came = place.came if place is not None else Came.GONE
        if row.open and came is not Came.PLACED:
            came = Came.WAITING
        yield Asked(
            row.case_id, row.person_id, row.measure_id, row.line_id, row.requested_by_unit_id,
            row.waiting_since, came, place.placed_on if place is not None and came is Came.PLACED else None,
        )  # fmt: skip
