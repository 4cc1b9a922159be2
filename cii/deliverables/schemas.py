"""How deliverables are told."""

from cii.deliverables.queries import DeliverableShown, OwedShown
from cii.wire.answers import answer_schema, only

OWED = only(
    OwedShown, "ref", "agreement_ref", "number", "kind", "frequency", "due_on", "stand", "since",
    called="OwedAnswer",
)  # fmt: skip
DELIVERABLE = answer_schema(DeliverableShown)
