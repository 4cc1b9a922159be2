"""Keeping the catalogue: a new measure, who answers for it, when it is open, its plan, its history."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import g, render_template, request
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.files.vocabulary import LANGUAGES
from cii.institutions.queries import UnitLabel, institutions, lines, lines_by_id, shown_units, units
from cii.institutions.regions import region_names
from cii.institutions.vocabulary import InstitutionKind
from cii.kernel.clock import local_midnight
from cii.kernel.period import ONE_DAY
from cii.measures.actions import (
    AddMeasure,
    ChangeRespondent,
    KindPlaces,
    LinePlaces,
    add_measure,
    change_respondent,
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
from cii.measures.queries import measure_by_ref, measure_held
from cii.measures.tables import Measure
from cii.measures.vocabulary import MeasureKind, TargetGroup
from cii.store.work import Work
from cii.web.base import Blueprint, see_other
from cii.web.choices import Option, day_asked, options, t, word
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.reading import asked

page = Blueprint("catalogue", __name__)


@dataclass(frozen=True)
class QuotaTyped:
    """How many of the places a funding line may use; none where the field was left empty."""

    line_ref: str
    places: int | None = field(default=None, metadata={"min": 0, "max": 10_000})


@dataclass(frozen=True)
class NewMeasure:
    """A measure as the form asks for it: places of one kind, quotas by line."""

    code: str = field(metadata={"min": 1, "max": 40})
    name: str = field(metadata={"min": 1, "max": 200})
    kind: MeasureKind
    respondent_ref: str
    places: int = field(metadata={"min": 0, "max": 10_000})
    starts_on: date
    ends_on: date | None = None
    provider_ref: str | None = None
    region: str = ""
    languages: tuple[str, ...] = field(default=(), metadata={"choices": LANGUAGES, "min": 1})
    target_groups: tuple[TargetGroup, ...] = ()
    quotas: tuple[QuotaTyped, ...] = ()
    opening_hours: str = field(default="", metadata={"max": 300})
    description: str = field(default="", metadata={"max": 2000})
    rule_source: str = field(default="", metadata={"max": 200_000})


@page.get("/measures/new")
@needs(Permit.EDIT_MEASURES)
def new() -> str:
    """The form that takes a measure into the catalogue."""
    return render_template("pages/measures/new.html", **_new(g.work))


@page.post("/measures/new")
@needs(Permit.EDIT_MEASURES)
@once
@again(new)
def add() -> Response:
    """Take a measure into the catalogue."""
    ask = asked(NewMeasure)
    made = add_measure(
        g.work,
        AddMeasure(
            code=ask.code,
            name=ask.name,
            kind=ask.kind,
            starts_on=ask.starts_on,
            ends_on=ask.ends_on,
            respondent_ref=ask.respondent_ref,
            provider_ref=ask.provider_ref,
            region=ask.region,
            languages=ask.languages,
            places=(KindPlaces(ask.kind, ask.places),),
            quotas=tuple(
                LinePlaces(one.line_ref, ask.kind, one.places) for one in ask.quotas if one.places is not None
            ),
            target_groups=ask.target_groups,
            description=ask.description,
            opening_hours=ask.opening_hours,
            rule_source=ask.rule_source or None,
        ),
    )
    return see_other("measures.one", ref=made.ref)


@page.get("/measures/<ref:ref>/respondent")
@needs(Permit.EDIT_MEASURES)
def respondent(ref: str) -> str:
    """The form that hands the measure to another service."""
    return render_template("pages/measures/respondent.html", **_form(g.work, ref))


@page.post("/measures/<ref:ref>/respondent")
@needs(Permit.EDIT_MEASURES)
@once
@again(respondent)
def set_respondent(ref: str) -> Response:
    """Hand the measure to another service from a day on."""
    _fresh(g.work, ref)
    change_respondent(g.work, asked(ChangeRespondent, measure_ref=ref))
    return see_other("measures.one", ref=ref)


@page.get("/measures/<ref:ref>/opening-hours")
@needs(Permit.EDIT_MEASURES)
def hours(ref: str) -> str:
    """The form that says when the measure is open."""
    return render_template("pages/measures/hours.html", **_form(g.work, ref))


@page.post("/measures/<ref:ref>/opening-hours")
@needs(Permit.EDIT_MEASURES)
@once
@again(hours)
def set_hours(ref: str) -> Response:
    """Say when the measure is open."""
    _fresh(g.work, ref)
    set_opening_hours(g.work, asked(SetOpeningHours, measure_ref=ref))
    return see_other("catalogue.plan", ref=ref)


@page.get("/measures/<ref:ref>/plan")
@needs(Permit.SEE_MEASURES)
def plan(ref: str) -> str:
    """What the measure is, what it is to become, and every number written of it, as known on a day."""
    return render_template("pages/measures/plan.html", **_plan(g.work, ref))


@page.get("/measures/<ref:ref>/plan/new")
@needs(Permit.EDIT_MEASURES)
def target(ref: str) -> str:
    """The form that sets a step of the plan."""
    return render_template("pages/measures/target.html", **_form(g.work, ref))


@page.post("/measures/<ref:ref>/plan/new")
@needs(Permit.EDIT_MEASURES)
@once
@again(target)
def add_target(ref: str) -> Response:
    """Set a step of the plan."""
    _fresh(g.work, ref)
    set_target(g.work, asked(SetTarget, measure_ref=ref))
    return see_other("catalogue.plan", ref=ref)


def _fresh(work: Work, ref: str) -> None:
    require_match(ref, measure_held(work, ref).version)


def _respondents(work: Work) -> list[UnitLabel]:
    """Units that may answer for a measure: of institutions that pay, where their names are open."""
    paying = {one.institution_id for one in lines(work)}
    found = shown_units(work, [one.id or 0 for one in units(work) if one.institution_id in paying])
    return sorted(found.values(), key=lambda one: one.code)


def _new(work: Work) -> dict[str, Any]:
    typed = request.form
    return {
        **_choices(work),
        "languages": [{"value": one, "label": t(f"web.language.{one}")} for one in LANGUAGES],
        "spoken": typed.getlist("languages") if typed else ["fr"],
        "chosen": typed.getlist("target_groups"),
        "regions": region_options(work),
        "providers": [
            {"value": one.ref, "label": one.name}
            for one in institutions(work)
            if one.kind is InstitutionKind.PROVIDER
        ],
        "payers": [
            {"name": f"quotas-{number}", "ref": line.ref, "label": f"{line.code}, {line.name}"}
            for number, line in enumerate(lines(work))
        ],
    }


def region_options(work: Work) -> list[Option]:
    """The regions of the canton, by their names."""
    return [{"value": code, "label": name} for code, name in region_names(work).items()]


def _choices(work: Work) -> dict[str, Any]:
    return {
        "kinds": options(MeasureKind),
        "groups": options(TargetGroup),
        "units": [{"value": one.ref, "label": f"{one.code}, {one.name}"} for one in _respondents(work)],
        "today": work.today.isoformat(),
    }


def _form(work: Work, ref: str) -> dict[str, Any]:
    measure = measure_by_ref(work, ref)
    return {
        **_choices(work),
        "measure": measure,
        "version": etag(ref, measure.version),
        "lines": [{"value": line.ref, "label": f"{line.code}, {line.name}"} for line in lines(work)],
    }


def _plan(work: Work, ref: str) -> dict[str, Any]:
    measure, known = measure_by_ref(work, ref), day_asked()
    steps = plan_of(work, measure.id or 0)
    written = history(work, measure.id or 0, local_midnight(known + ONE_DAY))
    named = lines_by_id(work, {one.line_id for one in steps} | {one.line_id or 0 for one in written})
    return {
        "measure": measure,
        "day_shown": known,
        "state": {"label": _state(work, measure, [one.due_on for one in steps]), "tone": "neutral"},
        "steps": [
            {
                "due": one.due_on,
                "line": named[one.line_id].code,
                "kind": word(one.kind),
                "places": one.places,
            }
            for one in steps
        ],
        "written": [
            {
                "line": named[one.line_id].code if one.line_id else t("web.measures.total"),
                "kind": word(one.kind),
                "places": one.places,
                "from": one.valid_from,
                "recorded": one.recorded_at.date(),
                "counts": t("web.catalogue.replaced") if one.superseded else t("web.catalogue.counts"),
            }
            for one in written
        ],
        "may_edit": Permit.EDIT_MEASURES in work.actor.permits,
    }


def _state(work: Work, measure: Measure, due: list[date]) -> str:
    return word(state_of(measure.starts_on, measure.ends_on, due, work.today))


__all__ = ["page", "region_options"]
