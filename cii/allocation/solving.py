"""One aim brought as high as it goes: flow, prices where budgets bind, flows blended, single moves, bound."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from cii.allocation import polish
from cii.allocation.bounding import bound_of, place_prices
from cii.allocation.exchanging import blended
from cii.allocation.improving import improved, squeeze
from cii.allocation.layout import Ints
from cii.allocation.network import Asked, NoFlow, best_flow
from cii.allocation.outcome import PER_CENTIME
from cii.allocation.prices import Aim, Search, search

ENOUGH = 1 << 16
"""Nothing more is tried once no more than this part of the bound is open."""
LAST = 8
"""So many of the last flows are blended in."""
TRIES = 16
"""So many more flows are asked for at prices a little beside the best."""
ASIDE = 0.03
NEAR = 3
"""So many options of a case, the best at the last prices, take part in those flows."""


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


def solve(aim: Aim, start: Ints | None = None) -> Solved | None:
    """The best choice found, with its proof; None where nothing was found within the budgets.

    `start`: a choice known to be within the budgets.
    """
    try:
        found = search(aim)
    except NoFlow:
        return None
    of_cell, of_measure = place_prices(aim, found.prices, found.flow)
    bound = min(found.bound, bound_of(aim, found.prices, of_cell, of_measure))
    known = [chosen for _, chosen in found.feasible[-1:]]
    if start is not None:
        known.append(start)
    chosen = max(known, key=aim.worth) if known else None
    if chosen is None or bound - aim.worth(chosen) > bound // ENOUGH:
        chosen = _nearer(found, bound, chosen, of_cell + of_measure[_measures(aim)])
    if chosen is None:
        return None
    return Solved(chosen, aim.worth(chosen), bound, found.prices, of_cell, of_measure, len(found.seen))


def proven(aim: Aim, chosen: Ints, prices: Ints, flows: int) -> Solved:
    """A choice as it is, with the bound that these prices of purses prove for it."""
    flow = best_flow(aim.layout, aim.value - aim.layout.charged(prices), aim.asked, aim.bonus)
    of_cell, of_measure = place_prices(aim, prices, flow)
    bound = bound_of(aim, prices, of_cell, of_measure)
    return Solved(chosen, aim.worth(chosen), bound, prices, of_cell, of_measure, flows + 1)


def _measures(aim: Aim) -> Ints:
    return np.array(aim.layout.problem.measure_of_cell, np.int64)


def _nearer(found: Search, bound: int, start: Ints | None, of_cell: Ints) -> Ints | None:
    """The flows seen and a few beside, blended; exactly where the round is small."""
    aim, layout, slack = found.aim, found.aim.layout, max(bound, 0) // ENOUGH
    if len(layout.option) <= polish.WHOLE:
        best = polish.exact(aim, np.arange(len(layout.option)))
        known = [one for one in (best, start) if one is not None]
        if known:
            return max(known, key=aim.worth)
    mixed = [found.seen[at][2] for at in reversed(found.mixture)]
    last = [chosen for *_, chosen in found.seen[: -1 - LAST : -1]]
    chosen = _blend(found, mixed[0], [*mixed[1:], *mixed, *last], slack)
    if not layout.affordable(chosen):
        if start is None:
            squeeze(found)
            start = found.feasible[-1][1] if found.feasible else None
        if start is None:
            return None
        chosen = _blend(found, chosen, [start], slack)
        if not layout.affordable(chosen):
            chosen = _blend(found, start, [chosen], slack)
    if start is not None:
        chosen = max(chosen, start, key=aim.worth)
    chosen = _blend(found, chosen, [*mixed, *last], slack)
    if bound - aim.worth(chosen) > slack:
        chosen = _blend(found, chosen, _beside(found, of_cell), slack)
    return improved(aim, chosen)


def _blend(found: Search, chosen: Ints, others: Iterable[Ints], slack: int) -> Ints:
    """One after the other blended in; what keeps the purses goes on keeping them."""
    left = np.maximum(found.aim.layout.left, 1)
    fine = found.prices / PER_CENTIME * 2 + 2.0 * abs(found.bound) / left
    for other in others:
        again = blended(found.aim, chosen, other, fine, slack=slack)
        chosen = chosen if again is None else again
        if found.bound - found.aim.worth(chosen) <= slack and found.aim.layout.affordable(chosen):
            break
    return chosen


def _beside(found: Search, of_cell: Ints) -> Iterator[Ints]:
    """Flows at prices a little beside the best, among the best options of each case only."""
    aim, layout = found.aim, found.aim.layout
    surplus = aim.value - layout.charged(found.prices) - of_cell[layout.cell]
    order = np.lexsort((-surplus, layout.case))
    case = layout.case[order]
    number = np.arange(len(order)) - np.searchsorted(case, case)
    kept = np.zeros(len(order), bool)
    kept[order[number < NEAR]] = True
    for chosen in [one[2] for one in found.seen[-LAST:]]:
        kept[chosen] = True
    purses = np.arange(1, len(layout.left) + 1)
    for number_ in range(1, TRIES + 1):
        prices = np.round(found.prices * (1 + ASIDE * np.sin(number_ * purses))).astype(np.int64)
        try:
            yield best_flow(
                layout,
                aim.value - layout.charged(prices),
                Asked(aim.asked.may, aim.asked.must),
                aim.bonus,
                kept,
            )
        except NoFlow:
            return
