"""What pay by outcome tells of a person in their file, under each placement."""

from cii.outcomes.tables import Outcome, OutcomeStepRow, PlacementCategory
from cii.store.telling import AUTHOR, Part

UNDER_PLACEMENT = (
    Part("categories", PlacementCategory,
         "code>category effective_on reason recorded_at" + AUTHOR, "placement_id"),
    Part("outcomes", Outcome, "kpi value held_since due_on amount state made_at", "placement_id",
         parts=(Part("outcome_steps", OutcomeStepRow, "kind reason at" + AUTHOR, "outcome_id"),)),
)  # fmt: skip
