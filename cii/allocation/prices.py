"""What a franc of each purse is worth to the round: prices that keep the budgets, and the bound they prove.

Lagrange relaxation: with a price on every purse the budgets fall away and one minimum cost flow is left,
whose worth is never below the best. The prices that bring it lowest are sought by combining the flows
(Dantzig and Wolfe 1960), a linear programme with one row per purse.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from cii.allocation.aim import Aim
from cii.allocation.bounding import bound_of, place_prices
from cii.allocation.layout import Ints, Mask
from cii.allocation.network import best_flow
from cii.allocation.outcome import PER_CENTIME

Floats = NDArray[np.float64]
ROUNDS = 60
"""So many flows are asked for at most."""
NEAR = 4e-5
"""The search stops when bound and combined flows are as near as that."""
STEEP = 16
"""Where hardly more than the cheapest way is paid, a franc is worth many times what it buys elsewhere."""
LARGEST = 1 << 61
"""No price times a charge is larger."""
FRESH = (1, 6, 18)
"""Before these flows it is settled again which options take part."""
BEST = 4
"""So many options of each case take part, the best at the prices of the moment, with all of any flow seen."""
MIXED = 0.4
"""So far the prices go from the best towards those that the combined flows want."""
_NONE = 1e-9


@dataclass(eq=False)
class Search:
    """The best bound so far with its prices and flow, and every flow seen: worth, spent, chosen."""

    aim: Aim
    bound: int
    prices: Ints
    seen: list[tuple[int, Ints, Ints]] = field(default_factory=list)
    mixture: list[int] = field(default_factory=lambda: [0])
    flow: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    kept: Mask | None = None

    @property
    def feasible(self) -> list[tuple[int, Ints]]:
        """The flows that overdraw no purse, by worth."""
        left = self.aim.layout.left
        found = [(worth, chosen) for worth, spent, chosen in self.seen if (spent <= left).all()]
        return sorted(found, key=lambda one: one[0])

    def ask(self, prices: Ints) -> tuple[Ints, Ints]:
        """The best flow at these prices, with what it spends; the bound among the options kept is noted."""
        aim = self.aim
        charged = aim.layout.charged(prices)
        chosen = best_flow(aim.layout, aim.value - charged, aim.asked, aim.bonus, self.kept)
        spent = aim.layout.spent(chosen)
        worth = aim.worth(chosen)
        granted = sum(int(one) * int(sum_) for one, sum_ in zip(prices, aim.layout.left, strict=True))
        bound = worth - sum(map(int, charged[chosen])) - -granted // PER_CENTIME
        if not self.seen or bound < self.bound:
            self.bound, self.prices, self.flow = bound, prices, chosen
        self.seen.append((worth, spent, chosen))
        return chosen, spent

    def again(self) -> None:
        """What takes part has changed: what was noted as best counts no more, but by its flow asked anew."""
        prices, seen = self.prices, self.seen
        self.seen = []
        self.ask(prices)
        self.seen = seen + self.seen

    def keep(self) -> None:
        """Let the best options of each case at the best prices take part, and all of any flow seen."""
        layout = self.aim.layout
        of_cell, of_measure = place_prices(self.aim, self.prices, self.flow, self.kept)
        surplus = self.aim.value - layout.charged(self.prices) - of_cell[layout.cell]
        surplus -= of_measure[layout.measure]
        order = np.lexsort((-surplus, layout.case))
        case = layout.case[order]
        kept = np.zeros(len(order), bool)
        kept[order[np.arange(len(order)) - np.searchsorted(case, case) < BEST]] = True
        if self.kept is None:
            for *_, chosen in self.seen:
                kept[chosen] = True
            self.kept = kept
        else:
            self.kept |= kept
            self.again()

    def proof(self) -> tuple[int, Ints, Ints]:
        """The bound among all options, with the prices of quotas and of measures.

        An option left out that would do better at these prices takes part from now on.
        """
        aim, layout = self.aim, self.aim.layout
        of_cell, of_measure = place_prices(aim, self.prices, self.flow, self.kept)
        if self.kept is not None:
            surplus = aim.value - layout.charged(self.prices) - of_cell[layout.cell]
            surplus -= of_measure[layout.measure]
            best = np.zeros(layout.cases, np.int64)
            best[layout.case[self.flow]] = surplus[self.flow]
            self.kept |= surplus > best[layout.case]
        return bound_of(aim, self.prices, of_cell, of_measure), of_cell, of_measure

    def near(self, bound: int, combined: float) -> bool:
        """Whether nothing that counts lies between bound and combined flows."""
        unit = self.aim.unit
        return bound - combined <= NEAR * abs(bound) or (unit > 1 and bound // unit <= combined / unit)

    def certain(self) -> tuple[int, Ints, Ints]:
        """The same, from a flow of all options where one among those kept proves too little."""
        told = self.proof()
        if told[0] - self.bound > NEAR * abs(self.bound):
            kept, self.kept = self.kept, None
            self.again()
            told = self.proof()
            self.kept = kept
        return told


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
        if number in FRESH:
            found.keep()
        found.ask(prices)
        combined, wanted = _combine(found, most)
        if found.near(found.bound, combined):
            bound, *_ = found.proof()
            if found.near(bound, combined):
                break
            found.again()
        mixed = (1 - MIXED) * found.prices + MIXED * wanted
        prices = np.minimum(np.round(mixed), most).astype(np.int64)
    return found


def _combine(found: Search, most: Ints) -> tuple[float, Floats]:
    """What the flows seen come to at best when mixed within the budgets, and the prices that say so."""
    layout = found.aim.layout
    left = np.maximum(np.abs(layout.left), 1).astype(float)
    worth = np.array([one[0] for one in found.seen], float)
    unit = max(1.0, np.abs(worth).max())
    spent = np.array([one[1] for one in found.seen], float).T / left[:, None]
    over = most / PER_CENTIME * left / unit
    done = linprog(
        np.concatenate([-worth / unit, over]),
        A_ub=np.hstack([spent, -np.eye(len(left))]),
        b_ub=np.sign(layout.left),
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
    owed = aim.layout.left < 0
    found[owed] = np.abs(aim.value).max(initial=1) * PER_CENTIME
    most = np.ones(len(found), np.int64)
    np.maximum.at(most, aim.layout.charge_purse, np.abs(aim.layout.charge_amount))
    highest: Ints = np.minimum(STEEP * (np.ceil(found) + 1), (LARGEST // most).astype(float)).astype(np.int64)
    return highest
