"""What holds of every round, tried on small ones drawn at random, against brute force where it says so."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cii.allocation.engine import allocate, first_come
from cii.allocation.outcome import Allocation, Policy
from cii.allocation.pins import PinsContradict, conflicts
from cii.allocation.problem import Candidate, MeasurePlaces, Option, Pin, Problem, Purse, Quota, problem
from cii.allocation.reference import best_by_rank, best_points, most_persons
from cii.allocation.verifying import verify
from cii.allocation.vocabulary import Conflict, PinKind, RankProof, Who
from tests.allocation.build_rounds import a_small_round, with_decisions

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


def of_one_place() -> Problem:
    """One who asks for the one place there is."""
    return problem(
        [Candidate("C1", 1, "2026-01-01", "0" * 64)],
        [MeasurePlaces("M1", 1)],
        [Quota("M1", "AC", 1)],
        [Purse("AC 2026", 1_000)],
        [Option("C1", "M1", "AC", 50, (("AC 2026", 100),))],
    )


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


def with_a_twin(one: Problem, of: int, lots: tuple[str, str]) -> Problem:
    """The round with one case asking twice, told apart by name and lot alone."""
    case = one.candidates[of % len(one.candidates)]
    own = [held for held in one.options() if held.case == case.key]
    return changed(
        one,
        candidates=[
            *(held for held in one.candidates if held is not case),
            replace(case, key="left", lot=lots[0]),
            replace(case, key="right", lot=lots[1]),
        ],
        options=[
            *(held for held in one.options() if held.case != case.key),
            *(replace(held, case=key) for held in own for key in ("left", "right")),
        ],
    )


@FEW
@given(SEEDS, st.integers(0, 7))
def test_between_two_who_are_alike_the_lot_alone_decides(seed, of):
    one = a_small_round(seed, cases=6)
    lots = f"{0:064x}", f"{1:064x}"
    swap = {"left": "right", "right": "left"}

    straight = who(allocate(with_a_twin(one, of, lots), STRICT))
    crossed = who(allocate(with_a_twin(one, of, lots[::-1]), STRICT))

    assert {swap.get(key, key) for key in crossed} == straight
    assert not ("right" in straight and "left" not in straight)


@pytest.mark.parametrize("policy", list(Who))
def test_of_two_who_are_alike_one_has_the_place_and_the_other_when_their_lots_are_exchanged(policy):
    lots = f"{0:064x}", f"{1:064x}"

    straight = who(allocate(with_a_twin(of_one_place(), 0, lots), Policy(who=policy)))
    crossed = who(allocate(with_a_twin(of_one_place(), 0, lots[::-1]), Policy(who=policy)))

    assert (len(straight), straight ^ crossed) == (1, {"left", "right"})


@pytest.mark.parametrize("policy", [Who.STRICT_RANK, Who.CLASS_THEN_SUITABILITY])
@pytest.mark.parametrize("number", range(0, 10, 2))
def test_where_rank_decides_the_smaller_lot_has_the_one_place(policy, number):
    one = with_a_twin(of_one_place(), 0, (f"{number:064x}", f"{number + 1:064x}"))

    assert who(allocate(one, Policy(who=policy))) == {"left"}


@FEW
@given(SEEDS, st.sampled_from(list(Who)))
def test_whatever_is_decided_that_can_hold_the_round_holds_around_it(seed, policy):
    one = with_decisions(a_small_round(seed), seed)
    if conflicts(one):
        return

    found = allocate(one, Policy(who=policy))

    assert verify(one, found) == []
    if policy is Who.MAX_PERSONS:
        assert len(found.placed) == most_persons(one)


@FEW
@given(SEEDS, st.sampled_from(list(Who)))
def test_a_purse_that_is_overdrawn_pays_nothing_and_spoils_no_round(seed, policy):
    one = a_small_round(seed)
    first, *others = one.purses
    poor = changed(one, purses=[replace(first, left=-500), *others])
    empty = changed(one, purses=[replace(first, left=0), *others])

    found = allocate(poor, Policy(who=policy))

    assert verify(poor, found) == []
    assert found.placed == allocate(empty, Policy(who=policy)).placed


@pytest.mark.slow
@settings(max_examples=1500)
@given(SEEDS, st.sampled_from(list(Who)))
def test_every_allocation_holds_before_the_verifier_at_length(seed, policy):
    one = a_small_round(seed)
    decided = with_decisions(one, seed)

    assert verify(one, allocate(one, Policy(who=policy))) == []
    if not conflicts(decided):
        assert verify(decided, allocate(decided, Policy(who=policy))) == []
