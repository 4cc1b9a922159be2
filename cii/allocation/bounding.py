"""The prices of places that go with the prices of purses: the rest of the proof, in whole numbers."""

import numpy as np

from cii.allocation.aim import Aim
from cii.allocation.layout import Ints, Mask
from cii.allocation.outcome import PER_CENTIME, SCALE

_FAR = np.int64(1) << 60
_APART = 64
"""So many times the greatest worth is charged where nobody could be moved at all."""


def place_prices(aim: Aim, prices: Ints, chosen: Ints, among: Mask | None = None) -> tuple[Ints, Ints]:
    """Prices of quotas and of measures, from the best flow at these prices of purses.

    The price of a quota with its measure is what one more case in it would cost the others: the shortest way
    by which places are freed, one case moving on for the next.
    `among`: the options that took part, all without.
    """
    layout = aim.layout
    worth = aim.value - layout.charged(prices)
    cells, measures = len(layout.quota), len(layout.places)
    holds = np.full(layout.cases, -1, np.int64)
    holds[layout.case[chosen]] = chosen
    move = np.full((cells, cells), _FAR, np.int64)
    of = holds[layout.case]
    open_ = (of >= 0) & aim.asked.may[layout.case]
    rows = np.flatnonzero(open_ if among is None else open_ & among)
    np.minimum.at(move, (layout.cell[of[rows]], layout.cell[rows]), worth[of[rows]] - worth[rows])
    leave = np.full(cells, _FAR, np.int64)
    may_leave = chosen[~aim.asked.must[layout.case[chosen]]]
    np.minimum.at(leave, layout.cell[may_leave], worth[may_leave])
    taken = np.bincount(layout.cell[chosen], minlength=cells)
    held = np.bincount(layout.measure[chosen], minlength=measures)
    measure_of = np.array(layout.problem.measure_of_cell, np.int64)
    own = np.where(held < layout.guaranteed, -aim.bonus, np.where(held < layout.places, 0, _FAR))
    most = (np.abs(worth).max(initial=1) + 1) * _APART
    cell_far, measure_far = np.full(cells, most, np.int64), np.minimum(own, most)
    for _ in range(2 * (cells + measures)):
        through = np.where(taken < layout.quota, measure_far[measure_of], _FAR)
        onward = (move + cell_far[None, :]).min(axis=1, initial=_FAR)
        nearer = np.minimum(np.minimum(np.minimum(cell_far, through), onward), leave)
        evict = np.full(measures, _FAR, np.int64)
        occupied = taken > 0
        np.minimum.at(evict, measure_of[occupied], nearer[occupied])
        closer = np.minimum(measure_far, evict)
        if (nearer == cell_far).all() and (closer == measure_far).all():
            break
        cell_far, measure_far = nearer, closer
    of_measure = np.maximum(measure_far, -aim.bonus)
    of_cell = np.maximum(cell_far - of_measure[measure_of], 0)
    return of_cell, of_measure


def bound_of(aim: Aim, prices: Ints, of_cell: Ints, of_measure: Ints) -> int:
    """What no choice within quotas, places and purses can exceed, by these prices (weak duality)."""
    layout = aim.layout
    best = np.full(layout.cases, -_FAR, np.int64)
    surplus = aim.value - layout.charged(prices) - of_cell[layout.cell] - of_measure[layout.measure]
    np.maximum.at(best, layout.case, surplus)
    must, may = aim.asked.must, aim.asked.may & ~aim.asked.must
    total = sum(map(int, best[must])) + sum(map(int, np.maximum(best[may], 0)))
    total += sum(int(one) * int(room) for one, room in zip(of_cell, layout.quota, strict=True))
    for price, first, all_ in zip(of_measure, layout.guaranteed, layout.places, strict=True):
        total += max(int(price) + aim.bonus, 0) * int(first) + max(int(price), 0) * int(all_ - first)
    granted = sum(int(one) * int(sum_) for one, sum_ in zip(prices, layout.left, strict=True))
    return total - -granted // PER_CENTIME


def in_points(bound: int) -> int:
    """A bound in whole points."""
    return bound // SCALE
