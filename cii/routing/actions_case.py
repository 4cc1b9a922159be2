"""Acts that write a case and move it: the parts of the assessment, its signature, the plan, the review."""

from dataclasses import dataclass, field

from cii.cases.actions import (
    AnswerPlan,
    ProposePlan,
    SignAssessment,
    VoiceDone,
    WriteGrid,
    WriteMedical,
    answer_plan,
    propose_plan,
    sign,
    voice_done,
    write_grid,
    write_medical,
)
from cii.cases.queries import bearing_units, case_by_ref, cases_of, live_parties
from cii.cases.rules import GridAnswer
from cii.cases.tables import Assessment, CaseFile, Plan
from cii.cases.vocabulary import PartyRole, Voice
from cii.kernel.errors import NotAllowed
from cii.people.actions import withdraw_consent
from cii.people.queries import consent_person
from cii.routing.flow import CASE, advance, instance_of
from cii.store.work import Work
from cii.workflow.actions import Fired
from cii.workflow.events import TaskDone, WithdrawConsent
from cii.workflow.queries import instance_by_id, instance_for, roles_of, task_by_ref
from cii.workflow.vocabulary import Status

TASK_OF = {Voice.AC: "grid_ac", Voice.AI: "grid_ai", Voice.AS: "grid_as", Voice.PHYSICIAN: "medical"}
"""Which task of the network's process a voice ends by speaking."""


@dataclass(frozen=True)
class RecordGrid:
    """Entries of my institution into the common grid; `finished` ends our part of the assessment."""

    case_ref: str
    entries: tuple[GridAnswer, ...] = ()
    finished: bool = False
    version: int | None = None


@dataclass(frozen=True)
class RecordMedical:
    """The physician's part with the functional limits; `finished` ends it."""

    medical: WriteMedical
    finished: bool = False


@dataclass(frozen=True)
class CompleteTask:
    """A task that needs no more than its outcome: receive, confirm, review, hold a meeting.

    `closing`: the outcome of the whole case where this step ends it.
    """

    task_ref: str
    outcome: str = field(metadata={"max": 80})
    closing: str | None = field(default=None, metadata={"max": 80})
    seq: int | None = None


def record_grid(work: Work, ask: RecordGrid) -> CaseFile:
    """Write grid entries and, when finished, let the institution's voice be heard and its task be done.

    Refuses what `write_grid` and `voice_done` refuse; a voice with nothing written is not heard.
    """
    case = case_by_ref(work, ask.case_ref)
    unit, voice = _my_voice(work, case)
    if ask.entries:
        write_grid(work, WriteGrid(ask.case_ref, ask.entries, version=ask.version), unit_id=unit)
    if ask.finished:
        _finished(work, case, voice, unit)
    return case_by_ref(work, ask.case_ref)


def record_medical(work: Work, ask: RecordMedical) -> CaseFile:
    """Write the medical part and the functional limits; when finished, the physician's task is done."""
    case = case_by_ref(work, ask.medical.case_ref)
    write_medical(work, ask.medical)
    if ask.finished:
        unit = next(
            part.unit_id
            for part in live_parties(work, case.id or 0)
            if part.role is PartyRole.PHYSICIAN and part.unit_id in work.actor.units
        )
        _finished(work, case, Voice.PHYSICIAN, unit)
    return case_by_ref(work, case.ref)


def _finished(work: Work, case: CaseFile, voice: Voice, unit: int) -> None:
    voice_done(work, VoiceDone(case.ref, voice), unit_id=unit)
    advance(work, instance_of(work, case.id or 0), TaskDone(TASK_OF[voice], "done"))


def _my_voice(work: Work, case: CaseFile) -> tuple[int, Voice]:
    """For which voice of this case the actor speaks; refuses NotAllowed."""
    voices = {voice.value: voice for voice in (Voice.AC, Voice.AI, Voice.AS)}
    for part in live_parties(work, case.id or 0):
        if part.unit_id in work.actor.units and part.role.value in voices:
            return part.unit_id, voices[part.role.value]
    raise NotAllowed(act="record_grid")


def sign_assessment(work: Work, ask: SignAssessment) -> Assessment:
    """Sign the assessment; every missing voice is named, and nothing moves while one is missing."""
    signed = sign(work, ask)
    advance(work, instance_of(work, signed.case_id), TaskDone("sign", "signed"))
    return signed


def put_plan(work: Work, ask: ProposePlan) -> Plan:
    """Propose the plan: each unit that bears a part is asked."""
    plan = propose_plan(work, ask)
    instance = instance_of(work, plan.case_id)
    roles = {**roles_of(work, instance.id or 0), "partner": tuple(bearing_units(work, plan.id or 0))}
    advance(work, instance, TaskDone("propose", "proposed"), roles=roles)
    return plan


def reply_to_plan(work: Work, ask: AnswerPlan) -> Plan:
    """Agree to the plan or refuse it for my unit; when all agreed it is in force, a refusal reopens it."""
    plan = answer_plan(work, ask)
    advance(work, instance_of(work, plan.case_id), TaskDone("agree", ask.answer.value))
    return plan


def complete_task(work: Work, ask: CompleteTask) -> Fired:
    """End a task that carries no more than its outcome; refuses what the engine refuses, UnknownThing."""
    task = task_by_ref(work, ask.task_ref)
    if task.subject != CASE or task.key in {
        *TASK_OF.values(),
        "sign",
        "propose",
        "agree",
        "take_lead",
        "decide_lead",
    }:
        raise NotAllowed(act=task.key)
    instance = instance_by_id(work, task.instance_id)
    event = TaskDone(task.number, ask.outcome, closing=ask.closing)
    return advance(work, instance, event, expected_seq=ask.seq)


def take_back_consent(work: Work, consent_ref: str) -> int:
    """The person withdraws a consent: foreign access closes in this request, and the processes stop.

    Returns how many grants were closed. Refuses what `withdraw_consent` refuses.
    """
    person_id = consent_person(work, consent_ref)
    cases = cases_of(work, person_id)
    closed = withdraw_consent(work, consent_ref)
    for case in cases:
        instance = instance_for(work, CASE, case.id or 0)
        if instance is not None and instance.status == Status.OPEN:
            advance(work, instance, WithdrawConsent())
    return closed
