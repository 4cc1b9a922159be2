"""Working on a case: the common grid, the medical part, the assessment, the plan."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from flask import g

from cii.access.permits import Permit
from cii.api.asking import matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.cases.actions import AnswerPlan, GridAnswer, ProposePlan, SignAssessment, WriteMedical
from cii.cases.grid_view import grid_history
from cii.cases.queries import case_by_ref
from cii.cases.schemas import ASSESSMENT, CASE, ENTRY, GRID_LINE, PLAN
from cii.cases.shapes import AssessmentView, EntryView, GridLine, PlanSection, PlanView
from cii.cases.view import case_view
from cii.desk.drafting import sent
from cii.desk.vocabulary import DraftPlace
from cii.kernel.errors import UnknownThing
from cii.routing.actions import (
    RecordGrid,
    RecordMedical,
    put_plan,
    record_grid,
    record_medical,
    reply_to_plan,
    sign_assessment,
)
from cii.wire.answers import paged
from cii.wire.doors import needs
from cii.wire.pages import Page

blueprint = Blueprint("api-case-work", __name__, url_prefix=f"{PREFIX}/cases")


@dataclass(frozen=True)
class Grid:
    """Entries of my institution; `finished` ends our part of the assessment."""

    entries: tuple[GridAnswer, ...] = ()
    finished: bool = False


@dataclass(frozen=True)
class Medical:
    """The physician's statement, and apart from it what follows for work; `finished` ends the part."""

    statement: str = field(metadata={"max": 8000})
    limits: str = field(metadata={"max": 4000})
    effective_on: date
    capacity: int | None = None
    finished: bool = False


@blueprint.get("/<ref:ref>/grid")
@needs(Permit.SEE_CASE)
@blueprint.response(200, paged(GRID_LINE))
def grid(ref: str) -> Page[GridLine]:
    """What each institution says to each item, side by side, in the sections open to me."""
    sections = case_view(g.work, ref).sections
    functional = sections["functional"].items if "functional" in sections else ()
    return Page((*_plan(ref).grid, *functional, *sections.get("social", ())))


@blueprint.get("/<ref:ref>/grid/<item>")
@needs(Permit.SEE_CASE)
@blueprint.response(200, paged(ENTRY))
def item(ref: str, item: str) -> Page[EntryView]:
    """Everything that was ever said to an item, in order."""
    return Page(grid_history(g.work, ref, item))


@blueprint.post("/<ref:ref>/grid")
@needs(Permit.WRITE_GRID)
@versioned
@blueprint.arguments(Grid)
@blueprint.response(200, CASE)
def grid_written(ask: Grid, ref: str) -> Tagged:
    """Write my institution's entries, and say when our part is finished."""
    record_grid(g.work, RecordGrid(ref, ask.entries, ask.finished, _version(ref)))
    return _case(ref)


@blueprint.post("/<ref:ref>/medical")
@needs(Permit.WRITE_MEDICAL)
@versioned
@blueprint.arguments(Medical)
@blueprint.response(200, CASE)
def medical_written(ask: Medical, ref: str) -> Tagged:
    """Write the medical part and the functional limits, and say when the part is finished."""
    told = WriteMedical(ref, ask.statement, ask.limits, ask.effective_on, ask.capacity, _version(ref))
    record_medical(g.work, RecordMedical(told, ask.finished))
    return _case(ref)


@blueprint.get("/<ref:ref>/assessment")
@needs(Permit.SEE_CASE)
@blueprint.response(200, ASSESSMENT)
def assessment(ref: str) -> AssessmentView:
    """The last round: who has spoken, who is missing, the synthesis once it is signed."""
    found = _plan(ref).assessment
    if found is None:
        raise UnknownThing(field="assessment")
    return found


@blueprint.post("/<ref:ref>/assessment")
@needs(Permit.SIGN_ASSESSMENT)
@versioned
@blueprint.arguments(SignAssessment, given=("case_ref", "version"))
@blueprint.response(200, CASE)
def signed(ask: Callable[..., SignAssessment], ref: str) -> Tagged:
    """Sign the synthesis; every voice that is missing is named."""
    sign_assessment(g.work, ask(case_ref=ref, version=_version(ref)))
    sent(g.work, ref, DraftPlace.SYNTHESIS)
    return _case(ref)


@blueprint.get("/<ref:ref>/plan")
@needs(Permit.SEE_CASE)
@blueprint.response(200, paged(PLAN))
def plans(ref: str) -> Page[PlanView]:
    """The versions of the plan, the newest first."""
    return Page(_plan(ref).plans)


@blueprint.post("/<ref:ref>/plan")
@needs(Permit.PROPOSE_PLAN)
@versioned
@blueprint.arguments(ProposePlan, given=("case_ref", "version"))
@blueprint.response(201, CASE)
def proposed(ask: Callable[..., ProposePlan], ref: str) -> Tagged:
    """Put a plan before the institutions that bear its parts."""
    put_plan(g.work, ask(case_ref=ref, version=_version(ref)))
    sent(g.work, ref, DraftPlace.PLAN)
    return _case(ref)


@blueprint.post("/<ref:ref>/plan/answer")
@needs(Permit.ANSWER_PLAN)
@versioned
@blueprint.arguments(AnswerPlan, given=("case_ref",))
@blueprint.response(200, CASE)
def answered(ask: Callable[..., AnswerPlan], ref: str) -> Tagged:
    """Agree to the plan or refuse it for my unit; agreed by all it is in force."""
    _version(ref)
    reply_to_plan(g.work, ask(case_ref=ref))
    return _case(ref)


def _version(ref: str) -> int:
    return matched(ref, case_by_ref(g.work, ref).version)


def _case(ref: str) -> Tagged:
    view = case_view(g.work, ref)
    return tagged(view, view.ref, view.version)


def _plan(ref: str) -> PlanSection:
    """The section of grid and plan; empty where it is closed to the reader. Refuses UnknownThing."""
    found: PlanSection = case_view(g.work, ref).sections.get("plan", PlanSection((), None, ()))
    return found
