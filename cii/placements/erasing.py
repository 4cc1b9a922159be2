"""Words about a place go; its days, how it ended and what it cost stay, for figures and accounts."""

from cii.placements.tables import IndividualObjective, PlacementEvent
from cii.store.erasing import GONE, Erased

_BY_PLACE = (("placement_id", "placement.person_id"),)
STAY = ("exit_type", "contract_type", "contract_months", "released", "early")
"""Facts of an exit that figures count."""

ROWS = (
    Erased(IndividualObjective, _BY_PLACE, blank={"goal": GONE}),
    Erased(PlacementEvent, _BY_PLACE, keep={"facts": STAY}),
)
