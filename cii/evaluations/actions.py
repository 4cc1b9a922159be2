"""The evaluation of a year: prefilled, commented by the provider, reviewed, final by a second person."""

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import date

from cii.access.vocabulary import Role
from cii.agreements.actions_common import writable
from cii.agreements.queries import may_write, provider_units
from cii.agreements.rules import NeedsAccount
from cii.agreements.tables import Agreement
from cii.calls.queries import call_facts
from cii.conventions.following import Renew, renew
from cii.conventions.queries import text_of
from cii.evaluations.queries import (
    agreement_evaluated,
    evaluation_by_ref,
    evaluations_of,
    items_of,
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
    YearOutsideAgreement,
)
from cii.evaluations.tables import Evaluation, EvaluationItem, MissedAnalysis
from cii.evaluations.vocabulary import EvaluatedBy, EvaluationState, Judgement, RenewalStand
from cii.figures.deadlines import bound_agreements
from cii.figures.indicators import indicator_figures
from cii.figures.shapes import IndicatorFigures
from cii.figures.vocabulary import Light
from cii.journal.actions import wrote
from cii.kernel.digest import digest, plain
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.kernel.period import Period, Quarter
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
    made = Evaluation(
        agreement_id=agreement.id or 0,
        year=ask.year,
        state=EvaluationState.PREFILLED,
        figures=kept,
        known_at=work.now,
        digest=digest(kept),
        comment_until=ask.comment_until,
        opened_by=account,
    )
    work.session.add(made)
    work.session.flush()
    work.session.add_all(
        EvaluationItem(evaluation_id=made.id or 0, kind=EvaluatedBy.INDICATOR, code=one.code, light=one.light)
        for one in held
    )
    _wrote(work, "evaluation_prefilled", agreement, made)
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
    refuse(_elsewhere(made, EvaluationState.PREFILLED))
    made.comment = ask.wording.strip()
    made.state, made.commented_by, made.commented_at = EvaluationState.COMMENTED, _account(work), work.now
    _wrote(work, "evaluation_commented", agreement, made)
    return made


@dataclass(frozen=True)
class Said:
    """A judgement on an indicator or criterion, in words."""

    code: str = field(metadata={"max": 60})
    judgement: Judgement
    wording: str = field(metadata={"min": 1, "max": 2000})


@dataclass(frozen=True)
class ReviewEvaluation:
    """Judge the year by the agreement's indicators and criteria."""

    evaluation_ref: str
    said: tuple[Said, ...] = ()


def review(work: Work, ask: ReviewEvaluation) -> Evaluation:
    """Judge by what was agreed or called for, and by nothing else (000, i.40); each once.

    Refuses all at once: AwaitsProvider or EvaluationElsewhere, CriterionNotAgreed per code, JudgedTwice;
    before: UnknownThing, NotAllowed, NeedsAccount.
    """
    made, agreement = _mine(work, ask.evaluation_ref)
    account = _account(work)
    indicators = {one.code: one for one in items_of(work, made)}
    agreed = _criteria(work, agreement)
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
    return made


@dataclass(frozen=True)
class AnalyseMisses:
    """Why goals were missed, and what is done about it, possibly over years."""

    evaluation_ref: str
    causes: str = field(metadata={"min": 20, "max": 4000})
    actions: str = field(metadata={"min": 20, "max": 4000})


def analyse(work: Work, ask: AnalyseMisses) -> MissedAnalysis:
    """Write the causes and the actions of a final evaluation.

    Refuses: EvaluationElsewhere, UnknownThing, NotAllowed, NeedsAccount.
    """
    made, agreement = _mine(work, ask.evaluation_ref)
    account = _account(work)
    refuse(_elsewhere(made, EvaluationState.FINAL))
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


def _criteria(work: Work, agreement: Agreement) -> frozenset[str]:
    called = call_facts(work, agreement.id or 0)
    own = frozenset(one.code for one in text_of(work, agreement.id or 0).evaluation.criteria)
    return own | frozenset(called.criteria if called is not None else ())


def _mine(work: Work, ref: str) -> tuple[Evaluation, Agreement]:
    made = evaluation_by_ref(work, ref)
    agreement = agreement_evaluated(work, made)
    if not may_write(work, agreement):
        raise NotAllowed
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


def _wrote(work: Work, action: str, agreement: Agreement, made: Evaluation) -> None:
    work.session.flush()
    wrote(work, action, "agreement", agreement.id, ref=agreement.ref, payload={"year": made.year})
