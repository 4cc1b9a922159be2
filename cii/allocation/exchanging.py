"""Two ways of placing, and the best of both: the steps from one to the other, taken or left one by one.

The difference of two flows falls apart into chains: a case leaves a place, another takes it, until a place
stays free or was free. Any chains together keep quotas and places, for no chain undoes what another does
(conformal decomposition); only the purses join them. Which to take is a knapsack with one row per purse.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from cii.allocation.aim import Aim
from cii.allocation.layout import Ints, Mask
from cii.allocation.prices import Floats
from cii.allocation.quiet import quiet

NODES = 200
HALF = 0.5
OUT = -1


@dataclass(frozen=True, eq=False)
class Chains:
    """The steps from one choice to another: which case's change belongs to which chain.

    `case`: those who change, `chain`: the number of their chain, `bonus`: guaranteed places that a chain
    fills (or empties), per chain.
    """

    case: Ints
    chain: Ints
    bonus: Ints


def blended(aim: Aim, base: Ints, other: Ints, fine: Floats, *, slack: int) -> Ints | None:
    """The best choice between two (positions among the live options) that overdraws no purse.

    `slack`: the worth that need not be found. None where no chains together keep the purses.
    """
    layout = aim.layout
    holds, goal = _held(aim, base), _held(aim, other)
    chains = _chains(aim, holds, goal)
    many = len(chains.bonus)
    if not many:
        return base
    gain = np.zeros(many, np.int64)
    spent = np.zeros((many, len(layout.left)), np.int64)
    for side, sign in ((goal, 1), (holds, -1)):
        option = side[chains.case]
        there = option >= 0
        np.add.at(gain, chains.chain[there], sign * aim.value[option[there]])
        rows, of = layout.charge_rows(option[there])
        np.add.at(
            spent, (chains.chain[there][of], layout.charge_purse[rows]), sign * layout.charge_amount[rows]
        )
    gain += chains.bonus * aim.bonus
    room = layout.left - layout.spent(base)
    taken = _knapsack(gain, spent, room, fine, slack)
    if taken is None:
        return None
    moved = chains.case[taken[chains.chain]]
    holds[moved] = goal[moved]
    return np.sort(holds[holds >= 0])


def _held(aim: Aim, chosen: Ints) -> Ints:
    holds = np.full(aim.layout.cases, OUT, np.int64)
    holds[aim.layout.case[chosen]] = chosen
    return holds


def _knapsack(gain: Ints, spent: Ints, room: Ints, fine: Floats, slack: int) -> Mask | None:
    """Which chains are taken; `fine`: worth lost per centime beyond a purse. None where nothing was found."""
    binds = np.flatnonzero((np.maximum(spent, 0).sum(axis=0) > room) | (room < 0))
    if not len(binds):
        return gain > 0
    unit = np.maximum(np.abs(spent[:, binds]).max(axis=0), 1)
    wish = float(np.maximum(gain, 0).sum()) or 1.0
    many, over = len(gain), 0 if (room >= 0).all() else len(binds)
    with quiet():
        done = milp(
            np.concatenate([-gain, (fine[binds] * unit)[:over]]) / wish * 1000,
            constraints=LinearConstraint(
                np.hstack([(spent[:, binds] / unit).T, -np.eye(len(binds))[:, :over]]),
                -np.inf,
                room[binds] / unit,
            ),
            integrality=np.concatenate([np.ones(many), np.zeros(over)]),
            bounds=Bounds(0, np.concatenate([np.ones(many), np.full(over, np.inf)])),
            options={"mip_rel_gap": max(1e-6, slack / wish), "node_limit": NODES},
        )
    return None if done.x is None else done.x[:many] > HALF


def _chains(aim: Aim, holds: Ints, goal: Ints) -> Chains:
    """The chains that lead from one choice to the other, each through any quota or measure once at most."""
    layout = aim.layout
    cells, root = len(layout.quota), len(layout.quota) + len(layout.places)
    case = np.flatnonzero(holds != goal)
    start = np.where(holds[case] >= 0, layout.cell[holds[case]], root)
    end = np.where(goal[case] >= 0, layout.cell[goal[case]], root)
    onward: list[list[int]] = [[] for _ in range(root + 1)]
    heads: list[int] = end.tolist()
    bonus = [0] * len(heads)
    for at, node in enumerate(start.tolist()):
        onward[node].append(at)

    def join(tail: int, head: int, filled: int = 0) -> None:
        onward[tail].append(len(heads))
        heads.append(head)
        bonus.append(filled)

    more = np.bincount(end, minlength=root + 1)[:cells] - np.bincount(start, minlength=root + 1)[:cells]
    grown = np.zeros(len(layout.places), np.int64)
    measure_of = layout.problem.measure_of_cell
    for cell in np.flatnonzero(more).tolist():
        measure, many = measure_of[cell], int(more[cell])
        grown[measure] += many
        for _ in range(abs(many)):
            join(*((cell, cells + measure) if many > 0 else (cells + measure, cell)))
    held = np.bincount(layout.measure[holds[holds >= 0]], minlength=len(layout.places))
    for measure in np.flatnonzero(grown).tolist():
        has, sure = int(held[measure]), int(layout.guaranteed[measure])
        for step in range(abs(int(grown[measure]))):
            if grown[measure] > 0:
                join(cells + measure, root, int(has + step < sure))
            else:
                join(root, cells + measure, -int(has - step <= sure))
    chain, number = _circles(onward, heads)
    total = np.zeros(number, np.int64)
    np.add.at(total, np.array(chain, np.int64), np.array(bonus, np.int64))
    return Chains(case, np.array(chain[: len(case)], np.int64), total)


def _circles(onward: list[list[int]], heads: list[int]) -> tuple[list[int], int]:
    """For each step the number of its circle: wherever a walk comes back to a node, a circle is closed."""
    circle, number = [-1] * len(heads), 0
    for first in range(len(onward)):
        nodes, steps, where = [first], list[int](), {first: 0}
        while onward[nodes[-1]]:
            step = onward[nodes[-1]].pop()
            node = heads[step]
            steps.append(step)
            if node not in where:
                where[node] = len(nodes)
                nodes.append(node)
                continue
            back = where[node]
            for one in steps[back:]:
                circle[one] = number
            for one in nodes[back + 1 :]:
                del where[one]
            del steps[back:], nodes[back + 1 :]
            number += 1
    return circle, number
