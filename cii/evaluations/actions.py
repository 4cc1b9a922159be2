"""The evaluation of a year: prefilled, commented by the provider, reviewed, final by a second person."""

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from cii.access.vocabulary import Role
from cii.agreements.actions_common import writable
from cii.agreements.queries import may_write, provider_units
from cii.agreements.rules import NeedsAccount
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import Profile
from cii.conventions.following import Renew, renew
from cii.conventions.queries import text_of
from cii.coordination.actions import ObserveDeviation, begin_corrective
from cii.coordination.tables import CorrectiveMeasure
from cii.evaluations.queries import (
    agreement_evaluated,
    criteria_agreed,
    evaluation_by_ref,
    evaluations_of,
    frozen_digest,
    items_of,
    judged_of,
    renewal_advice,
)
from cii.evaluations.rules import (
    AwaitsProvider,
    CommentDayPast,
    CriterionNotAgreed,
    EvaluationElsewhere,
    EvaluationOpened,
    FinalBySecondPerson,
    JudgedTwice,
    MissedWithoutAnalysis,
    NothingMissed,
    YearOutsideAgreement,
    exits_held,
    missed,
)
from cii.evaluations.tables import Evaluation, EvaluationItem, MissedAnalysis
from cii.evaluations.vocabulary import EvaluatedBy, EvaluationState, Judgement, RenewalStand
from cii.figures.deadlines import bound_agreements
from cii.figures.exits import agreement_exits
from cii.figures.indicators import indicator_figures
from cii.figures.shapes import IndicatorFigures
from cii.figures.vocabulary import Light
from cii.journal.actions import wrote
from cii.kernel.digest import plain
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.kernel.period import ONE_DAY, Period, Quarter
from cii.notices.actions import tell
from cii.store.work import Work


@dataclass(frozen=True)
class PrefillEvaluation:
    """Evaluate a year of an agreement; the provider comments until that day."""

    agreement_ref: str
    year: int = field(metadata={"min": 2000, "max": 2100})
    comment_until: date


def prefill(work: Work, ask: PrefillEvaluation) -> Evaluation:
    """Freeze the figures of the year, up to today's quarter when it still runs; the provider may comment.

    Refuses all at once: EvaluationOpened, YearOutsideAgreement, CommentDayPast; before: NotAllowed,
    UnknownThing, NeedsAccount.
    """
    agreement = writable(work, ask.agreement_ref)
    account = _account(work)
    figures = _figures(work, agreement, ask.year)
    faults: list[Refusal] = []
    if any(one.year == ask.year for one in evaluations_of(work, agreement.ref)):
        faults.append(EvaluationOpened(number=agreement.number, year=ask.year))
    if figures is None:
        faults.append(YearOutsideAgreement(field="year", number=agreement.number, year=ask.year))
    if ask.comment_until < work.today:
        faults.append(CommentDayPast(field="comment_until", first=work.today))
    refuse(faults)
    held = figures or ()
    kept = [plain(asdict(one)) for one in held]
    exits, lights = _exits(work, agreement, ask.year)
    made = Evaluation(
        agreement_id=agreement.id or 0,
        year=ask.year,
        state=EvaluationState.PREFILLED,
        figures=kept,
        exits=exits,
        known_at=work.now,
        digest=frozen_digest(kept, exits),
        comment_until=ask.comment_until,
        opened_by=account,
    )
    work.session.add(made)
    work.session.flush()
    work.session.add_all(
        EvaluationItem(evaluation_id=made.id or 0, kind=EvaluatedBy.INDICATOR, code=one.code, light=one.light)
        for one in held
    )
    work.session.add_all(
        EvaluationItem(evaluation_id=made.id or 0, kind=EvaluatedBy.TRAJECTORY, code=code, light=light)
        for code, light in lights.items()
    )
    _wrote(work, "evaluation_prefilled", agreement, made)
    _tell_provider(work, "evaluation-to-comment", agreement, made)
    return made


@dataclass(frozen=True)
class CommentEvaluation:
    """What the provider says to the figures of its year."""

    evaluation_ref: str
    wording: str = field(metadata={"min": 1, "max": 4000})


def comment(work: Work, ask: CommentEvaluation) -> Evaluation:
    """Comment on the evaluation as its provider, once.

    Refuses: UnknownThing (another provider's), NotAllowed (a payer), EvaluationElsewhere.
    """
    made = evaluation_by_ref(work, ask.evaluation_ref)
    agreement = agreement_evaluated(work, made)
    unit = provider_units(work, [made.agreement_id]).get(made.agreement_id)
    if not work.actor.has_role(Role.PROVIDER) or unit not in work.actor.units:
        raise NotAllowed
    work.session.refresh(made, with_for_update=True)
    refuse(_elsewhere(made, EvaluationState.PREFILLED))
    made.comment = ask.wording.strip()
    made.state, made.commented_by, made.commented_at = EvaluationState.COMMENTED, _account(work), work.now
    _wrote(work, "evaluation_commented", agreement, made)
    _tell(work, "evaluation-commented", agreement, made, account_id=made.opened_by)
    return made


@dataclass(frozen=True)
class SaidOfYear:
    """A judgement on an indicator or criterion, in words."""

    code: str = field(metadata={"max": 60})
    judgement: Judgement
    wording: str = field(metadata={"min": 1, "max": 2000})


@dataclass(frozen=True)
class ReviewEvaluation:
    """Judge the year by the agreement's indicators and criteria."""

    evaluation_ref: str
    said: tuple[SaidOfYear, ...] = ()


def review(work: Work, ask: ReviewEvaluation) -> Evaluation:
    """Judge by what was agreed or called for, and by nothing else (000, i.40); each once.

    Refuses all at once: AwaitsProvider or EvaluationElsewhere, CriterionNotAgreed per code, JudgedTwice;
    before: UnknownThing, NotAllowed, NeedsAccount.
    """
    made, agreement = _mine(work, ask.evaluation_ref)
    account = _account(work)
    indicators = {one.code: one for one in items_of(work, made)}
    agreed = criteria_agreed(work, agreement)
    codes = [one.code for one in ask.said]
    faults = _unready(work, made)
    faults += [
        CriterionNotAgreed(field="code", criterion=one)
        for one in dict.fromkeys(codes)
        if one not in indicators and one not in agreed
    ]
    faults += [
        JudgedTwice(field="code", criterion=one) for one in dict.fromkeys(codes) if codes.count(one) > 1
    ]
    refuse(faults)
    for one in ask.said:
        item = indicators.get(one.code) or EvaluationItem(
            evaluation_id=made.id or 0, kind=EvaluatedBy.CRITERION, code=one.code, light=Light.NONE
        )
        item.judgement, item.wording = one.judgement, one.wording.strip()
        work.session.add(item)
    made.state, made.reviewed_by, made.reviewed_at = EvaluationState.REVIEWED, account, work.now
    _wrote(work, "evaluation_reviewed", agreement, made)
    return made


@dataclass(frozen=True)
class FinishEvaluation:
    """Make a reviewed evaluation final."""

    evaluation_ref: str


def finish(work: Work, ask: FinishEvaluation) -> Evaluation:
    """Make it final, by another person than the reviewer.

    Refuses all at once: EvaluationElsewhere, FinalBySecondPerson; before: UnknownThing, NotAllowed,
    NeedsAccount.
    """
    made, agreement = _mine(work, ask.evaluation_ref)
    account = _account(work)
    same = made.reviewed_by == account
    refuse([*_elsewhere(made, EvaluationState.REVIEWED), *([FinalBySecondPerson()] if same else [])])
    made.state, made.final_by, made.final_at = EvaluationState.FINAL, account, work.now
    _wrote(work, "evaluation_finished", agreement, made)
    _tell_provider(work, "evaluation-final", agreement, made)
    return made


@dataclass(frozen=True)
class AnalyseMisses:
    """Why goals were missed, and what is done about it, possibly over years."""

    evaluation_ref: str
    causes: str = field(metadata={"min": 20, "max": 4000})
    actions: str = field(metadata={"min": 20, "max": 4000})


def analyse(work: Work, ask: AnalyseMisses) -> MissedAnalysis:
    """Write the causes and the actions of a final evaluation that missed something.

    Refuses: EvaluationElsewhere, NothingMissed, UnknownThing, NotAllowed, NeedsAccount.
    """
    made, agreement = _mine(work, ask.evaluation_ref)
    account = _account(work)
    refuse(_elsewhere(made, EvaluationState.FINAL))
    refuse([] if missed(judged_of(work, made)) else [NothingMissed()])
    kept = MissedAnalysis(
        evaluation_id=made.id or 0,
        causes=ask.causes.strip(),
        actions=ask.actions.strip(),
        recorded_at=work.now,
        account_id=account,
    )
    work.session.add(kept)
    _wrote(work, "misses_analysed", agreement, made)
    return kept


@dataclass(frozen=True)
class CorrectMiss:
    """Begin a corrective measure about what a final evaluation found missed."""

    evaluation_ref: str
    code: str = field(metadata={"max": 60})
    wording: str = field(metadata={"min": 20, "max": 1000})


def correct(work: Work, ask: CorrectMiss) -> CorrectiveMeasure:
    """Record the deviation; the coordination group decides how it goes on (mandate, tasks 2 and 3).

    Refuses: EvaluationElsewhere, NothingMissed (that code was reached), UnknownThing, NotAllowed.
    """
    made, agreement = _mine(work, ask.evaluation_ref)
    refuse(_elsewhere(made, EvaluationState.FINAL))
    items = {one.code: one for one in items_of(work, made)}
    if ask.code not in missed(judged_of(work, made)):
        raise NothingMissed(field="code")
    indicator = ask.code if items[ask.code].kind is EvaluatedBy.INDICATOR else None
    begun = begin_corrective(
        work, ObserveDeviation(agreement.ref, ask.wording.strip(), work.today, indicator)
    )
    _wrote(work, "miss_corrected", agreement, made)
    return begun


def renew_agreement(work: Work, ask: Renew) -> Agreement:
    """Renew an agreement, unless its newest final evaluation missed goals and nobody has analysed why.

    Refuses: MissedWithoutAnalysis; then what `conventions.following.renew` refuses.
    """
    advised = renewal_advice(work, ask.agreement_ref)
    if advised.stand is RenewalStand.ANALYSE_FIRST:
        raise MissedWithoutAnalysis(year=advised.year, missed=", ".join(advised.missed))
    return renew(work, ask)


def _figures(work: Work, agreement: Agreement, year: int) -> tuple[IndicatorFigures, ...] | None:
    last = min(work.today, date(year, 12, 31))
    if last.year != year:
        return None
    quarter = Quarter.of(last)
    so_far = Period(date(year, 1, 1), quarter.period.end)
    mine = next((one for one in bound_agreements(work, so_far, work.now) if one.id == agreement.id), None)
    if mine is None:
        return None
    return indicator_figures(work, [mine], defaultdict(str), quarter, work.now, quarterly=False)


def _exits(work: Work, agreement: Agreement, year: int) -> tuple[dict[str, Any], dict[str, Light]]:
    """The year's exits of a French agreement with its goals, those of the trajectory or the national ones."""
    if agreement.profile is not Profile.FR_IAE:
        return {}, {}
    begun = Period(date(year, 1, 1), min(work.today, date(year, 12, 31)) + ONE_DAY)
    counted = agreement_exits(work, agreement.id or 0, begun, work.now)
    durable, dynamic = _exit_goals(work, agreement, year)
    held = exits_held({kind.value: n for kind, n in counted.items()}, durable, dynamic)
    kept = {"by_class": plain(counted), "durable_goal": durable, "dynamic_goal": dynamic}
    return kept, dict(held.lights)


def _exit_goals(work: Work, agreement: Agreement, year: int) -> tuple[int, int]:
    trajectory = text_of(work, agreement.id or 0).insertion.trajectory
    agreed = next((one for one in trajectory if one.year == year), None)
    if agreed is not None:
        return agreed.durable, agreed.dynamic
    last = date(year, 12, 31)
    return (
        work.parameter("exit_goal_durable_permille", last),
        work.parameter("exit_goal_dynamic_permille", last),
    )


def _mine(work: Work, ref: str) -> tuple[Evaluation, Agreement]:
    made = evaluation_by_ref(work, ref)
    agreement = agreement_evaluated(work, made)
    if not may_write(work, agreement):
        raise NotAllowed
    work.session.refresh(made, with_for_update=True)
    return made, agreement


def _account(work: Work) -> int:
    if work.actor.account_id is None:
        raise NeedsAccount
    return work.actor.account_id


def _unready(work: Work, made: Evaluation) -> list[Refusal]:
    if made.state is EvaluationState.PREFILLED:
        waits = work.today <= made.comment_until
        return [AwaitsProvider(until=made.comment_until)] if waits else []
    return _elsewhere(made, EvaluationState.COMMENTED)


def _elsewhere(made: Evaluation, wanted: EvaluationState) -> list[Refusal]:
    return [] if made.state is wanted else [EvaluationElsewhere(state=made.state)]


def _tell_provider(work: Work, kind: str, agreement: Agreement, made: Evaluation) -> None:
    unit = provider_units(work, [made.agreement_id]).get(made.agreement_id)
    _tell(work, kind, agreement, made, unit_id=unit)


def _tell(
    work: Work,
    kind: str,
    agreement: Agreement,
    made: Evaluation,
    *,
    unit_id: int | None = None,
    account_id: int | None = None,
) -> None:
    if unit_id is None and account_id is None:
        return
    tell(
        work, unit_id=unit_id, account_id=account_id, kind=kind, subject="evaluation", subject_ref=made.ref,
        number=agreement.number, year=made.year, until=made.comment_until,
    )  # fmt: skip


def _wrote(work: Work, action: str, agreement: Agreement, made: Evaluation) -> None:
    if made.state is not EvaluationState.PREFILLED:
        made.version += 1
    work.session.flush()
    wrote(work, action, "agreement", agreement.id, ref=agreement.ref, payload={"year": made.year})
