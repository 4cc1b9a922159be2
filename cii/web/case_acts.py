"""Acts on the process of a case from its first page: end a task, ask a unit, rest, go on, take up again.

A form names the version of the process that it was made from: what others have moved since is refused, and
the page shows where the case stands now. Two name none, for the case itself takes each once: asking a unit is
refused while a referral waits (ReferralOpen), naming the lead once it is named (the task is done).
"""

from collections.abc import Callable
from typing import Any

from flask import g
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.desk.drafting import sent
from cii.desk.vocabulary import DraftPlace
from cii.routing.actions import (
    CompleteTask,
    NameLead,
    RequestReferral,
    complete_task,
    name_lead,
    request_referral,
)
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
from cii.web.base import Blueprint, see_other
from cii.web.cases import one
from cii.web.versions import seen_version
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("case_acts", __name__)


@page.post("/cases/<ref:ref>/tasks")
@needs(Permit.SEE_CASE)
@once
@again(one)
def finish(ref: str) -> Response:
    """End a task that carries no more than its outcome."""
    complete_task(g.work, asked(CompleteTask, seq=seen_version(ref)))
    return _done(ref, "finished")


@page.post("/cases/<ref:ref>/lead")
@needs(Permit.EDIT_COORDINATION)
@once
@again(one)
def lead(ref: str) -> Response:
    """The coordination group names who is to lead."""
    name_lead(g.work, asked(NameLead, case_ref=ref))
    return _done(ref, "finished")


@page.post("/cases/<ref:ref>/request")
@needs(Permit.SEND_REFERRAL)
@once
@again(one)
def request_takeover(ref: str) -> Response:
    """Ask a unit to take over."""
    request_referral(g.work, asked(RequestReferral, case_ref=ref))
    sent(g.work, ref, DraftPlace.REFERRAL)
    return _done(ref, "requested")


@page.post("/cases/<ref:ref>/suspend")
@needs(Permit.CLOSE_CASE, Permit.EDIT_COORDINATION)
@once
@again(one)
def suspend(ref: str) -> Response:
    """Let the case rest."""
    return _act(suspend_case, SuspendCase, ref, "suspended")


@page.post("/cases/<ref:ref>/resume")
@needs(Permit.CLOSE_CASE, Permit.EDIT_COORDINATION)
@once
@again(one)
def resume(ref: str) -> Response:
    """Let the case go on."""
    return _act(resume_case, ResumeCase, ref, "resumed")


@page.post("/cases/<ref:ref>/reopen")
@needs(Permit.CLOSE_CASE)
@once
@again(one)
def reopen(ref: str) -> Response:
    """Take a closed case up again."""
    return _act(take_up_case, TakeUpCase, ref, "reopened")


@page.post("/cases/<ref:ref>/extra")
@needs(Permit.CLOSE_CASE, Permit.EDIT_COORDINATION)
@once
@again(one)
def extra(ref: str) -> Response:
    """Open a task that the process does not ask for."""
    return _act(open_extra, OpenExtra, ref, "extra")


@page.post("/cases/<ref:ref>/handover")
@needs(Permit.CLOSE_CASE, Permit.EDIT_COORDINATION)
@once
@again(one)
def hand_over(ref: str) -> Response:
    """Give an open task to another unit of the case."""
    hand_over_task(g.work, asked(HandOverTask, seq=seen_version(ref)))
    return _done(ref, "handed")


def _act(does: Callable[[Any, Any], object], command: type[Any], ref: str, done: str) -> Response:
    does(g.work, asked(command, case_ref=ref, seq=seen_version(ref)))
    return _done(ref, done)


def _done(ref: str, done: str) -> Response:
    return see_other("cases.one", ref=ref, done=done)
