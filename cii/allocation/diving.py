"""From prices to a solution: what the mixed flows agree on is settled, the rest asked again, the last few exactly.

At the best prices a mixture of flows keeps every budget. On most cases its flows agree; they are fixed. What is
left is the same problem, much smaller, and its mixture again keeps what the purses have left (price and dive).
"""

from dataclasses import replace

import numpy as np

from cii.allocation import polish
from cii.allocation.layout import Ints, Layout, Mask
from cii.allocation.network import Asked, NoFlow
from cii.allocation.prices import Aim, Search, search

FEW = 60
"""Cases up to which the rest is solved exactly."""
DEEPEST = 7
ROUNDS = 12


def dive(found: Search) -> Ints | None:
    """A choice within the budgets, near the bound; None where the last few could not be placed."""
    return _dive(found.aim, found, 0)


def _dive(aim: Aim, found: Search, depth: int) -> Ints | None:
    layout = aim.layout
    if len(np.unique(layout.case[aim.asked.may[layout.case]])) <= FEW or depth >= DEEPEST:
        return polish.exact(aim, np.arange(len(layout.option)), nodes=polish.NODES, gap=1e-3)
    mixed = [found.seen[at][2] for at in found.mixture]
    same = mixed[0]
    for chosen in mixed[1:]:
        same = np.intersect1d(same, chosen, assume_unique=True)
    settled = np.zeros(layout.cases, bool)
    settled[layout.case[same]] = True
    held = np.zeros(layout.cases, np.int64)
    for chosen in mixed:
        held[layout.case[chosen]] += 1
    never = (held == 0) & ~settled
    free = aim.asked.may & ~settled & ~never
    if not (settled | never)[aim.asked.may].any():
        return polish.exact(aim, np.unique(np.concatenate(mixed)), nodes=polish.NODES, gap=1e-3)
    inner, rows = rest(layout, same, free)
    below = Aim(inner, aim.value[rows], Asked(free, aim.asked.must & free), aim.bonus)
    try:
        again = search(below, first=found.prices, rounds=ROUNDS)
    except NoFlow:
        return None
    if again.feasible and again.feasible[-1][0] >= again.bound:
        part: Ints | None = again.feasible[-1][1]
    else:
        part = _dive(below, again, depth + 1)
    return None if part is None else np.sort(np.concatenate([same, rows[part]]))


def rest(layout: Layout, settled: Ints, free: Mask) -> tuple[Layout, Ints]:
    """What is left of a layout once these options are settled, for these cases; with the options' positions."""
    keep = free[layout.case]
    rows = np.flatnonzero(keep)
    new = np.full(len(keep), -1, np.int64)
    new[rows] = np.arange(len(rows))
    charges = keep[layout.charge_option]
    taken = np.bincount(layout.measure[settled], minlength=len(layout.places))
    inner = replace(
        layout,
        option=layout.option[rows],
        case=layout.case[rows],
        cell=layout.cell[rows],
        measure=layout.measure[rows],
        points=layout.points[rows],
        value=layout.value[rows],
        charge_option=new[layout.charge_option[charges]],
        charge_purse=layout.charge_purse[charges],
        charge_amount=layout.charge_amount[charges],
        quota=layout.quota - np.bincount(layout.cell[settled], minlength=len(layout.quota)),
        places=layout.places - taken,
        guaranteed=np.clip(layout.guaranteed - taken, 0, None),
        left=layout.left - layout.spent(settled),
    )
    return inner, rows
