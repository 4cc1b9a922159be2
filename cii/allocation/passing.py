"""Nobody passed over: no place left empty that is paid, none held by whom the policy puts behind another."""

import numpy as np

from cii.allocation.improving import State
from cii.allocation.layout import Ints, Layout, Mask
from cii.allocation.network import Asked
from cii.allocation.prices import Aim
from cii.allocation.vocabulary import Who

PASSES = 50
"""Each pass makes the ranks better; so many are never needed, but an end is an end."""


def nobody_passed(layout: Layout, chosen: Ints) -> Ints:
    """The same choice, with every free and paid place given and every justified envy satisfied.

    By strict rank a case takes the place of any worse rank; by class, of a worse rank of its own class that
    is no better suited to it; where persons are counted, only what is free.
    """
    search = _Passing(layout, chosen)
    for _ in range(PASSES):
        if not search.once():
            break
    return search.state.chosen()


class _Passing:
    """Who holds what, with what each pays back when leaving."""

    def __init__(self, layout: Layout, chosen: Ints) -> None:
        self.layout, self.who = layout, layout.policy.who
        nothing = np.zeros(len(layout.option), np.int64)
        self.state = State(Aim(layout, nothing, Asked(layout.everyone(), layout.nobody())), chosen)
        self.urgency = np.array([one.urgency for one in layout.problem.candidates])
        self.first = np.searchsorted(layout.case, np.arange(layout.cases + 1))
        self.order = np.lexsort((-layout.points, layout.case))
        self.back = np.zeros((layout.cases, len(layout.left)), np.int64)
        rows, of = layout.charge_rows(chosen)
        np.add.at(self.back, (layout.case[chosen][of], layout.charge_purse[rows]), layout.charge_amount[rows])
        self.in_cell: list[Ints] = [np.zeros(0, np.int64)] * len(layout.quota)
        order = np.lexsort((-layout.rank[layout.case[chosen]], layout.cell[chosen]))
        cells = layout.cell[chosen][order]
        for cell in np.unique(cells).tolist():
            self.in_cell[cell] = layout.case[chosen][order][cells == cell]

    def once(self) -> bool:
        """Everyone without a place looked at in rank order; whether anything changed."""
        layout, changed = self.layout, False
        waiting = layout.everyone() & (self.state.holds < 0)
        for case in map(int, np.argsort(layout.rank)):
            if waiting[case] and self.state.holds[case] < 0:
                loser = self._taken(case)
                changed = changed or loser is not None
                if loser is not None and loser >= 0:
                    waiting[loser] = True
        return changed

    def _taken(self, case: int) -> int | None:
        """Give the case a place if one is due: from whom (-1 from nobody), None where there is none."""
        layout, state = self.layout, self.state
        for option in map(int, self.order[self.first[case] : self.first[case + 1]]):
            need = np.zeros(len(layout.left), np.int64)
            for purse, sum_ in state.charges(option):
                need[purse] += sum_
            short = need - state.left
            if (short <= 0).all() and state.fits(option):
                self._give(option, need)
                return -1
            rivals = self._behind(case, option)
            if len(rivals):
                paid: Ints = rivals[((self.back[rivals] >= short) | (need == 0)).all(axis=1)]
                if len(paid):
                    loser = int(paid[0])
                    self._leave(loser)
                    self._give(option, need)
                    return loser
        return None

    def _behind(self, case: int, option: int) -> Ints:
        """Those in the quota of this option whose place is due to the case, the worst rank first."""
        layout = self.layout
        held: Ints = self.in_cell[int(layout.cell[option])]
        if self.who is Who.MAX_PERSONS or not len(held):
            nobody: Ints = held[:0]
            return nobody
        due: Mask = layout.rank[held] > layout.rank[case]
        if self.who is Who.CLASS_THEN_SUITABILITY:
            due &= self.urgency[held] == self.urgency[case]
            due &= layout.points[self.state.holds[held]] <= layout.points[option]
        found: Ints = held[due]
        return found

    def _give(self, option: int, need: Ints) -> None:
        case, cell = int(self.layout.case[option]), int(self.layout.cell[option])
        self.state.take(option)
        self.back[case] = need
        held = np.append(self.in_cell[cell], case)
        self.in_cell[cell] = held[np.argsort(-self.layout.rank[held])]

    def _leave(self, case: int) -> None:
        cell = int(self.layout.cell[self.state.holds[case]])
        self.state.leave(case)
        self.back[case] = 0
        self.in_cell[cell] = self.in_cell[cell][self.in_cell[cell] != case]
