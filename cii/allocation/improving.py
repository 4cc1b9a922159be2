"""From prices to a solution that keeps every budget: squeezed until the purses hold, then better by steps."""

import numpy as np

from cii.allocation.aim import Aim
from cii.allocation.layout import Ints
from cii.allocation.prices import Search

SQUEEZES = 14
"""So many more flows are asked for at most."""


def squeeze(found: Search, rounds: int = SQUEEZES) -> None:
    """Move each price up while its purse is overdrawn, down while it is not, in halving steps."""
    left = found.aim.layout.left
    prices = found.prices.copy()
    unit = np.where(prices > 0, prices, max(1, int(prices.max()) // 20)).astype(float)
    step, former = np.full(len(left), 0.04), np.zeros(len(left), np.int64)
    for _ in range(rounds):
        _, spent = found.ask(prices)
        side = np.where(spent > left, 1, -1)
        step = np.where((former != 0) & (side != former), step / 2, np.minimum(step * 1.3, 0.3))
        former = side
        close = (side < 0) & (left - spent < left // 2000)
        prices = np.maximum(0, prices + np.where(close, 0, side * step * unit)).astype(np.int64)


def improved(aim: Aim, chosen: Ints) -> Ints:
    """The same, with every single move made that gains and that quotas, places and purses allow."""
    state = State(aim, chosen)
    while (step := state.best_step()) is not None:
        state.take(step)
    return state.chosen()


class State:
    """Who holds which option now, and what is free."""

    def __init__(self, aim: Aim, chosen: Ints) -> None:
        """Take the options as they are chosen."""
        layout = aim.layout
        self.aim, self.layout = aim, layout
        self.holds = np.full(layout.cases, -1, np.int64)
        self.holds[layout.case[chosen]] = chosen
        self.quota = layout.quota - np.bincount(layout.cell[chosen], minlength=len(layout.quota))
        self.places = layout.places - np.bincount(layout.measure[chosen], minlength=len(layout.places))
        self.left = layout.left - layout.spent(chosen)
        order = np.argsort(layout.charge_option, kind="stable")
        self.rows = order
        self.rows_from = np.searchsorted(layout.charge_option[order], np.arange(len(layout.option) + 1))

    def charges(self, option: int) -> list[tuple[int, int]]:
        """Purses and centimes of an option."""
        span = self.rows[self.rows_from[option] : self.rows_from[option + 1]]
        layout = self.layout
        return [(int(layout.charge_purse[row]), int(layout.charge_amount[row])) for row in span]

    def fits(self, option: int) -> bool:
        """Whether the case of this option could change to it now."""
        layout = self.layout
        held = int(self.holds[layout.case[option]])
        same_cell = held >= 0 and layout.cell[held] == layout.cell[option]
        same = held >= 0 and layout.measure[held] == layout.measure[option]
        if (self.quota[layout.cell[option]] < 1 and not same_cell) or (
            self.places[layout.measure[option]] < 1 and not same
        ):
            return False
        back = dict[int, int]()
        for purse, sum_ in self.charges(held) if held >= 0 else ():
            back[purse] = back.get(purse, 0) + sum_
        need = dict[int, int]()
        for purse, sum_ in self.charges(option):
            need[purse] = need.get(purse, 0) + sum_
        return all(sum_ - back.get(purse, 0) <= self.left[purse] for purse, sum_ in need.items())

    def best_step(self) -> int | None:
        """The option whose taking gains most, or None."""
        layout, aim = self.layout, self.aim
        held = self.holds[layout.case]
        value = np.where(held >= 0, aim.value[held], 0)
        gain = np.where(aim.asked.may[layout.case], aim.value - value, 0)
        same_cell = (held >= 0) & (layout.cell[held] == layout.cell)
        same = (held >= 0) & (layout.measure[held] == layout.measure)
        room = ((self.quota[layout.cell] > 0) | same_cell) & ((self.places[layout.measure] > 0) | same)
        likely = np.flatnonzero((gain > 0) & room)
        for option in likely[np.argsort(-gain[likely], kind="stable")]:
            if self.fits(int(option)):
                return int(option)
        return None

    def take(self, option: int) -> None:
        """Give the case of this option the option, and free what it held."""
        self.leave(int(self.layout.case[option]))
        self.holds[self.layout.case[option]] = option
        self._count(option, -1)

    def leave(self, case: int) -> None:
        """Free what the case holds."""
        if self.holds[case] >= 0:
            self._count(int(self.holds[case]), 1)
            self.holds[case] = -1

    def _count(self, option: int, sign: int) -> None:
        self.quota[self.layout.cell[option]] += sign
        self.places[self.layout.measure[option]] += sign
        for purse, sum_ in self.charges(option):
            self.left[purse] += sign * sum_

    def chosen(self) -> Ints:
        """The options held, in order."""
        return np.sort(self.holds[self.holds >= 0])
