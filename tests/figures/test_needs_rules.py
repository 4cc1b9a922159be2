"""The forecast of needs in small numbers: each method by hand, the choice by trial, the interval from errors."""

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cii.figures.rules_needs import (
    AHEAD,
    Backtest,
    Foreseen,
    Method,
    backtest,
    errors,
    foresee,
    places_needed,
)

COUNTS = st.lists(st.integers(0, 400), min_size=5, max_size=12)


def alone(counts, least=6):
    """The forecast of one group."""
    return foresee({"youth": counts}, least)["youth"]


def test_quarters_that_never_change_are_foreseen_as_they_are_by_the_plainest_method():
    found = alone([20] * 8)

    assert found.method is Method.LAST
    assert [one.expected for one in found.quarters] == [20, 20, 20, 20]


def test_a_season_is_foreseen_from_the_year_before():
    found = alone([10, 30, 10, 50] * 4)

    assert found.method is Method.YEAR_AGO
    assert found.quarters == tuple(Foreseen(n, n, n) for n in (10, 30, 10, 50))


def test_a_straight_rise_is_foreseen_by_the_line():
    found = alone([10, 14, 18, 22, 26, 30, 34, 38])

    assert found.method is Method.LINE
    assert [one.expected for one in found.quarters] == [42, 46, 50, 54]


def test_one_odd_quarter_does_not_bend_the_line():
    assert errors(Method.LINE, [10, 12, 90, 16, 18, 20]) == [Fraction(0), Fraction(0)]


LINE_SAYS = Fraction(43, 4)
"""Of 4, 5, 7, 9: the slopes are 1, 3/2, 5/3, 2, 2, 2, their median 11/6; the starts 4, 19/6, 10/3, 7/2, their
median 41/12; four quarters on: 41/12 + 44/6."""


@pytest.mark.parametrize(
    ("method", "said"),
    [(Method.LAST, 9), (Method.MEAN, Fraction(25, 4)), (Method.YEAR_AGO, 4), (Method.LINE, LINE_SAYS)],
)
def test_each_method_misses_by_what_it_said_too_little(method, said):
    assert errors(method, [4, 5, 7, 9, 12]) == [12 - Fraction(said)]


def test_the_bound_is_the_error_that_four_in_five_counted_with_one_more_do_not_pass():
    """`last` misses 16, foreseen as such, by 0, 4, 0 and 0: of four errors, the largest is the bound."""
    found = alone([16, 16, 16, 16, 16, 20, 20, 20])

    assert found.method is Method.LAST
    assert found.quarters[0] == Foreseen(20, 15, 25)  # 4 in roots of 16 is 1 root; of 20 it is 4.47


def test_groups_lend_each_other_their_errors():
    short = [16, 16, 16, 16, 16, 20]

    one, two = foresee({"youth": short}, 6), foresee({"youth": short, "skilled": short}, 6)

    assert one["youth"].quarters[0].high is None
    assert two["youth"].quarters[0] == Foreseen(20, 15, 25)


def test_with_too_few_quarters_nothing_is_foreseen():
    assert alone([3, 4, 5, 6], 1) is None
    assert alone([3, 4, 5, 6, 7], 6) is None


def test_far_ahead_of_a_short_past_no_bounds_are_told():
    found = alone([3, 4, 5, 6, 7, 8, 9, 10])

    assert (found.quarters[0].low, found.quarters[3].low) != (None, None)
    assert (found.quarters[3].low, found.quarters[3].high) == (None, None)


@given(COUNTS)
def test_a_forecast_lies_within_its_bounds_and_is_never_below_zero(counts):
    found = alone(counts, 5)

    assert len(found.quarters) == AHEAD
    for one in found.quarters:
        assert one.expected >= 0
        assert one.low is None or 0 <= one.low <= one.expected <= one.high


@given(COUNTS)
def test_the_method_taken_missed_no_more_than_any_other(counts):
    found = alone(counts, 5)

    by = {one.method: one.mean_error for one in found.trials}
    assert by[found.method] == min(by.values())


def test_the_back_test_knows_only_what_came_before():
    found = backtest({"youth": [16, 16, 16, 16, 16, 20, 20, 20, 40]}, 6)

    assert found == Backtest(
        tried=3, mean_error=Fraction(20, 3), last_error=Fraction(20, 3), year_ago_error=Fraction(32, 3),
        bounded=1, inside=0,
    )  # fmt: skip


def test_without_a_quarter_to_try_there_is_no_back_test():
    assert backtest({"youth": [1, 2, 3, 4, 5, 6]}, 6) is None
    assert backtest({}, 6) is None


def test_in_counts_that_scatter_by_chance_four_in_five_quarters_fall_inside():
    """Six groups over seven years, a season of a third and a slow rise, drawn one request at a time."""
    chance = random.Random(8)
    series = {
        f"group-{group}": [
            sum(chance.random() < 0.05 for _ in range(int(400 * (1 + at / 40) * (1.3 if at % 4 == 2 else 1))))
            for at in range(28)
        ]
        for group in range(6)
    }

    found = backtest(series, 6)

    assert found.tried == 6 * 22
    assert 0.75 <= found.inside / found.bounded <= 0.92
    assert found.mean_error < found.last_error


def test_forty_requests_of_a_hundred_days_fill_forty_four_places_of_a_quarter():
    assert places_needed(40, Fraction(100), 92) == 44
    assert places_needed(0, Fraction(100), 92) == 0
