"""What a search makes as great as possible."""

from dataclasses import dataclass

import numpy as np

from cii.allocation.layout import Ints, Layout
from cii.allocation.network import Asked


@dataclass(frozen=True, eq=False)
class Aim:
    """What a search makes as great as possible: `value` per live option, `bonus` per guaranteed place.

    Less than a `unit` of worth is nothing that is sought for its own sake.
    """

    layout: Layout
    value: Ints
    asked: Asked
    bonus: int = 0
    unit: int = 1

    def worth(self, chosen: Ints) -> int:
        """What these options come to."""
        return int(self.value[chosen].sum()) + self.bonus * self.filled(chosen)

    def filled(self, chosen: Ints) -> int:
        """How many guaranteed places they fill."""
        layout = self.layout
        held = np.bincount(layout.measure[chosen], minlength=len(layout.places))
        return int(np.minimum(held, layout.guaranteed).sum())
