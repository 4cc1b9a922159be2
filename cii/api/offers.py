"""Offers from the side of whoever makes them: published calls, hand in, withdraw; files, letters."""

from typing import Any

from flask import Response, g, request

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.calls.letters import letter_paper
from cii.calls.offering import HandIn, Sent, hand_in, withdraw_offer
from cii.calls.queries import OwnOffer, offer_paper, own_offers, published_calls
from cii.calls.schemas import LINE, OWN_LINE, OWN_OFFER, PUBLISHED
from cii.calls.shown import OwnOfferShown, PublishedShown, own_offer_shown, published_shown
from cii.calls.tables import Call
from cii.calls.vocabulary import PaperKind
from cii.documents.pdf import MEDIA_TYPE
from cii.texts.languages import LANGUAGES
from cii.wire.answers import paged
from cii.wire.doors import needs, once
from cii.wire.files import handed_out
from cii.wire.forms import load_form
from cii.wire.pages import Page
from cii.wire.reading import sent_files

blueprint = Blueprint("api-offers", __name__, url_prefix=PREFIX)

_FILES = {"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": 10}


def papers_described(more: dict[str, Any], *required: str) -> dict[str, Any]:
    """The form of an offer with its files, for the document."""
    fields: dict[str, Any] = {
        "price": {"type": "string"},
        "lang": {"type": "string", "enum": list(LANGUAGES)},
        "address": {"type": "string", "maxLength": 300},
        "wording": {"type": "string", "maxLength": 4000},
        **more,
        **{kind.value: _FILES for kind in PaperKind},
    }
    schema = {"type": "object", "properties": fields, "required": ["price", *required]}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def papers_sent() -> list[Sent]:
    """The files of an offer in this request, by what they are."""
    return [Sent(kind, one.content, one.media_type) for kind in PaperKind for one in sent_files(kind.value)]


@blueprint.get("/published-calls")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, paged(LINE))
def published() -> Page[Call]:
    """Calls and direct awards that were published, the newest first."""
    return Page(published_calls(g.work))


@blueprint.get("/published-calls/<ref:ref>")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, PUBLISHED)
def published_call(ref: str) -> PublishedShown:
    """Specification, requirements and criteria of a published call, as everybody reads them."""
    return published_shown(g.work, ref)


@blueprint.post("/published-calls/<ref:ref>/offers")
@needs(Permit.SEE_PARTICIPANTS)
@once
@blueprint.doc(requestBody=papers_described({}, PaperKind.CONCEPT.value))
@blueprint.response(201, OWN_OFFER)
def handed_in(ref: str) -> OwnOfferShown:
    """Hand in the own enterprise's offer, sealed until the closing; it takes the place of a former one."""
    published_shown(g.work, ref)
    made = hand_in(g.work, load_form(HandIn, request.form, {"call_ref": ref}), papers_sent())
    return own_offer_shown(g.work, made.ref)


@blueprint.get("/offers")
@needs(Permit.SEE_PARTICIPANTS)
@blueprint.response(200, paged(OWN_LINE))
def mine() -> Page[OwnOffer]:
    """The offers of my own enterprise, the newest first."""
    return Page(own_offers(g.work))


@blueprint.get("/offers/<ref:ref>")
@needs(Permit.SEE_PARTICIPANTS)
@blueprint.response(200, OWN_OFFER)
def own(ref: str) -> OwnOfferShown:
    """One offer of my own enterprise."""
    return own_offer_shown(g.work, ref)


@blueprint.post("/offers/<ref:ref>/withdrawal")
@needs(Permit.SEE_PARTICIPANTS)
@once
@blueprint.response(204)
def withdrawn(ref: str) -> None:
    """Take it back while offers can still be made; nobody will read it."""
    withdraw_offer(g.work, ref)


@blueprint.get("/offers/<ref:ref>/papers/<ref:paper>")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, content_type="application/octet-stream")
def paper(ref: str, paper: str) -> Response:
    """The bytes of a file, under a made-up name: for who made the offer, for the office once it is open."""
    found, name, pieces = offer_paper(g.work, ref, paper)
    return handed_out(pieces, name, found.media_type, found.size)


@blueprint.get("/offers/<ref:ref>/letter.pdf")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, content_type=MEDIA_TYPE)
def letter(ref: str) -> Response:
    """The letter of award or refusal: as it was sent, or its draft for the office."""
    made = letter_paper(g.work, ref)
    return handed_out([made.content], made.name, MEDIA_TYPE, len(made.content))
