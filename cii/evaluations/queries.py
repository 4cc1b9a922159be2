"""Reads of evaluations; each starts at an agreement that the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.queries import agreement_by_ref, agreements_by_id
from cii.agreements.tables import Agreement
from cii.evaluations.rules import Judged, advice, missed
from cii.evaluations.tables import Evaluation, EvaluationItem, MissedAnalysis
from cii.evaluations.vocabulary import EvaluationState, RenewalStand
from cii.kernel.errors import UnknownThing
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class RenewalAdvice:
    """What the newest final evaluation advises, with the codes of what was missed in its year."""

    stand: RenewalStand
    year: int | None = None
    missed: tuple[str, ...] = ()


def evaluation_by_ref(work: Work, ref: str) -> Evaluation:
    """The evaluation, when the actor may see its agreement; refuses UnknownThing."""
    found = work.session.scalars(select(Evaluation).where(col(Evaluation.ref) == ref)).first()
    if found is None:
        raise UnknownThing(field="evaluation_ref")
    agreement_by_ref(work, agreement_evaluated(work, found).ref)
    return found


def agreement_evaluated(work: Work, evaluation: Evaluation) -> Agreement:
    """The agreement of an evaluation that was read."""
    return agreements_by_id(work, [evaluation.agreement_id])[evaluation.agreement_id]


def evaluations_of(work: Work, agreement_ref: str) -> Sequence[Evaluation]:
    """The evaluations of an agreement, the newest year first; refuses UnknownThing."""
    agreement = agreement_by_ref(work, agreement_ref)
    return work.session.scalars(
        select(Evaluation)
        .where(col(Evaluation.agreement_id) == agreement.id)
        .order_by(col(Evaluation.year).desc())
    ).all()


def items_of(work: Work, evaluation: Evaluation) -> Sequence[EvaluationItem]:
    """What an evaluation that was read judges, by code."""
    return work.session.scalars(
        select(EvaluationItem)
        .where(col(EvaluationItem.evaluation_id) == evaluation.id)
        .order_by(col(EvaluationItem.code))
    ).all()


def renewal_advice(work: Work, agreement_ref: str) -> RenewalAdvice:
    """What the newest final evaluation of an agreement advises; refuses UnknownThing."""
    final = [
        one for one in evaluations_of(work, agreement_ref) if one.state is EvaluationState.FINAL
    ]  # fmt: skip
    if not final:
        return RenewalAdvice(RenewalStand.UNJUDGED)
    judged = [Judged(one.code, one.light, one.judgement) for one in items_of(work, final[0])]
    analysed = work.session.scalars(
        select(col(MissedAnalysis.id)).where(col(MissedAnalysis.evaluation_id) == final[0].id).limit(1)
    ).first()
    return RenewalAdvice(advice(judged, analysed=analysed is not None), final[0].year, missed(judged))
