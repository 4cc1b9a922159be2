"""Attested days: who attests, what is corrected, what the database keeps."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from cii.access.vocabulary import Role
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.kernel.period import Period
from cii.settlement.actions import (
    Mark,
    RecordAttendance,
    record_attendance,
)
from cii.settlement.queries import marks_in
from cii.settlement.rules import (
    DayAfterEnd,
    DayBeforeStart,
    DayInFuture,
    DayOnHoliday,
    DayOnWeekend,
    DayTwice,
    NotStarted,
)
from cii.settlement.vocabulary import Presence
from cii.store.work import Work
from tests.settlement.build_settlement import NOVEMBER, a_desk

UNEXCUSED, EXCUSED, PRESENT = Presence.UNEXCUSED_ABSENCE, Presence.EXCUSED_ABSENCE, Presence.PRESENT


def codes(no) -> list[str]:
    return [reason.code for reason in no.value.reasons]


def test_attendance_attested_again_changes_nothing_and_a_correction_names_what_it_replaces(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    first = desk.attest(placement, d03=UNEXCUSED)

    again = desk.attest(placement, d03=UNEXCUSED)
    corrected = desk.attest(placement, d03=PRESENT)

    assert (first.new, again.new, again.corrected) == (21, 0, 0)
    assert (corrected.new, corrected.corrected) == (0, 1)
    marks = marks_in(work, [placement.id], Period(NOVEMBER, date(2026, 12, 1)))[placement.id]
    assert marks[date(2026, 11, 3)] is PRESENT
    assert desk.sums() == {"accrued": "2200.00"}


def test_attendance_as_known_then_leaves_later_corrections_out(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    desk.attest(placement, d03=UNEXCUSED)
    later = replace(desk.provider, now=desk.stage.on(date(2026, 12, 10)).now)
    record_attendance(later, RecordAttendance(placement.ref, (Mark(date(2026, 11, 3), PRESENT),)))

    then = marks_in(work, [placement.id], Period(NOVEMBER, date(2026, 12, 1)), known_at=desk.provider.now)[
        placement.id
    ]

    assert then[date(2026, 11, 3)] is UNEXCUSED


def test_days_that_cannot_be_attested_are_refused_all_at_once(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started(days=(date(2026, 11, 2), date(2026, 12, 31)))
    days = [
        date(2026, 11, 1), date(2026, 11, 7), date(2026, 11, 3), date(2026, 11, 3), date(2026, 12, 4),
        date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 4),
    ]  # fmt: skip

    with pytest.raises(Refusals) as no:
        record_attendance(
            desk.provider, RecordAttendance(placement.ref, tuple(Mark(one, PRESENT) for one in days))
        )

    refused = (
        DayBeforeStart, DayOnWeekend, DayTwice, DayInFuture, DayOnHoliday, DayAfterEnd, DayAfterEnd,
    )  # fmt: skip
    assert codes(no) == [one.code for one in refused]


def test_a_placement_not_begun_has_nothing_to_attest(work: Work):
    desk = a_desk(work)
    placement = desk.stage.placement()

    with pytest.raises(NotStarted):
        desk.attest(placement)


def test_only_the_provider_attests_and_another_one_sees_nothing(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    mark = RecordAttendance(placement.ref, (Mark(date(2026, 11, 3), PRESENT),))
    adviser = replace(desk.provider, actor=desk.stage.actor(desk.stage.orp).actor)
    stranger = replace(desk.provider, actor=desk.stage.actor(desk.stage.gsr, Role.PROVIDER).actor)

    with pytest.raises(NotAllowed):
        record_attendance(adviser, mark)
    with pytest.raises(UnknownThing):
        record_attendance(stranger, mark)
    both = replace(adviser.actor, seats=adviser.actor.seats + stranger.actor.seats)
    with pytest.raises(NotAllowed):  # sees the stay by one seat, provides elsewhere by the other
        record_attendance(replace(desk.provider, actor=both), mark)


def test_the_database_keeps_attendance(work: Work):
    desk = a_desk(work)
    desk.attest(desk.stage.started())

    with pytest.raises(DBAPIError):
        work.session.execute(text("UPDATE attendance SET presence = 'present'"))


def test_a_day_cannot_be_attested_twice_in_the_database(work: Work):
    desk = a_desk(work)
    desk.attest(desk.stage.started())

    with pytest.raises(IntegrityError):
        work.session.execute(
            text(
                "INSERT INTO attendance (placement_id, day, presence, recorded_at) "
                "SELECT placement_id, day, 'sick', recorded_at FROM attendance"
            )
        )
