"""Reads of evaluations; each starts at an agreement that the actor may see.

What a review says is the payer's own until the evaluation is final; the provider reads the figures and what
it has said itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.agreements.bound import bound_seen
from cii.agreements.queries import (
    AgreementView,
    agreement_by_ref,
    agreement_view,
    agreements_by_id,
    may_write,
    provider_units,
)
from cii.agreements.tables import Agreement
from cii.calls.queries import criteria_called
from cii.conventions.queries import text_of
from cii.evaluations.rules import Aim, Attained, Judged, advice, attained, missed
from cii.evaluations.tables import Evaluation, EvaluationItem, MissedAnalysis
from cii.evaluations.vocabulary import EvaluatedBy, EvaluationMove, EvaluationState, Judgement, RenewalStand
from cii.figures.vocabulary import Light
from cii.kernel.digest import digest
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


def evaluations_open(work: Work) -> list[tuple[Evaluation, str]]:
    """Years of the agreements that the actor leads that are not final yet, with their agreement's number."""
    bound = bound_seen(work.actor, own=True).subquery("bound")
    rows = work.session.execute(
        select(Evaluation, bound.c.number)
        .join(bound, bound.c.agreement_id == col(Evaluation.agreement_id))
        .where(col(Evaluation.state) != EvaluationState.FINAL)
        .order_by(col(Evaluation.comment_until), col(Evaluation.id))
    )
    return [(row[0], row.number) for row in rows]


def items_of(work: Work, evaluation: Evaluation) -> Sequence[EvaluationItem]:
    """What an evaluation that was read judges, by code."""
    return work.session.scalars(
        select(EvaluationItem)
        .where(col(EvaluationItem.evaluation_id) == evaluation.id)
        .order_by(col(EvaluationItem.code))
    ).all()


def judged_of(work: Work, evaluation: Evaluation) -> list[Judged]:
    """What an evaluation judges, as its rules see it."""
    return [Judged(one.code, one.light, one.judgement) for one in items_of(work, evaluation)]


def frozen_digest(figures: list[Any], exits: dict[str, Any]) -> str:
    """The SHA-256 of what an evaluation froze, in hexadecimal."""
    return digest({"figures": figures, "exits": exits})


def criteria_agreed(work: Work, agreement: Agreement) -> dict[str, str]:
    """The criteria of the agreement's text and of its call, code → wording (000, i.40)."""
    own = {one.code: one.wording for one in text_of(work, agreement.id or 0).evaluation.criteria}
    return criteria_called(work, agreement.id or 0) | own


def evaluation_moves(work: Work, made: Evaluation, agreement: Agreement) -> tuple[EvaluationMove, ...]:
    """What the actor may do with it now."""
    if _as_provider(work, agreement):
        return (EvaluationMove.COMMENT,) if made.state is EvaluationState.PREFILLED else ()
    if not may_write(work, agreement):
        return ()
    waited = made.state is EvaluationState.PREFILLED and work.today > made.comment_until
    if made.state is EvaluationState.COMMENTED or waited:
        return (EvaluationMove.REVIEW,)
    if made.state is EvaluationState.REVIEWED and made.reviewed_by != work.actor.account_id:
        return (EvaluationMove.FINISH,)
    if made.state is EvaluationState.FINAL and missed(judged_of(work, made)):
        return (EvaluationMove.ANALYSE, EvaluationMove.CORRECT)
    return ()


@dataclass(frozen=True, slots=True)
class JudgedShown:
    """What is judged, with its light, and the judgement as far as the reader may know it."""

    kind: EvaluatedBy
    code: str
    light: Light
    judgement: Judgement | None
    wording: str | None


@dataclass(frozen=True, slots=True)
class MissShown:
    """Why goals were missed, and what is done about it."""

    causes: str
    actions: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class EvaluationShown:
    """An evaluation as its reader sees it.

    `figures`: the frozen indicators as JSON (targets in permille, centimes, days or numbers by `unit`).
    `exits`: of the French agreement, persons by class and goals in permille. `weight_reached`,
    `weight_open`: percent. `missed`: codes. `moves`: what the reader may do now.
    """

    ref: str
    agreement_ref: str
    number: str
    year: int
    state: EvaluationState
    known_at: datetime
    digest: str
    comment_until: date
    comment: str
    commented_at: datetime | None
    reviewed_at: datetime | None
    final_at: datetime | None
    figures: list[Any]
    exits: dict[str, Any]
    items: tuple[JudgedShown, ...]
    criteria: dict[str, str]
    attained: Attained
    missed: tuple[str, ...]
    analyses: tuple[MissShown, ...]
    moves: tuple[EvaluationMove, ...]


def evaluation_shown(work: Work, made: Evaluation) -> EvaluationShown:
    """An evaluation that was read, as far as its reader may know it."""
    agreement = agreement_evaluated(work, made)
    tells = made.state is EvaluationState.FINAL or not _as_provider(work, agreement)
    items = tuple(
        JudgedShown(
            one.kind, one.code, one.light, one.judgement if tells else None, one.wording if tells else None
        )
        for one in items_of(work, made)
        if tells or one.kind is not EvaluatedBy.CRITERION
    )
    judged = [Judged(one.code, one.light, one.judgement) for one in items]
    return EvaluationShown(
        ref=made.ref,
        agreement_ref=agreement.ref,
        number=agreement.number,
        year=made.year,
        state=made.state,
        known_at=made.known_at,
        digest=made.digest,
        comment_until=made.comment_until,
        comment=made.comment,
        commented_at=made.commented_at,
        reviewed_at=made.reviewed_at,
        final_at=made.final_at,
        figures=made.figures,
        exits=made.exits,
        items=items,
        criteria=criteria_agreed(work, agreement),
        attained=attained(_aims(agreement_view(work, agreement.ref)), judged),
        missed=missed(judged),
        analyses=_analyses(work, made),
        moves=evaluation_moves(work, made, agreement),
    )


def _aims(view: AgreementView) -> list[Aim]:
    return [
        Aim(
            one.wording,
            tuple(held.code for held in view.indicators if held.objective_id == one.id),
            one.rank,
            one.weight,
            one.basic,
        )
        for one in view.objectives
    ]


def _analyses(work: Work, made: Evaluation) -> tuple[MissShown, ...]:
    rows = work.session.scalars(
        select(MissedAnalysis)
        .where(col(MissedAnalysis.evaluation_id) == made.id)
        .order_by(col(MissedAnalysis.id))
    )
    return tuple(MissShown(one.causes, one.actions, one.recorded_at) for one in rows)


def analyses_of_year(
    work: Work, agreement_id: int, year: int, known_at: datetime
) -> Sequence[MissedAnalysis]:
    """Why goals of a year were missed, as known at a moment; no visibility, for what is frozen."""
    return work.session.scalars(
        select(MissedAnalysis)
        .join(Evaluation, col(Evaluation.id) == col(MissedAnalysis.evaluation_id))
        .where(
            col(Evaluation.agreement_id) == agreement_id,
            col(Evaluation.year) == year,
            col(MissedAnalysis.recorded_at) <= known_at,
        )
        .order_by(col(MissedAnalysis.id))
    ).all()


def _as_provider(work: Work, agreement: Agreement) -> bool:
    unit = provider_units(work, [agreement.id or 0]).get(agreement.id or 0)
    return work.actor.has_role(Role.PROVIDER) and unit in work.actor.units


def renewal_advice(work: Work, agreement_ref: str) -> RenewalAdvice:
    """What the newest final evaluation of an agreement advises; refuses UnknownThing."""
    final = [
        one for one in evaluations_of(work, agreement_ref) if one.state is EvaluationState.FINAL
    ]  # fmt: skip
    if not final:
        return RenewalAdvice(RenewalStand.UNJUDGED)
    judged = judged_of(work, final[0])
    analysed = work.session.scalars(
        select(col(MissedAnalysis.id)).where(col(MissedAnalysis.evaluation_id) == final[0].id).limit(1)
    ).first()
    return RenewalAdvice(advice(judged, analysed=analysed is not None), final[0].year, missed(judged))
