from datetime import date

from cii.agreements.rules_proration import Rate
from cii.agreements.vocabulary import Basis
from cii.kernel.calendar import WorkingDays
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.settlement.rules import expected_days, paid_days
from cii.settlement.vocabulary import Presence

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


def rate(excused: int | None, unexcused: int | None) -> Rate:
    return Rate(
        1,
        date(2026, 1, 1),
        None,
        Basis.WEEKDAYS,
        Chf(220000),
        excused_days=excused,
        unexcused_days=unexcused,
    )


def unpaid(marks: dict[int, Presence], excused: int | None, unexcused: int | None) -> list[int]:
    expected = expected_days(NOVEMBER, [], WorkingDays("NE"))
    days = {day: marks.get(day.day, Presence.PRESENT) for day in expected}
    tariff = rate(excused, unexcused)
    return sorted(day.day for day in expected - paid_days(days, expected, lambda _: tariff))


def test_nobody_is_expected_on_weekends_holidays_and_closing_days():
    closed = [Period.through(date(2026, 12, 24), date(2026, 12, 31))]

    december = expected_days(Period(date(2026, 12, 1), date(2027, 1, 1)), closed, WorkingDays("NE"))

    assert max(december) == date(2026, 12, 23)
    assert len(december) == 17


def test_excused_absences_are_paid_up_to_the_agreed_days_and_unexcused_never():
    marks = {
        3: Presence.EXCUSED_ABSENCE,
        4: Presence.SICK,
        5: Presence.EXCUSED_ABSENCE,
        6: Presence.UNEXCUSED_ABSENCE,
    }

    assert unpaid(marks, 2, 0) == [5, 6]
    assert unpaid(marks, 0, 0) == [3, 4, 5, 6]
    assert unpaid(marks, None, None) == []
    assert unpaid(marks, None, 0) == [6]
    assert unpaid(marks, 0, 1) == [3, 4, 5]


def test_a_day_the_provider_was_closed_without_agreement_is_not_paid():
    assert unpaid({3: Presence.CLOSED}, None, None) == [3]


def test_the_limit_counts_anew_each_month():
    days = [date(2026, 11, 30), date(2026, 12, 1)]
    marks = dict.fromkeys(days, Presence.EXCUSED_ABSENCE)

    assert paid_days(marks, days, lambda _: rate(1, 0)) == frozenset(days)


def test_a_day_not_attested_is_not_paid():
    assert paid_days({}, [date(2026, 11, 3)], lambda _: rate(None, None)) == frozenset()
