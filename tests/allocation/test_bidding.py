"""Bid prices: what a place is worth to everybody who waits, between what losing one costs and one more gives."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cii.allocation.aim import Aim
from cii.allocation.bidding import POINT, bids
from cii.allocation.layout import lay_out
from cii.allocation.network import Asked, best_flow
from cii.allocation.outcome import Policy
from tests.allocation.build_rounds import a_small_round, three_ask_for_two

ALONE = Policy(guarantee_weight=0, thrift_weight=0)
"""Nothing counts but suitability."""


def best(problem):
    """Points of suitability at most, where no purse binds."""
    layout = lay_out(problem, ALONE)
    chosen = best_flow(layout, layout.value, Asked(layout.everyone(), layout.nobody()))
    return Aim(layout, layout.points, Asked(layout.everyone(), layout.nobody())).worth(chosen) // 100


def with_quota(problem, cell, more):
    quotas, measures = list(problem.quotas), list(problem.measures)
    quotas[cell] = replace(quotas[cell], places=quotas[cell].places + more)
    at = problem.measure_of_cell[cell]
    measures[at] = replace(measures[at], places=measures[at].places + more)
    return replace(problem, quotas=tuple(quotas), measures=tuple(measures))


@settings(max_examples=30)
@given(st.integers(0, 10**9))
def test_a_place_costs_no_more_than_one_less_would_and_no_less_than_one_more_would_bring(seed):
    problem = a_small_round(seed, cases=6, roomy=True)
    now = best(problem)

    for cell, price in enumerate(bids(problem, ALONE).quotas):
        assert price <= 100 * POINT + 1
        assert best(with_quota(problem, cell, 1)) - now <= -(-(price + 1) // POINT)
        if problem.quotas[cell].places and problem.measures[problem.measure_of_cell[cell]].places:
            assert price // POINT <= now - best(with_quota(problem, cell, -1)) + 1


def test_money_that_is_enough_for_all_has_no_price_and_scarce_money_has_one():
    rich, poor = three_ask_for_two(left=1_000), three_ask_for_two(left=150)

    assert bids(rich, ALONE).purses == (0,)
    assert bids(poor, ALONE).purses[0] > 0


@pytest.mark.parametrize("places", [1, 4])
def test_a_place_that_is_left_over_has_no_price(places):
    prices = bids(three_ask_for_two(places=places), ALONE).quotas

    assert any(prices) == (places == 1)
