"""Calls and direct awards at the office: specification, offers, points of two, award, drafted agreement."""

from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.queries import provider_names
from cii.agreements.vocabulary import Instrument, Profile
from cii.calls.actions import (
    CriterionWish,
    DraftFromCall,
    ProposeAward,
    ScoreOffer,
    SetCall,
    close_offers,
    confirm_award,
    draft_from_call,
    drop_call,
    propose_award,
    publish_call,
    score_offer,
    set_call,
    settle_scores,
)
from cii.calls.letters import send_letters
from cii.calls.offering import RecordOffer, record_offer
from cii.calls.queries import CallView, call_by_ref, call_view, calls_list, takes_offers
from cii.calls.rules import SCORERS
from cii.calls.tables import CallOffer
from cii.calls.vocabulary import CallKind, CallState, LetterKind
from cii.institutions.queries import lines
from cii.measures.queries import measures_by_id, running_ids
from cii.store.work import Work
from cii.texts.languages import LANGUAGES
from cii.web.base import Blueprint, see_other
from cii.web.choices import Option, options, t, word
from cii.web.offers import letter_chip, paper_rows, papers_sent
from cii.web.part_forms import drawn
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.reading import asked

page = Blueprint("calls", __name__)
_TONES = {
    CallState.DRAFTED: "neutral",
    CallState.PUBLISHED: "info",
    CallState.OFFERS_CLOSED: "info",
    CallState.SCORED: "info",
    CallState.AWARDED: "good",
    CallState.AGREEMENT_DRAFTED: "good",
    CallState.DROPPED: "neutral",
}
_POINTS = range(6)
_BOUGHT = 3
"""Blank entries for what the agreement buys."""


@page.get("/calls", endpoint="index")
@needs(Permit.SEE_AGREEMENTS)
def calls_page() -> str:
    """The calls of one's own sectors."""
    return render_template("pages/calls/index.html", rows=[_row(one) for one in calls_list(g.work)])


@page.get("/calls/new", endpoint="new")
@needs(Permit.EDIT_AGREEMENTS)
def new_page() -> str:
    """The form of a new call or direct award."""
    return render_template("pages/calls/form.html", **_form(g.work, None))


@page.post("/calls/new")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(new_page)
def begin() -> Response:
    """Draft a call."""
    return see_other("calls.one", ref=set_call(g.work, asked(SetCall)).ref)


@page.get("/calls/<ref:ref>")
@needs(Permit.SEE_AGREEMENTS)
def one(ref: str) -> str:
    """One call: its specification, offers, points as far as they are open, and what may be done."""
    return render_template("pages/calls/one.html", **_one(g.work, ref))


@page.get("/calls/<ref:ref>/specification", endpoint="form")
@needs(Permit.EDIT_AGREEMENTS)
def form_page(ref: str) -> str:
    """The form of a draft."""
    return render_template("pages/calls/form.html", **_form(g.work, ref))


@page.post("/calls/<ref:ref>/specification")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(form_page)
def write(ref: str) -> Response:
    """Write the draft anew."""
    _fresh(ref)
    set_call(g.work, asked(SetCall, call_ref=ref))
    return see_other("calls.one", ref=ref)


@page.post("/calls/<ref:ref>/publication")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(one)
def publish(ref: str) -> Response:
    """Publish specification, requirements and criteria."""
    _fresh(ref)
    publish_call(g.work, ref)
    return see_other("calls.one", ref=ref)


@page.post("/calls/<ref:ref>/offers")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(one)
def offered(ref: str) -> Response:
    """Record an offer that came on paper."""
    record_offer(g.work, asked(RecordOffer, call_ref=ref), papers_sent())
    return see_other("calls.one", ref=ref)


@page.post("/calls/<ref:ref>/closing")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(one)
def close(ref: str) -> Response:
    """Close the time for offers."""
    _fresh(ref)
    close_offers(g.work, ref)
    return see_other("calls.one", ref=ref)


@page.post("/calls/<ref:ref>/points")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(one)
def score(ref: str) -> Response:
    """Give an offer its points by each published criterion."""
    score_offer(g.work, asked(ScoreOffer, call_ref=ref))
    return see_other("calls.one", ref=ref)


@page.post("/calls/<ref:ref>/ranking")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(one)
def settle(ref: str) -> Response:
    """Settle the ranking once two have scored every offer."""
    _fresh(ref)
    settle_scores(g.work, ref)
    return see_other("calls.one", ref=ref)


@page.post("/calls/<ref:ref>/award")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(one)
def award(ref: str) -> Response:
    """Propose to whom the call is awarded, with a reason for each offer that is not taken."""
    _fresh(ref)
    propose_award(g.work, asked(ProposeAward, call_ref=ref))
    return see_other("calls.one", ref=ref)


@page.post("/calls/<ref:ref>/confirmation")
@needs(Permit.SIGN_AGREEMENTS)
@once
@again(one)
def confirm(ref: str) -> Response:
    """Confirm the award as the second person."""
    _fresh(ref)
    confirm_award(g.work, ref)
    return see_other("calls.one", ref=ref)


@page.post("/calls/<ref:ref>/letters")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(one)
def letters(ref: str) -> Response:
    """Send the letters of award and refusal."""
    _fresh(ref)
    send_letters(g.work, ref)
    return see_other("calls.one", ref=ref)


@page.post("/calls/<ref:ref>/end")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(one)
def drop(ref: str) -> Response:
    """End the procedure without an award."""
    _fresh(ref)
    drop_call(g.work, ref)
    return see_other("calls.one", ref=ref)


@page.post("/calls/<ref:ref>/agreement")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(one)
def draft(ref: str) -> Response:
    """Draft the agreement from the specification."""
    _fresh(ref)
    return see_other("conventions.index", ref=draft_from_call(g.work, asked(DraftFromCall, call_ref=ref)).ref)


def _fresh(ref: str) -> None:
    require_match(ref, call_by_ref(g.work, ref).version)


def _row(one: Any) -> dict[str, Any]:  # noqa: ANN401 - a Core row
    return {
        "ref": one.ref,
        "title": one.title,
        "kind": word(one.kind, "call_kind"),
        "sector": word(one.sector, "sector"),
        "state": {"label": word(one.state, "call_state"), "tone": _TONES[one.state]},
        "published_on": one.published_on,
        "offers_until": one.offers_until,
    }


def _form(work: Work, ref: str | None) -> dict[str, Any]:
    held: SetCall | None = None
    version = ""
    if ref is not None:
        view = call_view(work, ref)
        held, version = _as_set(view), etag(ref, view.call.version)
    choices: dict[str, list[Option]] = {
        "lang": [{"value": one, "label": t(f"web.language.{one}")} for one in LANGUAGES],
        "measure_ref": _measures(work),
        "line_ref": _lines(work),
        "scheme_ref": [],
    }
    fields = [one for one in drawn(SetCall, held, "set_call", choices) if one["name"] != "call_ref"]
    return {"ref": ref, "version": version, "fields": fields}


def _as_set(view: CallView) -> SetCall:
    """The draft as the wish that would set it."""
    call, text = view.call, view.text
    return SetCall(
        call.title, call.kind, call.sector, call.lang, call.base_requirements, call.offers_until,
        tuple(CriterionWish(one.code, one.wording, one.weight, one.evidence) for one in view.criteria),
        text.aims, text.services, text.volume, text.principles, text.evaluation, call.ref,
    )  # fmt: skip


def _one(work: Work, ref: str) -> dict[str, Any]:
    view = call_view(work, ref)
    call = view.call
    names = {offer.id: offer.name for offer in view.offers}
    mine = {one.offer_id for one in view.points if one.account_id == work.actor.account_id}
    edits, signs = (one in work.actor.permits for one in (Permit.EDIT_AGREEMENTS, Permit.SIGN_AGREEMENTS))
    direct = call.kind is CallKind.DIRECT
    awardable = call.state is (CallState.PUBLISHED if direct else CallState.SCORED)
    proposed = view.award is not None and view.award.confirmed_by is None
    return {
        "call": call,
        "version": etag(ref, call.version),
        "state": {"label": word(call.state, "call_state"), "tone": _TONES[call.state]},
        "kind": word(call.kind, "call_kind"),
        "sector": word(call.sector, "sector"),
        "criteria": [
            {"code": one.code, "wording": one.wording, "weight": one.weight, "evidence": one.evidence}
            for one in view.criteria
        ],
        "offers": [_offer(one) for one in view.offers],
        "sealed": view.sealed,
        "papers": [
            {"offer": offer.name, **row}
            for offer in view.offers
            for row in paper_rows(offer.ref, view.papers.get(offer.id or 0, []))
        ],
        "scorers": view.scorers,
        "ranked": [
            {"offer": names[one.offer_id], "total": f"{float(one.total):.2f}", "spread": one.spread}
            for one in view.ranked
        ],
        "award": None
        if view.award is None
        else {"offer": names[view.award.offer_id], "reason": view.award.reason},
        "confirmed": view.award is not None and view.award.confirmed_by is not None,
        "letters": [_letter(view, one) for one in view.offers]
        if call.state in {CallState.AWARDED, CallState.AGREEMENT_DRAFTED} and view.award is not None
        else [],
        "to_score": [one for one in view.offers if one.id not in mine]
        if edits and call.state is CallState.OFFERS_CLOSED
        else [],
        "points": [{"value": str(one), "label": str(one)} for one in _POINTS],
        "named": [{"value": one.ref, "label": one.name} for one in view.offers],
        "providers": [
            {"value": one.ref, "label": one.name} for one in work.session.execute(provider_names(work.actor))
        ],
        "languages": [{"value": one, "label": t(f"web.language.{one}")} for one in LANGUAGES],
        "today": work.today,
        "may": {
            "write": edits and call.state is CallState.DRAFTED,
            "offer": edits
            and not view.begun
            and call.state is (CallState.PUBLISHED if direct else CallState.OFFERS_CLOSED),
            "close": edits and view.sealed and not takes_offers(call, work.today),
            "settle": edits
            and call.state is CallState.OFFERS_CLOSED
            and (view.scorers >= SCORERS or not view.offers),
            "award": edits and awardable and bool(view.offers) and view.award is None,
            "confirm": signs and awardable and proposed,
            "send": edits and not view.letters,
            "draft": edits and call.state is CallState.AWARDED and bool(view.letters),
            "drop": edits and call.state in {CallState.DRAFTED, CallState.SCORED},
        },
        "profiles": options(Profile, "profile"),
        "instruments": options(Instrument, "instrument"),
        "measures": _measures(work),
        "lines": _lines(work),
        "bought": range(_BOUGHT),
    }


def _offer(one: CallOffer) -> dict[str, Any]:
    return {
        "ref": one.ref,
        "name": one.name,
        "price": one.price,
        "received_on": one.received_on,
        "wording": one.wording,
        "refusal": one.refusal,
    }


def _letter(view: CallView, offer: CallOffer) -> dict[str, Any]:
    sent = view.letters.get(offer.id or 0)
    taken = view.award is not None and view.award.offer_id == offer.id
    return {
        "name": offer.name,
        "decision": letter_chip(LetterKind.AWARD if taken else LetterKind.REFUSAL),
        "file": {
            "label": t("web.calls.letter" if sent else "web.calls.letter-draft"),
            "url": url_for("offers.letter", ref=offer.ref),
        },
        "how": t("web.calls.sent-here" if offer.provider_id else "web.calls.sent-by-post"),
        "sent_on": sent.sent_on if sent else None,
    }


def _measures(work: Work) -> list[Option]:
    running = [one for one in work.session.execute(running_ids(work.today)).scalars() if one]
    held = sorted(measures_by_id(work, running).values(), key=lambda one: one.name)
    return [{"value": one.ref, "label": one.name} for one in held]


def _lines(work: Work) -> list[Option]:
    sectors = work.actor.sectors()
    mine = [one for one in lines(work) if not sectors or one.sector in sectors]
    return [{"value": one.ref, "label": f"{one.code}, {one.name}"} for one in mine]


__all__ = ["page"]
