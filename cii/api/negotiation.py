"""The life of an agreement: negotiated, laid before the steering group, signed, followed, ended, given up."""

from collections.abc import Callable

from flask import g

from cii.access.permits import Permit
from cii.agreements.ending import DropAgreement, TerminateAgreement, drop_agreement, terminate
from cii.agreements.margins import measures_bought
from cii.agreements.price_talks import KeepPrices, keep_prices
from cii.agreements.queries import agreement_by_ref
from cii.agreements.schemas import HEAD
from cii.api.asking import matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.conventions import head
from cii.api.shapes import Tagged
from cii.conventions.following import Amend, Renew, TakeOption, amend, take_option
from cii.conventions.negotiating import (
    AnswerRound,
    CommentDraft,
    OpenRound,
    RoundShown,
    answer_round,
    comment,
    open_round,
    rounds_of,
)
from cii.conventions.schemas import EDITION, ROUND, SIGNATURE
from cii.conventions.signing import SignForSide, sign_for_side, signatures_of
from cii.conventions.steering import DecideChange, decide, submit
from cii.conventions.tables import AgreementSignature, ConventionEdition
from cii.evaluations.actions import renew_agreement
from cii.placements.days import renew_days
from cii.wire.doors import needs, once

blueprint = Blueprint("api-negotiation", __name__, url_prefix=f"{PREFIX}/agreements")


@blueprint.get("/<ref:ref>/rounds")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, ROUND(many=True))
def rounds(ref: str) -> list[RoundShown]:
    """The rounds with what both sides said, the newest first."""
    return list(rounds_of(g.work, ref))


@blueprint.post("/<ref:ref>/rounds")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(OpenRound, given=("agreement_ref",))
@blueprint.response(201, ROUND(many=True))
def opened(ask: Callable[..., OpenRound], ref: str) -> list[RoundShown]:
    """Lay the draft as it stands before the provider."""
    _matched(ref)
    open_round(g.work, ask(agreement_ref=ref))
    return list(rounds_of(g.work, ref))


@blueprint.post("/<ref:ref>/comments")
@needs(Permit.EDIT_AGREEMENTS, Permit.SEE_PARTICIPANTS)
@once
@blueprint.arguments(CommentDraft)
@blueprint.response(201, ROUND(many=True))
def commented(ask: CommentDraft, ref: str) -> list[RoundShown]:
    """Comment on a part of the draft that lies open, for one's own side."""
    agreement_by_ref(g.work, ref)
    comment(g.work, ask)
    return list(rounds_of(g.work, ref))


@blueprint.post("/<ref:ref>/answer")
@needs(Permit.SEE_PARTICIPANTS)
@once
@blueprint.arguments(AnswerRound)
@blueprint.response(200, ROUND(many=True))
def answered(ask: AnswerRound, ref: str) -> list[RoundShown]:
    """Answer the round for the provider."""
    agreement_by_ref(g.work, ref)
    answer_round(g.work, ask)
    return list(rounds_of(g.work, ref))


@blueprint.post("/<ref:ref>/submission")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.response(201, EDITION)
def submitted(ref: str) -> ConventionEdition:
    """Lay the draft before the steering group."""
    _matched(ref)
    return submit(g.work, ref)


@blueprint.post("/<ref:ref>/decision")
@needs(Permit.DECIDE_STEERING)
@versioned
@once
@blueprint.arguments(DecideChange, given=("agreement_ref",))
@blueprint.response(200, HEAD)
def decided(ask: Callable[..., DecideChange], ref: str) -> Tagged:
    """Decide for the steering group on what changes the contract."""
    _matched(ref)
    decide(g.work, ask(agreement_ref=ref))
    return head(agreement_by_ref(g.work, ref))


@blueprint.get("/<ref:ref>/signatures")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, SIGNATURE(many=True))
def signatures(ref: str) -> list[AgreementSignature]:
    """Who signed, for which side, in the order in which they came."""
    return list(signatures_of(g.work, ref))


@blueprint.post("/<ref:ref>/signatures")
@needs(Permit.EDIT_AGREEMENTS, Permit.SEE_PARTICIPANTS)
@versioned
@once
@blueprint.arguments(SignForSide, given=("agreement_ref",))
@blueprint.response(201, SIGNATURE)
def signed(ask: Callable[..., SignForSide], ref: str) -> AgreementSignature:
    """Sign for the provider, or record a signature that came on paper."""
    _matched(ref)
    return sign_for_side(g.work, ask(agreement_ref=ref))


@blueprint.post("/<ref:ref>/amendment")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(Amend, given=("agreement_ref",))
@blueprint.response(201, HEAD)
def amended(ask: Callable[..., Amend], ref: str) -> Tagged:
    """Draft an amendment, with everything copied."""
    _matched(ref)
    return head(amend(g.work, ask(agreement_ref=ref)))


@blueprint.post("/<ref:ref>/renewal")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(Renew, given=("agreement_ref",))
@blueprint.response(201, HEAD)
def renewed(ask: Callable[..., Renew], ref: str) -> Tagged:
    """Draft the renewal, with everything copied; refused while missed goals wait for their analysis."""
    _matched(ref)
    return head(renew_agreement(g.work, ask(agreement_ref=ref)))


@blueprint.post("/<ref:ref>/option")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.response(201, HEAD)
def extended(ref: str) -> Tagged:
    """Draft the extension by the option that was agreed."""
    _matched(ref)
    return head(take_option(g.work, TakeOption(ref)))


@blueprint.post("/<ref:ref>/termination")
@needs(Permit.SIGN_AGREEMENTS)
@versioned
@once
@blueprint.arguments(TerminateAgreement, given=("agreement_ref",))
@blueprint.response(200, HEAD)
def ended(ask: Callable[..., TerminateAgreement], ref: str) -> Tagged:
    """End an agreement in force after its last day."""
    _matched(ref)
    made = terminate(g.work, ask(agreement_ref=ref))
    renew_days(g.work, measures_bought(g.work, made.id or 0))
    return head(made)


@blueprint.post("/<ref:ref>/price-talks")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(KeepPrices, given=("agreement_ref",))
@blueprint.response(200, HEAD)
def prices_stand(ask: Callable[..., KeepPrices], ref: str) -> Tagged:
    """Record that the prices were talked over and kept: their three years begin anew."""
    _matched(ref)
    keep_prices(g.work, ask(agreement_ref=ref))
    return head(agreement_by_ref(g.work, ref))


@blueprint.post("/<ref:ref>/dropping")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(DropAgreement, given=("agreement_ref",))
@blueprint.response(200, HEAD)
def dropped(ask: Callable[..., DropAgreement], ref: str) -> Tagged:
    """Give up a draft or a negotiation."""
    _matched(ref)
    return head(drop_agreement(g.work, ask(agreement_ref=ref)))


def _matched(ref: str) -> None:
    matched(ref, agreement_by_ref(g.work, ref).version)


__all__ = ["blueprint"]
