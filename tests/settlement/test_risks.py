"""Stays at risk of breaking off: absences that the tariff does not pay, an arrival that nobody recorded."""

from datetime import date

import pytest

from cii.agreements.rules_rates import Rate
from cii.agreements.vocabulary import Basis
from cii.kernel.calendar import WorkingDays
from cii.kernel.money import Chf
from cii.kernel.period import month_of
from cii.placements.life import AnswerPlace, answer_place
from cii.settlement.actions import Mark, RecordAttendance, record_attendance
from cii.settlement.attesting import recent_sheet
from cii.settlement.risks import stays_at_risk
from cii.settlement.rules_risks import Risk, absence_risks, entry_overdue
from cii.settlement.vocabulary import Presence, RiskKind
from cii.store.work import Work
from tests.settlement.build_settlement import Desk, a_desk

OCTOBER, NOVEMBER = month_of(date(2026, 10, 1)), month_of(date(2026, 11, 1))
SICK, EXCUSED, UNEXCUSED = Presence.SICK, Presence.EXCUSED_ABSENCE, Presence.UNEXCUSED_ABSENCE


def risks(
    marks: dict[date, Presence], *, excused: int | None = None, unexcused: int | None = 0
) -> list[Risk]:
    rate = Rate(
        1, date(2026, 1, 1), None, Basis.WEEKDAYS, Chf.parse("2200"),
        excused_days=excused, unexcused_days=unexcused,
    )  # fmt: skip
    return absence_risks(marks, frozenset(marks), (OCTOBER, NOVEMBER), lambda _: rate)


def on(*days: int, as_: Presence = UNEXCUSED, month: int = 11) -> dict[date, Presence]:
    return {date(2026, month, day): as_ for day in days}


def test_an_absence_without_excuse_counts_from_the_first_that_is_not_paid():
    assert risks(on(3, as_=Presence.PRESENT)) == []
    assert risks(on(3)) == [Risk(RiskKind.UNEXCUSED_UNPAID, NOVEMBER.start, 1, 1)]
    assert risks(on(3, 4), unexcused=2) == []
    assert risks(on(3, 4, 5), unexcused=2) == [Risk(RiskKind.UNEXCUSED_UNPAID, NOVEMBER.start, 3, 1)]


def test_sickness_and_excuses_count_together_and_only_beyond_what_is_paid():
    marks = on(3, 4, as_=SICK) | on(5, as_=EXCUSED)

    assert risks(marks) == []
    assert risks(marks, excused=2) == [Risk(RiskKind.EXCUSED_UNPAID, NOVEMBER.start, 3, 1)]


def test_both_kinds_are_told_those_without_excuse_first():
    told = risks(on(3, as_=SICK) | on(4), excused=0)

    assert [one.kind for one in told] == [RiskKind.UNEXCUSED_UNPAID, RiskKind.EXCUSED_UNPAID]


def test_the_latest_month_speaks_and_the_one_before_only_when_it_is_silent():
    assert [one.since for one in risks(on(3) | on(5, 6, month=10))] == [NOVEMBER.start]
    assert [one.since for one in risks(on(5, 6, month=10))] == [OCTOBER.start]


def test_a_day_without_a_tariff_puts_nothing_at_risk():
    assert absence_risks(on(3), frozenset(on(3)), (OCTOBER, NOVEMBER), lambda _: None) == []


@pytest.mark.parametrize(("today", "overdue"), [(date(2026, 11, 5), False), (date(2026, 11, 6), True)])
def test_an_arrival_of_a_monday_is_overdue_after_the_third_working_day(today: date, overdue: bool):
    told = entry_overdue(date(2026, 11, 2), today, 3, WorkingDays())

    assert told == (Risk(RiskKind.ENTRY_OVERDUE, date(2026, 11, 2), 4) if overdue else None)


def told(desk: Desk, day: date) -> list[tuple[int, tuple[RiskKind, ...]]]:
    provider = desk.on(day).provider
    found = stays_at_risk(provider, recent_sheet(provider))
    return [(one.placement.id, tuple(risk.kind for risk in one.risks)) for one in found]


def test_a_provider_is_told_of_its_running_stays_and_of_arrivals_that_nobody_recorded(work: Work):
    desk = a_desk(work)
    place, waits = desk.stage.started(), desk.stage.placement()
    answer_place(desk.stage.work, AnswerPlace(waits.ref, accept=True))
    marks = (Mark(date(2026, 11, 3), UNEXCUSED), Mark(date(2026, 11, 4), SICK))
    record_attendance(desk.on(date(2026, 11, 5)).provider, RecordAttendance(place.ref, marks))

    assert told(desk, date(2026, 11, 4)) == [(place.id, (RiskKind.UNEXCUSED_UNPAID,))]
    assert told(desk, date(2026, 11, 9)) == [
        (place.id, (RiskKind.UNEXCUSED_UNPAID,)),
        (waits.id, (RiskKind.ENTRY_OVERDUE,)),
    ]


def test_a_stay_that_is_over_is_at_no_risk_and_nobody_else_is_told(work: Work):
    desk = a_desk(work)
    place = desk.stage.started()
    mark = (Mark(date(2026, 11, 3), UNEXCUSED),)
    record_attendance(desk.on(date(2026, 11, 5)).provider, RecordAttendance(place.ref, mark))

    assert told(desk, date(2026, 11, 30)) == [(place.id, (RiskKind.UNEXCUSED_UNPAID,))]
    assert told(desk, date(2026, 12, 1)) == []
    assert stays_at_risk(desk.checker, recent_sheet(desk.checker)) == []
