"""How the parts of an agreement are told."""

from cii.agreements.tables import Agreement, Deliverable, Indicator, Objective
from cii.wire.answers import only

HEAD = only(
    Agreement, "ref", "number", "profile", "instrument", "state", "valid_from", "valid_to", "takes_until",
    "notice_months", "notice_on", "lang", "follows_as", "contract_change", "back_dated", "version",
    called="AgreementHeadAnswer",
)  # fmt: skip
OBJECTIVE = only(Objective, "level", "wording", "owner", called="ObjectiveAnswer")
INDICATOR = only(
    Indicator, "ref", "code", "title", "unit", "direction", "target", "minimum", "source",
    called="IndicatorAnswer",
)  # fmt: skip
DELIVERABLE = only(
    Deliverable, "ref", "kind", "frequency", "due_on", "received_at", "waived_at", called="DeliverableAnswer"
)
