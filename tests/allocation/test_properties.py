"""What holds of every round, tried on small ones drawn at random, against brute force where it says so."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cii.allocation.engine import allocate, first_come
from cii.allocation.outcome import Allocation, Policy
from cii.allocation.pins import PinsContradict, conflicts
from cii.allocation.problem import Pin, Problem, problem
from cii.allocation.reference import best_by_rank, best_points, most_persons
from cii.allocation.verifying import verify
from cii.allocation.vocabulary import Conflict, PinKind, RankProof, Who
from tests.allocation.build_rounds import a_small_round

SEEDS = st.integers(0, 10**9)
STRICT, MOST = Policy(), Policy(who=Who.MAX_PERSONS)
FEW = settings(max_examples=25)


def who(found: Allocation) -> set[str]:
    return {one.case for one in found.placed}


def vector(one: Problem, found: Allocation) -> list[bool]:
    """Placed or not, in the order of ranks."""
    placed = who(found)
    return [one.candidates[case].key in placed for case in one.by_rank]


def changed(one: Problem, **parts) -> Problem:
    """The same round with some of its parts changed."""
    held = {
        "candidates": one.candidates, "measures": one.measures, "quotas": one.quotas, "purses": one.purses,
        "options": list(one.options()), "pins": one.pins,
    }  # fmt: skip
    return problem(**(held | parts))


@FEW
@given(SEEDS, st.sampled_from(list(Who)))
def test_every_allocation_holds_before_the_verifier(seed, policy):
    one = a_small_round(seed)

    found = allocate(one, Policy(who=policy))

    assert verify(one, found) == []
    assert found.certificate.objective <= found.certificate.bound


@FEW
@given(SEEDS)
def test_strict_rank_places_whom_brute_force_places_and_as_well(seed):
    one = a_small_round(seed)

    found = allocate(one, STRICT)

    assert found.certificate.rank is RankProof.PROVEN
    best = best_by_rank(one)
    assert (
        tuple(one.candidates[case].key for case in one.by_rank if one.candidates[case].key in who(found))
        == best
    )
    assert found.certificate.objective == best_points(one, best, STRICT)


@FEW
@given(SEEDS)
def test_as_many_as_possible_are_as_many_as_brute_force_finds_and_never_fewer_than_first_come(seed):
    one = a_small_round(seed)

    found = allocate(one, MOST)

    assert len(found.placed) == most_persons(one)
    assert len(found.placed) >= len(first_come(one))
    assert len(found.placed) <= (found.certificate.persons_bound or 0)


@FEW
@given(SEEDS)
def test_one_more_place_quota_or_franc_never_makes_the_rank_vector_worse(seed):
    one = a_small_round(seed)
    before = vector(one, allocate(one, STRICT))

    more = [
        changed(one, measures=[replace(held, places=held.places + 1) for held in one.measures]),
        changed(one, quotas=[replace(held, places=held.places + 1) for held in one.quotas]),
        changed(one, purses=[replace(held, left=held.left + 10_000) for held in one.purses]),
    ]

    for richer in more:
        assert vector(richer, allocate(richer, STRICT)) >= before


@FEW
@given(SEEDS)
def test_a_better_rank_never_costs_anyone_their_place(seed):
    one = a_small_round(seed)
    for case in sorted(who(allocate(one, STRICT))):
        first = [
            replace(held, urgency=1, waiting_since="2025-01-01") if held.key == case else held
            for held in one.candidates
        ]

        assert case in who(allocate(changed(one, candidates=first), STRICT))


@FEW
@given(SEEDS)
def test_a_case_without_a_place_that_leaves_changes_nothing_for_the_others_while_money_is_enough(seed):
    one = a_small_round(seed, roomy=True)
    found = allocate(one, STRICT)

    for gone in sorted(held.case for held in found.unplaced):
        left = changed(
            one,
            candidates=[held for held in one.candidates if held.key != gone],
            options=[held for held in one.options() if held.case != gone],
        )
        assert allocate(left, STRICT).placed == found.placed


@FEW
@given(SEEDS, st.integers(2, 50))
def test_the_same_persons_are_placed_when_all_money_is_counted_in_smaller_coins(seed, factor):
    one = a_small_round(seed)

    scaled = changed(
        one,
        purses=[replace(held, left=held.left * factor) for held in one.purses],
        options=[
            replace(held, charges=tuple((purse, sum_ * factor) for purse, sum_ in held.charges))
            for held in one.options()
        ],
    )

    assert who(allocate(scaled, STRICT)) == who(allocate(one, STRICT))


@FEW
@given(SEEDS, SEEDS)
def test_a_pin_that_can_hold_is_kept_and_a_refused_place_is_not_given(seed, pick):
    one = a_small_round(seed)
    options = list(one.options())
    if not options:
        return
    wish = options[pick % len(options)]
    taken = changed(one, pins=[Pin(wish.case, PinKind.TAKEN, wish.measure, wish.line)])
    refused = changed(one, pins=[Pin(wish.case, PinKind.REFUSED, wish.measure, wish.line)])

    without = allocate(refused, STRICT)
    assert verify(refused, without) == []
    assert not any(
        (held.case, held.measure, held.line) == (wish.case, wish.measure, wish.line)
        for held in without.placed
    )
    if against := conflicts(taken):
        assert {held.kind for held in against} <= {Conflict.QUOTA, Conflict.PLACES, Conflict.BUDGET}
        with pytest.raises(PinsContradict):
            allocate(taken, STRICT)
        return

    found = allocate(taken, STRICT)
    assert verify(taken, found) == []
    assert [(held.measure, held.line) for held in found.placed if held.pinned] == [(wish.measure, wish.line)]


@pytest.mark.slow
@settings(max_examples=1500)
@given(SEEDS, st.sampled_from(list(Who)))
def test_every_allocation_holds_before_the_verifier_at_length(seed, policy):
    one = a_small_round(seed)

    assert verify(one, allocate(one, Policy(who=policy))) == []
