"""`allocate`: from a problem and a policy to an allocation with its certificate. Pure and deterministic."""

from dataclasses import replace
from importlib.metadata import version

import numpy as np

from cii.allocation.aim import Aim
from cii.allocation.choosing import choose
from cii.allocation.greedy import greedy
from cii.allocation.layout import Choice, Ints, Layout, lay_out
from cii.allocation.network import Asked, NoFlow
from cii.allocation.outcome import SCALE, Allocation, Certificate, Placed, Policy
from cii.allocation.passing import nobody_passed, overtaken
from cii.allocation.pins import PinsContradict, conflicts
from cii.allocation.problem import Problem
from cii.allocation.solving import Solved, proven, solve
from cii.allocation.standing import unplaced
from cii.allocation.vocabulary import Engine

ROUNDS = 5
"""Where placing better leaves somebody passed over, persons and places are settled again so many times."""


def allocate(problem: Problem, policy: Policy | None = None) -> Allocation:
    """Who gets which place: first who by the policy, then where by suitability, with certificate and reasons.

    Raises PinsContradict, with each set of pins that cannot hold together.
    """
    policy = policy or Policy()
    if found := conflicts(problem):
        raise PinsContradict(found)
    layout = lay_out(problem, policy)
    choice = choose(layout)
    return _told(layout, choice, _settled(layout, choice))


def _settled(layout: Layout, choice: Choice) -> Solved:
    """The places of those chosen, as good as can be while nobody is passed over.

    Where a better place for one leaves another passed over, they change, and all is placed anew.
    """
    settled, prices, flows = nobody_passed(layout, choice.chosen), choice.prices, choice.flows
    for _ in range(ROUNDS):
        aim, kept = _aim(layout, settled)
        solved = solve(aim, np.searchsorted(kept, settled), prices)
        if solved is None:
            raise NoFlow
        placed, prices = kept[solved.chosen], solved.purse_prices
        flows += solved.flows
        settled = nobody_passed(layout, placed)
        if np.array_equal(settled, placed):
            return replace(solved, chosen=settled, flows=flows)
    aim, kept = _aim(layout, settled)
    if prices is None:
        prices = np.zeros(len(layout.left), np.int64)
    return replace(proven(aim, np.searchsorted(kept, settled), prices, flows), chosen=settled)


def _aim(layout: Layout, settled: Ints) -> tuple[Aim, Ints]:
    """Where these persons are to be placed, with the options that come into question.

    Points, with those of guaranteed places that are filled; without the options that pass somebody over.
    """
    who = layout.who(settled)
    fine = ~overtaken(layout, who)
    fine[settled] = True
    kept = np.flatnonzero(fine)
    asked = Asked(who, who)
    some = layout.among(kept)
    return Aim(some, some.value, asked, layout.policy.guarantee_weight * SCALE), kept


def _told(layout: Layout, choice: Choice, solved: Solved) -> Allocation:
    problem, policy = layout.problem, layout.policy
    placed = [_placed(problem, int(layout.option[one]), pinned=False) for one in solved.chosen]
    placed += [_placed(problem, int(one), pinned=True) for one in layout.pinned]
    out, tight = unplaced(layout, solved.chosen, policy.who)
    who = layout.who(solved.chosen)
    filled = Aim(layout, layout.value, Asked(who, who)).filled(solved.chosen)
    return Allocation(
        problem.digest, policy, Engine.FLOW, tuple(sorted(placed)), out,
        Certificate(
            objective=int(layout.points[solved.chosen].sum()) + policy.guarantee_weight * filled,
            bound=solved.bound // SCALE,
            rank=choice.rank,
            persons_bound=None if choice.persons_bound is None else choice.persons_bound + len(layout.pinned),
            purse_prices=_plain(solved.purse_prices),
            cell_prices=_plain(solved.cell_prices),
            measure_prices=_plain(solved.measure_prices),
            tight_sets=tight,
            solved=solved.flows,
            versions=tuple((name, version(name)) for name in ("numpy", "ortools", "scipy")),
        ),
    )  # fmt: skip


def _plain(numbers: Ints) -> tuple[int, ...]:
    return tuple(int(one) for one in numbers)


def _placed(problem: Problem, at: int, *, pinned: bool) -> Placed:
    one = problem.option(at)
    return Placed(one.case, one.measure, one.line, one.suitability, one.charges, pinned)


def first_come(problem: Problem, policy: Policy | None = None) -> tuple[Placed, ...]:
    """Who would have been placed by first come, first served: the baseline beside every round."""
    layout = lay_out(problem, policy or Policy())
    return tuple(sorted(_placed(problem, int(layout.option[one]), pinned=False) for one in greedy(layout)))
