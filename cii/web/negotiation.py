"""The negotiation of an agreement: drafts laid before the provider, comments by part.

The steering group, signatures.
"""

from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.vocabulary import Role
from cii.agreements.queries import agreement_by_ref, agreement_view, may_write
from cii.agreements.rules import OPEN_STATES
from cii.agreements.vocabulary import AgreementState
from cii.conventions.editions import editions_of
from cii.conventions.negotiating import (
    AnswerRound,
    CommentDraft,
    OpenRound,
    RoundShown,
    answer_round,
    comment,
    open_round,
    rounds_of,
    side_of,
)
from cii.conventions.rules import parts_for
from cii.conventions.signing import SignForSide, sign_for_side, signatures_of
from cii.conventions.steering import DecideChange, answer_to, decide, submit, submitted
from cii.conventions.vocabulary import CommentStand, Side, SteeringStand
from cii.store.work import Work
from cii.web.agreement_tabs import agreement_head
from cii.web.base import Blueprint, see_other
from cii.web.choices import options, word
from cii.wire.doors import again, needs, once
from cii.wire.etags import require_match
from cii.wire.reading import asked

page = Blueprint("negotiation", __name__)


@page.get("/agreements/<ref:ref>/negotiation", endpoint="index")
@needs(Permit.SEE_AGREEMENTS)
def negotiation_page(ref: str) -> str:
    """The rounds with what both sides said, what waits for the steering group, the signatures."""
    return render_template("pages/conventions/negotiation.html", **_negotiation(g.work, ref))


@page.post("/agreements/<ref:ref>/rounds")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(negotiation_page)
def lay_open(ref: str) -> Response:
    """Lay the draft as it stands before the provider."""
    _fresh(ref)
    open_round(g.work, asked(OpenRound, agreement_ref=ref))
    return see_other("negotiation.index", ref=ref)


@page.post("/agreements/<ref:ref>/comments")
@needs(Permit.EDIT_AGREEMENTS, Permit.SEE_PARTICIPANTS)
@once
@again(negotiation_page)
def say(ref: str) -> Response:
    """Comment on a part of the draft that lies open."""
    agreement_by_ref(g.work, ref)
    comment(g.work, asked(CommentDraft))
    return see_other("negotiation.index", ref=ref)


@page.post("/agreements/<ref:ref>/answer")
@needs(Permit.SEE_PARTICIPANTS)
@once
@again(negotiation_page)
def answer(ref: str) -> Response:
    """Say for the provider what it thinks of the draft."""
    agreement_by_ref(g.work, ref)
    answer_round(g.work, asked(AnswerRound))
    return see_other("negotiation.index", ref=ref)


@page.post("/agreements/<ref:ref>/submission")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(negotiation_page)
def lay_before_steering(ref: str) -> Response:
    """Lay the draft before the steering group."""
    _fresh(ref)
    submit(g.work, ref)
    return see_other("negotiation.index", ref=ref)


@page.post("/agreements/<ref:ref>/decision")
@needs(Permit.DECIDE_STEERING)
@once
@again(negotiation_page)
def decided(ref: str) -> Response:
    """Decide for the steering group on what changes the contract."""
    _fresh(ref)
    decide(g.work, asked(DecideChange, agreement_ref=ref))
    return see_other("negotiation.index", ref=ref)


@page.post("/agreements/<ref:ref>/signatures")
@needs(Permit.EDIT_AGREEMENTS, Permit.SEE_PARTICIPANTS)
@once
@again(negotiation_page)
def signed(ref: str) -> Response:
    """Sign for the provider, or record a signature that came on paper."""
    _fresh(ref)
    sign_for_side(g.work, asked(SignForSide, agreement_ref=ref))
    return see_other("negotiation.index", ref=ref)


def _fresh(ref: str) -> None:
    require_match(ref, agreement_by_ref(g.work, ref).version)


def _negotiation(work: Work, ref: str) -> dict[str, Any]:
    view = agreement_view(work, ref)
    held = view.agreement
    rounds, side = rounds_of(work, ref), side_of(work, held)
    papers = {
        one.id: url_for("agreement_paper.edition", ref=ref, edition=one.ref) for one in editions_of(work, ref)
    }
    waiting = next((one.round for one in rounds if one.round.stand is None), None)
    before = submitted(work, held)
    answered = answer_to(work, held.id or 0, before.digest) if before is not None else None
    writes = Permit.EDIT_AGREEMENTS in work.actor.permits and may_write(work, held)
    open_ = held.state in OPEN_STATES
    decides = Permit.DECIDE_STEERING in work.actor.permits and work.actor.has_role(Role.STEERING)
    return {
        **agreement_head(work, view, "negotiation"),
        "rounds": [_round(one, papers.get(one.round.edition_id)) for one in rounds],
        "waiting": waiting,
        "may_open": writes and open_ and waiting is None,
        "may_comment": waiting is not None and (side is Side.PROVIDER or writes),
        "may_answer": waiting is not None and side is Side.PROVIDER,
        "may_submit": writes and open_ and before is None,
        "may_decide": decides and before is not None and answered is None,
        "contract_change": held.contract_change,
        "before_steering": before is not None and answered is None,
        "steering": word(answered.stand, "steering_stand") if answered else None,
        "steering_reason": answered.reason if answered else None,
        "parts": options(parts_for(held.profile), "convention_part"),
        "stands": options(CommentStand, "comment_stand"),
        "decisions": options(SteeringStand, "steering_stand"),
        "signatures": [
            {
                "side": word(one.side, "side"),
                "name": one.name,
                "function": one.function,
                "place": one.place,
                "signed_on": one.signed_on,
            }
            for one in signatures_of(work, ref)
        ],
        "may_sign": held.state is AgreementState.SIGNED and (side is Side.PROVIDER or writes),
        "sides": options([Side.PROVIDER] if side is Side.PROVIDER else [Side.PROVIDER, Side.OTHER], "side"),
        "today": work.today,
    }


def _round(one: RoundShown, paper: str | None) -> dict[str, Any]:
    return {
        "paper": paper,
        "number": one.round.number,
        "opened_at": one.round.opened_at,
        "due_on": one.round.due_on,
        "stand": word(one.round.stand, "comment_stand") if one.round.stand else None,
        "answered_at": one.round.answered_at,
        "comments": [
            {
                "side": word(said.side, "side"),
                "part": word(said.part, "convention_part") if said.part else None,
                "wording": said.wording,
                "at": said.recorded_at,
            }
            for said in one.comments
        ],
    }


__all__ = ["page"]
