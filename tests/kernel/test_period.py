from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cii.kernel.period import (
    DayOutOfReach,
    NotAQuarter,
    Period,
    PeriodUpsideDown,
    Quarter,
    month_of,
    next_month,
    year_of,
)

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
PERIODS = st.tuples(DAYS, st.integers(0, 2000)).map(
    lambda made: Period(made[0], made[0] + timedelta(days=made[1]))
)


def test_people_write_both_days_and_the_last_is_inside():
    september = Period.through(date(2026, 9, 1), date(2026, 9, 30))

    assert september == Period(date(2026, 9, 1), date(2026, 10, 1))
    assert (september.last, len(september)) == (date(2026, 9, 30), 30)
    assert date(2026, 9, 30) in september
    assert date(2026, 10, 1) not in september


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(PeriodUpsideDown) as no:
        Period.through(date(2026, 9, 2), date(2026, 9, 1))
    assert no.value.facts == {"first": date(2026, 9, 2), "last": date(2026, 9, 1)}

    with pytest.raises(PeriodUpsideDown):
        Period(date(2026, 9, 2), date(2026, 9, 1))


def test_a_day_after_which_no_calendar_goes_is_refused():
    with pytest.raises(DayOutOfReach):
        Period.through(date(2026, 1, 1), date.max)


@given(PERIODS)
def test_months_and_years_cut_a_period_without_loss(period):
    for pieces in (list(period.months()), list(period.years())):
        assert sum(map(len, pieces)) == len(period)
        assert all(one.end == other.start for one, other in pairwise(pieces))
        assert all(len(piece) for piece in pieces)
    assert all(
        (month.start.year, month.start.month) == (month.last.year, month.last.month)
        for month in period.months()
    )


@given(PERIODS, PERIODS)
def test_an_overlap_holds_the_days_that_both_hold(one, other):
    both = one.overlap(other)

    assert set(both.days() if both else ()) == set(one.days()) & set(other.days())
    assert both == other.overlap(one)


@given(DAYS)
def test_each_day_lies_in_its_month_its_quarter_and_its_year(day):
    assert day in month_of(day)
    assert day in Quarter.of(day).period
    assert day in year_of(day)
    assert next_month(day) == month_of(day).end


@given(DAYS)
def test_quarters_follow_one_another(day):
    quarter = Quarter.of(day)

    assert quarter.previous.period.end == quarter.period.start
    assert Quarter.parse(str(quarter)) == quarter
    assert len(list(quarter.period.months())) == 3


@pytest.mark.parametrize(
    "text",
    [
        "2026",
        "2026-Q0",
        "2026-Q5",
        "26-Q1",
        "2026-Q",
        "Q3 2026",
        "",
        "２０２６-Q1",
        "2026-Q11",
        "0000-Q1",
        "9999-Q4",
    ],
)
def test_what_is_no_quarter_is_refused(text):
    with pytest.raises(NotAQuarter):
        Quarter.parse(text)


def test_a_quarter_is_read_in_small_letters_too():
    assert Quarter.parse(" 2026-q3 ") == Quarter(2026, 3)
    assert Quarter(2026, 3).period == Period(date(2026, 7, 1), date(2026, 10, 1))
