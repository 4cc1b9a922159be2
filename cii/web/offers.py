"""The offers of one's own enterprise with the decisions that came, and the letters for both sides."""

from typing import Any

from flask import Response as FlaskResponse
from flask import g, render_template, url_for

from cii.access.permits import Permit
from cii.calls.letters import letter_paper
from cii.calls.queries import letters_of, own_offer, own_offers
from cii.calls.vocabulary import LetterKind
from cii.documents.pdf import MEDIA_TYPE
from cii.store.work import Work
from cii.web.base import Blueprint
from cii.web.choices import word
from cii.wire.doors import needs
from cii.wire.files import handed_out

page = Blueprint("offers", __name__)
_TONES = {LetterKind.AWARD: "good", LetterKind.REFUSAL: "neutral"}


@page.get("/provider/offers", endpoint="index")
@needs(Permit.SEE_PARTICIPANTS)
def offers_page() -> str:
    """The offers of one's own enterprise."""
    return render_template("pages/offers/index.html", rows=[_row(one) for one in own_offers(g.work)])


@page.get("/provider/offers/<ref:ref>")
@needs(Permit.SEE_PARTICIPANTS)
def one(ref: str) -> str:
    """One's own offer with the decision."""
    return render_template("pages/offers/one.html", **_one(g.work, ref))


@page.get("/offers/<ref:ref>/letter.pdf")
@needs(Permit.SEE_AGREEMENTS)
def letter(ref: str) -> FlaskResponse:
    """The letter to whoever made the offer; its draft for the office only."""
    made = letter_paper(g.work, ref)
    return handed_out([made.content], made.name, MEDIA_TYPE, len(made.content))


def letter_chip(kind: LetterKind) -> dict[str, str]:
    """What a letter decides, as a word with its tone."""
    return {"label": word(kind, "letter_kind"), "tone": _TONES[kind]}


def _row(one: Any) -> dict[str, Any]:  # noqa: ANN401 - a Core row
    return {
        "title": one.title,
        "url": url_for("offers.one", ref=one.ref),
        "state": word(one.state, "call_state"),
        "received_on": one.received_on,
        "price": one.price,
        "decision": letter_chip(one.letter) if one.letter else None,
        "sent_on": one.sent_on,
    }


def _one(work: Work, ref: str) -> dict[str, Any]:
    offer, call = own_offer(work, ref)
    sent = letters_of(work, call.id or 0).get(offer.id or 0)
    return {
        "offer": offer,
        "call": call,
        "state": word(call.state, "call_state"),
        "decision": letter_chip(sent.kind) if sent else None,
        "sent_on": sent.sent_on if sent else None,
    }


__all__ = ["letter_chip", "page"]
