"""The plan beyond its proposal, the team of an assessment, and grid and plan at two moments."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import g

from cii.access.permits import Permit
from cii.api.asking import matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.cases.assessing import NoteMeeting, note_meeting
from cii.cases.carrying import MarkAction, RecordWord, mark_action, plan_by_ref, record_word
from cii.cases.grid_view import grid_compared
from cii.cases.plan_view import ActionChange, plan_changes
from cii.cases.queries import case_by_ref
from cii.cases.schemas import ACTION_CHANGE, ASSESSMENT, CASE, GRID_CHANGE
from cii.cases.shapes import AssessmentView, GridChange, PlanSection, PlanView
from cii.cases.view import case_view
from cii.kernel.errors import UnknownThing
from cii.wire.answers import paged
from cii.wire.doors import needs
from cii.wire.pages import Page

blueprint = Blueprint("api-case-plan", __name__, url_prefix=f"{PREFIX}/cases")


@dataclass(frozen=True)
class Days:
    """Two days; the grid is compared as it was known at the end of each."""

    before: date
    after: date


@dataclass(frozen=True)
class Versions:
    """Two versions of the plan."""

    before: int
    after: int


@blueprint.get("/<ref:ref>/grid/changes")
@needs(Permit.SEE_CASE)
@blueprint.arguments(Days, location="query")
@blueprint.response(200, paged(GRID_CHANGE))
def grid_changes(asked: Days, ref: str) -> Page[GridChange]:
    """What each institution said to each item then and says now, in the sections open to me."""
    return Page(grid_compared(g.work, ref, asked.before, asked.after))


@blueprint.get("/<ref:ref>/assessments")
@needs(Permit.SEE_CASE)
@blueprint.response(200, paged(ASSESSMENT))
def rounds(ref: str) -> Page[AssessmentView]:
    """Every round of assessment with its team, the newest first."""
    return Page(_plan(ref).rounds)


@blueprint.post("/<ref:ref>/assessment/meeting")
@needs(Permit.SIGN_ASSESSMENT)
@versioned
@blueprint.arguments(NoteMeeting, given=("case_ref", "version"))
@blueprint.response(200, CASE)
def met(ask: Callable[..., NoteMeeting], ref: str) -> Tagged:
    """Keep who of the team was there when it met."""
    note_meeting(g.work, ask(case_ref=ref, version=_version(ref)))
    return _case(ref)


@blueprint.post("/<ref:ref>/plan/person")
@needs(Permit.RECORD_CONSENT)
@versioned
@blueprint.arguments(RecordWord)
@blueprint.response(200, CASE)
def person(ask: RecordWord, ref: str) -> Tagged:
    """Record the person's answer to the proposed plan from the signed paper."""
    _version(ref)
    if plan_by_ref(g.work, ask.plan_ref).case_id != case_by_ref(g.work, ref).id:
        raise UnknownThing(field="plan_ref")
    record_word(g.work, ask)
    return _case(ref)


@blueprint.post("/<ref:ref>/plan/actions")
@needs(Permit.ANSWER_PLAN)
@versioned
@blueprint.arguments(MarkAction)
@blueprint.response(200, CASE)
def marked(ask: MarkAction, ref: str) -> Tagged:
    """Say what became of an action of the plan in force: done, dropped or open again."""
    _version(ref)
    if ask.action_ref not in {part.ref for plan in _plan(ref).plans for part in plan.parts}:
        raise UnknownThing(field="action_ref")
    mark_action(g.work, ask)
    return _case(ref)


@blueprint.get("/<ref:ref>/plan/changes")
@needs(Permit.SEE_CASE)
@blueprint.arguments(Versions, location="query")
@blueprint.response(200, paged(ACTION_CHANGE))
def plan_compared(asked: Versions, ref: str) -> Page[ActionChange]:
    """What one version of the plan adds to another, drops and changes."""
    plans = {one.version: one for one in _plan(ref).plans}
    return Page(plan_changes(_one(plans, asked.before, "before"), _one(plans, asked.after, "after")))


def _one(plans: dict[int, PlanView], version: int, name: str) -> PlanView:
    if version not in plans:
        raise UnknownThing(field=name)
    return plans[version]


def _version(ref: str) -> int:
    return matched(ref, case_by_ref(g.work, ref).version)


def _case(ref: str) -> Tagged:
    view = case_view(g.work, ref)
    return tagged(view, view.ref, view.version)


def _plan(ref: str) -> PlanSection:
    """The section of grid and plan; empty where it is closed to the reader. Refuses UnknownThing."""
    found: PlanSection = case_view(g.work, ref).sections.get("plan", PlanSection((), None, ()))
    return found
