"""Acts that write a case and move it: the parts of the assessment, its signature, the plan, the review."""

from collections.abc import Collection
from dataclasses import dataclass, field

from cii.access.linking import close_links
from cii.access.queries import units_reading
from cii.cases.actions import (
    AnswerPlan,
    ProposePlan,
    SignAssessment,
    VoiceDone,
    WriteGrid,
    WriteMedical,
    answer_plan,
    compose_assessment,
    leave,
    propose_plan,
    sign,
    voice_done,
    write_grid,
    write_medical,
)
from cii.cases.carrying import remind_of_the_person
from cii.cases.queries import bearing_units, case_by_id, case_by_ref, cases_of, live_parties
from cii.cases.rules import GridAnswer
from cii.cases.tables import Assessment, CaseFile
from cii.cases.tables_plan import Plan
from cii.cases.vocabulary import PartyRole, Voice
from cii.kernel.errors import NotAllowed
from cii.people.actions import withdraw_consent
from cii.people.queries import consent_person
from cii.routing.flow import advance
from cii.routing.holding import CASE, instance_of
from cii.store.work import Work
from cii.workflow.actions import Fired, fire
from cii.workflow.events import SYSTEM, Reassign, TaskDone, WithdrawConsent
from cii.workflow.keeping import keep_parts
from cii.workflow.queries import instance_by_id, instance_for, roles_of, task_by_ref, tasks_of
from cii.workflow.tables import WfInstance
from cii.workflow.vocabulary import Stand, Status

TASK_OF = {Voice.AC: "grid_ac", Voice.AI: "grid_ai", Voice.AS: "grid_as", Voice.PHYSICIAN: "medical"}
"""Which task of the network's process a voice ends by speaking."""


OWN_ACTS = frozenset({
    *TASK_OF.values(), "sign", "propose", "agree", "take_lead", "decide_lead", "request", "answer", "receive",
    "confirm", "observe",
})  # fmt: skip
"""Tasks that a page or an act of their own ends: they carry more than an outcome."""
REASSESS = "reassess"
"""The outcome of a review that begins a new round of assessment: every voice again, then a new plan."""
OWN_OUTCOMES = frozenset({("name_receiver", "named"), ("complete_file", "complete"), ("contract", "signed")})
"""Tasks that an act of their own ends in this way; in another way they end on the spot."""


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
    remind_of_the_person(work, plan)
    return plan


def complete_task(work: Work, ask: CompleteTask) -> Fired:
    """End a task that carries no more than its outcome; refuses what the engine refuses, UnknownThing."""
    task = task_by_ref(work, ask.task_ref)
    instance = instance_by_id(work, task.instance_id)
    if task.subject != CASE or task.key in OWN_ACTS:
        raise NotAllowed(act=task.key)
    if (task.key, ask.outcome) in OWN_OUTCOMES:
        raise NotAllowed(act=task.key)
    event = TaskDone(task.number, ask.outcome, closing=ask.closing)
    fired = advance(work, instance, event, expected_seq=ask.seq)
    if ask.outcome == REASSESS:
        compose_assessment(work, case_by_id(work, instance.subject_id))
    return fired


def take_back_consent(work: Work, consent_ref: str) -> int:
    """The person withdraws a consent: foreign access closes in this request, and the processes stop.

    A unit records it, or the person does so by a signed link: they have no part in the process of their own.
    Links of partners about the person close with it.

    Units that lose their sight of a case leave it: their open tasks fall to the lead, and no list of theirs
    shows anything of it, even once the process goes on.
    Returns how many grants were closed. Refuses what `withdraw_consent` refuses.
    """
    person_id = consent_person(work, consent_ref)
    cases = cases_of(work, person_id)
    saw = {case.id or 0: units_reading(work, case.id or 0) for case in cases}
    closed = withdraw_consent(work, consent_ref)
    close_links(work, person_id=person_id)
    for case in cases:
        gone = saw[case.id or 0] - units_reading(work, case.id or 0)
        instance = instance_for(work, CASE, case.id or 0)
        if instance is not None and instance.status == Status.OPEN:
            advance(work, instance, WithdrawConsent(), by=SYSTEM if work.actor.links else None)
        if gone:
            shut_out(work, case, instance, gone)
    return closed


def shut_out(work: Work, case: CaseFile, instance: WfInstance | None, gone: Collection[int]) -> None:
    """End the parts of these units in the case and in its process."""
    for part in live_parties(work, case.id or 0):
        if part.unit_id in gone:
            leave(work, case, part.unit_id, part.role)
    if instance is None or instance.status == Status.CLOSED:
        return
    for task in tasks_of(work, instance):
        if task.state == Stand.OPEN and task.unit_id in gone:
            fire(work, instance, Reassign(task.number, None, unit=case.lead_unit_id), by=SYSTEM)
    held = roles_of(work, instance.id or 0)
    stay = {role: tuple(unit for unit in units if unit not in gone) for role, units in held.items()}
    keep_parts(work, instance, {role: units for role, units in stay.items() if units})
