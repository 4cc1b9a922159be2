"""Why each case without a place has none: no option, excluded, places held by better ranks, or no money."""

import numpy as np

from cii.allocation.layout import Ints, Layout, Mask
from cii.allocation.outcome import Unplaced
from cii.allocation.vocabulary import Left, PinKind, Who


def unplaced(
    layout: Layout, chosen: Ints, who: Who
) -> tuple[tuple[Unplaced, ...], tuple[tuple[int, ...], ...]]:
    """Every case without a place with its reason, and the tight sets to which the reasons point."""
    problem = layout.problem
    held = np.full(layout.cases, -1, np.int64)
    held[layout.case[chosen]] = layout.cell[chosen]
    pinned = (
        set(np.frombuffer(problem.case_at, np.int32)[layout.pinned].tolist()) if len(layout.pinned) else set()
    )
    excluded = {pin.case for pin in problem.pins if pin.kind is PinKind.REFUSED}
    onward = _onward(layout, held)
    room = _room(layout, chosen)
    sets: dict[tuple[int, ...], int] = {}
    left = _left_over(layout, chosen)
    found = []
    cells_of: dict[int, list[int]] = {}
    rows_of: dict[int, list[int]] = {}
    for row in np.flatnonzero(held[layout.case] < 0).tolist():
        cells_of.setdefault(int(layout.case[row]), []).append(int(layout.cell[row]))
        rows_of.setdefault(int(layout.case[row]), []).append(int(row))
    rank_of_cell: dict[int, int] = {}
    for case in np.flatnonzero(held >= 0).tolist():
        cell = int(held[case])
        rank_of_cell[cell] = max(rank_of_cell.get(cell, -1), int(layout.rank[case]))
    for case, one in enumerate(problem.candidates):
        if held[case] >= 0 or case in pinned:
            continue
        if case not in cells_of:
            has = len(problem.options_of(case)) > 0 or one.key in excluded
            found.append(Unplaced(one.key, Left.EXCLUDED if has else Left.NO_OPTION))
            continue
        reach = _closure(onward, cells_of[case])
        closed = not any(room[cell] for cell in reach)
        strict = who is Who.STRICT_RANK
        better = all(not strict or rank_of_cell.get(cell, -1) < layout.rank[case] for cell in reach)
        if closed and better:
            found.append(Unplaced(one.key, Left.PLACES, tight=sets.setdefault(tuple(reach), len(sets))))
            continue
        lacking = _lacking(layout, rows_of[case], left)
        if lacking:
            short, purse_key = min(lacking)
            found.append(Unplaced(one.key, Left.BUDGET, purse=purse_key, short=short))
        else:
            found.append(Unplaced(one.key, Left.TOGETHER if who is Who.STRICT_RANK else Left.SUITABILITY))
    return tuple(found), tuple(sets)


def _left_over(layout: Layout, chosen: Ints) -> Ints:
    """What is left in each purse; below nothing where it was overdrawn before the round."""
    left = np.array([one.left for one in layout.problem.purses], np.int64) - layout.spent(chosen)
    for option in layout.pinned:
        for purse, sum_ in layout.problem.charges_of(int(option)):
            left[purse] -= sum_
    return left


def _lacking(layout: Layout, options: list[int], left: Ints) -> list[tuple[int, str]]:
    """By how much which purses are too poor for any of these options."""
    rows, _ = layout.charge_rows(np.array(options, np.int64))
    short = layout.charge_amount[rows] - left[layout.charge_purse[rows]]
    return [
        (int(short[at]), layout.problem.purses[layout.charge_purse[rows[at]]].key)
        for at in np.flatnonzero(short > 0)
    ]


def _room(layout: Layout, chosen: Ints) -> Mask:
    taken = np.bincount(layout.cell[chosen], minlength=len(layout.quota))
    held = np.bincount(layout.measure[chosen], minlength=len(layout.places))
    measure_of = np.array(layout.problem.measure_of_cell, np.int64)
    free: Mask = (taken < layout.quota) & (held < layout.places)[measure_of]
    return free


def _onward(layout: Layout, held: Ints) -> list[int]:
    """For each quota the quotas (as bits) that are reached when a place in it is asked for."""
    cells = len(layout.quota)
    reach = [0] * cells
    pairs = held[layout.case] * cells + layout.cell
    for pair in np.unique(pairs[held[layout.case] >= 0]):
        reach[int(pair) // cells] |= 1 << (int(pair) % cells)
    taken = np.bincount(held[held >= 0], minlength=cells)
    by_measure: dict[int, int] = {}
    for cell, measure in enumerate(layout.problem.measure_of_cell):
        if taken[cell]:
            by_measure[measure] = by_measure.get(measure, 0) | 1 << cell
    full = layout.quota <= taken
    for cell, measure in enumerate(layout.problem.measure_of_cell):
        if not full[cell]:
            reach[cell] |= by_measure.get(measure, 0)
    return reach


def _closure(onward: list[int], cells: list[int]) -> list[int]:
    seen = 0
    wait = 0
    for cell in cells:
        wait |= 1 << cell
    while fresh := wait & ~seen:
        low = fresh & -fresh
        seen |= low
        wait |= onward[low.bit_length() - 1]
    return [at for at in range(len(onward)) if seen >> at & 1]
