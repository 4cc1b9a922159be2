"""Attesting attendance, and booking what it earns. Attendance is a fact: it is never refused for money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.agreements.queries import price_book
from cii.budgets.actions import Leg, Source, accrue, correct_accrual, in_open_years
from cii.budgets.actions_booking import year_of
from cii.budgets.queries import reached
from cii.budgets.vocabulary import Stage, YearState
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, refuse
from cii.kernel.money import Chf
from cii.kernel.period import Period, month_of
from cii.placements.ledger import ATTENDANCE
from cii.placements.queries import placement_by_ref
from cii.settlement.queries import MonthOf, months_of, sequence_of, stays_in
from cii.settlement.rules import (
    SETTLED,
    NotStarted,
    ShareOf,
    attendance_faults,
    expected_days,
    minutes_faults,
)
from cii.settlement.tables import Attendance
from cii.settlement.vocabulary import Presence
from cii.store.columns import new_ref
from cii.store.work import HOUSE, Work


@dataclass(frozen=True)
class Mark:
    """What is attested for a day; `minutes` where the tariff counts hours, the planned day when left out."""

    day: date
    presence: Presence
    minutes: int | None = None


@dataclass(frozen=True)
class RecordAttendance:
    """Wish to attest days of a placement.

    `others_present`: a day of a month whose other days were attended. With it, every expected day of that
    month up to today that is neither named nor attested yet is present.
    """

    placement_ref: str
    marks: tuple[Mark, ...] = ()
    others_present: date | None = None


@dataclass(frozen=True)
class Recorded:
    """What an attestation did: new rows, corrections, and what exceeds the commitment (never refused)."""

    new: int
    corrected: int
    excess: Chf


def record_attendance(work: Work, ask: RecordAttendance) -> Recorded:
    """Attest days: a day attested anew is a correction that names the row it replaces; a repeat does nothing.

    Books what the months now earn. Refuses, all at once: NotStarted, DayTwice, DayBeforeStart, DayAfterEnd,
    DayOnWeekend, DayOnHoliday, DayClosed, DayInFuture, MinutesUnfit; before: UnknownThing, NotAllowed (only
    the provider attests).
    """
    placement = placement_by_ref(work, ask.placement_ref)
    if work.actor != HOUSE and not any(
        seat.role == Role.PROVIDER and seat.unit_id == placement.provider_unit_id for seat in work.actor.seats
    ):
        raise NotAllowed
    period = Period.through(placement.starts_on, placement.ends_on)
    stays = stays_in(work, period, placement_ids=[placement.id or 0], lock=True)
    if not stays:
        raise NotStarted(placement=placement.ref)
    stay = stays[0]
    closures = price_book(work, [stay.key[0]]).closures.get(stay.key[:2], ())
    expected = expected_days(stay.span, (*closures, *stay.breaks), work.calendar)
    wanted = {mark.day: (mark.presence, mark.minutes) for mark in ask.marks}
    refuse(
        [
            *attendance_faults(stay, [mark.day for mark in ask.marks], expected, work.calendar, work.today),
            *minutes_faults((mark.day, mark.presence, mark.minutes) for mark in ask.marks),
        ]
    )
    known = _rows(work, stay.placement_id)
    if ask.others_present is not None:
        month = month_of(ask.others_present)
        for day in sorted(expected):
            if day in month and day <= work.today and day not in known:
                wanted.setdefault(day, (Presence.PRESENT, None))
    fresh = [
        Attendance(
            placement_id=stay.placement_id,
            day=day,
            presence=presence,
            minutes=minutes,
            recorded_at=work.now,
            replaces=known[day].id if day in known else None,
            account_id=work.actor.account_id,
        )
        for day, (presence, minutes) in sorted(wanted.items())
        if day not in known or (known[day].presence, known[day].minutes) != (presence, minutes)
    ]
    work.session.add_all(fresh)
    work.session.flush()
    excess = Chf.total(
        book_attendance(work, months_of(work, [stay], month), month)
        for month in sorted({month_of(row.day) for row in fresh})
    )
    corrected = sum(row.replaces is not None for row in fresh)
    if fresh:
        wrote(
            work,
            "attendance_recorded",
            "placement",
            stay.placement_id,
            ref=stay.ref,
            case_id=stay.case_id,
            person_id=stay.person_id,
            payload={row.day.isoformat(): row.presence for row in fresh},
        )
    return Recorded(len(fresh) - corrected, corrected, excess)


def book_attendance(work: Work, months: Sequence[MonthOf], month: Period) -> Chf:
    """Bring the ledger to what attendance earns of these stays; returns what exceeds the commitment.

    A month that is settled is not lowered here: its correction statement does that. In a year whose books
    are closed nothing is left to earn from: what more is due waits for a further engagement.
    """
    before = accrued_by_share(work, month, [share.share_id for one in months for share in one.stay.shares])
    settled: dict[tuple[int, int], bool] = {}
    closed: dict[int, bool] = {}
    excess = Chf()
    for one in months:
        for share in one.stay.shares:
            delta = one.part(share.share_id) - before.get(share.share_id, 0)
            payer = (share.agreement_id, share.line_id)
            if delta > 0:
                if share.line_id not in closed:
                    closed[share.line_id] = _is_closed(work, share.line_id, month)
                excess += Chf(delta) if closed[share.line_id] else earn(work, share, month, Chf(delta))
            elif delta < 0:
                if payer not in settled:
                    settled[payer] = any(row.state in SETTLED for row in sequence_of(work, payer, month))
                if not settled[payer]:
                    take_back(work, share, month, Chf(-delta))
    return excess


def earn(work: Work, share: ShareOf, month: Period, amount: Chf) -> Chf:
    """Note what attendance has earned of a share in a month; returns what exceeds the commitment.

    Of a month whose year is closed it is noted in the next open one, with the month as its origin.
    """
    source = Source(ATTENDANCE, share.share_id, f"attendance:{share.share_id}:{new_ref()}")
    return Chf.total(accrue(work, in_open_years(work, [leg_of(share, month, amount)]), source).excess)


def _is_closed(work: Work, line_id: int, month: Period) -> bool:
    books = year_of(work, line_id, month.start.year)
    return books is not None and books.state is YearState.CLOSED


def take_back(work: Work, share: ShareOf, month: Period, amount: Chf) -> None:
    """Lower what attendance has earned of a share in a month."""
    source = Source(ATTENDANCE, share.share_id, f"attendance:{share.share_id}:{new_ref()}")
    correct_accrual(work, in_open_years(work, [leg_of(share, month, amount)]), source)


def leg_of(share: ShareOf, month: Period, amount: Chf) -> Leg:
    """A sum of one payer for a month; its date is the month's first day."""
    return Leg(share.line_id, share.agreement_id, amount, month.start)


def accrued_by_share(work: Work, month: Period, share_ids: Sequence[int]) -> dict[int, int]:
    """What the ledger holds as earned by attendance in a month, per share, in centimes."""
    rows = reached(Stage.ACCRUED, ATTENDANCE, list(share_ids))
    found = work.session.execute(
        select(rows.c.source_id, rows.c.amount).where(rows.c.about_on == month.start)
    )
    held: dict[int, int] = {}
    for share_id, amount in found:
        held[share_id] = held.get(share_id, 0) + int(amount)
    return held


def _rows(work: Work, placement_id: int) -> dict[date, Attendance]:
    """The rows that stand, by day."""
    rows = work.session.scalars(
        select(Attendance).where(col(Attendance.placement_id) == placement_id).order_by(col(Attendance.id))
    ).all()
    replaced = {row.replaces for row in rows}
    return {row.day: row for row in rows if row.id not in replaced}
