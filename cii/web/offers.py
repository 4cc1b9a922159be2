"""Offers of one's own enterprise: handed in, withdrawn, decided; files and letters for both sides."""

from typing import Any

from flask import Response as FlaskResponse
from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.calls.letters import letter_paper
from cii.calls.offering import HandIn, Sent, hand_in, withdraw_offer
from cii.calls.queries import (
    OwnOffer,
    letters_of,
    offer_paper,
    open_calls,
    own_offer,
    own_offers,
    papers_of,
    published_call,
    takes_offers,
)
from cii.calls.tables import OfferPaper
from cii.calls.vocabulary import LetterKind, PaperKind
from cii.documents.pdf import MEDIA_TYPE
from cii.documents.store import FileRef
from cii.store.work import Work
from cii.texts.languages import LANGUAGES
from cii.web.base import Blueprint, see_other
from cii.web.choices import t, word
from cii.wire.doors import again, needs, once
from cii.wire.files import handed_out
from cii.wire.reading import asked, sent_files

page = Blueprint("offers", __name__)
_TONES = {LetterKind.AWARD: "good", LetterKind.REFUSAL: "neutral"}


@page.get("/provider/offers", endpoint="index")
@needs(Permit.SEE_PARTICIPANTS)
def offers_page() -> str:
    """Calls that take offers today, and the offers of one's own enterprise."""
    return render_template("pages/offers/index.html", **_index(g.work))


@page.get("/provider/calls/<ref:ref>/offer", endpoint="form")
@needs(Permit.SEE_PARTICIPANTS)
def form_page(ref: str) -> str:
    """The form to hand in an offer on a call."""
    return render_template("pages/offers/form.html", **_form(g.work, ref))


@page.post("/provider/calls/<ref:ref>/offer")
@needs(Permit.SEE_PARTICIPANTS)
@once
@again(form_page)
def handed_in(ref: str) -> Response:
    """Hand in an offer, in the place of a former one."""
    return see_other("offers.one", ref=hand_in(g.work, asked(HandIn, call_ref=ref), papers_sent()).ref)


@page.get("/provider/offers/<ref:ref>")
@needs(Permit.SEE_PARTICIPANTS)
def one(ref: str) -> str:
    """One's own offer with the decision."""
    return render_template("pages/offers/one.html", **_one(g.work, ref))


@page.post("/provider/offers/<ref:ref>/withdrawal")
@needs(Permit.SEE_PARTICIPANTS)
@once
@again(one)
def withdrawn(ref: str) -> Response:
    """Take the offer back."""
    withdraw_offer(g.work, ref)
    return see_other("offers.index")


@page.get("/offers/<ref:ref>/papers/<ref:paper>")
@needs(Permit.SEE_AGREEMENTS)
def paper(ref: str, paper: str) -> FlaskResponse:
    """One file of an offer, for whoever made it and, once it is open, for the office."""
    found, name, pieces = offer_paper(g.work, ref, paper)
    return handed_out(pieces, name, found.media_type, found.size)


@page.get("/offers/<ref:ref>/letter.pdf")
@needs(Permit.SEE_AGREEMENTS)
def letter(ref: str) -> FlaskResponse:
    """The letter to whoever made the offer; its draft for the office only."""
    made = letter_paper(g.work, ref)
    return handed_out([made.content], made.name, MEDIA_TYPE, len(made.content))


def papers_sent() -> list[Sent]:
    """The files of an offer in this request, by what they are."""
    return [Sent(kind, one.content, one.media_type) for kind in PaperKind for one in sent_files(kind.value)]


def paper_rows(ref: str, papers: list[OfferPaper]) -> list[dict[str, Any]]:
    """The files of an offer with type, size and the beginning of their digest."""
    return [
        {
            "kind": word(one.kind, "paper_kind"),
            "file": {
                "label": _ending(one),
                "url": url_for("offers.paper", ref=ref, paper=one.ref),
            },
            "size": max(one.size // 1000, 1),
            "digest": one.sha256[:16],
        }
        for one in papers
    ]


def letter_chip(kind: LetterKind) -> dict[str, str]:
    """What a letter decides, as a word with its tone."""
    return {"label": word(kind, "letter_kind"), "tone": _TONES[kind]}


def _ending(one: OfferPaper) -> str:
    return FileRef(one.sha256, one.size, one.media_type).name.rpartition(".")[2].upper()


def _index(work: Work) -> dict[str, Any]:
    return {
        "rows": [_row(one) for one in own_offers(work)],
        "open_calls": [
            {
                "title": one.title,
                "url": url_for("offers.form", ref=one.ref),
                "sector": word(one.sector, "sector"),
                "until": one.offers_until,
            }
            for one in open_calls(work)
        ],
    }


def _form(work: Work, ref: str) -> dict[str, Any]:
    call = published_call(work, ref).call
    mine = [one for one in own_offers(work) if one.call_ref == ref]
    return {
        "call": call,
        "taken": takes_offers(call, work.today),
        "replaces": mine[0] if mine else None,
        "languages": [{"value": one, "label": t(f"web.language.{one}")} for one in LANGUAGES],
    }


def _row(one: OwnOffer) -> dict[str, Any]:
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
        "open": takes_offers(call, work.today),
        "papers": paper_rows(ref, papers_of(work, [offer.id or 0]).get(offer.id or 0, [])),
        "state": word(call.state, "call_state"),
        "decision": letter_chip(sent.kind) if sent else None,
        "sent_on": sent.sent_on if sent else None,
    }


__all__ = ["letter_chip", "page", "paper_rows", "papers_sent"]
