"""Days as attested, and who stayed, by stay and by agreement: set-based reads, as known at a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Subquery, case, extract, func, select
from sqlmodel import col

from cii.figures.facts import known, stays
from cii.kernel.period import Period
from cii.placements.tables import Placement, PlacementShare
from cii.settlement.tables import Attendance
from cii.settlement.vocabulary import Presence
from cii.store.work import Work

_ABSENT = (Presence.EXCUSED_ABSENCE, Presence.UNEXCUSED_ABSENCE, Presence.SICK)


@dataclass(frozen=True, slots=True)
class Attended:
    """Attested days: present, absent, and participants × months with an attested day."""

    present: int = 0
    absent: int = 0
    participant_months: int = 0


def attended_months(work: Work, period: Period, known_at: datetime) -> Sequence[Any]:
    """Attested days of each stay and month, in one statement.

    Columns: ref, measure_id, line_id (requesting), year, month, present, absent (days). A month attested as
    closed throughout is there with 0 days; a month without a row was attested by nobody.
    """
    month = _monthly(period, known_at).subquery("monthly")
    shown: list[Any] = [
        col(Placement.ref), col(Placement.measure_id), col(Placement.line_id), month.c.year, month.c.month,
        month.c.present, month.c.absent,
    ]  # fmt: skip
    return work.session.execute(
        select(*shown).join(Placement, col(Placement.id) == month.c.placement_id)
    ).all()


def attended(work: Work, period: Period, known_at: datetime) -> dict[int, Attended]:
    """Attested days per agreement that paid for the stay: once for each, however many of its lines paid."""
    month = _monthly(period, known_at).subquery("monthly")
    payer = payers()
    months = func.sum(case((month.c.present + month.c.absent > 0, 1), else_=0))
    rows = work.session.execute(
        select(payer.c.agreement_id, func.sum(month.c.present), func.sum(month.c.absent), months)
        .join(payer, payer.c.placement_id == month.c.placement_id)
        .group_by(payer.c.agreement_id)
    )
    return {row[0]: Attended(*map(int, row[1:])) for row in rows}


def participants(work: Work, period: Period, known_at: datetime) -> dict[int, int]:
    """Stays begun that touch the period, per agreement that pays for them: once for each."""
    held = stays(known_at)
    payer = payers()
    rows = work.session.execute(
        select(payer.c.agreement_id, func.count())
        .join(held, held.c.placement_id == payer.c.placement_id)
        .where(held.c.started_on <= period.last, held.c.last >= period.start)
        .group_by(payer.c.agreement_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def _monthly(period: Period, known_at: datetime) -> Select[Any]:
    """Attested days by stay and month: placement_id, year, month, present, absent (closed: neither)."""
    day = col(Attendance.day)
    stay, year, month = col(Attendance.placement_id), extract("year", day), extract("month", day)
    shown: list[Any] = [
        stay,
        year.label("year"),
        month.label("month"),
        func.sum(case((col(Attendance.presence) == Presence.PRESENT, 1), else_=0)).label("present"),
        func.sum(case((col(Attendance.presence).in_(_ABSENT), 1), else_=0)).label("absent"),
    ]
    return (
        select(*shown)
        .where(
            day >= period.start,
            day < period.end,
            known(Attendance, known_at),
        )
        .group_by(stay, year, month)
    )


def payers() -> Subquery:
    """Each stay with each agreement that pays for it, once: placement_id, agreement_id."""
    paid: Any = select(col(PlacementShare.placement_id), col(PlacementShare.agreement_id))
    found: Subquery = paid.distinct().subquery("payer")
    return found
