"""Absences are announced within three working days; a month is attested by the third working day after it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from cii.kernel.calendar import WorkingDays
from cii.kernel.period import month_of
from cii.notices.tables import Notice
from cii.placements.tables import Placement
from cii.settlement.absences import watch_absences
from cii.settlement.actions import Mark, RecordAttendance, record_attendance
from cii.settlement.attesting import attestations, recent_sheet
from cii.settlement.rules_absences import Absence, absence_news, attestation_due
from cii.settlement.vocabulary import AbsenceNews, Presence
from cii.store.work import Work
from tests.settlement.build_settlement import Desk, a_desk

CALENDAR = WorkingDays()
WEEK = [date(2026, 11, 2) + timedelta(days=n) for n in (0, 1, 2, 3, 4, 7, 8)]
SICK, UNEXCUSED = Presence.SICK, Presence.UNEXCUSED_ABSENCE


def absent(*days: int, told: date, excused: bool = True) -> dict[date, Absence]:
    return {date(2026, 11, day): Absence(told, excused) for day in days}


@pytest.mark.parametrize(
    ("told", "late"),
    [(date(2026, 11, 9), False), (date(2026, 11, 10), True)],
    ids=["on the third working day", "a day later"],
)
def test_an_absence_of_a_wednesday_is_announced_by_the_next_monday(told: date, late: bool):
    news = absence_news(WEEK, absent(4, 5, told=told), 3, CALENDAR)

    assert [(one.kind, one.first_day, one.last_day, one.due_on) for one in news] == (
        [(AbsenceNews.LATE, date(2026, 11, 4), date(2026, 11, 5), date(2026, 11, 9))] if late else []
    )


def test_three_expected_days_in_a_row_without_excuse_are_without_news_over_a_weekend_too():
    told = date(2026, 11, 9)

    two = absence_news(WEEK, absent(6, 9, told=told, excused=False), 3, CALENDAR)
    three = absence_news(WEEK, absent(5, 6, 9, told=told, excused=False), 3, CALENDAR)
    excused = absence_news(WEEK, absent(5, 6, 9, told=told), 3, CALENDAR)

    assert [one.kind for one in two] == []
    assert [(one.kind, one.first_day, one.days) for one in three] == [
        (AbsenceNews.SILENT, date(2026, 11, 5), 3)
    ]
    assert excused == []


@pytest.mark.parametrize(
    ("month", "due"),
    [(date(2026, 12, 1), date(2027, 1, 6)), (date(2027, 2, 1), date(2027, 3, 4))],
    ids=["December 2026", "February 2027, with the first of March"],
)
def test_a_month_is_attested_by_the_third_working_day_of_the_next(month: date, due: date):
    assert attestation_due(month_of(month), 3, CALENDAR) == due


def told(desk: Desk, place: Placement, day: date, presence: Presence, *days: int) -> None:
    marks = tuple(Mark(date(2026, 11, one), presence) for one in days)
    record_attendance(desk.on(day).provider, RecordAttendance(place.ref, marks))


def notices(work: Work) -> list[tuple[str, int]]:
    rows = work.session.exec(select(Notice).where(col(Notice.kind).startswith("placement-absence")))
    return sorted((row.kind, row.unit_id) for row in rows)


def test_a_late_absence_is_told_once_to_who_placed_the_person_and_to_the_provider(work: Work):
    desk = a_desk(work)
    place = desk.stage.started()
    told(desk, place, date(2026, 11, 9), SICK, 3, 4)
    nights = [desk.stage.on(date(2026, 11, day)) for day in (10, 11)]

    first = watch_absences(nights[0], date(2026, 11, 9))
    again = watch_absences(nights[1], date(2026, 11, 9))

    assert (first, again) == ({"late": 1, "silent": 0}, {"late": 0, "silent": 0})
    units = {place.requested_by_unit_id, place.provider_unit_id}
    assert notices(work) == sorted(("placement-absence-late", one) for one in units)
    with pytest.raises(DBAPIError):
        work.session.execute(text("UPDATE absence_notice SET due_on = last_day"))


def test_an_absence_told_in_time_and_a_day_nobody_has_attested_are_no_news(work: Work):
    desk = a_desk(work)
    place = desk.stage.started()
    told(desk, place, date(2026, 11, 5), SICK, 3, 4)

    assert watch_absences(desk.stage.on(date(2026, 11, 10)), date(2026, 11, 5)) == {"late": 0, "silent": 0}
    assert watch_absences(desk.stage.on(date(2026, 11, 10)), date(2026, 11, 9)) == {"late": 0, "silent": 0}
    assert notices(work) == []


def test_days_without_news_are_told_as_such(work: Work):
    desk = a_desk(work)
    place = desk.stage.started()
    told(desk, place, date(2026, 11, 5), UNEXCUSED, 3, 4, 5)

    assert watch_absences(desk.stage.on(date(2026, 11, 6)), date(2026, 11, 5)) == {"late": 0, "silent": 1}
    assert {kind for kind, _ in notices(work)} == {"placement-absence-silent"}


def test_of_a_month_whoever_lacks_days_is_named_until_they_are_attested(work: Work):
    desk = a_desk(work)
    place = desk.stage.started()
    told(desk, place, date(2026, 11, 3), SICK, 3)

    before, last = attestations(desk.provider, recent_sheet(desk.provider))
    late = last.late(date(2026, 12, 3)), last.late(date(2026, 12, 4))
    desk.attest(place)

    assert (before.missing, last.due_on, late) == ((), date(2026, 12, 3), (False, True))
    assert [(row.id, days) for row, days in last.missing] == [(place.id, 20)]
    assert [one.missing for one in attestations(desk.provider, recent_sheet(desk.provider))] == [(), ()]
