"""What was known at a moment about each stay and each entry of a waiting list: one row each, by its ref."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_, select
from sqlmodel import col

from cii.figures.facts import stays
from cii.kernel.clock import local_midnight
from cii.kernel.period import ONE_DAY, Period
from cii.placements.tables import Placement, PlacementEvent, WaitingEntry
from cii.store.work import Work


def stay_rows(work: Work, period: Period, known_at: datetime) -> Sequence[Any]:
    """Every stay that touches the period, in one statement.

    Columns: ref, measure_id, line_id (requesting), starts_on, started_on, last, ended_on, exit_type.
    """
    held = stays(known_at)
    shown: list[Any] = [
        col(Placement.ref),
        held.c.measure_id,
        held.c.line_id,
        held.c.starts_on,
        held.c.started_on,
        held.c.last,
        held.c.ended_on,
        col(PlacementEvent.facts)["exit_type"].as_string().label("exit_type"),
    ]
    return work.session.execute(
        select(*shown)
        .join(Placement, col(Placement.id) == held.c.placement_id)
        .outerjoin(PlacementEvent, col(PlacementEvent.id) == held.c.exit_id)
        .where(held.c.starts_on <= period.last, held.c.last >= period.start)
    ).all()


def waiting_rows(work: Work, period: Period, known_at: datetime) -> Sequence[Any]:
    """Entries of the waiting list open at the end of the period or of the day before it.

    Columns: ref, measure_id, line_id, urgency, waiting_since, at_start, at_end.
    """
    entry = WaitingEntry

    def open_at(day: date, until: datetime) -> ColumnElement[bool]:
        return and_(
            col(entry.waiting_since) <= day,
            or_(col(entry.closed_at).is_(None), col(entry.closed_at) >= until),
        )

    before = open_at(period.start - ONE_DAY, local_midnight(period.start))
    after = open_at(period.last, local_midnight(period.end))
    shown: list[Any] = [
        col(entry.ref),
        col(entry.measure_id),
        col(entry.line_id),
        col(entry.urgency),
        col(entry.waiting_since),
        case((before, 1), else_=0).label("at_start"),
        case((after, 1), else_=0).label("at_end"),
    ]
    return work.session.execute(
        select(*shown).where(col(entry.created_at) <= known_at, or_(before, after))
    ).all()
