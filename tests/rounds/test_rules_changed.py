from dataclasses import replace

import pytest

from cii.allocation.problem import Option, Pin, problem
from cii.allocation.vocabulary import PinKind
from cii.rounds.rules_changed import ChangeKind, changed
from tests.allocation.build_rounds import a_small_round

KINDS = ChangeKind


def again(made, **other):
    parts = {
        "candidates": made.candidates,
        "measures": made.measures,
        "quotas": made.quotas,
        "purses": made.purses,
        "options": list(made.options()),
        "pins": made.pins,
    }
    return problem(**(parts | other))


def told(before, after):
    return [(one.kind, one.key, one.before, one.after, one.case) for one in changed(before, after)]


def a_round():
    return next(
        made for seed in range(100) if len(made := a_small_round(seed)) > 5 and len(made.candidates) > 2
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_same_round_laid_out_twice_shows_no_change(seed):
    made = a_small_round(seed)

    assert changed(made, again(made)) == ()


@pytest.mark.parametrize("seed", range(12))
def test_two_rounds_differ_exactly_when_a_change_is_told(seed):
    made, other = a_small_round(seed), a_small_round(seed + 1)

    assert bool(changed(made, other)) == (made.digest != other.digest)


def test_who_left_and_who_came_are_named_without_their_options():
    made = a_round()
    first = made.candidates[0]
    rest = again(
        made, candidates=made.candidates[1:], options=[one for one in made.options() if one.case != first.key]
    )

    assert told(made, rest) == [(KINDS.CANDIDATE_GONE, first.key, None, None, None)]
    assert told(rest, made) == [(KINDS.CANDIDATE_NEW, first.key, None, None, None)]


def test_a_new_rank_is_told_with_the_old_one():
    made = a_round()
    first, *others = made.candidates
    sooner = replace(first, waiting_since="2020-01-01")

    assert told(made, again(made, candidates=[sooner, *others])) == [
        (
            KINDS.RANK,
            first.key,
            [first.urgency, first.waiting_since, first.lot],
            [first.urgency, "2020-01-01", first.lot],
            None,
        )
    ]


def test_places_quotas_and_money_are_named_with_both_numbers():
    made = a_round()
    place, quota, purse = made.measures[0], made.quotas[0], made.purses[0]
    other = again(
        made,
        measures=[replace(place, places=place.places + 1), *made.measures[1:]],
        quotas=[replace(quota, places=quota.places + 2), *made.quotas[1:]],
        purses=[replace(purse, left=purse.left + 3), *made.purses[1:]],
    )

    assert told(made, other) == [
        (KINDS.PLACES, place.measure, place.places, place.places + 1, None),
        (KINDS.QUOTA, f"{quota.measure} {quota.line}", quota.places, quota.places + 2, None),
        (KINDS.PURSE, purse.key, purse.left, purse.left + 3, None),
    ]


def test_a_place_that_was_closed_opened_or_repriced_is_told_with_its_case():
    made = a_round()
    first, *rest = made.options()
    dearer = Option(first.case, first.measure, first.line, (first.suitability + 1) % 101,
                    tuple((key, amount + 5) for key, amount in first.charges))  # fmt: skip
    place = f"{first.measure} {first.line}"

    assert told(made, again(made, options=rest)) == [(KINDS.OPTION_GONE, place, None, None, first.case)]
    assert told(again(made, options=rest), made) == [(KINDS.OPTION_NEW, place, None, None, first.case)]
    (price, mark) = changed(made, again(made, options=[dearer, *rest]))
    assert (price.kind, price.key, price.case) == (KINDS.PRICE, place, first.case)
    assert price.before == [part for charge in first.charges for part in charge]
    assert (mark.kind, mark.before, mark.after) == (KINDS.SUITABILITY, first.suitability, dearer.suitability)
    assert mark.told() == {"kind": "suitability", "key": place, "before": mark.before, "after": mark.after, "case": first.case}  # fmt: skip


def test_a_decision_that_was_added_is_told():
    made = a_round()
    pin = Pin(made.candidates[0].key, PinKind.REFUSED, made.measures[0].measure)

    assert told(made, again(made, pins=[pin])) == [
        (KINDS.PIN, pin.case, None, f"refused {pin.measure}", None)
    ]
