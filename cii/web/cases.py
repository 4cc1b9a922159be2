"""Cases: the list, and the pages of one case with the forms that move it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.cases.actions import AnswerPlan, ProposePlan, SignAssessment, WriteMedical
from cii.cases.assessing import NoteMeeting, note_meeting
from cii.cases.grid_view import disagreements
from cii.cases.vocabulary import AssessmentState, PartyRole, Voice
from cii.desk.drafting import sent
from cii.desk.vocabulary import DraftPlace
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import Refusal
from cii.placements.breaks import InterruptStay
from cii.placements.life import (
    CancelPlacement,
    EndPlacement,
    StartPlacement,
    cancel_placement,
    end_placement,
    start_placement,
)
from cii.placements.vocabulary import ContractType, ExitType
from cii.routing.actions import (
    RecordMedical,
    put_plan,
    record_grid,
    record_medical,
    reply_to_plan,
    sign_assessment,
    take_back_consent,
)
from cii.settlement.actions_breaks import interrupt
from cii.web import case_parts, case_sharing, explained, visits
from cii.web.base import Blueprint, see_other
from cii.web.case_grid import GridForm, as_command, beside_inputs, compared, form_groups, lines_of, mine
from cii.web.case_head import CasePage, case_page, head
from cii.web.case_list import listed
from cii.web.case_manage import managing
from cii.web.choices import number_asked, options
from cii.web.drafts import drafted, rows_begun
from cii.web.stay_words import effects, waits
from cii.web.versions import seen_version
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("cases", __name__)

ROWS, MOST_ROWS = 3, 12
"""Rows of parts in the form of a plan: at first, and at most."""


@dataclass(frozen=True)
class MedicalForm:
    """The physician's part as its form sends it."""

    statement: str = field(metadata={"max": 8000})
    limits: str = field(metadata={"max": 4000})
    effective_on: date
    capacity: int | None = None
    finished: bool = False


@page.get("/cases")
@needs(Permit.SEE_CASE)
def index() -> str | Response:
    """The cases that the reader may see, by filters that stand in the address."""
    return listed()


@page.get("/cases/<ref:ref>")
@needs(Permit.SEE_CASE)
def one(ref: str) -> str:
    """The case at a glance: what waits, who takes part, why it is here."""
    shown = case_page(ref, "one")
    plans = shown.view.sections["plan"].plans if "plan" in shown.view.sections else ()
    manage = managing(shown)
    in_force = next((each for each in plans if each.state.value in {"agreed", "proposed"}), None)
    return _show(
        "one",
        shown,
        plan=case_parts.plan_of(g.work, in_force) if in_force else None,
        decisions=explained.decisions(g.work, shown)[:1] if shown.view.may_read & Section.PLAN else [],
        convening=explained.convening(g.work, shown) if shown.view.may_read & Section.PLAN else None,
        may_name=shown.may("done", "decide_lead"),
        manage=manage,
        drafts=drafted(shown.view, shown.case_id, DraftPlace.REFERRAL, open_=bool(manage.get("receivers"))),
        standing=case_sharing.standing_rows(g.work, shown.person_id, only_current=True),
        bearers=case_parts.bearers(shown),
        changes=visits.changes(shown),
    )


@page.get("/cases/<ref:ref>/grid")
@needs(Permit.SEE_CASE)
def grid(ref: str) -> str:
    """The common grid, side by side, and my part of it."""
    shown = case_page(ref, "grid")
    open_now = shown.process is not None and not head(shown, "grid")["why_closed"]
    return _show(
        "grid",
        shown,
        groups=compared(shown.view),
        disagreements=disagreements(lines_of(shown.view)),
        form_groups=form_groups(shown.view) if open_now and _permitted(Permit.WRITE_GRID) else [],
        may_finish=shown.may("done", "grid_ac", "grid_ai", "grid_as"),
        said=mine(shown.view),
    )


@page.post("/cases/<ref:ref>/grid")
@needs(Permit.WRITE_GRID)
@once
@again(grid)
def write_grid(ref: str) -> Response:
    """Keep my entries; when finished, my institution has spoken."""
    form = asked(GridForm)
    ask = as_command(ref, form, case_page(ref, "grid").view)
    _beside(lambda: record_grid(g.work, ask), lambda no: beside_inputs(no, ask.entries))
    return see_other("cases.grid", ref=ref, done="grid-finished" if form.finished else "grid")


@page.get("/cases/<ref:ref>/health")
@needs(Permit.SEE_CASE)
def health(ref: str) -> str:
    """Functional limits for those who work with them; the medical part for the physician."""
    shown = case_page(ref, "health")
    return _show(
        "health",
        shown,
        limits=shown.view.sections["functional"].limits if "functional" in shown.view.sections else (),
        medical=shown.view.sections.get("medical", ()),
        sees_medical="medical" in shown.view.sections,
        may_write=bool(shown.view.may_write & Section.MEDICAL) and _permitted(Permit.WRITE_MEDICAL),
        may_finish=shown.may("done", "medical"),
    )


@page.post("/cases/<ref:ref>/health")
@needs(Permit.WRITE_MEDICAL)
@once
@again(health)
def write_medical(ref: str) -> Response:
    """Keep the physician's part; when finished, the physician has spoken."""
    form = asked(MedicalForm)
    medical = WriteMedical(ref, form.statement, form.limits, form.effective_on, form.capacity)
    record_medical(g.work, RecordMedical(medical, form.finished))
    return see_other("cases.health", ref=ref, done="medical-finished" if form.finished else "medical")


@page.get("/cases/<ref:ref>/assessment")
@needs(Permit.SEE_CASE)
def assessment(ref: str) -> str:
    """Who has spoken, who is missing, the synthesis."""
    shown = case_page(ref, "assessment")
    held = shown.view.sections["plan"].assessment
    signed = held is not None and held.state is AssessmentState.SIGNED
    may_sign = shown.may("done", "sign") and _permitted(Permit.SIGN_ASSESSMENT)
    return _show(
        "assessment",
        shown,
        assessment=held,
        signed=signed,
        how_far=case_parts.steps(held),
        team=case_parts.team(held),
        rounds=[
            {"round": one, "team": case_parts.team(one)} for one in shown.view.sections["plan"].rounds[1:]
        ],
        leads=any(one.mine and one.role == PartyRole.LEAD for one in shown.view.parties),
        roles=options(Voice),
        voices=case_parts.voices(held),
        missing=[] if signed else case_parts.unsigned_because(held),
        may_sign=may_sign,
        drafts=drafted(shown.view, shown.case_id, DraftPlace.SYNTHESIS, open_=may_sign and not signed),
    )


@page.post("/cases/<ref:ref>/assessment")
@needs(Permit.SIGN_ASSESSMENT)
@once
@again(assessment)
def sign(ref: str) -> Response:
    """Sign the assessment with its synthesis."""
    sign_assessment(g.work, asked(SignAssessment, case_ref=ref, version=seen_version(ref)))
    sent(g.work, ref, DraftPlace.SYNTHESIS)
    return see_other("cases.assessment", ref=ref, done="signed")


@page.post("/cases/<ref:ref>/assessment/meeting")
@needs(Permit.SIGN_ASSESSMENT)
@once
@again(assessment)
def met(ref: str) -> Response:
    """Keep who of the team was there when it met."""
    note_meeting(g.work, asked(NoteMeeting, case_ref=ref, version=seen_version(ref)))
    return see_other("cases.assessment", ref=ref, done="met")


@page.get("/cases/<ref:ref>/plan")
@needs(Permit.SEE_CASE)
def plan(ref: str) -> str:
    """The plan's versions, and what I may do with it now."""
    shown = case_page(ref, "plan")
    plans = shown.view.sections["plan"].plans
    may_propose = shown.may("done", "propose") and _permitted(Permit.PROPOSE_PLAN)
    drafts = drafted(shown.view, shown.case_id, DraftPlace.PLAN, open_=may_propose)
    rows = min(max(number_asked("rows") or ROWS, rows_begun(drafts)), MOST_ROWS)
    return _show(
        "plan",
        shown,
        plans=[case_parts.plan_of(g.work, each) for each in plans],
        may_answer=shown.may("done", "agree") and _permitted(Permit.ANSWER_PLAN),
        may_propose=may_propose,
        drafts=drafts,
        draft=case_parts.draft(plans[0] if plans else None, rows) if may_propose else None,
        more_rows=url_for("cases.plan", ref=ref, rows=min(rows + ROWS, MOST_ROWS))
        if rows < MOST_ROWS
        else None,
        bearers=case_parts.bearers(shown),
        measures=case_parts.measures(g.work) if may_propose else [],
        payers=options(Sector),
        lines=case_parts.funding_lines(g.work) if may_propose else [],
        may_record=_permitted(Permit.RECORD_CONSENT) and bool(shown.view.may_write & Section.PLAN),
    )


@page.post("/cases/<ref:ref>/plan")
@needs(Permit.PROPOSE_PLAN)
@once
@again(plan)
def propose(ref: str) -> Response:
    """Put a plan before the units that bear its parts."""
    put_plan(g.work, asked(ProposePlan, case_ref=ref, version=seen_version(ref)))
    sent(g.work, ref, DraftPlace.PLAN)
    return see_other("cases.plan", ref=ref, done="proposed")


@page.post("/cases/<ref:ref>/plan/answer")
@needs(Permit.ANSWER_PLAN)
@once
@again(plan)
def answer(ref: str) -> Response:
    """Agree to the plan or refuse it for my unit."""
    reply_to_plan(g.work, asked(AnswerPlan, case_ref=ref))
    return see_other("cases.plan", ref=ref, done="answered")


@page.get("/cases/<ref:ref>/placements")
@needs(Permit.SEE_CASE)
def placements(ref: str) -> str:
    """The places of the case with their payers."""
    shown = case_page(ref, "placements")
    return _show(
        "placements",
        shown,
        places=case_parts.places(g.work, shown.case_id),
        waits=(waiting := waits(g.work, shown.case_id)),
        effects=effects(g.work) if waiting else [],
        may_wait=_permitted(Permit.ASSIGN_PLACEMENT) and bool(shown.view.may_write & Section.PLACEMENT),
        exits=options(one for one in ExitType if one is not ExitType.EXCLUDED),
        contracts=options(ContractType),
    )


def _placement(act: Callable[[Any, Any], object], command: type[Any], ref: str, placement: str) -> Response:
    act(g.work, asked(command, placement_ref=placement))
    return see_other("cases.placements", ref=ref, done="moved")


def _placements_again(ref: str, placement: str) -> str:  # noqa: ARG001 - the address of the act
    return placements(ref)


@page.post("/cases/<ref:ref>/placements/<ref:placement>/cancel")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@again(_placements_again)
def cancel(ref: str, placement: str) -> Response:
    """Call off a place that has not begun."""
    return _placement(cancel_placement, CancelPlacement, ref, placement)


@page.post("/cases/<ref:ref>/placements/<ref:placement>/start")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@again(_placements_again)
def start(ref: str, placement: str) -> Response:
    """Record the first day."""
    return _placement(start_placement, StartPlacement, ref, placement)


@page.post("/cases/<ref:ref>/placements/<ref:placement>/end")
@needs(Permit.END_PLACEMENT)
@once
@again(_placements_again)
def end(ref: str, placement: str) -> Response:
    """Record the exit."""
    return _placement(end_placement, EndPlacement, ref, placement)


@page.post("/cases/<ref:ref>/placements/<ref:placement>/breaks")
@needs(Permit.END_PLACEMENT)
@once
@again(_placements_again)
def break_off(ref: str, placement: str) -> Response:
    """Record days on which the stay is interrupted."""
    return _placement(interrupt, InterruptStay, ref, placement)


@page.get("/cases/<ref:ref>/sharing")
@needs(Permit.SEE_CASE)
def sharing(ref: str) -> str:
    """Who may know what: referrals, consents, disclosures."""
    shown = case_page(ref, "sharing")
    told = case_sharing.sharing(g.work, shown)
    return _show("sharing", shown, **told, may_withdraw=_permitted(Permit.RECORD_CONSENT))


def _sharing_again(ref: str, consent: str) -> str:  # noqa: ARG001 - the address of the act
    return sharing(ref)


@page.post("/cases/<ref:ref>/consents/<ref:consent>/withdraw")
@needs(Permit.RECORD_CONSENT)
@once
@again(_sharing_again)
def withdraw(ref: str, consent: str) -> Response:
    """The person takes a consent back: foreign access closes in this request."""
    take_back_consent(g.work, consent)
    return see_other("cases.sharing", ref=ref, done="withdrawn")


@page.get("/cases/<ref:ref>/decisions")
@needs(Permit.SEE_CASE)
def decisions(ref: str) -> str:
    """What was decided by which rule, on which facts."""
    shown = case_page(ref, "decisions")
    told = explained.decisions(g.work, shown)
    return _show("decisions", shown, decisions=told, convening=explained.convening(g.work, shown))


def _show(tab: str, shown: CasePage, **more: Any) -> str:  # noqa: ANN401 - names of the page's template
    visits.keep_visit(shown)
    return render_template(f"pages/cases/{tab}.html", **head(shown, tab), **more)


def _permitted(permit: Permit) -> bool:
    return permit.value in g.work.actor.permits


def _beside(act: Callable[[], object], tell: Callable[[Refusal], None]) -> None:
    try:
        act()
    except Refusal as no:
        tell(no)
        raise
