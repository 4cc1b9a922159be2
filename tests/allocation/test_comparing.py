"""What a decision costs, what the policies come to beside each other, and what a line could hand to another."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cii.allocation.comparing import FIRST_COME, PinCost, cost_of, points, price_of_fairness
from cii.allocation.engine import allocate
from cii.allocation.outcome import Policy
from cii.allocation.pins import PinsContradict
from cii.allocation.problem import (
    CEILING,
    Candidate,
    MeasurePlaces,
    Option,
    Pin,
    Problem,
    Purse,
    Quota,
    problem,
)
from cii.allocation.reference import best_by_rank, best_points, most_persons
from cii.allocation.transferring import Transfer, transferred, transfers
from cii.allocation.verifying import verify
from cii.allocation.vocabulary import PinKind, Who
from tests.allocation.build_rounds import a_small_round, three_ask_for_two

SEEDS = st.integers(0, 10**9)
STRICT = Policy()


def of_two_lines(*, ac: int = 100, ai: int = 1_000, places: int = 3) -> Problem:
    """Three of the unemployment insurance ask for a workshop; of its places two are the disability insurance's."""
    return problem(
        [Candidate(f"C{at}", 1, f"2026-01-0{at}", f"{at}" + "0" * 63) for at in (1, 2, 3)],
        [MeasurePlaces("M1", places, 2)],
        [Quota("M1", "AC", 1), Quota("M1", "AI", 2)],
        [Purse("AC 2026", ac), Purse("AI 2026", ai)],
        [Option(f"C{at}", "M1", "AC", 50, (("AC 2026", 100),)) for at in (1, 2, 3)],
    )


def test_a_decision_for_the_third_in_rank_costs_the_first_his_best_place_and_the_second_any():
    pin = Pin("C3", PinKind.TAKEN, "M1", "AC")

    found = cost_of(three_ask_for_two(), STRICT, pin)

    assert found == PinCost(
        persons=0, points=(9_000 + 6_000) - (8_000 + 6_500), centimes=50, out=1, into=0, moved=1
    )
    assert cost_of(three_ask_for_two(pin), STRICT, pin) == found


def test_leaving_the_first_out_lets_another_in():
    found = cost_of(three_ask_for_two(), STRICT, Pin("C1", PinKind.REFUSED))

    assert (found.persons, found.out, found.into, found.moved) == (0, 0, 1, 0)


def test_what_a_decision_that_cannot_hold_costs_is_not_told():
    with pytest.raises(PinsContradict):
        cost_of(three_ask_for_two(), STRICT, Pin("C3", PinKind.TAKEN, "M2", "AC"))


def test_the_policies_stand_beside_first_come_first_served():
    one = three_ask_for_two(left=300)

    rows = price_of_fairness(one, allocate(one))

    assert [row.policy for row in rows] == [*(who.value for who in Who), FIRST_COME]
    assert [row.persons for row in rows] == [2, 2, 2, 2]
    assert all(row.by_class == ((1, 2, 3),) for row in rows)
    assert rows[0].points == 8_000 + 6_500
    assert rows[0].centimes == 250


def test_a_place_decided_counts_in_every_row():
    rows = price_of_fairness(three_ask_for_two(Pin("C3", PinKind.TAKEN, "M1", "AC")))

    assert [(row.persons, row.points, row.centimes) for row in rows] == [
        (2, 9_000 + 6_000, 300), (2, 9_000 + 6_500, 350), (2, 9_000 + 6_500, 350), (2, 9_000 + 6_000, 300),
    ]  # fmt: skip


def test_a_place_left_free_by_another_line_is_proposed_with_the_money_it_needs():
    one = of_two_lines()
    found = allocate(one)

    proposed = transfers(one, found)

    assert proposed == (Transfer("M1", "AI", "AC", 2, (("AI 2026", "AC 2026", 200),), persons=2, out=0),)
    again = transferred(one, proposed[0])
    assert verify(again, allocate(again)) == []
    assert len(allocate(again).placed) == 3


def test_no_more_is_proposed_than_the_giver_has_left_over():
    one = of_two_lines(ai=100)

    assert [(each.places, each.money) for each in transfers(one, allocate(one))] == [
        (1, (("AI 2026", "AC 2026", 100),))
    ]


def test_money_alone_is_proposed_where_places_are_free_and_a_measure_that_is_full_gives_none():
    poor = replace(of_two_lines(ac=0), quotas=(Quota("M1", "AC", 2), Quota("M1", "AI", 1)))
    full = of_two_lines(places=1)

    assert transfers(poor, allocate(poor)) == (
        Transfer("", "AI", "AC", 0, (("AI 2026", "AC 2026", 200),), persons=2, out=0),
    )
    assert transfers(full, allocate(full)) == ()


def test_the_francs_of_a_ceiling_are_not_counted_twice():
    one = of_two_lines(places=1)
    under = problem(
        one.candidates, one.measures, one.quotas,
        [*one.purses, Purse(f"AC 2026{CEILING}workshops", 500)],
        [replace(held, charges=(*held.charges, (f"AC 2026{CEILING}workshops", 100))) for held in one.options()],
    )  # fmt: skip

    assert {row.centimes for row in price_of_fairness(under)} == {100}
    assert cost_of(under, STRICT, Pin("C1", PinKind.REFUSED)).centimes == 0


def test_a_place_under_a_ceiling_is_no_dearer_for_that():
    one = three_ask_for_two()
    ceiling = f"AC/2026{CEILING}first"
    under = problem(
        one.candidates, one.measures, one.quotas, [*one.purses, Purse(ceiling, 1_000)],
        [
            replace(held, charges=(*held.charges, (ceiling, 100))) if held.measure == "M1" else held
            for held in one.options()
        ],
    )  # fmt: skip

    found = allocate(under)

    assert points(under, STRICT, found.placed) == points(one, STRICT, allocate(one).placed)
    assert verify(under, found) == []


@settings(max_examples=10)
@given(SEEDS)
def test_the_table_of_policies_says_what_brute_force_says(seed):
    one = a_small_round(seed)

    rows = {row.policy: row for row in price_of_fairness(one)}

    first = best_by_rank(one)
    strict = rows[Who.STRICT_RANK.value]
    assert (strict.persons, strict.points) == (len(first), best_points(one, first, STRICT))
    assert rows[Who.MAX_PERSONS.value].persons == most_persons(one) >= rows[FIRST_COME].persons
    assert points(one, STRICT, allocate(one).placed) == strict.points
    for row in rows.values():
        assert sum(placed for _, placed, _ in row.by_class) == row.persons


def transfers_hold(seed: int) -> None:
    """Each proposal, made, places so many more, and the round of it holds."""
    one = a_small_round(seed)
    found = allocate(one)

    for each in transfers(one, found):
        again = transferred(one, each)
        better = allocate(again)
        assert verify(again, better) == []
        assert len(better.placed) == len(found.placed) + each.persons > len(found.placed)
        assert sum(quota.places for quota in again.quotas) == sum(quota.places for quota in one.quotas)
        assert sum(purse.left for purse in again.purses) == sum(purse.left for purse in one.purses)


@settings(max_examples=10)
@given(SEEDS)
def test_every_transfer_proposed_places_so_many_more(seed):
    transfers_hold(seed)


@pytest.mark.slow
@settings(max_examples=500)
@given(SEEDS)
def test_every_transfer_proposed_places_so_many_more_at_length(seed):
    transfers_hold(seed)
