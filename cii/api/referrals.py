"""Referrals: one unit asks another to take the lead; it moves on acceptance only."""

from dataclasses import dataclass, field

from flask import g

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.api.asking import PageAsked, matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.desk.drafting import replied
from cii.routing.actions import MoveReferral, move_referral
from cii.routing.queries import ReferralRow, referral_by_ref, referral_view, referrals
from cii.routing.redirects import Redirect, redirects_of
from cii.routing.schemas import REDIRECT, REFERRAL
from cii.routing.vocabulary import ReferralEvent
from cii.wire.answers import paged
from cii.wire.doors import needs
from cii.wire.pages import Page

blueprint = Blueprint("api-referrals", __name__, url_prefix=f"{PREFIX}/referrals")


@dataclass(frozen=True)
class ReferralsAsked(PageAsked):
    """Which referrals to list; `waiting`: those without an answer."""

    waiting: bool = False


@dataclass(frozen=True)
class Said:
    """A reason, a question or its answer; needed to decline, ask, answer and withdraw."""

    text: str = field(default="", metadata={"max": 2000})


@blueprint.get("")
@needs(Permit.SEND_REFERRAL, Permit.ANSWER_REFERRAL)
@blueprint.arguments(ReferralsAsked, location="query")
@blueprint.response(200, paged(REFERRAL))
def listed(asked: ReferralsAsked) -> Page[ReferralRow]:
    """The referrals that my units sent or received, the newest first."""
    return referrals(g.work, waiting=asked.waiting, mark=asked.after, limit=asked.limit)


@blueprint.get("/<ref:ref>")
@needs(Permit.SEND_REFERRAL, Permit.ANSWER_REFERRAL)
@blueprint.response(200, REFERRAL)
def one(ref: str) -> Tagged:
    """A referral with the moves that are open to me."""
    return _shown(ref)


@blueprint.post("/<ref:ref>/reception")
@needs(Permit.ANSWER_REFERRAL)
@versioned
@blueprint.arguments(Said)
@blueprint.response(200, REFERRAL)
def received(ask: Said, ref: str) -> Tagged:
    """The receiving unit has taken note."""
    return _moved(ref, ReferralEvent.RECEIVE, ask)


@blueprint.post("/<ref:ref>/acceptance")
@needs(Permit.ANSWER_REFERRAL)
@versioned
@blueprint.arguments(Said)
@blueprint.response(200, REFERRAL)
def accepted(ask: Said, ref: str) -> Tagged:
    """Take the lead of the case: it moves now."""
    return _moved(ref, ReferralEvent.ACCEPT, ask)


@blueprint.post("/<ref:ref>/refusal")
@needs(Permit.ANSWER_REFERRAL)
@versioned
@blueprint.arguments(Said)
@blueprint.response(200, REFERRAL)
def declined(ask: Said, ref: str) -> Tagged:
    """Decline the lead, with the reason."""
    return _moved(ref, ReferralEvent.DECLINE, ask)


@dataclass(frozen=True)
class SentOn:
    """Which institution is competent, and why."""

    named_unit_ref: str
    text: str = field(metadata={"max": 2000})


@blueprint.post("/<ref:ref>/redirection")
@needs(Permit.ANSWER_REFERRAL)
@versioned
@blueprint.arguments(SentOn)
@blueprint.response(200, REFERRAL)
def redirected(ask: SentOn, ref: str) -> Tagged:
    """Name another institution; the third redirect of a person opens a joint assessment."""
    version = matched(ref, referral_by_ref(g.work, ref).version)
    event = ReferralEvent.REDIRECT
    move_referral(g.work, MoveReferral(ref, event, ask.text, version, ask.named_unit_ref))
    replied(g.work, ref)
    return _shown(ref)


@blueprint.get("/<ref:ref>/redirects")
@needs(Permit.SEND_REFERRAL, Permit.ANSWER_REFERRAL)
@blueprint.response(200, paged(REDIRECT))
def redirects(ref: str) -> Page[Redirect]:
    """How often the person was sent on, between whom as far as I may know it."""
    person_id = referral_by_ref(g.work, ref).person_id
    g.work.saw("person", [person_id], int(Section.IDENTITY))
    return Page(redirects_of(g.work, person_id))


@blueprint.post("/<ref:ref>/question")
@needs(Permit.ANSWER_REFERRAL)
@versioned
@blueprint.arguments(Said)
@blueprint.response(200, REFERRAL)
def questioned(ask: Said, ref: str) -> Tagged:
    """Ask the sender back."""
    return _moved(ref, ReferralEvent.ASK, ask)


@blueprint.post("/<ref:ref>/answer")
@needs(Permit.SEND_REFERRAL)
@versioned
@blueprint.arguments(Said)
@blueprint.response(200, REFERRAL)
def answered(ask: Said, ref: str) -> Tagged:
    """The sender answers the question."""
    return _moved(ref, ReferralEvent.ANSWER, ask)


@blueprint.post("/<ref:ref>/withdrawal")
@needs(Permit.SEND_REFERRAL)
@versioned
@blueprint.arguments(Said)
@blueprint.response(200, REFERRAL)
def withdrawn(ask: Said, ref: str) -> Tagged:
    """The sender takes the referral back, with the reason."""
    return _moved(ref, ReferralEvent.WITHDRAW, ask)


def _moved(ref: str, event: ReferralEvent, ask: Said) -> Tagged:
    version = matched(ref, referral_by_ref(g.work, ref).version)
    move_referral(g.work, MoveReferral(ref, event, ask.text, version))
    replied(g.work, ref)
    return _shown(ref)


def _shown(ref: str) -> Tagged:
    row = referral_view(g.work, ref)
    return tagged(row, row.ref, row.version)
