"""Recognition as a social enterprise: evidence per criterion, findings of the group, decision, review.

The provider brings evidence, the coordination group assesses each of the fifteen criteria, the steering group
decides. It gives no right to money: nothing here knows a budget. Source: 002 annex 4; product.md P7b.
"""

from dataclasses import dataclass, field
from typing import Any

from cii.institutions.queries import institution_of, units
from cii.institutions.vocabulary import InstitutionKind, UnitKind
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, refuse
from cii.notices.actions import tell
from cii.routing.holding import holders, instance_of
from cii.routing.queries_recognition import SUBJECT, findings_of, recognition_by_ref, running, said_to
from cii.routing.rules import ReasonMissing
from cii.routing.rules_social import (
    Director,
    GovernanceNotMet,
    NoEvidence,
    NotAProvider,
    NotAssessed,
    RecognitionChanged,
    RecognitionRunning,
    governance_met,
    last_day,
    recognition_faults,
)
from cii.routing.tables_social import CriterionAnswer, Recognition
from cii.routing.vocabulary_social import Criterion, Finding, RecognitionState
from cii.routing.youth import own_unit
from cii.store.work import Work
from cii.workflow.actions import Fired, fire, start
from cii.workflow.events import Ask, Escalate, Event, TaskDone
from cii.workflow.queries import roles_of
from cii.workflow.tables import WfInstance


@dataclass(frozen=True)
class Evidence:
    """What the provider brings forward for one criterion; who directs, for the criterion of governance."""

    criterion: Criterion
    said: str = field(metadata={"max": 4000})
    director_public_contract: bool | None = None
    director_other_contract: bool | None = None


@dataclass(frozen=True)
class GiveEvidence:
    """Evidence for some criteria; `finished` hands the request to the coordination group."""

    recognition_ref: str
    entries: tuple[Evidence, ...] = ()
    finished: bool = False
    version: int | None = None


@dataclass(frozen=True)
class Assessment:
    """How far a criterion is met, and why."""

    criterion: Criterion
    finding: Finding
    said: str = field(default="", metadata={"max": 4000})


@dataclass(frozen=True)
class AssessCriteria:
    """Findings for some criteria; `finished` brings them to the steering group.

    `question`: evidence is missing; the request goes back to the provider with this question.
    """

    recognition_ref: str
    entries: tuple[Assessment, ...] = ()
    finished: bool = False
    question: str = field(default="", metadata={"max": 2000})
    version: int | None = None


@dataclass(frozen=True)
class DecideRecognition:
    """The steering group recognises the enterprise or not, with its reason."""

    recognition_ref: str
    recognised: bool
    reason: str = field(metadata={"max": 2000})
    version: int | None = None


@dataclass(frozen=True)
class EndRecognition:
    """The provider takes its request back, or the group keeps, questions or ends a recognition."""

    recognition_ref: str
    outcome: str = field(metadata={"choices": ("withdrawn", "keep", "question", "ended")})
    reason: str = field(default="", metadata={"max": 2000})
    version: int | None = None


def apply_recognition(work: Work) -> Recognition:
    """Ask for recognition for the actor's unit; refuses NotYourUnit, NotAProvider, RecognitionRunning."""
    unit = own_unit(work)
    if institution_of(work, unit).kind is not InstitutionKind.PROVIDER:
        raise NotAProvider(field="unit")
    if running(work, unit) is not None:
        raise RecognitionRunning(field="unit")
    row = Recognition(unit_id=unit, state=RecognitionState.APPLIED, applied_at=work.now)
    work.session.add(row)
    work.session.flush()
    roles = {
        "provider": (unit,),
        "coordination": tuple(one.id or 0 for one in units(work, kind=UnitKind.COORDINATION)),
        "steering": tuple(one.id or 0 for one in units(work, kind=UnitKind.STEERING)),
    }
    start(
        work, "social-enterprise-recognition", subject=SUBJECT, subject_id=row.id or 0, subject_ref=row.ref,
        person_id=None, facts={}, roles=roles,
    )  # fmt: skip
    _wrote(work, "apply_recognition", row)
    return row


def give_evidence(work: Work, ask: GiveEvidence) -> Recognition:
    """Keep evidence; when finished, every criterion needs some. Refuses NotAllowed, NoEvidence."""
    row = _seen(work, ask.recognition_ref, ask.version)
    _at(row, work, RecognitionState.APPLIED, (row.unit_id,))
    for one in ask.entries:
        if one.said.strip():
            _keep(work, row, one.criterion, None, one.said, _director(one))
    if ask.finished:
        given = {one.criterion for one in said_to(work, row.id or 0) if one.finding is None}
        missing = [one for one in Criterion if one not in given]
        refuse([NoEvidence(criteria=missing, n=len(missing), field="entries")] if missing else [])
        advance_recognition(work, _instance(work, row), TaskDone("evidence", "complete"))
    return row


def assess_criteria(work: Work, ask: AssessCriteria) -> Recognition:
    """Keep findings; when finished, every criterion needs one, given after its last evidence.

    Refuses: NotAllowed (not the coordination group), GovernanceNotMet (a director under public law),
    NotAssessed with the criteria that are open.
    """
    row = _seen(work, ask.recognition_ref, ask.version)
    held = _held(work, row)
    _at(row, work, RecognitionState.ASSESSED, held["coordination"])
    for one in ask.entries:
        if one.criterion is Criterion.GOVERNANCE and one.finding is Finding.MET:
            _governance(work, row)
        _keep(work, row, one.criterion, one.finding, one.said, {})
    if ask.question.strip():
        row.reason = ask.question.strip()
        advance_recognition(work, _instance(work, row), TaskDone("assess", "question"))
    elif ask.finished:
        found = findings_of(work, row.id or 0)
        missing = [one for one in Criterion if one not in found]
        refuse([NotAssessed(criteria=missing, n=len(missing), field="entries")] if missing else [])
        advance_recognition(work, _instance(work, row), TaskDone("assess", "assessed"))
    return row


def decide_recognition(work: Work, ask: DecideRecognition) -> Recognition:
    """The steering group decides; a recognition is examined again after its months.

    Refuses: NotAllowed (not the steering group), ReasonMissing, CriteriaNotMet where a criterion is failed.
    """
    row = _seen(work, ask.recognition_ref, ask.version)
    _at(row, work, RecognitionState.DECISION, _held(work, row)["steering"])
    if not ask.reason.strip():
        raise ReasonMissing(field="reason")
    if ask.recognised:
        refuse(recognition_faults(findings_of(work, row.id or 0)))
    row.decided_on, row.reason = work.today, ask.reason.strip()
    outcome = "recognised" if ask.recognised else "refused"
    advance_recognition(work, _instance(work, row), TaskDone("decide", outcome))
    return row


def end_recognition(work: Work, ask: EndRecognition) -> Recognition:
    """Take a request back (the provider), or review a recognition (the coordination group).

    Refuses: NotAllowed, ReasonMissing but to keep, and what the process refuses.
    """
    row = _seen(work, ask.recognition_ref, ask.version)
    if ask.outcome == "withdrawn":
        _at(row, work, RecognitionState.APPLIED, (row.unit_id,))
        task = "evidence"
    else:
        _at(row, work, RecognitionState.RECOGNISED, _held(work, row)["coordination"])
        task = "review"
    if ask.outcome != "keep" and not ask.reason.strip():
        raise ReasonMissing(field="reason")
    row.reason = ask.reason.strip() or row.reason
    advance_recognition(work, _instance(work, row), TaskDone(task, ask.outcome))
    return row


def advance_recognition(work: Work, instance: WfInstance, event: Event) -> Fired:
    """Take one step of a recognition: the row tells what the process has come to, the others are told."""
    row = work.session.get_one(Recognition, instance.subject_id)
    fired = fire(work, instance, event)
    months = work.parameter("recognition_review_months")
    row.state = RecognitionState(fired.state.stage)
    known = row.state is RecognitionState.RECOGNISED
    row.review_on = last_day(work.today, months) if known else None
    row.version += 1
    work.session.add(row)
    work.session.flush()
    _wrote(work, f"{event.outcome}_recognition" if isinstance(event, TaskDone) else "wait_recognition", row)
    _tell(work, row, fired)
    return fired


def _tell(work: Work, row: Recognition, fired: Fired) -> None:
    held = roles_of(work, fired.instance.id or 0)
    told = {task.unit for task in fired.state.open_tasks if isinstance(task.unit, int)}
    for effect in fired.effects:
        match effect:
            case Ask("notify", role):
                told |= set(holders(work, role, held))
            case Escalate(task, to):
                late = (task.unit,) if to == "supervisor" and isinstance(task.unit, int) else ()
                for unit in late or holders(work, to, held):
                    _notice(work, row, unit, "recognition-late")
    for unit in sorted(told - set(work.actor.units)):
        _notice(work, row, unit, "recognition-moved")


def _notice(work: Work, row: Recognition, unit: int, kind: str) -> None:
    tell(work, unit_id=unit, kind=kind, subject=SUBJECT, subject_ref=row.ref)


def _seen(work: Work, ref: str, version: int | None) -> Recognition:
    row = recognition_by_ref(work, ref)
    work.session.refresh(row, with_for_update=True)
    if version is not None and version != row.version:
        raise RecognitionChanged(version=row.version)
    return row


def _at(row: Recognition, work: Work, state: RecognitionState, may: tuple[int, ...]) -> None:
    if set(may).isdisjoint(work.actor.units) or row.state is not state:
        raise NotAllowed(act=SUBJECT)


def _instance(work: Work, row: Recognition) -> WfInstance:
    return instance_of(work, row.id or 0, SUBJECT)


def _held(work: Work, row: Recognition) -> dict[str, tuple[int, ...]]:
    return roles_of(work, _instance(work, row).id or 0)


def _keep(  # noqa: PLR0917 - one answer to one criterion
    work: Work,
    row: Recognition,
    criterion: Criterion,
    finding: Finding | None,
    said: str,
    facts: dict[str, Any],
) -> None:
    work.session.add(
        CriterionAnswer(
            recognition_id=row.id or 0, criterion=criterion, finding=finding, said=said.strip(), facts=facts,
            unit_id=work.actor.units[0], account_id=work.actor.account_id, at=work.now,
        )
    )  # fmt: skip
    row.version += 1
    work.session.add(row)
    work.session.flush()
    _wrote(work, "answer_criterion", row, {"criterion": criterion, "finding": finding})


def _director(one: Evidence) -> dict[str, Any]:
    if one.criterion is not Criterion.GOVERNANCE:
        return {}
    return {"public_contract": one.director_public_contract, "other_contract": one.director_other_contract}


def _governance(work: Work, row: Recognition) -> None:
    """What the provider has said of its direction; refuses GovernanceNotMet."""
    told = [one for one in said_to(work, row.id or 0) if one.criterion is Criterion.GOVERNANCE]
    facts = next((one.facts for one in reversed(told) if one.finding is None), {})
    director = Director(bool(facts.get("public_contract")), bool(facts.get("other_contract")))
    if not governance_met(director):
        raise GovernanceNotMet(field="entries")


def _wrote(work: Work, act: str, row: Recognition, more: dict[str, object] | None = None) -> None:
    wrote(
        work, act, SUBJECT, row.id, ref=row.ref, unit_id=next(iter(work.actor.units), row.unit_id),
        payload={"state": row.state, "version": row.version, **(more or {})},
    )  # fmt: skip
