"""`allocate`: from a problem and a policy to an allocation with its certificate. Pure and deterministic."""

from importlib.metadata import version

import numpy as np

from cii.allocation.choosing import choose
from cii.allocation.greedy import greedy
from cii.allocation.layout import Choice, Ints, Layout, Mask, lay_out
from cii.allocation.network import Asked, NoFlow
from cii.allocation.outcome import SCALE, Allocation, Certificate, Placed, Policy
from cii.allocation.passing import nobody_passed
from cii.allocation.pins import PinsContradict, conflicts
from cii.allocation.prices import Aim
from cii.allocation.problem import Problem
from cii.allocation.solving import Solved, proven, solve
from cii.allocation.standing import unplaced
from cii.allocation.vocabulary import Engine

ROUNDS = 2
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
    settled, rounds = nobody_passed(layout, choice.chosen), 0
    while True:
        aim, rounds = _aim(layout, layout.who(settled)), rounds + 1
        solved = solve(aim, settled)
        if solved is None:
            raise NoFlow
        settled = nobody_passed(layout, solved.chosen)
        if np.array_equal(settled, solved.chosen):
            break
        if rounds == ROUNDS:
            aim = _aim(layout, layout.who(settled))
            solved = proven(aim, settled, solved.purse_prices, solved.flows)
            break
    return _told(layout, choice, aim, solved)


def _aim(layout: Layout, who: Mask) -> Aim:
    """Where these persons are to be placed: points, with those of guaranteed places that are filled."""
    return Aim(layout, layout.value, Asked(who, who), layout.policy.guarantee_weight * SCALE)


def _told(layout: Layout, choice: Choice, aim: Aim, solved: Solved) -> Allocation:
    problem, policy = layout.problem, layout.policy
    placed = [_placed(problem, int(layout.option[one]), pinned=False) for one in solved.chosen]
    placed += [_placed(problem, int(one), pinned=True) for one in layout.pinned]
    out, tight = unplaced(layout, solved.chosen, policy.who)
    objective = int(layout.points[solved.chosen].sum()) + policy.guarantee_weight * aim.filled(solved.chosen)
    return Allocation(
        problem.digest, policy, Engine.FLOW, tuple(sorted(placed)), out,
        Certificate(
            objective=objective,
            bound=solved.bound // SCALE,
            rank=choice.rank,
            persons_bound=choice.persons_bound,
            purse_prices=_plain(solved.purse_prices),
            cell_prices=_plain(solved.cell_prices),
            measure_prices=_plain(solved.measure_prices),
            tight_sets=tight,
            solved=choice.flows + solved.flows,
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
