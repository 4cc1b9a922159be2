"""What a franc of each purse is worth to the round: prices that keep the budgets, and the bound they prove.

Lagrange relaxation: with a price on every purse the budgets fall away and one minimum cost flow is left,
whose worth is never below the best. The prices that bring it lowest are sought by combining the flows
(Dantzig and Wolfe 1960), a linear programme with one row per purse.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from cii.allocation.layout import Ints, Layout
from cii.allocation.network import Asked, best_flow
from cii.allocation.outcome import PER_CENTIME

Floats = NDArray[np.float64]
ROUNDS = 18
NEAR = 2e-5
_STEPS, _NONE = 3, 1e-9
"""The search stops when bound and combined flows are as near as that."""


@dataclass(frozen=True, eq=False)
class Aim:
    """What a search makes as great as possible: `value` per live option, `bonus` per guaranteed place."""

    layout: Layout
    value: Ints
    asked: Asked
    bonus: int = 0

    def worth(self, chosen: Ints) -> int:
        """What these options come to."""
        return int(self.value[chosen].sum()) + self.bonus * self.filled(chosen)

    def filled(self, chosen: Ints) -> int:
        """How many guaranteed places they fill."""
        layout = self.layout
        held = np.bincount(layout.measure[chosen], minlength=len(layout.places))
        return int(np.minimum(held, layout.guaranteed).sum())


@dataclass(eq=False)
class Search:
    """The best bound so far with its prices and flow, and every flow seen: worth, spent, chosen."""

    aim: Aim
    bound: int
    prices: Ints
    seen: list[tuple[int, Ints, Ints]] = field(default_factory=list)
    mixture: list[int] = field(default_factory=lambda: [0])
    flow: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    @property
    def feasible(self) -> list[tuple[int, Ints]]:
        """The flows that overdraw no purse, by worth."""
        left = self.aim.layout.left
        found = [(worth, chosen) for worth, spent, chosen in self.seen if (spent <= left).all()]
        return sorted(found, key=lambda one: one[0])

    def ask(self, prices: Ints) -> tuple[Ints, Ints]:
        """The best flow at these prices, with what it spends; the bound is noted."""
        aim = self.aim
        charged = aim.layout.charged(prices)
        chosen = best_flow(aim.layout, aim.value - charged, aim.asked, aim.bonus)
        spent = aim.layout.spent(chosen)
        worth = aim.worth(chosen)
        granted = sum(int(one) * int(sum_) for one, sum_ in zip(prices, aim.layout.left, strict=True))
        bound = worth - int(charged[chosen].sum()) - -granted // PER_CENTIME
        if not self.seen or bound < self.bound:
            self.bound, self.prices, self.flow = bound, prices, chosen
        self.seen.append((worth, spent, chosen))
        return chosen, spent


def search(aim: Aim, first: Ints | None = None, rounds: int = ROUNDS) -> Search:
    """Look for the prices with the lowest bound. Raises NoFlow."""
    layout = aim.layout
    found = Search(aim, 0, np.zeros(len(layout.left), np.int64))
    _, spent = found.ask(found.prices)
    if (spent <= layout.left).all():
        return found
    most = _ceiling(aim)
    prices = _start(aim) if first is None else first
    for number in range(rounds):
        found.ask(prices)
        combined, wanted = _combine(found, most)
        if found.bound - combined <= NEAR * abs(found.bound):
            break
        mixed = wanted if number % _STEPS == _STEPS - 1 else 0.6 * found.prices + 0.4 * wanted
        prices = np.minimum(np.round(mixed), most).astype(np.int64)
    return found


def _combine(found: Search, most: Ints) -> tuple[float, Floats]:
    """What the flows seen come to at best when mixed within the budgets, and the prices that say so."""
    layout = found.aim.layout
    left = np.maximum(layout.left, 1).astype(float)
    worth = np.array([one[0] for one in found.seen], float)
    unit = max(1.0, np.abs(worth).max())
    spent = np.array([one[1] for one in found.seen], float).T / left[:, None]
    over = most / PER_CENTIME * left / unit
    done = linprog(
        np.concatenate([-worth / unit, over]),
        A_ub=np.hstack([spent, -np.eye(len(left))]),
        b_ub=np.ones(len(left)),
        A_eq=np.concatenate([np.ones(len(worth)), np.zeros(len(left))])[None],
        b_eq=[1.0],
        method="highs-ds",
    )
    if done.status:
        return float("-inf"), found.prices.astype(float)
    found.mixture = [at for at in range(len(worth)) if done.x[at] > _NONE] or found.mixture
    return -done.fun * unit, -done.ineqlin.marginals * unit / left * PER_CENTIME


def _density(aim: Aim) -> tuple[Ints, Floats]:
    """Per charge row: worth of its option per centime."""
    layout = aim.layout
    rows = np.flatnonzero(layout.charge_amount > 0)
    return rows, aim.value[layout.charge_option[rows]] / layout.charge_amount[rows] * PER_CENTIME


def _start(aim: Aim) -> Ints:
    """For each purse the worth of its marginal franc, were it alone and places without end."""
    layout = aim.layout
    rows, density = _density(aim)
    found = np.zeros(len(layout.left), np.int64)
    for purse in range(len(found)):
        mine = np.flatnonzero(layout.charge_purse[rows] == purse)
        order = mine[np.argsort(-density[mine], kind="stable")]
        _, firsts = np.unique(layout.case[layout.charge_option[rows[order]]], return_index=True)
        order = order[np.sort(firsts)]
        spent = np.cumsum(layout.charge_amount[rows[order]])
        over = int(np.searchsorted(spent, layout.left[purse], side="right"))
        found[purse] = int(density[order[over]] * 0.7) if over < len(order) else 0
    return found


def _ceiling(aim: Aim) -> Ints:
    """No purse is worth more than this."""
    rows, density = _density(aim)
    found = np.zeros(len(aim.layout.left))
    np.maximum.at(found, aim.layout.charge_purse[rows], density)
    return np.ceil(found).astype(np.int64) + 1
