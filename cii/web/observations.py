"""Observation contracts on pages: for social aid and for the enterprise, each with its own acts."""

from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.cases.queries import case_by_ref
from cii.institutions.queries import institutions, units
from cii.institutions.vocabulary import UnitKind
from cii.routing.holding import instance_of
from cii.routing.observation import (
    DraftContract,
    EndContract,
    EvaluateContract,
    ExtendContract,
    SignContract,
    draft_contract,
    end_contract,
    evaluate_contract,
    extend_contract,
    sign_contract,
)
from cii.routing.queries_observation import ObservationRow, observation, observations
from cii.routing.queries_recognition import recognised_units
from cii.routing.rules_social import last_day
from cii.routing.vocabulary_social import ObservationMove, ObservationState
from cii.web.base import Blueprint, may_open, see_other
from cii.web.case_head import unit_name
from cii.web.choices import clock, options, t, text_asked, word
from cii.web.versions import seen_version
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag
from cii.wire.reading import asked

page = Blueprint("observations", __name__)
SEES = (Permit.SEE_PLACEMENTS, Permit.SEE_PARTICIPANTS)
ACTS = (Permit.ASSIGN_PLACEMENT, Permit.ANSWER_PLACEMENT)
TONES = {
    ObservationState.DRAFT: "warn",
    ObservationState.IN_FORCE: "info",
    ObservationState.EVALUATED: "good",
    ObservationState.ENDED_EARLY: "bad",
}


@page.get("/observations")
@needs(*SEES)
def index() -> str:
    """The contracts of my units."""
    found = observations(g.work, text_asked("after") or None)
    return render_template(
        "pages/observations/index.html",
        rows=[_row(one) for one in found.items],
        next_url=url_for("observations.index", after=found.next) if found.next else None,
    )


@page.get("/observations/new/<ref:ref>")
@needs(Permit.ASSIGN_PLACEMENT)
def new(ref: str) -> str:
    """The form of a contract for a person who passed the screen."""
    case = case_by_ref(g.work, ref)
    g.work.saw("case", [case.id or 0], 0)
    stage = instance_of(g.work, case.id or 0).stage
    months = g.work.parameter("observation_max_months")
    return render_template(
        "pages/observations/new.html",
        case=case,
        fits=stage == "contract",
        latest=last_day(g.work.today, months),
        months=months,
        providers=_providers(),
    )


@page.post("/observations/new/<ref:ref>")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@again(new)
def draft(ref: str) -> Response:
    """Draft the contract."""
    return see_other("observations.one", ref=draft_contract(g.work, asked(DraftContract, case_ref=ref)).ref)


@page.get("/observations/<ref:ref>")
@needs(*SEES)
def one(ref: str) -> str:
    """A contract with its parties, its days, its history, and what I may do."""
    shown = observation(g.work, ref)
    reads = shown.case_ref is not None and may_open("cases.one", g.work.actor)
    return render_template(
        "pages/observations/one.html",
        contract=_row(shown),
        version=etag(shown.ref, shown.version),
        case_url=url_for("cases.one", ref=shown.case_ref) if reads else None,
        latest=shown.latest_end,
        ended=shown.ended_on,
        unsigned=[word(each) for each in shown.unsigned] if shown.state is ObservationState.DRAFT else [],
        signs=options(shown.signs),
        may={each.value for each in shown.moves},
        observes=ObservationMove.EVALUATE in shown.moves,
        history=[
            {
                "at": each.at,
                "who": word(each.party) if each.party else None,
                "institution": None,
                "title": word(each.move),
                "body": each.note,
                "url": None,
                "new": False,
            }
            for each in shown.events
        ],
        today=g.work.today.isoformat(),
        done=word("moved", "done") if request.args.get("done") else None,
    )


@page.post("/observations/<ref:ref>/sign")
@needs(*ACTS)
@once
@again(one)
def sign(ref: str) -> Response:
    """Record a signature of my side."""
    sign_contract(g.work, asked(SignContract, contract_ref=ref, version=seen_version(ref)))
    return _back(ref)


@page.post("/observations/<ref:ref>/extend")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@again(one)
def extend(ref: str) -> Response:
    """Prolong the observation."""
    extend_contract(g.work, asked(ExtendContract, contract_ref=ref, version=seen_version(ref)))
    return _back(ref)


@page.post("/observations/<ref:ref>/evaluate")
@needs(Permit.ANSWER_PLACEMENT)
@once
@again(one)
def evaluate(ref: str) -> Response:
    """Give the report."""
    evaluate_contract(g.work, asked(EvaluateContract, contract_ref=ref, version=seen_version(ref)))
    return _back(ref)


@page.post("/observations/<ref:ref>/end")
@needs(*ACTS)
@once
@again(one)
def end(ref: str) -> Response:
    """Break off, or call off."""
    end_contract(g.work, asked(EndContract, contract_ref=ref, version=seen_version(ref)))
    return _back(ref)


def _providers() -> list[dict[str, str]]:
    """The enterprises to choose from; those recognised as social enterprises say so."""
    recognised = recognised_units(g.work)
    houses = {one.id: f"{one.name}, " for one in institutions(g.work)}
    found = []
    for one in units(g.work, kind=UnitKind.PROVIDER):
        name = f"{houses.get(one.institution_id, '')}{one.name}"
        label = t("web.observation.recognised", name=name) if one.id in recognised else name
        found.append({"value": one.ref, "label": label})
    return found


def _back(ref: str) -> Response:
    return see_other("observations.one", ref=ref, done="moved")


def _row(one: ObservationRow) -> dict[str, Any]:
    live = one.state is ObservationState.IN_FORCE
    return {
        "url": url_for("observations.one", ref=one.ref),
        "ref": one.ref,
        "person": one.person.name if one.person else t("web.desk.protected"),
        "unit": unit_name(one.unit),
        "provider": unit_name(one.provider),
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "clock": clock(one.ends_on) if live else None,
        "state": {"label": word(one.state), "tone": TONES.get(one.state, "neutral")},
        "draft": ObservationMove.SIGN.value if one.state is ObservationState.DRAFT else None,
    }
