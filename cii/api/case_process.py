"""The process of a case: where it stands, rest, go on, extra tasks, tasks handed over, referrals sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from flask import g

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.api.asking import matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.cases.queries import case_by_ref
from cii.desk.drafting import sent
from cii.desk.vocabulary import DraftPlace
from cii.files.vocabulary import Title
from cii.institutions.queries import UnitLabel, shown_units
from cii.institutions.schemas import UNIT
from cii.routing.actions import RequestReferral, request_referral
from cii.routing.actions_manage import (
    HandOverTask,
    OpenExtra,
    ResumeCase,
    SuspendCase,
    TakeUpCase,
    hand_over_task,
    open_extra,
    resume_case,
    suspend_case,
    take_up_case,
)
from cii.routing.holding import instance_of
from cii.routing.queries import ReferralRow, referral_view
from cii.routing.schemas import REFERRAL
from cii.wire.answers import only
from cii.wire.doors import needs, once
from cii.workflow.definition import Definition
from cii.workflow.queries import definition_of, instance_by_id, moves_for, task_by_ref, tasks_of
from cii.workflow.tables import WfTask
from cii.workflow.versions import known_task
from cii.workflow.vocabulary import Stand, Status

blueprint = Blueprint("api-case-process", __name__, url_prefix=PREFIX)


@dataclass(frozen=True)
class StepShown:
    """A task of the case's process, past ones included."""

    ref: str
    key: str
    title: Title
    stage: str
    role: str
    state: Stand
    outcome: str | None
    opened_at: datetime | None
    due_at: datetime | None
    done_at: datetime | None
    unit: UnitLabel | None


@dataclass(frozen=True)
class ProcessShown:
    """Where a case stands in its process; `seq` is what an act must have seen, `moves` what is open to me."""

    process: str
    version: int
    status: Status
    stage: str
    stage_title: Title
    seq: int
    outcome: str | None
    moves: tuple[str, ...]
    tasks: tuple[StepShown, ...]


STEP = only(
    StepShown, "ref", "key", "title", "stage", "role", "state", "outcome", "opened_at", "due_at", "done_at",
    unit=UNIT, called="ProcessTaskAnswer",
)  # fmt: skip
PROCESS = only(
    ProcessShown, "process", "version", "status", "stage", "stage_title", "seq", "outcome", "moves",
    tasks=STEP, called="ProcessAnswer",
)  # fmt: skip


@dataclass(frozen=True)
class Why:
    """The reason of the act."""

    reason: str = field(metadata={"max": 2000})


@dataclass(frozen=True)
class Renewed:
    """Whether the person has consented anew, after a withdrawal."""

    consent_renewed: bool = False


@dataclass(frozen=True)
class WhyAgain(Why):
    """The reason, and whether the person has consented anew, after a withdrawal."""

    consent_renewed: bool = False


@dataclass(frozen=True)
class Extra:
    """Which task of the process to open."""

    key: str = field(metadata={"max": 80})


@blueprint.get("/cases/<ref:ref>/process")
@needs(Permit.SEE_CASE)
@blueprint.response(200, PROCESS)
def process(ref: str) -> Tagged:
    """Stage, tasks with their deadlines, the moves open to me, and the version that an act must name."""
    return _shown(ref)


@dataclass(frozen=True)
class Rest:
    """Why a case rests, and until which day; then it goes on by itself."""

    reason: str = field(metadata={"max": 2000})
    resume_on: date | None = None


@blueprint.post("/cases/<ref:ref>/suspension")
@needs(Permit.CLOSE_CASE, Permit.EDIT_COORDINATION)
@versioned
@blueprint.arguments(Rest)
@blueprint.response(200, PROCESS)
def suspended(ask: Rest, ref: str) -> Tagged:
    """Let the case rest: its terms stand still."""
    suspend_case(g.work, SuspendCase(ref, ask.reason, _seq(ref), ask.resume_on))
    return _shown(ref)


@blueprint.post("/cases/<ref:ref>/resumption")
@needs(Permit.CLOSE_CASE, Permit.EDIT_COORDINATION)
@versioned
@blueprint.arguments(Renewed)
@blueprint.response(200, PROCESS)
def resumed(ask: Renewed, ref: str) -> Tagged:
    """Let it go on with the time that was left."""
    resume_case(g.work, ResumeCase(ref, ask.consent_renewed, _seq(ref)))
    return _shown(ref)


@blueprint.post("/cases/<ref:ref>/reopening")
@needs(Permit.CLOSE_CASE)
@versioned
@blueprint.arguments(WhyAgain)
@blueprint.response(200, PROCESS)
def reopened(ask: WhyAgain, ref: str) -> Tagged:
    """Take a closed case up again in its last stage."""
    take_up_case(g.work, TakeUpCase(ref, ask.reason, _seq(ref), ask.consent_renewed))
    return _shown(ref)


@blueprint.post("/cases/<ref:ref>/tasks")
@needs(Permit.CLOSE_CASE, Permit.EDIT_COORDINATION)
@versioned
@blueprint.arguments(Extra)
@blueprint.response(201, PROCESS)
def opened(ask: Extra, ref: str) -> Tagged:
    """Open a task that the process knows and does not ask for, as a meeting."""
    open_extra(g.work, OpenExtra(ref, ask.key, _seq(ref)))
    return _shown(ref)


@blueprint.post("/tasks/<ref:ref>/handover")
@needs(Permit.CLOSE_CASE, Permit.EDIT_COORDINATION)
@versioned
@blueprint.arguments(HandOverTask, given=("task_ref", "seq"))
@blueprint.response(200, PROCESS)
def handed(ask: Callable[..., HandOverTask], ref: str) -> Tagged:
    """Give an open task to another unit of the case, with the reason."""
    task = task_by_ref(g.work, ref)
    seq = matched(ref, instance_by_id(g.work, task.instance_id).seq)
    hand_over_task(g.work, ask(task_ref=ref, seq=seq))
    return _shown(task.subject_ref)


@blueprint.post("/cases/<ref:ref>/referrals")
@needs(Permit.SEND_REFERRAL)
@once
@blueprint.arguments(RequestReferral, given=("case_ref",))
@blueprint.response(201, REFERRAL)
def referral_sent(ask: Callable[..., RequestReferral], ref: str) -> ReferralRow:
    """Ask a unit to take over a case that my unit leads; the lead stays until it accepts."""
    asked_for = request_referral(g.work, ask(case_ref=ref))
    sent(g.work, ref, DraftPlace.REFERRAL)
    return referral_view(g.work, asked_for.ref)


def _seq(ref: str) -> int:
    return matched(ref, instance_of(g.work, case_by_ref(g.work, ref).id or 0).seq)


def _shown(ref: str) -> Tagged:
    case = case_by_ref(g.work, ref)
    instance = instance_of(g.work, case.id or 0)
    definition, tasks = definition_of(g.work, instance.definition_id), tasks_of(g.work, instance)
    units = shown_units(g.work, {one.unit_id for one in tasks if one.unit_id})
    g.work.saw("case", [case.id or 0], int(Section.PLAN))
    told = ProcessShown(
        definition.id, definition.version, instance.status, instance.stage,
        definition.stages[instance.stage].title, instance.seq, instance.outcome,
        tuple(dict.fromkeys(str(move) for move in moves_for(g.work, instance))),
        tuple(_step(definition, one, units) for one in tasks),
    )  # fmt: skip
    return tagged(told, ref, instance.seq)


def _step(definition: Definition, one: WfTask, units: Mapping[int, UnitLabel]) -> StepShown:
    return StepShown(
        one.ref, one.key, known_task(g.work, definition, one.stage, one.key).title, one.stage, one.owner_role,
        one.state, one.outcome, one.opened_at, one.due_at, one.done_at, units.get(one.unit_id or 0),
    )  # fmt: skip
