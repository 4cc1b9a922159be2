"""How agreements are told: dates, the whole, editions, differences, negotiation, signatures."""

from cii.conventions.comparing import Difference
from cii.conventions.dates import ComingDate
from cii.conventions.negotiating import RoundShown
from cii.conventions.tables import AgreementSignature, ConventionEdition, NegotiationComment, NegotiationRound
from cii.conventions.whole import Convention
from cii.wire.answers import answer_schema, only

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
CONVENTION = answer_schema(Convention, of="Whole")
EDITION = only(
    ConventionEdition, "ref", "number", "cause", "note", "digest", "recorded_at", called="EditionAnswer"
)
DIFFERENCE = answer_schema(Difference, of="Whole")
_ROUND = only(
    NegotiationRound,
    "ref",
    "number",
    "opened_at",
    "due_on",
    "stand",
    "answered_at",
    called="NegotiationRoundAnswer",
)
_COMMENT = only(NegotiationComment, "side", "part", "wording", "recorded_at", called="RoundCommentAnswer")
ROUND = only(RoundShown, round=_ROUND, comments=_COMMENT, called="NegotiationAnswer")
SIGNATURE = only(
    AgreementSignature,
    "side",
    "name",
    "function",
    "place",
    "signed_on",
    "recorded_at",
    called="SignatureAnswer",
)
