"""Nobody passed over: no place left empty that is paid, none held by whom the policy puts behind another."""

from itertools import pairwise

import numpy as np

from cii.allocation.aim import Aim
from cii.allocation.improving import State
from cii.allocation.layout import Ints, Layout, Mask
from cii.allocation.network import Asked
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


def overtaken(layout: Layout, who: Mask) -> Mask:
    """Which options of those placed pass somebody over, wherever the others are.

    By strict rank a case without a place that could pay for the same quota with no more than the option
    charges, purse by purse, takes it from any worse rank. (A cell's options are compared all with all.)
    """
    out = np.zeros(len(layout.option), bool)
    if layout.policy.who is not Who.STRICT_RANK:
        return out
    order = np.argsort(layout.cell, kind="stable")
    ends = np.searchsorted(layout.cell[order], np.arange(len(layout.quota) + 1))
    for start, end in pairwise(ends.tolist()):
        here = order[start:end]
        placed = who[layout.case[here]]
        held, wish = here[placed], here[~placed]
        if not len(held) or not len(wish):
            continue
        rows, of = layout.charge_rows(here)
        purses, column = np.unique(layout.charge_purse[rows], return_inverse=True)
        charged = np.zeros((len(here), len(purses)), np.int64)
        np.add.at(charged, (of, column), layout.charge_amount[rows])
        due = layout.rank[layout.case[wish]][:, None] < layout.rank[layout.case[held]]
        for purse in range(len(purses)):
            due &= charged[~placed, purse][:, None] <= charged[placed, purse]
        out[held] = due.any(axis=0)
    return out


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

    def _likely(self) -> Mask:
        """To whom an option might be due: one that is free, or held by somebody who pays enough."""
        layout, state = self.layout, self.state
        held = state.holds[state.holds >= 0]
        rows, of = layout.charge_rows(held)
        most = np.zeros((len(layout.quota), len(layout.left)), np.int64)
        np.maximum.at(most, (layout.cell[held][of], layout.charge_purse[rows]), layout.charge_amount[rows])
        worst = np.full(len(layout.quota), -1, np.int64)
        np.maximum.at(worst, layout.cell[held], layout.rank[layout.case[held]])
        room = (state.quota[layout.cell] > 0) & (state.places[layout.measure] > 0)
        rival = worst[layout.cell] > layout.rank[layout.case]
        enough = most[layout.cell[layout.charge_option], layout.charge_purse] * rival[layout.charge_option]
        dear = layout.charge_amount > enough + state.left[layout.charge_purse]
        fine = room | rival
        fine[layout.charge_option[dear]] = False
        found = layout.nobody()
        found[layout.case[fine]] = True
        return found & (state.holds < 0)

    def once(self) -> bool:
        """Everyone without a place looked at in rank order; whether anything changed."""
        layout, changed = self.layout, False
        waiting = self._likely()
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
