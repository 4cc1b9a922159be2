"""The verifier finds each lie by its name: persons, limits, pins, sums, bounds, tight sets, reasons."""

from dataclasses import replace

import pytest

from cii.allocation.engine import allocate
from cii.allocation.outcome import Allocation, Policy
from cii.allocation.pins import conflicts
from cii.allocation.problem import Candidate, MeasurePlaces, Option, Pin, Problem, Purse, Quota, problem
from cii.allocation.verifying import verify
from cii.allocation.vocabulary import Conflict, Flaw, Left, PinKind, Who

FULL = "0" * 63


def a_round(*pins: Pin, left: int = 1_000, third: int = 200) -> Problem:
    """Three ask for two places of the insurance in two measures; the third in rank has one option alone."""
    who = [Candidate(f"C{at}", 1, f"2026-01-0{at}", f"{at}{FULL}") for at in (1, 2, 3)]
    wishes = [("C1", "M1", 80), ("C1", "M2", 60), ("C2", "M1", 70), ("C2", "M2", 65), ("C3", "M1", 90)]
    cost = {"C1": 100, "C2": 150, "C3": third}
    return problem(
        who,
        [MeasurePlaces("M1", 1), MeasurePlaces("M2", 1)],
        [Quota("M1", "AC", 1), Quota("M2", "AC", 1)],
        [Purse("AC/2026", left)],
        [Option(case, measure, "AC", mark, (("AC/2026", cost[case]),)) for case, measure, mark in wishes],
        pins,
    )


def flaws(one: Problem, found: Allocation) -> set[Flaw]:
    return {fault.flaw for fault in verify(one, found)}


def certified(found: Allocation, **more) -> Allocation:
    return replace(found, certificate=replace(found.certificate, **more))


def test_the_third_in_rank_is_told_that_both_places_are_held_by_better_ranks():
    one = a_round()

    found = allocate(one)

    assert [(held.case, held.measure) for held in found.placed] == [("C1", "M1"), ("C2", "M2")]
    assert [(held.case, held.why, held.tight) for held in found.unplaced] == [("C3", Left.PLACES, 0)]
    assert found.certificate.tight_sets == ((0, 1),)
    assert verify(one, found) == []


def test_a_budget_that_is_spent_is_named_with_what_is_short():
    one = problem(
        [Candidate(f"C{at}", 1, f"2026-01-0{at}", f"{at}{FULL}") for at in (1, 2, 3)],
        [MeasurePlaces("M1", 3)],
        [Quota("M1", "AC", 3)],
        [Purse("AC/2026", 100)],
        [Option(f"C{at}", "M1", "AC", 50, (("AC/2026", sum_),)) for at, sum_ in ((1, 100), (2, 50), (3, 50))],
    )

    found = allocate(one)

    assert [held.case for held in found.placed] == ["C1"]
    assert [(held.case, held.why, held.purse, held.short) for held in found.unplaced] == [
        ("C2", Left.BUDGET, "AC/2026", 50), ("C3", Left.BUDGET, "AC/2026", 50),
    ]  # fmt: skip
    assert len(allocate(one, Policy(who=Who.MAX_PERSONS)).placed) == 2


LIES = {
    "an allocation of another round": (lambda found: replace(found, problem="0" * 64), Flaw.OTHER_PROBLEM),
    "somebody left out": (lambda found: replace(found, unplaced=()), Flaw.CASES),
    "somebody placed twice": (lambda found: replace(found, placed=(*found.placed, found.placed[0])), Flaw.CASES),
    "a better mark than the option has": (
        lambda found: replace(found, placed=(replace(found.placed[0], suitability=99), *found.placed[1:])),
        Flaw.NOT_ADMISSIBLE,
    ),
    "a smaller charge": (
        lambda found: replace(found, placed=(replace(found.placed[0], charges=(("AC/2026", 1),)), *found.placed[1:])),
        Flaw.NOT_ADMISSIBLE,
    ),
    "two in one place": (
        lambda found: replace(
            found, placed=(found.placed[0], replace(found.placed[1], measure="M1", suitability=70))
        ),
        Flaw.QUOTA,
    ),
    "a pin nobody set": (
        lambda found: replace(found, placed=(replace(found.placed[0], pinned=True), *found.placed[1:])),
        Flaw.PIN,
    ),
    "a greater objective": (lambda found: certified(found, objective=found.certificate.objective + 1), Flaw.OBJECTIVE),
    "a smaller bound": (lambda found: certified(found, bound=found.certificate.bound - 1), Flaw.BOUND),
    "prices that prove less": (
        lambda found: certified(found, cell_prices=tuple(one + (1 << 40) * 7 for one in found.certificate.cell_prices[:1]) + found.certificate.cell_prices[1:], bound=found.certificate.objective),
        Flaw.BOUND,
    ),
    "a tight set with room": (lambda found: certified(found, tight_sets=((0,),)), Flaw.TIGHT_SET),
    "the budget instead of the places": (
        lambda found: replace(
            found, unplaced=(replace(found.unplaced[0], why=Left.BUDGET, tight=None, purse="AC/2026", short=50),)
        ),
        Flaw.REASON,
    ),
    "no more than a worse mark": (
        lambda found: replace(found, unplaced=(replace(found.unplaced[0], why=Left.SUITABILITY, tight=None),)),
        Flaw.REASON,
    ),
    "another reason": (
        lambda found: replace(found, unplaced=(replace(found.unplaced[0], why=Left.NO_OPTION, tight=None),)),
        Flaw.REASON,
    ),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_each_lie_is_found_by_its_name(lie):
    one = a_round()
    told, flaw = LIES[lie]

    assert flaw in flaws(one, told(allocate(one)))


def test_a_case_that_was_passed_over_is_found():
    one = a_round()
    found = allocate(one)
    first, second = found.placed
    swapped = replace(
        found,
        placed=(second, replace(first, case="C3", suitability=90, charges=(("AC/2026", 200),))),
        unplaced=(replace(found.unplaced[0], case="C1", why=Left.SUITABILITY, tight=None),),
    )

    assert Flaw.ENVY in flaws(one, swapped)


def test_a_free_place_that_is_paid_may_not_stay_empty():
    one = a_round()
    found = allocate(one)
    wasted = replace(
        found,
        placed=found.placed[:1],
        unplaced=(replace(found.unplaced[0], case="C2", why=Left.SUITABILITY, tight=None), found.unplaced[0]),
    )

    assert Flaw.WASTE in flaws(one, wasted)


@pytest.mark.parametrize(
    ("pins", "said"),
    [
        ((("C1", "M1"), ("C1", "M2")), {(Conflict.TWO_PLACES, "C1")}),
        ((("C1", "M1"), ("C2", "M1")), {(Conflict.QUOTA, "M1 AC"), (Conflict.PLACES, "M1")}),
        ((("C3", "M2"),), {(Conflict.NOT_ADMISSIBLE, "C3")}),
    ],
    ids=["one case in two places", "two in one place", "a place that is none"],
)
def test_pins_that_contradict_are_named_with_the_set(pins, said):
    taken = [Pin(case, PinKind.TAKEN, measure, "AC") for case, measure in pins]

    found = conflicts(a_round(*taken))

    assert {(one.kind, one.key) for one in found} == said
    assert all(set(one.pins) <= set(taken) for one in found)


def test_a_pin_taken_and_refused_and_one_beyond_the_budget_are_named():
    both = (Pin("C1", PinKind.TAKEN, "M1", "AC"), Pin("C1", PinKind.REFUSED, "M1"))
    dear = a_round(Pin("C3", PinKind.TAKEN, "M1", "AC"), left=150)

    assert [(one.kind, one.key) for one in conflicts(a_round(*both))] == [(Conflict.TAKEN_AND_REFUSED, "C1")]
    assert [(one.kind, one.key, one.over) for one in conflicts(dear)] == [(Conflict.BUDGET, "AC/2026", 50)]


def test_a_place_that_a_decision_forbids_is_found_also_where_nothing_else_is_left():
    one = a_round(Pin("C1", PinKind.REFUSED))
    free = allocate(a_round())

    assert Flaw.PIN in flaws(one, replace(free, problem=one.digest))


@pytest.mark.parametrize("cells", [(99,), (-1,), (0, 99)])
def test_a_tight_set_of_quotas_that_do_not_exist_is_found(cells):
    one = a_round()

    assert Flaw.TIGHT_SET in flaws(one, certified(allocate(one), tight_sets=(cells,)))


@pytest.mark.parametrize("part", ["purse_prices", "cell_prices", "measure_prices"])
def test_a_price_too_few_is_found(part):
    one = a_round()
    found = allocate(one)

    assert flaws(one, certified(found, **{part: getattr(found.certificate, part)[1:]})) == {Flaw.BOUND}
