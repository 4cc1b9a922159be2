"""How the parts of an agreement are told."""

from cii.agreements.tables import Deliverable, Indicator, Objective
from cii.wire.answers import only

OBJECTIVE = only(Objective, "level", "wording", "owner", called="ObjectiveAnswer")
INDICATOR = only(
    Indicator, "ref", "code", "title", "unit", "direction", "target", "minimum", "source",
    called="IndicatorAnswer",
)  # fmt: skip
DELIVERABLE = only(
    Deliverable, "ref", "kind", "frequency", "due_on", "received_at", called="DeliverableAnswer"
)
