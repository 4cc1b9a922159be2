from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cii.kernel.calendar import WorkingDays, working_days
from cii.kernel.period import ONE_DAY

NEUCHATEL = working_days("NE", added=[], removed=[date(2026, 6, 4)], closed=[date(2026, 12, 24)])


@pytest.mark.parametrize(
    "day", [date(2026, 1, 1), date(2027, 3, 1), date(2026, 4, 3), date(2026, 8, 1), date(2026, 12, 25)]
)
def test_offices_of_neuchatel_keep_its_holidays(day):
    assert NEUCHATEL.is_holiday(day)
    assert not NEUCHATEL.is_working(day)


def test_the_canton_corrects_the_library():
    assert WorkingDays("NE").is_holiday(date(2026, 6, 4))
    assert NEUCHATEL.is_working(date(2026, 6, 4))
    assert not working_days("NE", [date(2026, 6, 5)], [], []).is_working(date(2026, 6, 5))


def test_a_closing_day_of_the_offices_moves_no_legal_deadline():
    eve = date(2026, 12, 24)

    assert NEUCHATEL.is_working(eve)
    assert not NEUCHATEL.is_working(eve, closing_days=True)
    assert NEUCHATEL.after(date(2026, 12, 23), 1) == eve


def test_working_days_are_counted_over_easter():
    thursday = date(2026, 4, 2)

    assert NEUCHATEL.after(thursday, 0) == thursday
    assert NEUCHATEL.after(date(2026, 4, 3), 0) == date(2026, 4, 6)
    assert NEUCHATEL.after(date(2026, 4, 4), 1) == NEUCHATEL.after(thursday, 1) == date(2026, 4, 6)


def test_the_attestation_is_due_on_the_third_working_day_of_the_month():
    assert NEUCHATEL.nth_of_month(2026, 10, 3) == date(2026, 10, 5)
    assert NEUCHATEL.nth_of_month(2026, 8, 3) == date(2026, 8, 5)


def test_days_are_not_counted_backwards():
    with pytest.raises(ValueError, match="-1 working days"):
        NEUCHATEL.after(date(2026, 10, 1), -1)


@given(st.dates(date(2009, 1, 1), date(2035, 12, 31)), st.integers(1, 60))
def test_so_many_working_days_lie_between_a_day_and_its_deadline(day, count):
    deadline = NEUCHATEL.after(day, count)

    assert NEUCHATEL.is_working(deadline)
    assert NEUCHATEL.between(day + ONE_DAY, deadline + ONE_DAY) == count


@given(st.dates(date(2009, 1, 1), date(2035, 12, 31)), st.integers(1, 30), st.integers(1, 30))
def test_deadlines_add_up(day, first, second):
    assert NEUCHATEL.after(NEUCHATEL.after(day, first), second) == NEUCHATEL.after(day, first + second)
