"""The process of a case: rest, go on, take up again, extra tasks, tasks handed over, referrals sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import g

from cii.access.permits import Permit
from cii.api.asking import matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.cases.queries import case_by_ref
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
from cii.workflow.queries import definition_of, instance_by_id, moves_for, task_by_ref
from cii.workflow.tables import WfInstance

blueprint = Blueprint("api-case-process", __name__, url_prefix=PREFIX)


@dataclass(frozen=True)
class ProcessShown:
    """Where the process of a case stands; `seq` is what an act must have seen, `moves` what is open to me."""

    process: str
    version: int
    stage: str
    title: Mapping[str, str]
    status: str
    outcome: str | None
    seq: int
    moves: tuple[str, ...]


PROCESS = only(
    ProcessShown, "process", "version", "stage", "title", "status", "outcome", "seq", "moves",
    called="CaseMovedAnswer",
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


@blueprint.post("/cases/<ref:ref>/suspension")
@needs(Permit.CLOSE_CASE, Permit.EDIT_COORDINATION)
@versioned
@blueprint.arguments(Why)
@blueprint.response(200, PROCESS)
def suspended(ask: Why, ref: str) -> Tagged:
    """Let the case rest: its terms stand still."""
    suspend_case(g.work, SuspendCase(ref, ask.reason, _seq(ref)))
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
    return referral_view(g.work, request_referral(g.work, ask(case_ref=ref)).ref)


def _instance(ref: str) -> WfInstance:
    return instance_of(g.work, case_by_ref(g.work, ref).id or 0)


def _seq(ref: str) -> int:
    return matched(ref, _instance(ref).seq)


def _shown(ref: str) -> Tagged:
    instance = _instance(ref)
    definition = definition_of(g.work, instance.definition_id)
    open_now: Any = dict.fromkeys(str(one) for one in moves_for(g.work, instance))
    told = ProcessShown(
        definition.id, definition.version, instance.stage, definition.stages[instance.stage].title,
        instance.status.value, instance.outcome, instance.seq, tuple(open_now),
    )  # fmt: skip
    return tagged(told, ref, instance.seq)
