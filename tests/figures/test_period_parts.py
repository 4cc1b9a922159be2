"""A period in its parts: years, quarters or months that add up, and tell of no small number of others."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cii.figures.period_parts import Held, cut, told, wider
from cii.figures.suppression import TOTAL
from cii.kernel.period import Period

ALL = ("open", "closed", TOTAL)
YEAR = date(2026, 1, 1), date(2026, 12, 31)


@pytest.mark.parametrize(
    ("first", "last", "parts"),
    [
        (date(2009, 1, 1), date(2013, 3, 31), ["2009-01-01", "2010-01-01", "2011-01-01", "2012-01-01", "2013-01-01"]),
        (date(2026, 1, 1), date(2026, 10, 15), ["2026-01-01", "2026-04-01", "2026-07-01", "2026-10-01"]),
        (date(2026, 5, 10), date(2026, 7, 2), ["2026-05-10", "2026-07-01"]),
        (date(2026, 7, 1), date(2026, 9, 30), ["2026-07-01", "2026-08-01", "2026-09-01"]),
        (date(2026, 7, 1), date(2026, 7, 31), []),
        (date(2026, 7, 2), date(2026, 7, 1), []),
    ],
)  # fmt: skip
def test_years_are_cut_into_years_a_year_into_quarters_a_quarter_into_months(first, last, parts):
    found = cut(first, last)

    assert [str(one.start) for one in found] == parts
    assert not found or (found[0].start, found[-1].last) == (first, last)
    assert all(one.end == other.start for one, other in pairwise(found))


def test_from_a_month_one_comes_back_to_its_quarter_and_to_its_year_until_the_day_it_stands():
    stand = date(2026, 10, 15)

    quarter = wider(date(2026, 8, 1), date(2026, 8, 31), stand)
    year = wider(quarter.start, quarter.last, stand)

    assert quarter == Period.through(date(2026, 7, 1), date(2026, 9, 30))
    assert year == Period.through(date(2026, 1, 1), stand)
    assert wider(date(2026, 10, 1), stand, stand) == Period.through(date(2026, 10, 1), stand)
    assert wider(year.start, year.last, stand) is None
    assert wider(date(2026, 8, 2), date(2026, 8, 31), stand) is None


def cases(**counts):
    """So many cases of others in each month: `m07=(open, closed)`."""
    return [
        Held(date(2026, int(month[1:]), 3), is_open, mine=False)
        for month, numbers in counts.items()
        for is_open, number in zip((True, False), numbers, strict=True)
        for _ in range(number)
    ]


def test_a_small_part_is_hidden_with_another_so_that_the_sum_gives_nothing_away():
    found = told(cut(*YEAR), cases(m02=(8, 9), m05=(7, 1), m08=(20, 6), m11=(30, 12)), 5, ALL)

    closed = [one.closed for one in found]
    assert closed[1] is None
    assert closed.count(None) >= 2
    assert [one.announced for one in found].count(None) != 1


def test_who_may_know_every_number_is_told_every_part():
    found = told(cut(*YEAR), cases(m02=(8, 9), m05=(7, 1)), 0, ALL)

    assert [(one.announced, one.open, one.closed) for one in found] == [
        (17, 8, 9), (8, 7, 1), (0, 0, 0), (0, 0, 0),
    ]  # fmt: skip


def test_years_in_which_nobody_came_are_left_out():
    found = told(cut(date(1900, 1, 1), YEAR[1]), cases(m02=(1, 0)), 0, ALL)

    assert [one.first.year for one in found] == [2026]


@given(
    st.lists(st.tuples(st.integers(0, 800), st.booleans()), max_size=60),
    st.integers(0, 800),
    st.integers(0, 800),
)
def test_the_parts_add_up_to_the_whole(opened, one, other):
    first, last = (date(2025, 1, 1) + timedelta(days=day) for day in sorted((one, other)))
    held = [
        Held(day, is_open, mine=False)
        for after, is_open in opened
        if first <= (day := date(2025, 1, 1) + timedelta(days=after)) <= last
    ]

    found = told(cut(first, last), held, 0, ALL)

    if cut(first, last):
        assert sum(part.announced for part in found) == len(held)
        assert sum(part.open for part in found) == sum(case.is_open for case in held)
        assert all(part.announced == part.open + part.closed for part in found)
