"""Calls and direct awards: specification, publication, offers once open, points of two, award, draft."""

from collections.abc import Callable
from typing import Any

from flask import g, request

from cii.access.permits import Permit
from cii.api.asking import matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.offers import papers_described, papers_sent
from cii.api.shapes import Tagged, tagged
from cii.calls.actions import (
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
from cii.calls.queries import call_by_ref, calls_list
from cii.calls.schemas import CALL, LINE
from cii.calls.shown import call_shown
from cii.wire.answers import paged
from cii.wire.doors import needs, once
from cii.wire.forms import load_form
from cii.wire.pages import Page

blueprint = Blueprint("api-calls", __name__, url_prefix=f"{PREFIX}/calls")


@blueprint.get("")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, paged(LINE))
def listed() -> Page[Any]:
    """The calls of my sectors, the newest first."""
    return Page(calls_list(g.work))


@blueprint.post("")
@needs(Permit.EDIT_AGREEMENTS)
@once
@blueprint.arguments(SetCall, given=("call_ref",))
@blueprint.response(201, CALL)
def begun(ask: Callable[..., SetCall]) -> Tagged:
    """Draft a call or a direct award."""
    return _shown(set_call(g.work, ask(call_ref=None)).ref)


@blueprint.get("/<ref:ref>")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, CALL)
def call(ref: str) -> Tagged:
    """One call with its offers once they are opened, and the points that are open to me."""
    return _shown(ref)


@blueprint.post("/<ref:ref>/specification")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(SetCall, given=("call_ref",))
@blueprint.response(200, CALL)
def specified(ask: Callable[..., SetCall], ref: str) -> Tagged:
    """Write the draft anew."""
    _matched(ref)
    return _shown(set_call(g.work, ask(call_ref=ref)).ref)


@blueprint.post("/<ref:ref>/publication")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.response(200, CALL)
def published(ref: str) -> Tagged:
    """Publish specification, requirements and criteria; from then on they stay as they are."""
    _matched(ref)
    return _shown(publish_call(g.work, ref).ref)


@blueprint.post("/<ref:ref>/offers")
@needs(Permit.EDIT_AGREEMENTS)
@once
@blueprint.doc(
    requestBody=papers_described(
        {
            "name": {"type": "string", "maxLength": 200},
            "received_on": {"type": "string", "format": "date"},
            "provider_ref": {"type": "string"},
        },
        "name",
        "received_on",
    )
)
@blueprint.response(201, CALL)
def recorded(ref: str) -> Tagged:
    """Record an offer that came on paper: after the closing of a call, before anybody scores."""
    call_by_ref(g.work, ref)
    record_offer(g.work, load_form(RecordOffer, request.form, {"call_ref": ref}), papers_sent())
    return _shown(ref)


@blueprint.post("/<ref:ref>/closing")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.response(200, CALL)
def closed(ref: str) -> Tagged:
    """Close the time for offers, which opens them."""
    _matched(ref)
    return _shown(close_offers(g.work, ref).ref)


@blueprint.post("/<ref:ref>/points")
@needs(Permit.EDIT_AGREEMENTS)
@once
@blueprint.arguments(ScoreOffer, given=("call_ref",))
@blueprint.response(201, CALL)
def scored(ask: Callable[..., ScoreOffer], ref: str) -> Tagged:
    """Give an offer its points by each published criterion, as one of two persons."""
    score_offer(g.work, ask(call_ref=ref))
    return _shown(ref)


@blueprint.post("/<ref:ref>/ranking")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.response(200, CALL)
def settled(ref: str) -> Tagged:
    """Settle the ranking once two persons have scored every offer."""
    _matched(ref)
    return _shown(settle_scores(g.work, ref).ref)


@blueprint.post("/<ref:ref>/award")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(ProposeAward, given=("call_ref",))
@blueprint.response(201, CALL)
def proposed(ask: Callable[..., ProposeAward], ref: str) -> Tagged:
    """Propose to whom it is awarded, with a reason for each other offer."""
    _matched(ref)
    propose_award(g.work, ask(call_ref=ref))
    return _shown(ref)


@blueprint.post("/<ref:ref>/confirmation")
@needs(Permit.SIGN_AGREEMENTS)
@versioned
@once
@blueprint.response(200, CALL)
def confirmed(ref: str) -> Tagged:
    """Confirm the award as the second person."""
    _matched(ref)
    return _shown(confirm_award(g.work, ref).ref)


@blueprint.post("/<ref:ref>/letters")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.response(201, CALL)
def told(ref: str) -> Tagged:
    """Send the letters of award and refusal, once."""
    _matched(ref)
    return _shown(send_letters(g.work, ref).ref)


@blueprint.post("/<ref:ref>/end")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.response(200, CALL)
def dropped(ref: str) -> Tagged:
    """End the procedure without an award."""
    _matched(ref)
    return _shown(drop_call(g.work, ref).ref)


@blueprint.post("/<ref:ref>/agreement")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(DraftFromCall, given=("call_ref",))
@blueprint.response(201, CALL)
def drafted(ask: Callable[..., DraftFromCall], ref: str) -> Tagged:
    """Draft the agreement from the specification; the answer names it."""
    _matched(ref)
    draft_from_call(g.work, ask(call_ref=ref))
    return _shown(ref)


def _matched(ref: str) -> None:
    matched(ref, call_by_ref(g.work, ref).version)


def _shown(ref: str) -> Tagged:
    shown = call_shown(g.work, ref)
    return tagged(shown, ref, shown.version)
