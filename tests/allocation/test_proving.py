"""Who is placed is proven by facts as far as they go: full places, spent purses, and small rounds tried whole."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.rounds import a_round
from cii.allocation.engine import allocate
from cii.allocation.outcome import Allocation, Policy
from cii.allocation.problem import Pin, Problem
from cii.allocation.proving import Proof, proof
from cii.allocation.reference import best_by_rank, most_persons, ways
from cii.allocation.verifying import verify
from cii.allocation.vocabulary import Flaw, PinKind, RankProof, Who
from tests.allocation.build_rounds import a_small_round, three_ask_for_two

MOST = Policy(who=Who.MAX_PERSONS)


def flaws(one: Problem, found: Allocation) -> set[Flaw]:
    return {fault.flaw for fault in verify(one, found)}


def claiming(found: Allocation, **more) -> Allocation:
    return replace(found, certificate=replace(found.certificate, **more))


@pytest.mark.parametrize("policy", [Policy(), MOST])
def test_where_money_is_enough_the_facts_prove_who_is_placed_and_that_no_more_could_be(policy):
    one = a_round(60, 8, 1, tight=10.0)
    found = allocate(one, policy)

    told = proof(one, found)

    assert told.persons == len(found.placed)
    assert told.proven == (told.out if policy.who is Who.STRICT_RANK else 0)


def test_a_purse_that_is_spent_at_everybodys_cheapest_proves_that_the_next_cannot_be_placed():
    one = three_ask_for_two(left=299, places=3, third=50)

    assert proof(one, allocate(one)) == Proof(out=1, proven=1, persons=2)


def test_a_place_decided_proves_who_comes_too_late_and_only_where_rank_decides():
    one = three_ask_for_two(Pin("C3", PinKind.TAKEN, "M1", "AC"))
    found = allocate(one)

    assert proof(one, found) == Proof(out=1, proven=1, persons=2)
    assert proof(one, replace(found, policy=MOST)).proven == 0


@settings(max_examples=40)
@given(st.integers(0, 10**9), st.sampled_from([Policy(), MOST]))
def test_nothing_is_proven_that_brute_force_refutes(seed, policy):
    one = a_small_round(seed, cases=6)
    found = allocate(one, policy)

    told = proof(one, found)

    assert told.persons >= most_persons(one)
    if policy.who is Who.STRICT_RANK:
        assert told.proven <= sum(1 for held in found.unplaced if cannot_come(one, found, held.case))


def cannot_come(one: Problem, found: Allocation, key: str) -> bool:
    """Whether there is no way of placing a case with everybody of better rank who is placed."""
    rank = {one.candidates[case].key: at for at, case in enumerate(one.by_rank)}
    better = [held.case for held in found.placed if rank[held.case] < rank[key]]
    cases = [at for at, who in enumerate(one.candidates) if who.key in {*better, key}]
    return not any(True for _ in ways(one, cases))


def test_a_rank_that_is_called_proven_and_is_not_the_best_is_found():
    one = three_ask_for_two()
    swapped = allocate(replace(one, pins=(Pin("C3", PinKind.TAKEN, "M1", "AC"),)))
    told = replace(
        swapped,
        problem=one.digest,
        placed=tuple(replace(held, pinned=False) for held in swapped.placed),
    )

    assert best_by_rank(one) == ("C1", "C2")
    assert Flaw.RANK in flaws(one, told)
    assert Flaw.RANK not in flaws(one, claiming(told, rank=RankProof.NOT_PROVEN))


def test_who_is_placed_by_decision_comes_before_everybody_also_when_all_is_tried():
    one = three_ask_for_two(Pin("C3", PinKind.TAKEN, "M1", "AC"))

    assert best_by_rank(one) == ("C1", "C3")
    assert most_persons(one) == 2
    assert flaws(one, allocate(one)) == set()


def test_the_most_there_could_be_counts_those_placed_by_decision():
    one = three_ask_for_two(Pin("C3", PinKind.TAKEN, "M1", "AC"))

    found = allocate(one, MOST)

    assert found.certificate.persons_bound == len(found.placed) == most_persons(one) == 2
    assert flaws(one, found) == set()


@pytest.mark.parametrize(
    ("policy", "more", "flaw"),
    [
        (MOST, {"persons_bound": 1}, Flaw.PERSONS),
        (MOST, {"persons_bound": None}, Flaw.PERSONS),
        (MOST, {"rank": RankProof.PROVEN}, Flaw.RANK),
        (Policy(), {"rank": RankProof.NOT_ASKED}, Flaw.RANK),
    ],
    ids=["fewer than are placed", "no bound told", "a rank that counting persons proves", "no rank told"],
)
def test_a_claim_about_persons_that_does_not_fit_is_found(policy, more, flaw):
    one = three_ask_for_two()

    assert flaws(one, claiming(allocate(one, policy), **more)) == {flaw}


def test_a_bound_that_more_could_exceed_is_found():
    one = three_ask_for_two(places=3)
    fewer = allocate(replace(one, pins=(Pin("C2", PinKind.REFUSED),)), MOST)
    told = replace(fewer, problem=one.digest)

    assert most_persons(one) == 3
    assert Flaw.PERSONS in flaws(one, told)
