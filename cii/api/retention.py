"""Retention: whose terms are over, what keeps somebody, offers to the archive and its answers."""

from collections.abc import Callable
from typing import Any

from flask import Response, g

from cii.access.permits import Permit
from cii.api.asking import PageAsked
from cii.api.base import PREFIX, Blueprint
from cii.rights.archiving import (
    AnswerOffer,
    ConfirmHandOver,
    OfferFile,
    OfferRow,
    answer_offer,
    confirm_hand_over,
    offer_file,
    offer_view,
    offers,
    package,
)
from cii.rights.dues import Due, Standing, due, standing
from cii.rights.schemas_retention import DUE, OFFER, STANDING
from cii.wire.answers import paged
from cii.wire.doors import needs, once
from cii.wire.files import handed_out
from cii.wire.pages import Page

blueprint = Blueprint("api-retention", __name__, url_prefix=PREFIX)
Ask = Callable[..., Any]
GIVEN = ("offer_ref",)


@blueprint.get("/retention")
@needs(Permit.ERASE_PERSON)
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, paged(DUE))
def over(ask: PageAsked) -> Page[Due]:
    """Persons whose terms are all over, the first known first."""
    return due(g.work, mark=ask.after, limit=ask.limit)


@blueprint.get("/retention/<ref:ref>")
@needs(Permit.ERASE_PERSON)
@blueprint.response(200, STANDING)
def of_person(ref: str) -> Standing:
    """What keeps the data of one person, and until when."""
    return standing(g.work, ref)


@blueprint.get("/archive-offers")
@needs(Permit.EXPORT_PERSON_FILE)
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, paged(OFFER))
def every(ask: PageAsked) -> Page[OfferRow]:
    """Offers to the archive, the newest first."""
    return offers(g.work, ask.after, ask.limit)


@blueprint.post("/archive-offers")
@needs(Permit.EXPORT_PERSON_FILE)
@once
@blueprint.arguments(OfferFile)
@blueprint.response(201, OFFER)
def offered(ask: OfferFile) -> OfferRow:
    """Offer the file of a person to the archive."""
    return offer_view(g.work, offer_file(g.work, ask).ref)


@blueprint.get("/archive-offers/<ref:ref>")
@needs(Permit.EXPORT_PERSON_FILE)
@blueprint.response(200, OFFER)
def one(ref: str) -> OfferRow:
    """One offer with what the archive said."""
    return offer_view(g.work, ref)


@blueprint.get("/archive-offers/<ref:ref>/package")
@needs(Permit.EXPORT_PERSON_FILE)
@blueprint.response(200, content_type="application/zip")
def packed(ref: str) -> Response:
    """The package; its retrieval is written down."""
    file, name, pieces = package(g.work, ref)
    return handed_out(pieces, name, file.media_type, file.size)


@blueprint.post("/archive-offers/<ref:ref>/answer")
@needs(Permit.EXPORT_PERSON_FILE)
@once
@blueprint.arguments(AnswerOffer, given=GIVEN)
@blueprint.response(200, OFFER)
def answered(ask: Ask, ref: str) -> OfferRow:
    """The archive takes the package or not."""
    answer_offer(g.work, ask(offer_ref=ref))
    return offer_view(g.work, ref)


@blueprint.post("/archive-offers/<ref:ref>/receipt")
@needs(Permit.EXPORT_PERSON_FILE)
@once
@blueprint.arguments(ConfirmHandOver, given=GIVEN)
@blueprint.response(200, OFFER)
def received(ask: Ask, ref: str) -> OfferRow:
    """The archive has received the package."""
    confirm_hand_over(g.work, ask(offer_ref=ref))
    return offer_view(g.work, ref)
