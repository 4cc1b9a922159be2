"""Keeping the catalogue: a new measure, its plan and history, who answers for it, hours, conditions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from flask import g

from cii.access.permits import Permit
from cii.api.asking import matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.measures import MEASURE, DayAsked, measure_shown
from cii.api.shapes import Tagged
from cii.institutions.queries import lines_by_id
from cii.kernel.clock import local_midnight
from cii.kernel.period import ONE_DAY
from cii.measures.actions import (
    AddMeasure,
    ChangeRespondent,
    JustifyMeasure,
    PublishRule,
    add_measure,
    change_respondent,
    justify,
    publish_rule,
)
from cii.measures.planning import (
    SetOpeningHours,
    SetTarget,
    history,
    plan_of,
    set_opening_hours,
    set_target,
    state_of,
)
from cii.measures.queries import measure_by_ref, measure_held, rules_of
from cii.measures.schemas import TABLE
from cii.measures.tables import MeasureRule
from cii.measures.vocabulary import MeasureKind, MeasureState
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page

blueprint = Blueprint("api-catalogue", __name__, url_prefix=f"{PREFIX}/measures")


@dataclass(frozen=True)
class TargetShown:
    """A step of the plan: how many places of a kind a line is to have by a day."""

    line_code: str
    kind: MeasureKind
    places: int
    due_on: date


@dataclass(frozen=True)
class WrittenShown:
    """A number of places written down, of the whole measure where `line_code` is none.

    `superseded`: a later writing for the same first day has taken its place.
    """

    line_code: str | None
    kind: MeasureKind
    places: int
    valid_from: date
    recorded_at: datetime
    superseded: bool


@dataclass(frozen=True)
class PlanShown:
    """What the measure is today, what it is to become, and what was known of its places on the day asked."""

    state: MeasureState
    targets: tuple[TargetShown, ...]
    written: tuple[WrittenShown, ...]


TARGET = only(TargetShown, "line_code", "kind", "places", "due_on", called="PlanTargetAnswer")
WRITTEN = only(
    WrittenShown, "line_code", "kind", "places", "valid_from", "recorded_at", "superseded",
    called="PlacesWrittenAnswer",
)  # fmt: skip
PLAN = only(PlanShown, "state", targets=TARGET, written=WRITTEN, called="MeasurePlanAnswer")


@blueprint.post("")
@needs(Permit.EDIT_MEASURES)
@once
@blueprint.arguments(AddMeasure)
@blueprint.response(201, MEASURE)
def added(ask: AddMeasure) -> Tagged:
    """Take a measure into the catalogue from its first day on."""
    return measure_shown(add_measure(g.work, ask).ref)


@blueprint.get("/<ref:ref>/plan")
@needs(Permit.SEE_MEASURES)
@blueprint.arguments(DayAsked, location="query")
@blueprint.response(200, PLAN)
def plan(asked: DayAsked, ref: str) -> PlanShown:
    """The transformation plan, and every number of places as known on a day (today when left out)."""
    return _plan(ref, asked.day or g.work.today)


@blueprint.post("/<ref:ref>/plan")
@needs(Permit.EDIT_MEASURES)
@versioned
@once
@blueprint.arguments(SetTarget, given=("measure_ref",))
@blueprint.response(200, PLAN)
def target_set(ask: Callable[..., SetTarget], ref: str) -> PlanShown:
    """Set a step of the plan; places change by themselves in nothing."""
    set_target(g.work, ask(measure_ref=_fresh(ref)))
    return _plan(ref, g.work.today)


@blueprint.post("/<ref:ref>/opening-hours")
@needs(Permit.EDIT_MEASURES)
@versioned
@once
@blueprint.arguments(SetOpeningHours, given=("measure_ref",))
@blueprint.response(200, MEASURE)
def hours_set(ask: Callable[..., SetOpeningHours], ref: str) -> Tagged:
    """Say when the measure is open."""
    set_opening_hours(g.work, ask(measure_ref=_fresh(ref)))
    return measure_shown(ref)


@blueprint.post("/<ref:ref>/respondent")
@needs(Permit.EDIT_MEASURES)
@versioned
@once
@blueprint.arguments(ChangeRespondent, given=("measure_ref",))
@blueprint.response(200, MEASURE)
def respondent_changed(ask: Callable[..., ChangeRespondent], ref: str) -> Tagged:
    """Hand the measure to another service from a day on."""
    change_respondent(g.work, ask(measure_ref=_fresh(ref)))
    return measure_shown(ref)


@blueprint.post("/<ref:ref>/justification")
@needs(Permit.EDIT_MEASURES)
@versioned
@once
@blueprint.arguments(JustifyMeasure, given=("measure_ref",))
@blueprint.response(200, MEASURE)
def justified(ask: Callable[..., JustifyMeasure], ref: str) -> Tagged:
    """Say why the measure exists beside another that offers the same."""
    justify(g.work, ask(measure_ref=_fresh(ref)))
    return measure_shown(ref)


@blueprint.get("/<ref:ref>/eligibility")
@needs(Permit.SEE_MEASURES)
@blueprint.response(200, paged(TABLE))
def eligibility(ref: str) -> Page[MeasureRule]:
    """Every version of the eligibility table with its text, the newest first."""
    return Page(rules_of(g.work, measure_by_ref(g.work, ref).id or 0))


@blueprint.post("/<ref:ref>/eligibility")
@needs(Permit.EDIT_MEASURES)
@versioned
@once
@blueprint.arguments(PublishRule, given=("measure_ref",))
@blueprint.response(200, paged(TABLE))
def eligibility_published(ask: Callable[..., PublishRule], ref: str) -> Page[MeasureRule]:
    """Publish the next version of the eligibility table, in force from a day on."""
    publish_rule(g.work, ask(measure_ref=_fresh(ref)))
    return eligibility(ref)


def _fresh(ref: str) -> str:
    matched(ref, measure_held(g.work, ref).version)
    return ref


def _plan(ref: str, known: date) -> PlanShown:
    work, measure = g.work, measure_by_ref(g.work, ref)
    steps = plan_of(work, measure.id or 0)
    written = history(work, measure.id or 0, local_midnight(known + ONE_DAY))
    named = lines_by_id(
        work, {one.line_id for one in steps} | {one.line_id for one in written if one.line_id}
    )
    return PlanShown(
        state_of(measure.starts_on, measure.ends_on, [one.due_on for one in steps], work.today),
        tuple(TargetShown(named[one.line_id].code, one.kind, one.places, one.due_on) for one in steps),
        tuple(
            WrittenShown(
                named[one.line_id].code if one.line_id else None, one.kind, one.places, one.valid_from,
                one.recorded_at, one.superseded,
            )
            for one in written
        ),
    )  # fmt: skip
