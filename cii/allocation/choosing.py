"""Who gets a place: the choice of persons, by strict rank, by class, or as many as possible."""

import numpy as np

from cii.allocation.aim import Aim
from cii.allocation.greedy import greedy
from cii.allocation.improving import State
from cii.allocation.layout import Choice, Ints, Layout, Mask
from cii.allocation.network import Asked, NoFlow
from cii.allocation.outcome import SCALE
from cii.allocation.prices import search
from cii.allocation.ranking import strict_rank
from cii.allocation.solving import Solved, reached, solve
from cii.allocation.vocabulary import RankProof, Who

PERSON = 1 << 44
"""What one more person is worth where persons are counted."""
_FINE = 12
"""So many of the last bits of a value are left out beside a person."""
_FEW = 6
"""After so many flows it shows whether money bounds the number of persons, or places alone."""
_SHARE = 64
"""The points of all together are worth one person in so many."""


def choose(layout: Layout) -> Choice:
    """The persons whom the policy of the layout places."""
    return {
        Who.STRICT_RANK: strict_rank,
        Who.MAX_PERSONS: max_persons,
        Who.CLASS_THEN_SUITABILITY: class_then_suitability,
    }[layout.policy.who](layout)


def max_persons(layout: Layout) -> Choice:
    """As many persons as the places and purses bear, the better suited ones where the number is the same.

    First how many, the points of all together weighing less than one person, so that the bound counts
    persons. Where places bound the number and not money, those of so many are sought who come to most
    points; where money does, there is hardly a choice between those who can be paid together.
    """
    asked = Asked(layout.everyone(), layout.nobody())
    top = (int(layout.points.max(initial=0)) + 1) * (layout.cases + 1) * _SHARE
    worth = PERSON + (layout.value >> _FINE) * (PERSON // top) // (SCALE >> _FINE)
    aim = Aim(layout, worth, asked, unit=PERSON)
    counting = search(aim, rounds=_FEW)
    bound, flows, best = counting.seen[0][0] // PERSON, len(counting.seen), None
    if flows > 1 and counting.certain()[0] // PERSON >= bound:
        best = _so_many(layout, bound)
    if best is None:
        counting = search(aim)
        best, bound = reached(counting, greedy(layout)), counting.certain()[0] // PERSON
        if best is None:
            raise NoFlow
    who = layout.who(best.chosen)
    return Choice(who, best.chosen, RankProof.NOT_ASKED, bound, flows + best.flows)


def _so_many(layout: Layout, persons: int) -> Solved | None:
    """The choice of so many persons that comes to most points; None where none was found."""
    bonus = layout.policy.guarantee_weight * SCALE
    asked = Asked(layout.everyone(), layout.nobody())
    return solve(Aim(layout.at_least(persons), layout.value, asked, bonus))


def _person(layout: Layout) -> np.int64:
    """What it is worth to place one more, far above any difference in points."""
    return np.int64(layout.policy.suitability_weight * 100 * 4 * SCALE)


def class_then_suitability(layout: Layout) -> Choice:
    """Class by class as many as possible, those better suited first; then nobody who envies with reason."""
    urgency = np.array([one.urgency for one in layout.problem.candidates])
    must, chosen, flows = layout.nobody(), np.zeros(0, np.int64), 0
    for each in np.unique(urgency):
        asked = Asked((urgency == each) & layout.everyone() | must, must)
        worth = layout.value + _person(layout)
        best = solve(Aim(layout, worth, asked), chosen)
        if best is not None:
            chosen, flows = best.chosen, flows + best.flows
        chosen = without_envy(layout, chosen, (urgency == each) & layout.everyone())
        must = layout.who(chosen)
    return Choice(must, chosen, RankProof.NOT_ASKED, flows=flows)


def without_envy(layout: Layout, chosen: Ints, group: Mask) -> Ints:
    """The same choice, with a place handed on while a better rank, as well suited, could take it."""
    free = Aim(layout, layout.value, Asked(layout.everyone(), layout.nobody()))
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
