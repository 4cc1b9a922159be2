"""Each case of a round is told why it has its place or none: in numbers, and without anybody's name."""

import json
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cii.allocation.engine import allocate
from cii.allocation.explaining import Explanation, Reader, Way, explain
from cii.allocation.outcome import Policy
from cii.allocation.problem import Pin, Problem
from cii.allocation.vocabulary import Bar, Left, PinKind, Who
from tests.allocation.build_rounds import a_small_round, three_ask_for_two


def told(one: Problem, case: str, policy: Policy | None = None) -> Explanation:
    return explain(one, allocate(one, policy), case)


def bars(found: Explanation) -> dict[str, Bar]:
    return {way.measure: way.why for way in found.ways}


def test_who_has_a_place_sees_what_it_is_worth_and_why_not_the_next_best():
    found = told(three_ask_for_two(), "C1")

    assert found.placed == Way("M1", "AC", 80, 8_000, (("AC/2026", 100),), Bar.HELD, 0, 0)
    assert (found.rank, found.of, found.suitability_points, found.thrift_points) == (1, 3, 8_000, 0)
    assert found.runner_up == Way("M2", "AC", 60, 6_000, (("AC/2026", 100),), Bar.WORSE, 1, 0)


def test_who_comes_second_sees_that_the_better_place_is_held_by_one_of_better_rank():
    found = told(three_ask_for_two(), "C2")

    assert found.placed is not None
    assert found.placed.measure == "M2"
    assert found.runner_up == Way("M1", "AC", 70, 7_000, (("AC/2026", 150),), Bar.PLACES, 1, 1, limit=1)


def test_who_has_no_place_sees_how_many_better_ranks_hold_the_places_that_are_full():
    found = told(three_ask_for_two(), "C3")

    assert (found.placed, found.why) == (None, Left.PLACES)
    assert found.tight is not None
    assert (found.tight.cells, found.tight.places) == ((("M1", "AC"), ("M2", "AC")), 2)
    assert (found.tight.occupants, found.tight.better) == (2, 2)


def test_who_lacks_money_sees_which_purse_lacks_how_much():
    found = told(three_ask_for_two(left=299, places=3, third=50), "C3")

    assert (found.why, found.purse, found.short) == (Left.BUDGET, "AC/2026", 1)
    assert [(way.why, way.purse, way.short) for way in found.ways] == [(Bar.MONEY, "AC/2026", 1)]


def test_a_decision_is_named_as_what_stands_between():
    refused = told(three_ask_for_two(Pin("C3", PinKind.REFUSED)), "C3")
    taken = told(three_ask_for_two(Pin("C3", PinKind.TAKEN, "M1", "AC")), "C1")

    assert (refused.why, bars(refused)) == (Left.EXCLUDED, {"M1": Bar.DECISION})
    assert bars(taken) == {"M1": Bar.PLACES, "M2": Bar.HELD}
    assert taken.runner_up is not None
    assert (taken.runner_up.occupants, taken.runner_up.better) == (1, 1)


def test_a_case_that_is_not_in_the_round_is_not_explained():
    one = three_ask_for_two()
    found = allocate(one)

    with pytest.raises(KeyError):
        explain(one, found, "C9")


@settings(max_examples=25)
@given(st.integers(0, 10**9), st.sampled_from(list(Who)))
def test_everybody_has_an_explanation_that_names_nobody_else(seed, policy):
    one = a_small_round(seed)
    found = allocate(one, Policy(who=policy))

    all_ = list(Reader(one, found).everybody())

    assert [each.case for each in all_] == [each.key for each in one.candidates]
    assert sorted(each.rank for each in all_) == list(range(1, len(all_) + 1))
    for each in all_:
        assert (each.placed is None) == (each.why is not None)
        assert [way.why for way in each.ways].count(Bar.HELD) == (each.placed is not None)
        assert all(way.better <= way.occupants for way in each.ways)
        others = {f'"{other.key}"' for other in one.candidates if other.key != each.case}
        assert not any(other in json.dumps(asdict(each)) for other in others)


@settings(max_examples=25)
@given(st.integers(0, 10**9))
def test_who_has_no_place_by_strict_rank_is_barred_from_each_option_by_something_that_can_be_named(seed):
    one = a_small_round(seed)

    for each in Reader(one, allocate(one)).everybody():
        barred = {way.why for way in each.ways}

        assert each.placed is not None or barred <= {Bar.DECISION, Bar.QUOTA, Bar.PLACES, Bar.MONEY}
        for way in each.ways:
            assert way.short > 0 or way.why is not Bar.MONEY
            assert (way.limit > 0 or not way.occupants) or way.why not in {Bar.QUOTA, Bar.PLACES}
