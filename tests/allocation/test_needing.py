"""What a case without a place would have needed is tried before it is told: applied, it places the case."""

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cii.allocation.choosing import choose
from cii.allocation.engine import allocate
from cii.allocation.needing import MOST, Change, Need, applied, needed
from cii.allocation.outcome import Policy
from cii.allocation.problem import Candidate, MeasurePlaces, Option, Pin, Problem, Purse, Quota, problem
from cii.allocation.vocabulary import Left, NeedKind, PinKind, Who
from tests.allocation.build_rounds import a_small_round, three_ask_for_two

SEEDS = st.integers(0, 10**9)


def in_a_queue(many: int, *pins: Pin, left: int = 10_000, quota: int = 1, places: int = 9) -> Problem:
    """So many ask for the same place, each for 100 centimes; the last digit is their rank."""
    return problem(
        [Candidate(f"C{at}", 1, f"2026-01-0{at}", f"{at}" + "0" * 63) for at in range(1, many + 1)],
        [MeasurePlaces("M1", places)],
        [Quota("M1", "AC", quota)],
        [Purse("AC 2026", left)],
        [Option(f"C{at}", "M1", "AC", 50, (("AC 2026", 100),)) for at in range(1, many + 1)],
        pins,
    )


def needs(one: Problem, case: str, **more) -> tuple[Need, ...]:
    return needed(one, allocate(one), case, **more)


def quota(by: int) -> Change:
    return Change(NeedKind.QUOTA, "M1 AC", by)


def test_one_place_more_of_the_line_is_enough_for_the_next_in_rank():
    assert needs(in_a_queue(2), "C2") == (Need((quota(1),), 1, "M1", "AC"),)


def test_who_comes_fifth_needs_the_places_that_those_before_take_first():
    assert needs(in_a_queue(5), "C5") == (Need((quota(4),), 4, "M1", "AC"),)


def test_a_place_and_the_money_for_it_are_needed_together_where_both_lack():
    found = needs(in_a_queue(2, left=150, quota=1), "C2")

    assert found == (Need((Change(NeedKind.MONEY, "AC 2026", 50), quota(1)), 1, "M1", "AC"),)


def test_the_quota_and_the_places_of_the_measure_are_needed_together_where_both_are_full():
    found = needs(in_a_queue(2, places=1), "C2")

    assert found == (Need((Change(NeedKind.PLACE, "M1", 1), quota(1)), 1, "M1", "AC"),)


def test_a_place_may_come_free_by_moving_another_on():
    found = needs(three_ask_for_two(), "C3")

    assert {change.key for need in found for change in need.changes} >= {"M1", "M1 AC"}
    assert all(need.persons == 1 for need in found)


def test_a_refusal_is_what_stands_between_where_nothing_else_does():
    found = needs(in_a_queue(1, Pin("C1", PinKind.REFUSED, "M1")), "C1")

    assert found == (Need((Change(NeedKind.DECISION, "M1", 0),), 1, "M1", "AC"),)


def test_nothing_is_needed_by_who_is_placed_and_nothing_helps_who_has_no_option():
    one = in_a_queue(1)
    nobody = problem(one.candidates, one.measures, one.quotas, one.purses, [])

    assert needs(one, "C1") == ()
    assert needs(nobody, "C1") == ()
    with pytest.raises(KeyError):
        needs(one, "C7")


def test_no_more_is_solved_than_asked_for(monkeypatch):
    solved = []
    one = in_a_queue(9)
    found = allocate(one)
    for name, real in (("allocate", allocate), ("choose", choose)):
        counted = partial(lambda real, *asked: solved.append(asked) or real(*asked), real)
        monkeypatch.setattr(f"cii.allocation.needing.{name}", counted)

    none, some = needed(one, found, "C9", most=3), len(solved)
    (need,) = needed(one, found, "C9")

    assert none == ()
    assert 0 < some <= 3
    assert len(solved) - some <= MOST
    assert need.changes == (quota(8),)


@pytest.mark.parametrize("policy", [Who.CLASS_THEN_SUITABILITY, Who.MAX_PERSONS])
def test_by_other_policies_too_a_need_is_tried_before_it_is_told(policy):
    one = in_a_queue(3)
    found = allocate(one, Policy(who=policy))
    (out, *_) = found.unplaced

    (need,) = needed(one, found, out.case)

    assert need.changes in {(quota(1),), (quota(2),)}
    again = allocate(applied(one, out.case, need.changes), Policy(who=policy))
    assert out.case in {held.case for held in again.placed}


def tried_for_one(seed: int, policy: Policy) -> None:
    """Each need of the last case without a place, applied, places it there, and so many more with it."""
    one = a_small_round(seed)
    found = allocate(one, policy)
    out = [held for held in found.unplaced if held.why is not Left.NO_OPTION]
    if not out:
        return
    case = out[seed % len(out)].case

    told = needed(one, found, case)

    assert policy.who is not Who.STRICT_RANK or told
    for need in told:
        again = allocate(applied(one, case, need.changes), policy)
        mine = [(held.measure, held.line) for held in again.placed if held.case == case]
        assert mine == [(need.measure, need.line)]
        assert len(again.placed) == len(found.placed) + need.persons


@settings(max_examples=8)
@given(SEEDS, st.sampled_from(list(Who)))
def test_every_need_applied_places_the_case(seed, policy):
    tried_for_one(seed, Policy(who=policy))


@pytest.mark.slow
@settings(max_examples=300)
@given(SEEDS, st.sampled_from(list(Who)))
def test_every_need_applied_places_the_case_at_length(seed, policy):
    tried_for_one(seed, Policy(who=policy))
