"""How calls and offers are told."""

from cii.calls.queries import OwnOffer
from cii.calls.shown import CallShown, OwnOfferShown, PublishedShown
from cii.calls.tables import Call
from cii.wire.answers import answer_schema, only

LINE = only(
    Call, "ref", "title", "kind", "sector", "state", "published_on", "offers_until", called="CallLineAnswer"
)
CALL = answer_schema(CallShown)
PUBLISHED = answer_schema(PublishedShown)
OWN_LINE = only(
    OwnOffer, "ref", "call_ref", "title", "kind", "state", "received_on", "price", "sent_on", "letter",
    called="OwnOfferLineAnswer",
)  # fmt: skip
OWN_OFFER = answer_schema(OwnOfferShown)
