"""Acts on the process of a case from its first page: ask another unit, rest, go on, take up again, meet."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import g
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.cases.queries import case_by_ref
from cii.institutions.queries import units
from cii.institutions.vocabulary import UnitKind
from cii.routing.actions import RequestReferral, request_referral
from cii.routing.actions_case import OWN_ACTS
from cii.routing.actions_manage import (
    OpenExtra,
    ResumeCase,
    SuspendCase,
    TakeUpCase,
    may_manage,
    open_extra,
    resume_case,
    suspend_case,
    take_up_case,
)
from cii.routing.queries import open_referral
from cii.web.base import see_other
from cii.web.case_head import CasePage
from cii.wire import language
from cii.wire.reading import asked

RECEIVING = (UnitKind.ORP, UnitKind.AI_OFFICE, UnitKind.GSR, UnitKind.OFIJ, UnitKind.OSAS)
"""The kinds of units that may be asked to take over."""
ASKING = frozenset({"signal", "redirected", "declined", "returned"})
"""The stages of everyday collaboration in which the sender asks a unit."""
ACTS: Mapping[str, tuple[Callable[[Any, Any], object], type[Any], str]] = {
    "request": (request_referral, RequestReferral, "requested"),
    "suspend": (suspend_case, SuspendCase, "suspended"),
    "resume": (resume_case, ResumeCase, "resumed"),
    "reopen": (take_up_case, TakeUpCase, "reopened"),
    "extra": (open_extra, OpenExtra, "extra"),
}


def managing(shown: CasePage) -> dict[str, Any]:
    """What the reader may do with the process now, as the forms of the page need it."""
    process, case = shown.process, case_by_ref(g.work, shown.view.ref)
    if process is None or not may_manage(g.work, case):
        return {}
    lang, permits = language.lang(), g.work.actor.permits
    manages = bool({Permit.CLOSE_CASE.value, Permit.EDIT_COORDINATION.value} & set(permits))
    stage = process.definition.stages.get(process.state.stage)
    extras = [
        {"value": one.key, "label": process.definition.task(process.state.stage, one.key).title[lang]}
        for one in process.open
        if one.act == "add" and one.key not in OWN_ACTS and stage is not None
    ]
    return {
        "receivers": _receivers(shown) if Permit.SEND_REFERRAL.value in permits else [],
        "suspend": manages and process.may("suspend"),
        "resume": manages and process.may("resume"),
        "consent": process.state.consent,
        "reopen": Permit.CLOSE_CASE.value in permits and process.may("reopen"),
        "extras": extras if manages else [],
    }


def _receivers(shown: CasePage) -> list[dict[str, str]]:
    """The units that may be asked now; none while a referral waits or the path does not ask for one."""
    case, process = case_by_ref(g.work, shown.view.ref), shown.process
    everyday = case.path.value == "everyday-cii"
    if (
        process is None
        or case.lead_unit_id not in g.work.actor.units
        or process.state.status != "open"
        or (everyday and process.state.stage not in ASKING)
        or open_referral(g.work, shown.case_id) is not None
    ):
        return []
    return [
        {"value": one.ref, "label": one.name}
        for kind in RECEIVING
        for one in units(g.work, kind=kind)
        if one.id != case.lead_unit_id
    ]


def act(ref: str, name: str) -> Response:
    """Do one of the acts with what the form says."""
    does, command, done = ACTS[name]
    does(g.work, asked(command, case_ref=ref))
    return see_other("cases.one", ref=ref, done=done)
