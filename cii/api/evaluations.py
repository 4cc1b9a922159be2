"""The evaluations of an agreement's years: opened, commented by the provider, reviewed, final, analysed."""

from collections.abc import Callable

from flask import g

from cii.access.permits import Permit
from cii.agreements.queries import agreement_by_ref
from cii.api.asking import matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.evaluations.actions import (
    AnalyseMisses,
    CommentEvaluation,
    CorrectMiss,
    FinishEvaluation,
    PrefillEvaluation,
    ReviewEvaluation,
    analyse,
    comment,
    correct,
    finish,
    prefill,
    review,
)
from cii.evaluations.queries import (
    RenewalAdvice,
    evaluation_by_ref,
    evaluation_shown,
    evaluations_of,
    renewal_advice,
)
from cii.evaluations.schemas import ADVICE, EVALUATION, LINE
from cii.evaluations.tables import Evaluation
from cii.wire.doors import needs, once

blueprint = Blueprint("api-evaluations", __name__, url_prefix=PREFIX)


@blueprint.get("/agreements/<ref:ref>/evaluations")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, LINE(many=True))
def evaluations(ref: str) -> list[Evaluation]:
    """The evaluated years of an agreement, the newest first."""
    return list(evaluations_of(g.work, ref))


@blueprint.post("/agreements/<ref:ref>/evaluations")
@needs(Permit.EDIT_AGREEMENTS)
@once
@blueprint.arguments(PrefillEvaluation, given=("agreement_ref",))
@blueprint.response(201, EVALUATION)
def opened(ask: Callable[..., PrefillEvaluation], ref: str) -> Tagged:
    """Freeze the figures of a year and lay them before the provider."""
    return _shown(prefill(g.work, ask(agreement_ref=ref)))


@blueprint.get("/agreements/<ref:ref>/renewal-advice")
@needs(Permit.SEE_FIGURES)
@blueprint.response(200, ADVICE)
def advised(ref: str) -> RenewalAdvice:
    """What the newest final evaluation advises on renewal, with what was missed."""
    agreement_by_ref(g.work, ref)
    return renewal_advice(g.work, ref)


@blueprint.get("/evaluations/<ref:ref>")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, EVALUATION)
def evaluation(ref: str) -> Tagged:
    """One evaluation; what a review says reaches the provider once it is final."""
    return _shown(evaluation_by_ref(g.work, ref))


@blueprint.post("/evaluations/<ref:ref>/comment")
@needs(Permit.SEE_PARTICIPANTS)
@versioned
@once
@blueprint.arguments(CommentEvaluation, given=("evaluation_ref",))
@blueprint.response(200, EVALUATION)
def commented(ask: Callable[..., CommentEvaluation], ref: str) -> Tagged:
    """Comment for the provider, once."""
    _matched(ref)
    return _shown(comment(g.work, ask(evaluation_ref=ref)))


@blueprint.post("/evaluations/<ref:ref>/review")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(ReviewEvaluation, given=("evaluation_ref",))
@blueprint.response(200, EVALUATION)
def reviewed(ask: Callable[..., ReviewEvaluation], ref: str) -> Tagged:
    """Judge by what was agreed or called for, and by nothing else."""
    _matched(ref)
    return _shown(review(g.work, ask(evaluation_ref=ref)))


@blueprint.post("/evaluations/<ref:ref>/final")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.response(200, EVALUATION)
def finished(ref: str) -> Tagged:
    """Make it final, by another person than the reviewer."""
    _matched(ref)
    return _shown(finish(g.work, FinishEvaluation(ref)))


@blueprint.post("/evaluations/<ref:ref>/analyses")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(AnalyseMisses, given=("evaluation_ref",))
@blueprint.response(201, EVALUATION)
def analysed(ask: Callable[..., AnalyseMisses], ref: str) -> Tagged:
    """Write down why goals were missed and what is done about it."""
    _matched(ref)
    analyse(g.work, ask(evaluation_ref=ref))
    return _shown(evaluation_by_ref(g.work, ref))


@blueprint.post("/evaluations/<ref:ref>/corrections")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(CorrectMiss, given=("evaluation_ref",))
@blueprint.response(201, EVALUATION)
def corrected(ask: Callable[..., CorrectMiss], ref: str) -> Tagged:
    """Begin a corrective measure about something missed; the coordination group decides how it goes on."""
    _matched(ref)
    correct(g.work, ask(evaluation_ref=ref))
    return _shown(evaluation_by_ref(g.work, ref))


def _matched(ref: str) -> None:
    matched(ref, evaluation_by_ref(g.work, ref).version)


def _shown(made: Evaluation) -> Tagged:
    return tagged(evaluation_shown(g.work, made), made.ref, made.version)
