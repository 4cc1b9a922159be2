"""First come, first served: in rank order the best place free and paid. The baseline of every round."""

import numpy as np

from cii.allocation.aim import Aim
from cii.allocation.improving import State
from cii.allocation.layout import Ints, Layout
from cii.allocation.network import Asked


def greedy(layout: Layout) -> Ints:
    """Each case in rank order takes the option of most points that still fits; nobody moves again."""
    everyone = np.ones(layout.cases, bool)
    state = State(Aim(layout, layout.value, Asked(everyone, ~everyone)), np.zeros(0, np.int64))
    for option in np.lexsort((-layout.value, layout.rank[layout.case])):
        if state.holds[layout.case[option]] < 0 and state.fits(int(option)):
            state.take(int(option))
    return state.chosen()
