"""Who gets a place: the choice of persons, by strict rank, by class, or as many as possible."""

from dataclasses import dataclass

import numpy as np

from cii.allocation.fitting import fit
from cii.allocation.greedy import greedy
from cii.allocation.improving import State
from cii.allocation.layout import Ints, Layout, Mask
from cii.allocation.network import Asked, NoFlow, best_flow
from cii.allocation.outcome import SCALE
from cii.allocation.polish import Fit
from cii.allocation.prices import Aim
from cii.allocation.solving import solve
from cii.allocation.vocabulary import RankProof, Who

PROVABLE = 400
"""Cases up to which a binding budget is checked exactly, case by case."""


@dataclass(frozen=True, eq=False)
class Choice:
    """Who is placed, with a way of doing so within all limits."""

    who: Mask
    chosen: Ints
    rank: RankProof
    persons_bound: int | None = None
    flows: int = 0


PERSON = 1 << 40
"""What one more person is worth where persons are counted."""
_FINE = 12
"""So many of the last bits of a value are left out beside a person."""


def choose(layout: Layout) -> Choice:
    """The persons whom the policy of the layout places."""
    return {
        Who.STRICT_RANK: strict_rank,
        Who.MAX_PERSONS: max_persons,
        Who.CLASS_THEN_SUITABILITY: class_then_suitability,
    }[layout.policy.who](layout)


def _everyone(layout: Layout) -> Mask:
    may = np.zeros(layout.cases, bool)
    may[layout.case] = True
    return may


def _nobody(layout: Layout) -> Mask:
    return np.zeros(layout.cases, bool)


def _who(layout: Layout, chosen: Ints) -> Mask:
    held = _nobody(layout)
    held[layout.case[chosen]] = True
    return held


def strict_rank(layout: Layout) -> Choice:
    """The first in rank order who can be placed together.

    Quotas and places alone form a matroid: one flow, in which each case weighs more the better it ranks,
    gives the best vector. Where the budgets do not bear it, the cases are taken one by one.
    """
    asked = Asked(_everyone(layout), _nobody(layout))
    chosen = best_flow(layout, layout.cases - layout.rank[layout.case], asked)
    if layout.affordable(chosen):
        return Choice(_who(layout, chosen), chosen, RankProof.PROVEN, flows=1)
    who = _who(layout, chosen)
    _, thrifty = fit(layout, who, exact=False)
    if thrifty is not None:
        return Choice(who, thrifty, RankProof.PROVEN, flows=2)
    if int(asked.may.sum()) <= PROVABLE:
        return _one_by_one(layout)
    return _in_turn(layout)


def _weights(layout: Layout) -> Ints:
    """Each option's charges as a share of what is left in its purses, in 1/SCALE."""
    share = np.zeros(len(layout.option), np.int64)
    left = np.maximum(layout.left, 1)[layout.charge_purse]
    part = np.minimum(layout.charge_amount * SCALE // left, SCALE * 4)
    np.add.at(share, layout.charge_option, part)
    return share


def _one_by_one(layout: Layout) -> Choice:
    """In rank order each case that can be placed with those before it; an exact check decides."""
    who, chosen, flows, sure = _nobody(layout), np.zeros(0, np.int64), 0, True
    weights = _weights(layout)
    free = Aim(layout, np.zeros(len(layout.option), np.int64), Asked(_everyone(layout), _nobody(layout)))
    for case in np.argsort(layout.rank):
        mine = np.flatnonzero(layout.case == case)
        if not len(mine):
            continue
        state = State(free, chosen)
        direct = [int(one) for one in mine[np.argsort(weights[mine], kind="stable")] if state.fits(int(one))]
        if direct:
            chosen = np.sort(np.append(chosen, direct[0]))
            who[case] = True
            continue
        wanted = who.copy()
        wanted[case] = True
        flows += 1
        answer, again = fit(layout, wanted, exact=True)
        sure = sure and answer is not Fit.UNKNOWN
        if again is None:
            continue
        who, chosen = wanted, again
    return Choice(who, chosen, RankProof.PROVEN if sure else RankProof.NOT_PROVEN, flows=flows)


def _in_turn(layout: Layout) -> Choice:
    """In rank order each case for which a place is free and paid, or for whom one other can move on."""
    weights = _weights(layout)
    free = Aim(layout, np.zeros(len(layout.option), np.int64), Asked(_everyone(layout), _nobody(layout)))
    state = State(free, np.zeros(0, np.int64))
    order = np.lexsort((weights, layout.rank[layout.case]))
    case_of = layout.case[order]
    first = np.searchsorted(layout.rank[case_of], np.arange(layout.cases + 1))
    holders: list[set[int]] = [set() for _ in layout.quota]
    mine_of = {
        int(layout.case[order[first[at]]]): order[first[at] : first[at + 1]]
        for at in range(layout.cases)
        if first[at] < first[at + 1]
    }

    def give(option: int) -> None:
        case = int(layout.case[option])
        held = int(state.holds[case])
        if held >= 0:
            holders[layout.cell[held]].discard(case)
        state.take(option)
        holders[layout.cell[option]].add(case)

    for mine in mine_of.values():
        direct = next((int(one) for one in mine if state.fits(int(one))), None)
        if direct is not None:
            give(direct)
            continue
        if step := _make_room(layout, state, holders, mine_of, mine):
            mover, option = step
            give(mover)
            give(option)
    chosen = state.chosen()
    return Choice(_who(layout, chosen), chosen, RankProof.NOT_PROVEN)


def _make_room(layout, state, holders, mine_of, mine):  # noqa: ANN001, ANN202
    """Who moves where so that one of these options becomes free: (his new option, the option freed)."""
    for option in mine:
        cell, measure = int(layout.cell[option]), int(layout.measure[option])
        if not all(sum_ <= state.left[purse] for purse, sum_ in state.charges(int(option))):
            continue
        if state.quota[cell] < 1:
            cells = [cell]
        elif state.places[measure] < 1:
            cells = [at for at, of in enumerate(layout.problem.measure_of_cell) if of == measure]
        else:
            continue
        for other in cells:
            for case in sorted(holders[other], key=lambda one: layout.rank[one]):
                held = int(state.holds[case])
                for onward in mine_of[case]:
                    if layout.measure[onward] == measure or onward == held or not state.fits(int(onward)):
                        continue
                    state.take(int(onward))
                    fine = state.fits(int(option))
                    state.take(held)
                    if fine:
                        return int(onward), int(option)
    return None


def max_persons(layout: Layout) -> Choice:
    """As many persons as the places and purses bear, the better suited ones where the number is the same.

    The points of all together weigh less than one person; so the bound counts persons.
    """
    asked = Asked(_everyone(layout), _nobody(layout))
    top = (int(layout.points.max(initial=0)) + 1) * (layout.cases + 1) * 3
    worth = PERSON + (layout.value >> _FINE) * (PERSON // top) // (SCALE >> _FINE)
    best = solve(Aim(layout, worth, asked), greedy(layout))
    if best is None:
        raise NoFlow
    who = _who(layout, best.chosen)
    return Choice(who, best.chosen, RankProof.NOT_ASKED, best.bound // PERSON, best.flows)


def _person(layout: Layout) -> np.int64:
    """What it is worth to place one more, far above any difference in points."""
    return np.int64(layout.policy.suitability_weight * 100 * 4 * SCALE)


def class_then_suitability(layout: Layout) -> Choice:
    """Class by class as many as possible, those better suited first; then nobody who envies with reason."""
    urgency = np.array([one.urgency for one in layout.problem.candidates])
    must, chosen, flows = _nobody(layout), np.zeros(0, np.int64), 0
    for each in np.unique(urgency):
        asked = Asked((urgency == each) & _everyone(layout) | must, must)
        worth = layout.value + _person(layout)
        best = solve(Aim(layout, worth, asked), chosen)
        if best is not None:
            chosen, flows = best.chosen, flows + best.flows
        chosen = without_envy(layout, chosen, (urgency == each) & _everyone(layout))
        must = _who(layout, chosen)
    return Choice(must, chosen, RankProof.NOT_ASKED, flows=flows)


def without_envy(layout: Layout, chosen: Ints, group: Mask) -> Ints:
    """The same choice, with a place handed on while somebody of better rank, as well suited, could take it."""
    free = Aim(layout, layout.value, Asked(_everyone(layout), _nobody(layout)))
    state = State(free, chosen)
    changed = True
    while changed:
        changed = False
        out = np.flatnonzero(group & (state.holds < 0))
        for case in out[np.argsort(layout.rank[out])]:
            for option in np.flatnonzero(layout.case == case):
                rivals = np.flatnonzero((state.holds >= 0) & group & (layout.rank > layout.rank[case]))
                rivals = rivals[layout.cell[state.holds[rivals]] == layout.cell[option]]
                rivals = rivals[layout.points[state.holds[rivals]] <= layout.points[option]]
                for rival in rivals[np.argsort(-layout.rank[rivals])]:
                    held = int(state.holds[rival])
                    state.leave(int(rival))
                    if state.fits(int(option)):
                        state.take(int(option))
                        changed = True
                        break
                    state.take(held)
                if state.holds[case] >= 0:
                    break
    return state.chosen()
