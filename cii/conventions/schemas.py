"""How dates of agreements are told."""

from cii.conventions.dates import ComingDate
from cii.wire.answers import only

DATE = only(
    ComingDate,
    "agreement_ref",
    "number",
    "kind",
    "deliverable",
    "due_on",
    "warned",
    called="AgreementDateAnswer",
)
