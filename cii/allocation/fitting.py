"""Whether certain cases can all be placed within the budgets: a way to do so, or the prices that prove there is none."""

import numpy as np

from cii.allocation import polish
from cii.allocation.layout import Ints, Layout, Mask
from cii.allocation.network import Asked, NoFlow, best_flow
from cii.allocation.outcome import SCALE
from cii.allocation.polish import Fit
from cii.allocation.prices import Aim

TRIES = 16
NODES = 500


def fit(layout: Layout, who: Mask, *, exact: bool) -> tuple[Fit, Ints | None]:
    """Whether exactly these cases fit, and how.

    Cheapest flows at changing prices (multiplicative weights): one that overdraws no purse is a way; one whose
    cost at its prices exceeds what the purses hold at the same prices proves that there is none. What stays
    open is left to a mixed integer programme if `exact`.
    """
    weight = np.ones(len(layout.left)) / max(1, len(layout.left))
    unit = np.maximum(layout.left, 1)
    asked = Asked(who, who)
    for _ in range(TRIES):
        prices = np.maximum(np.round(weight * SCALE * 16 / unit), 0).astype(np.int64)
        cost = np.zeros(len(layout.option), np.int64)
        np.add.at(cost, layout.charge_option, prices[layout.charge_purse] * layout.charge_amount)
        try:
            chosen = best_flow(layout, -cost, asked)
        except NoFlow:
            return Fit.NO, None
        spent = layout.spent(chosen)
        if (spent <= layout.left).all():
            return Fit.YES, chosen
        if (
            sum(int(p) * (int(s) - int(left)) for p, s, left in zip(prices, spent, layout.left, strict=True))
            > 0
        ):
            return Fit.NO, None
        weight = weight * np.exp(np.clip(4 * (spent / unit - 1), -1, 1))
        weight = weight / weight.sum()
    if not exact:
        return Fit.UNKNOWN, None
    aim = Aim(layout, -cost, asked)
    return polish.decided(aim, np.flatnonzero(who[layout.case]), nodes=NODES)
