"""What the reader may do with the process of a case now, as the forms of its first page need it."""

from typing import Any

from flask import g

from cii.access.permits import Permit
from cii.cases.queries import case_by_ref
from cii.cases.resting import rest_of
from cii.institutions.queries import shown_units, units
from cii.institutions.vocabulary import UnitKind
from cii.routing.actions_case import OWN_ACTS, TASK_OF
from cii.routing.actions_manage import may_manage
from cii.routing.queries import open_referral
from cii.web.case_head import CasePage
from cii.wire import language

RECEIVING = (UnitKind.ORP, UnitKind.AI_OFFICE, UnitKind.GSR, UnitKind.OFIJ, UnitKind.OSAS)
"""The kinds of units that may be asked to take over."""
ASKING = frozenset({"signal", "redirected", "declined", "returned"})
"""The stages of everyday collaboration in which the sender asks a unit."""


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
        "rests_until": resting.resume_on if (resting := rest_of(g.work, case.id or 0)) else None,
        "resume": manages and process.may("resume"),
        "consent": process.state.consent,
        "reopen": Permit.CLOSE_CASE.value in permits and process.may("reopen"),
        "extras": extras if manages else [],
        "tasks": _tasks(shown) if manages else [],
        "units": [{"value": ref, "label": name} for ref, name in _partners(shown).items()],
    }


def _tasks(shown: CasePage) -> list[dict[str, str]]:
    """The open tasks that may be given to another unit; one that a page of another unit ends stays there."""
    process = shown.process
    if process is None or not _partners(shown):
        return []
    may = {one.task for one in process.open if one.act == "reassign"}
    return [
        {"value": one["ref"], "label": f"{one['title']} ({one['unit'] or one['role']})"}
        for one in process.tasks
        if one["number"] in may and one["key"] not in TASK_OF.values()
    ]


def _partners(shown: CasePage) -> dict[str, str]:
    """The units with a part in the case that the reader may know, the coordination group left out."""
    return {one.unit.ref: one.unit.name for one in shown.view.parties if one.role != "coordination"}


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
    asked = [
        one.id or 0 for kind in RECEIVING for one in units(g.work, kind=kind) if one.id != case.lead_unit_id
    ]
    named = shown_units(g.work, asked)
    return [{"value": named[one].ref, "label": named[one].name} for one in asked if one in named]
