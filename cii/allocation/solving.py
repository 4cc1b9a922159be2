"""One aim brought as high as it goes: flow, prices where a budget binds, squeeze, single moves, exact polish."""

from dataclasses import dataclass

from cii.allocation.bounding import bound_of, place_prices
from cii.allocation.diving import dive
from cii.allocation.improving import improved, squeeze
from cii.allocation.layout import Ints
from cii.allocation.network import NoFlow
from cii.allocation.prices import Aim, search


@dataclass(frozen=True, eq=False)
class Solved:
    """Options chosen (positions among the live ones), what they come to, and the bound with its prices."""

    chosen: Ints
    worth: int
    bound: int
    purse_prices: Ints
    cell_prices: Ints
    measure_prices: Ints
    flows: int


def solve(aim: Aim, start: Ints | None = None, *, polished: bool = True) -> Solved | None:
    """The best choice found, with its proof; None where nothing was found within the budgets.

    `start`: a choice known to be within the budgets.
    """
    try:
        found = search(aim)
    except NoFlow:
        return None
    known = [improved(aim, start)] if start is not None else []
    if not _met(found.feasible, found.bound):
        deep = dive(found)
        known += [improved(aim, deep)] if deep is not None else []
        if deep is None:
            squeeze(found)
            known += [improved(aim, chosen) for _, chosen in found.feasible[-2:]]
    known += [chosen for _, chosen in found.feasible[-1:]]
    if not known:
        return None
    chosen = max(known, key=aim.worth)
    charged = aim.layout.charged(found.prices)
    flow = next(
        one for worth, _, one in found.seen if _bound(aim, found.prices, charged, worth, one) == found.bound
    )
    of_cell, of_measure = place_prices(aim, found.prices, flow)
    bound = bound_of(aim, found.prices, of_cell, of_measure)
    return Solved(chosen, aim.worth(chosen), bound, found.prices, of_cell, of_measure, len(found.seen))


def _met(feasible: list[tuple[int, Ints]], bound: int) -> bool:
    return bool(feasible) and feasible[-1][0] >= bound


def _bound(aim: Aim, prices: Ints, charged: Ints, worth: int, chosen: Ints) -> int:
    from cii.allocation.outcome import PER_CENTIME

    granted = sum(int(one) * int(sum_) for one, sum_ in zip(prices, aim.layout.left, strict=True))
    return worth - int(charged[chosen].sum()) - -granted // PER_CENTIME
