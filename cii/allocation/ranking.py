"""Strict rank: the first in rank order who can be placed together, exactly where the round is small."""

import numpy as np

from cii.allocation import polish
from cii.allocation.aim import Aim
from cii.allocation.fitting import Fitting
from cii.allocation.improving import State
from cii.allocation.layout import Choice, Ints, Layout
from cii.allocation.network import Asked, best_flow
from cii.allocation.outcome import SCALE
from cii.allocation.polish import Fit
from cii.allocation.vocabulary import RankProof

PROVABLE = 400
"""Cases up to which a binding budget is checked exactly: more take seconds each, and there are hundreds."""
TOGETHER = 6
"""So many cases in rank order are decided by one exact check."""
NODES = 30
"""Where an exact check has not ended after so many nodes, the rank is not proven."""
FAILED = 1
"""After so many checks that have not ended no more are made: the rest goes by free places and by flows."""
MOVERS = 24
"""So many of those placed are asked, for each case of a large round, whether they could move on."""


def strict_rank(layout: Layout) -> Choice:
    """The first in rank order who can be placed together.

    Quotas and places alone form a matroid: one flow, in which each case weighs more the better it ranks,
    gives the best vector. Where the budgets do not bear it, the cases are taken one by one.
    """
    asked = Asked(layout.everyone(), layout.nobody())
    chosen = best_flow(layout, layout.cases - layout.rank[layout.case], asked)
    if layout.affordable(chosen):
        return Choice(layout.who(chosen), chosen, RankProof.PROVEN, flows=1)
    fitting = Fitting(layout)
    _, thrifty = fitting.asked(layout.who(chosen))
    if thrifty is not None:
        return Choice(layout.who(thrifty), thrifty, RankProof.PROVEN, flows=2)
    return _exactly(layout, fitting) if int(asked.may.sum()) <= PROVABLE else _in_turn(layout)


def _weights(layout: Layout) -> Ints:
    """Each option's charges as a share of what is left in its purses, in 1/SCALE."""
    left = np.maximum(layout.left, 1)[layout.charge_purse]
    return layout.summed(np.minimum(layout.charge_amount * SCALE // left, SCALE * 4))


def _exactly(layout: Layout, fitting: Fitting) -> Choice:
    """In rank order each case that can be placed with those before it: by a place, by flows, or exactly."""
    weights = _weights(layout)
    free = Aim(layout, np.zeros(len(layout.option), np.int64), Asked(layout.everyone(), layout.nobody()))
    options = [np.flatnonzero(layout.case == case) for case in range(layout.cases)]
    options = [mine[np.argsort(weights[mine], kind="stable")] for mine in options]
    order = [int(case) for case in np.argsort(layout.rank) if len(options[case])]
    state, who, failed, at = State(free, np.zeros(0, np.int64)), layout.nobody(), 0, 0
    while at < len(order):
        case = order[at]
        at += 1
        direct = next((int(one) for one in options[case] if state.fits(int(one))), None)
        if direct is not None:
            state.take(direct)
            who[case] = True
            continue
        if fitting.excludes(who, case):
            continue
        wanted = who.copy()
        wanted[case] = True
        answer, again = fitting.asked(wanted)
        if answer is Fit.UNKNOWN and failed < FAILED:
            group = [case]
            while at < len(order) and len(group) < TOGETHER:
                if not fitting.excludes(who, order[at]):
                    group.append(order[at])
                at += 1
            again = polish.first_of(free, who, group, nodes=NODES)
            if again is None:
                failed += 1
                at = order.index(group[1]) if len(group) > 1 else at
        if again is not None:
            state = State(free, again)
            who = layout.who(again)
    chosen = state.chosen()
    proof = RankProof.PROVEN if not failed else RankProof.NOT_PROVEN
    return Choice(who, chosen, proof, flows=fitting.flows)


def _in_turn(layout: Layout) -> Choice:
    """In rank order each case for which a place is free and paid, or for whom one other can move on."""
    turn = _Turn(layout)
    for mine in turn.options.values():
        direct = next((int(one) for one in mine if turn.state.fits(int(one))), None)
        if direct is not None:
            turn.give(direct)
        elif step := turn.room_for(mine):
            turn.give(step[0])
            turn.give(step[1])
    chosen = turn.state.chosen()
    return Choice(layout.who(chosen), chosen, RankProof.NOT_PROVEN)


class _Turn:
    """Who holds what while the cases of a large round are taken in turn."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        none = np.zeros(len(layout.option), np.int64)
        self.state = State(
            Aim(layout, none, Asked(layout.everyone(), layout.nobody())), np.zeros(0, np.int64)
        )
        order = np.lexsort((_weights(layout), layout.rank[layout.case]))
        first = np.flatnonzero(np.diff(layout.case[order], prepend=-1))
        self.options = {int(layout.case[mine[0]]): mine for mine in np.split(order, first[1:]) if len(mine)}
        self.holders: list[dict[int, None]] = [{} for _ in layout.quota]
        self.cells_of: list[list[int]] = [[] for _ in layout.places]
        for cell, measure in enumerate(layout.problem.measure_of_cell):
            self.cells_of[measure].append(cell)

    def give(self, option: int) -> None:
        """Give the case of this option the option."""
        case = int(self.layout.case[option])
        held = int(self.state.holds[case])
        if held >= 0:
            del self.holders[self.layout.cell[held]][case]
        self.state.take(option)
        self.holders[self.layout.cell[option]][case] = None

    def room_for(self, mine: Ints) -> tuple[int, int] | None:
        """Who moves where so that one of these options becomes free: (his new option, the option freed)."""
        layout, state, tried = self.layout, self.state, 0
        for option in map(int, mine):
            cell, measure = int(layout.cell[option]), int(layout.measure[option])
            if any(sum_ > state.left[purse] for purse, sum_ in state.charges(option)):
                continue
            for other in [cell] if state.quota[cell] < 1 else self.cells_of[measure]:
                for case in self.holders[other]:
                    tried += 1
                    if tried > MOVERS:
                        return None
                    if (onward := self._onward(case, measure, option)) is not None:
                        return onward, option
        return None

    def _onward(self, case: int, measure: int, option: int) -> int | None:
        """Another measure to which this case can move so that the option fits."""
        layout, state = self.layout, self.state
        held = int(state.holds[case])
        for onward in map(int, self.options[case]):
            if layout.measure[onward] == measure or not state.fits(onward):
                continue
            state.take(onward)
            fine = state.fits(option)
            state.take(held)
            if fine:
                return onward
        return None
