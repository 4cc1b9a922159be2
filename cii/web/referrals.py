"""Referrals: who asks whom to take over, and the answer; the case moves on acceptance only."""

from collections.abc import Collection
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.desk.drafting import kept_replies, replied, reply_part
from cii.desk.vocabulary import DraftPlace
from cii.institutions.queries import shown_units, units
from cii.institutions.vocabulary import UnitKind
from cii.routing.actions import MoveReferral, move_referral
from cii.routing.queries import ReferralRow, referral_by_ref, referral_view, referrals
from cii.routing.redirects import Redirect, redirects_of
from cii.routing.vocabulary import ReferralEvent, ReferralState
from cii.web.base import Blueprint, may_open, see_other
from cii.web.case_head import unit_name
from cii.web.case_parts import referral_row
from cii.web.choices import t, text_asked, word
from cii.web.clocks import deadline
from cii.web.versions import seen_version
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag
from cii.wire.reading import asked

page = Blueprint("referrals", __name__)

WITH_TEXT = (
    ReferralEvent.DECLINE,
    ReferralEvent.REDIRECT,
    ReferralEvent.ASK,
    ReferralEvent.ANSWER,
    ReferralEvent.WITHDRAW,
)
"""Moves that say something; the others are one button."""


@page.get("/referrals")
@needs(Permit.ANSWER_REFERRAL, Permit.SEND_REFERRAL)
def index() -> str:
    """The referrals that my units sent or received; those that wait, or all."""
    everything = text_asked("show") == "all"
    found = referrals(g.work, waiting=not everything, mark=text_asked("after") or None)
    kept: dict[str, Any] = {"show": "all"} if everything else {}
    return render_template(
        "pages/referrals/index.html",
        rows=[referral_row(one) for one in found.items],
        everything=everything,
        next_url=url_for("referrals.index", **kept, after=found.next) if found.next else None,
    )


@page.get("/referrals/<ref:ref>")
@needs(Permit.ANSWER_REFERRAL, Permit.SEND_REFERRAL)
def one(ref: str) -> str:
    """One referral with the moves that are open to the reader."""
    shown, row = referral_view(g.work, ref), referral_by_ref(g.work, ref)
    chosen = request.form.get("event", "")
    return render_template(
        "pages/referrals/one.html",
        referral=_shown(shown),
        version=etag(shown.ref, shown.version),
        buttons=[_move(ref, each) for each in shown.moves if each not in WITH_TEXT],
        forms=[_move(ref, each) for each in shown.moves if each in WITH_TEXT],
        chosen=chosen,
        named=_others(shown) if ReferralEvent.REDIRECT in shown.moves else [],
        redirects=[_redirect(each) for each in redirects_of(g.work, row.person_id)],
        drafts=_begun(ref, row.case_id, shown.moves, chosen),
        done=word("answered", "done") if request.args.get("done") == "answered" else None,
    )


@page.post("/referrals/<ref:ref>")
@needs(Permit.ANSWER_REFERRAL, Permit.SEND_REFERRAL)
@once
@again(one)
def move(ref: str) -> Response:
    """Take a step: acknowledge, accept, decline, ask back, answer, withdraw."""
    move_referral(g.work, asked(MoveReferral, referral_ref=ref, version=seen_version(ref)))
    replied(g.work, ref)
    return see_other("referrals.one", ref=ref, done="answered")


@page.post("/referrals/<ref:ref>/drafts")
@needs(Permit.ANSWER_REFERRAL, Permit.SEND_REFERRAL)
@once
def let_go(ref: str) -> Response:
    """Give up the reply that I had begun."""
    replied(g.work, ref)
    return see_other("referrals.one", ref=ref)


def _begun(ref: str, case_id: int, moves: Collection[ReferralEvent], chosen: str) -> dict[str, Any]:
    """The replies that I had begun, by field; `over`: what can no longer be sent, just refused or not."""
    kept = kept_replies(g.work, case_id, ref)
    open_ = {reply_part(ref, one.value) for one in moves}
    over = {part: one.text for part, one in kept.items() if part not in open_}
    if chosen and (typed := request.form.get("text", "").strip()) and reply_part(ref, chosen) not in open_:
        over[reply_part(ref, chosen)] = typed
    return {
        "place": DraftPlace.REPLY.value,
        "kept": kept,
        "over": {
            "why": t("web.draft.over-reply"),
            "texts": [text for _, text in sorted(over.items())],
            "url": url_for("referrals.let_go", ref=ref),
        }
        if over
        else None,
    }


def _others(one: ReferralRow) -> list[dict[str, str]]:
    """The units that a redirect may name: those that take referrals, but the two it lies between."""
    between = {each.ref for each in (one.sender, one.receiver) if each}
    kinds = (UnitKind.ORP, UnitKind.AI_OFFICE, UnitKind.GSR, UnitKind.OFIJ, UnitKind.OSAS)
    others = [each.id or 0 for kind in kinds for each in units(g.work, kind=kind) if each.ref not in between]
    named = shown_units(g.work, others)
    return [{"value": named[each].ref, "label": named[each].name} for each in others if each in named]


def _redirect(one: Redirect) -> dict[str, Any]:
    return {
        "at": one.at,
        "asked": unit_name(one.asked),
        "named": unit_name(one.named),
        "counts": t("web.referral.counts" if one.counts else "web.referral.counts-no"),
    }


def _move(ref: str, event: ReferralEvent) -> dict[str, str]:
    return {
        "event": event.value,
        "label": word(event),
        "part": reply_part(ref, event.value),
        "variant": "primary" if event in {ReferralEvent.RECEIVE, ReferralEvent.ACCEPT} else "secondary",
        "tone": "danger" if event in {ReferralEvent.DECLINE, ReferralEvent.WITHDRAW} else "",
        "ask": word(event, "referral-ask") if event in WITH_TEXT else "",
    }


def _shown(one: ReferralRow) -> dict[str, Any]:
    reads_case = one.case_ref is not None and may_open("cases.one", g.work.actor)
    return {
        **referral_row(one),
        "ref": one.ref,
        "case_url": url_for("cases.one", ref=one.case_ref) if reads_case else None,
        "reason": one.reason,
        "answer": one.answer,
        "clock": deadline(g.work, one.expires_at) if one.answered_at is None else None,
        "answered_at": one.answered_at,
        "receiver": unit_name(one.receiver),
        "named": unit_name(one.named) if one.state is ReferralState.REDIRECTED else None,
    }
