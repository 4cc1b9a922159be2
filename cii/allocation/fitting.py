"""Whether certain cases fit together within the budgets: a way, or prices that prove there is none."""

from dataclasses import dataclass

import numpy as np

from cii.allocation.aim import Aim
from cii.allocation.bounding import place_prices
from cii.allocation.layout import Ints, Layout, Mask
from cii.allocation.network import Asked, NoFlow, best_flow
from cii.allocation.outcome import SCALE
from cii.allocation.polish import Fit

TRIES = 10
FAR = np.int64(1) << 58


@dataclass(frozen=True, eq=False)
class Proof:
    """Prices at which every case costs at least `least`, while `granted` is all there is for those placed."""

    least: Ints
    granted: int


class Fitting:
    """Answers for one layout; what is proven once goes on holding when more cases must be placed.

    Cheapest flows at changing prices (multiplicative weights): one that overdraws no purse is a way; one
    whose cost at its prices exceeds what the purses hold at the same prices proves that there is none.
    """

    def __init__(self, layout: Layout) -> None:
        """Nothing is known yet."""
        self.layout = layout
        self.flows = 0
        self.proofs: list[Proof] = []
        self.weight = np.ones(len(layout.left)) / max(1, len(layout.left))

    def excludes(self, who: Mask, case: int) -> bool:
        """Whether an older proof shows that this case cannot be placed together with these."""
        return any(
            int(one.least[who].sum()) + int(one.least[case]) > one.granted for one in self.proofs
        )  # fmt: skip

    def asked(self, who: Mask) -> tuple[Fit, Ints | None]:
        """Whether exactly these cases fit, and how."""
        layout, weight = self.layout, self.weight
        unit = np.maximum(layout.left, 1)
        for _ in range(TRIES):
            prices = np.maximum(np.round(weight * SCALE * 16 / unit), 0).astype(np.int64)
            cost = layout.summed(prices[layout.charge_purse] * layout.charge_amount)
            self.flows += 1
            try:
                chosen = best_flow(layout, -cost, Asked(who, who))
            except NoFlow:
                return Fit.NO, None
            spent = layout.spent(chosen)
            if (spent <= layout.left).all():
                self.weight = weight
                return Fit.YES, chosen
            over = zip(prices, spent, layout.left, strict=True)
            if sum(int(price) * (int(sum_) - int(left)) for price, sum_, left in over) > 0:
                self._keep(cost, prices, who, chosen)
                self.weight = weight
                return Fit.NO, None
            weight = weight * np.exp(np.clip(4 * (spent / unit - 1), -1, 1))
            weight /= weight.sum()
        return Fit.UNKNOWN, None

    def _keep(self, cost: Ints, prices: Ints, who: Mask, chosen: Ints) -> None:
        """Note what these prices prove of every case."""
        layout = self.layout
        zero = np.zeros(len(layout.left), np.int64)
        of_cell, of_measure = place_prices(Aim(layout, -cost, Asked(who, who)), zero, chosen)
        of_measure = np.maximum(of_measure, 0)
        least = np.full(layout.cases, FAR, np.int64)
        np.minimum.at(least, layout.case, cost + of_cell[layout.cell] + of_measure[layout.measure])
        granted = sum(int(one) * int(room) for one, room in zip(prices, layout.left, strict=True))
        granted += sum(int(one) * int(room) for one, room in zip(of_cell, layout.quota, strict=True))
        granted += sum(int(one) * int(room) for one, room in zip(of_measure, layout.places, strict=True))
        self.proofs.append(Proof(least, granted))
