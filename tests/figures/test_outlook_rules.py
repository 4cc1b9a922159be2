"""What a year will come to at the pace so far: overrun with its day, shortfall, too early to say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cii.figures.rules_outlook import Use, agreed_in, outlook
from cii.figures.vocabulary import Prospect
from cii.kernel.period import Period

YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
JULY = date(2026, 7, 2)
"""The 183rd day of the year: half of it is gone, and a half day."""


def days(first: date, last: date) -> Use:
    return Use(first, last, (last - first).days + 1)


def seen(uses, today=JULY, agreed=365, span=YEAR):
    return outlook(uses, span, today, agreed, least_days=60, short_percent=90)


def test_a_place_that_was_always_taken_fits_to_the_day():
    told = seen([days(date(2026, 1, 1), JULY)])

    assert (told.used, told.bound, told.projected, told.over_on) == (183, 183, 365, None)
    assert told.prospect is Prospect.FITS


def test_at_twice_the_pace_the_volume_ends_at_half_time():
    """366 days used on 183, two a day: the 366th is the first beyond 365, and it is today's."""
    told = seen([days(date(2026, 1, 1), JULY)] * 2)

    assert (told.projected, told.over_on, told.prospect) == (730, JULY, Prospect.OVER)


def test_a_pace_above_what_was_agreed_names_the_first_day_beyond():
    """200 days in 183: 365 are reached on day 334 (200 × 334 / 183 = 365.03), told as a likely overrun."""
    used = [days(date(2026, 1, 1), JULY), days(date(2026, 6, 16), JULY)]

    told = seen(used)

    assert told.used == 200
    assert told.projected == 398
    assert told.over_on == date(2026, 12, 1)
    assert told.prospect is Prospect.LIKELY_OVER


def test_what_is_bound_counts_even_where_the_pace_is_lower():
    ahead = [days(date(2026, 7, 1), date(2026, 12, 31))] * 3

    told = seen(ahead)

    assert (told.used, told.bound, told.projected) == (6, 552, 552)
    assert told.prospect is Prospect.LIKELY_OVER


@pytest.mark.parametrize(("taken", "prospect"), [(164, Prospect.LIKELY_SHORT), (165, Prospect.FITS)])
def test_a_volume_is_short_below_nine_tenths(taken, prospect):
    """164 of 183 days: 164 + 164 × 182 / 183 = 327 < 328.5; 165: 329."""
    told = seen([days(date(2026, 1, 1), date(2026, 1, 1) + timedelta(days=taken - 1))])

    assert told.prospect is prospect


def test_before_enough_days_are_gone_only_what_is_bound_counts():
    """The 60th day of 2026 is the first of March."""
    first, early = date(2026, 1, 1), date(2026, 2, 28)

    few = seen([days(first, early)] * 3, early)
    enough = seen([days(first, early)] * 3, date(2026, 3, 1))
    bound = seen([days(first, date(2026, 12, 31))] * 2, early)

    assert (few.used, few.projected, few.prospect) == (177, None, Prospect.TOO_EARLY)
    assert enough.prospect is Prospect.LIKELY_OVER
    assert (bound.prospect, bound.over_on) == (Prospect.LIKELY_OVER, date(2026, 7, 2))


def test_a_term_that_has_not_begun_is_too_early_and_one_that_is_over_is_measured():
    span = Period(date(2026, 8, 1), date(2027, 1, 1))

    coming = seen([], date(2026, 3, 1), 100, span)
    over = seen([days(date(2026, 1, 1), date(2026, 6, 30))], date(2027, 2, 1), 181)

    assert (coming.used, coming.projected, coming.prospect) == (0, None, Prospect.TOO_EARLY)
    assert (over.used, over.projected, over.prospect) == (181, 181, Prospect.FITS)


def test_a_stay_across_the_year_counts_by_its_days_within():
    use = Use(date(2025, 12, 1), date(2026, 1, 30), 6100)

    assert use.until(YEAR, date(2026, 1, 15)) == 1500
    assert use.until(YEAR, date(2026, 12, 31)) == 3000
    assert use.until(YEAR, date(2025, 12, 31)) == 0


def test_a_years_volume_is_cut_to_the_term_in_favour_of_the_volume():
    assert agreed_in(24, YEAR, YEAR) == 24
    assert agreed_in(24, Period(date(2026, 7, 1), date(2027, 1, 1)), YEAR) == 13


@given(
    st.lists(
        st.tuples(st.integers(0, 364), st.integers(0, 200), st.integers(0, 100_000)).map(
            lambda one: Use(
                date(2026, 1, 1) + timedelta(days=one[0]),
                date(2026, 1, 1) + timedelta(days=one[0] + one[1]),
                one[2],
            )
        ),
        max_size=8,
    ),
    st.integers(0, 364),
    st.integers(1, 500_000),
)
def test_the_projection_is_never_below_what_is_bound_and_its_day_is_the_first_beyond(uses, gone, agreed):
    today = YEAR.start + timedelta(days=gone)

    told = seen(uses, today, agreed)

    end = told.bound if told.projected is None else told.projected
    assert told.used <= told.bound <= end
    assert (told.over_on is not None) == (end > agreed)
    if told.over_on is not None and told.over_on <= today:
        before = told.over_on - timedelta(days=1)
        assert sum(one.until(YEAR, told.over_on) for one in uses) > agreed
        assert sum(one.until(YEAR, before) for one in uses) <= agreed
