"""One aim brought as high as it goes: flow, prices where budgets bind, flows blended, single moves, bound."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from cii.allocation import polish
from cii.allocation.aim import Aim
from cii.allocation.bounding import bound_of, place_prices
from cii.allocation.exchanging import blended
from cii.allocation.improving import improved, squeeze
from cii.allocation.layout import Ints
from cii.allocation.network import NoFlow, best_flow
from cii.allocation.outcome import PER_CENTIME
from cii.allocation.prices import Search, search
from cii.allocation.swapping import Prices, repaired, swapped

ENOUGH = 1 << 12
"""Nothing more is tried once no more than this part of the bound is open."""
LAST = 8
"""So many of the last flows are blended in."""
TRIES = 8
"""So many more flows are asked for at prices a little beside the best."""
ASIDE = 0.03
ALTERNATING = 6
"""So many times at most cases change places and flows are blended in, in turns."""


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


def solve(aim: Aim, start: Ints | None = None, first: Ints | None = None) -> Solved | None:
    """The best choice found, with its proof; None where nothing was found within the budgets.

    `start`: a choice known to be within the budgets; `first`: prices of purses to begin with.
    """
    try:
        return reached(search(aim, first), start)
    except NoFlow:
        return None


def reached(found: Search, start: Ints | None = None) -> Solved | None:
    """The best choice found after a search for prices, with its proof; None where there is none."""
    aim = found.aim
    bound, of_cell, of_measure = found.certain()
    known = [chosen for _, chosen in found.feasible[-1:]]
    if start is not None:
        known.append(start)
    chosen = max(known, key=aim.worth) if known else None
    if chosen is None or bound - aim.worth(chosen) > _slack(aim, bound):
        chosen = _nearer(found, bound, chosen, Prices(found.prices, of_cell, of_measure))
    if chosen is None:
        return None
    return Solved(chosen, aim.worth(chosen), bound, found.prices, of_cell, of_measure, len(found.seen))


def proven(aim: Aim, chosen: Ints, prices: Ints, flows: int) -> Solved:
    """A choice as it is, with the bound that these prices of purses prove for it."""
    flow = best_flow(aim.layout, aim.value - aim.layout.charged(prices), aim.asked, aim.bonus)
    of_cell, of_measure = place_prices(aim, prices, flow)
    bound = bound_of(aim, prices, of_cell, of_measure)
    return Solved(chosen, aim.worth(chosen), bound, prices, of_cell, of_measure, flows + 1)


def _slack(aim: Aim, bound: int) -> int:
    """The worth that need not be found."""
    return max(max(bound, 0) // ENOUGH, bound % aim.unit)


def _nearer(found: Search, bound: int, start: Ints | None, prices: Prices) -> Ints | None:
    """The flows seen and a few beside, blended; exactly where the round is small."""
    aim, layout, slack = found.aim, found.aim.layout, _slack(found.aim, bound)
    if len(layout.option) <= polish.WHOLE:
        best = polish.exact(aim, np.arange(len(layout.option)))
        known = [one for one in (best, start) if one is not None]
        if known:
            return max(known, key=aim.worth)
    mixed = [found.seen[at][2] for at in reversed(found.mixture)]
    last = [chosen for *_, chosen in found.seen[: -1 - LAST : -1]]
    others = [*mixed, *last]
    chosen = _within(found, _blend(found, mixed[0], [*mixed[1:], *others], slack), start, prices)
    if chosen is None:
        return None
    for number in range(ALTERNATING):
        before = chosen
        chosen = swapped(aim, chosen, prices, bound=bound, slack=slack)
        if bound - aim.worth(chosen) <= slack:
            break
        chosen = _blend(found, chosen, others if number % 2 else _beside(found, number), slack)
        if number and np.array_equal(chosen, before):
            break
    return improved(aim, swapped(aim, chosen, prices, bound=bound, slack=slack))


def _within(found: Search, chosen: Ints, start: Ints | None, prices: Prices) -> Ints | None:
    """The same within the purses, or what is known to be, whichever is worth more."""
    aim, layout = found.aim, found.aim.layout
    if not layout.affordable(chosen):
        chosen = repaired(aim, chosen, prices)
    if not layout.affordable(chosen):
        if start is None:
            squeeze(found)
            start = found.feasible[-1][1] if found.feasible else None
        if start is None:
            return None
        again = _blend(found, chosen, [start], slack=0)
        chosen = again if layout.affordable(again) else _blend(found, start, [chosen], slack=0)
    return chosen if start is None else max(chosen, start, key=aim.worth)


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


def _beside(found: Search, number: int) -> Iterator[Ints]:
    """Flows at prices a little beside the best, each time others."""
    aim, layout = found.aim, found.aim.layout
    purses = np.arange(1, len(layout.left) + 1)
    for one in range(1, TRIES + 1):
        wave = np.sin((number * TRIES + one) * purses)
        prices = np.round(found.prices * (1 + ASIDE * wave)).astype(np.int64)
        try:
            yield best_flow(layout, aim.value - layout.charged(prices), aim.asked, aim.bonus, found.kept)
        except NoFlow:
            return
