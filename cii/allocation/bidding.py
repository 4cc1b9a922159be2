"""What a place is worth to everybody who waits for one: prices by which one case is advised before the round.

Nobody is sure of a place here: the prices are those of placing the whole list as well as can be, and none is
above what somebody would lose. Source: allocation.md §2, "Online".
"""

from dataclasses import dataclass

from cii.allocation.aim import Aim
from cii.allocation.layout import lay_out
from cii.allocation.network import Asked
from cii.allocation.outcome import PER_CENTIME, SCALE, Policy
from cii.allocation.prices import search
from cii.allocation.problem import BEST, Problem

VERSION = "bids-1"
"""Kept with every night of prices."""
POINT = 1_000
"""Prices are in thousandths of a point of suitability."""
_SUM = 100_000
"""Prices of money are for so many centimes."""


@dataclass(frozen=True, slots=True)
class Bids:
    """Thousandths of a point: for a place of each quota, and for a thousand francs of each purse.

    Both in the order of the problem; nothing is below zero, and no place above the best suitability.
    """

    quotas: tuple[int, ...]
    purses: tuple[int, ...]


def bids(problem: Problem, policy: Policy | None = None) -> Bids:
    """The prices of places and money at which the whole list is placed best; pins are carried out before."""
    policy = policy or Policy()
    layout = lay_out(problem, policy)
    aim = Aim(layout, layout.value, Asked(layout.everyone(), layout.nobody()))
    found = search(aim)
    _, of_cell, of_measure = found.certain()
    point = SCALE * policy.suitability_weight
    places = of_cell + of_measure[list(problem.measure_of_cell)]
    return Bids(
        tuple(min(max(0, int(one) * POINT // point), BEST * POINT) for one in places),
        tuple(max(0, int(one) * _SUM * POINT // (PER_CENTIME * point)) for one in found.prices),
    )


__all__ = ["POINT", "VERSION", "Bids", "bids"]
