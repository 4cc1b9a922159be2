"""Everybody who waits for a place, for whoever distributes places to many at once. No visibility: see below.

Whoever calls shows of a case no more than its reader may see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import col

from cii.kernel.period import Period
from cii.placements.tables import Placement, WaitingEntry
from cii.placements.vocabulary import FINANCED, WaitingState
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Awaited:
    """An entry of the waiting list: who waits for which place, for which days (both inside), since when."""

    id: int
    case_id: int
    person_id: int
    measure_id: int
    line_id: int
    requested_by_unit_id: int
    urgency: int
    waiting_since: date
    starts_on: date
    ends_on: date
    paused_on: date | None


def awaited(work: Work, until: date) -> list[Awaited]:
    """Every entry that waits for a stay from that day or earlier, by id; paused ones too."""
    rows = work.session.execute(_waiting(Awaited.__slots__, until).order_by(col(WaitingEntry.id)))
    return [Awaited(*row) for row in rows]


def awaiting(column: str, until: date) -> Select[Any]:
    """That column of these entries, as a select: `case_id`, `person_id`, `requested_by_unit_id`."""
    return _waiting((column,), until)


def _waiting(columns: Sequence[str], until: date) -> Select[Any]:
    return select(*(getattr(WaitingEntry, name) for name in columns)).where(
        col(WaitingEntry.state) == WaitingState.WAITING, col(WaitingEntry.starts_on) <= until
    )


def financed(work: Work, persons: Any, since: date) -> dict[int, list[Period]]:  # noqa: ANN401 - ids or a select
    """The days from that one on for which these persons have a financed placement, by person."""
    found: dict[int, list[Period]] = {}
    for person, first, last in work.session.execute(
        select(col(Placement.person_id), col(Placement.starts_on), col(Placement.ends_on))
        .where(
            col(Placement.person_id).in_(persons),
            col(Placement.state).in_(FINANCED),
            col(Placement.ends_on) >= since,
        )
        .order_by(col(Placement.starts_on))
    ):
        found.setdefault(person, []).append(Period.through(first, last))
    return found


__all__ = ["Awaited", "awaited", "awaiting", "financed"]
