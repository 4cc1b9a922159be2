"""Reasons and evidence go; the category, the sums and who decided them stay with the accounts."""

from cii.outcomes.tables import OutcomeStepRow, PlacementCategory
from cii.store.erasing import GONE, Erased

ROWS = (
    Erased(OutcomeStepRow, (("outcome_id", "outcome.placement_id", "placement.person_id"),),
           blank={"reason": GONE}),
    Erased(PlacementCategory, (("placement_id", "placement.person_id"),), blank={"reason": GONE}),
)  # fmt: skip
