"""The coordination group: alerts, meetings, corrective measures, monthly data, presidency."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.queries import account_names
from cii.agreements.queries import agreements_by_id, agreements_list
from cii.coordination.actions import (
    MoveCorrective,
    MoveMeeting,
    NamePresidency,
    ObserveDeviation,
    PlanMeeting,
    move_corrective,
    move_meeting,
    name_presidency,
    observe_deviation,
    plan_meeting,
)
from cii.coordination.monthly import monthly_data, readable
from cii.coordination.queries import (
    alerts,
    bodies_of,
    corrective_by_ref,
    corrective_measures,
    corrective_moves,
    meeting_by_ref,
    meeting_moves,
    meetings,
    presidencies,
    steps_of,
)
from cii.coordination.rules import OPEN_STATES, PERMANENT
from cii.coordination.vocabulary import CorrectiveEvent, CorrectiveState, MeetingEvent, MeetingState
from cii.institutions.queries import shown_units
from cii.kernel.period import ONE_DAY, Quarter
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint, see_other
from cii.web.case_head import unit_name
from cii.web.choices import clock, options, t, text_asked, word
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.reading import asked

page = Blueprint("coordination", __name__)
READERS = (Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING, Permit.FREEZE_REPORTS)
"""Members, steering group, reference person; a guest sees the cases assigned, not the group's business."""
_MEETING_TONES: Mapping[MeetingState, str] = {
    MeetingState.PLANNED: "neutral",
    MeetingState.INVITED: "info",
    MeetingState.HELD: "good",
    MeetingState.CANCELLED: "bad",
}
_CORRECTIVE_TONES: Mapping[CorrectiveState, str] = {
    CorrectiveState.OVERDUE: "bad",
    CorrectiveState.REFUSED: "bad",
    CorrectiveState.DONE: "good",
    CorrectiveState.IMPLEMENTED: "good",
    CorrectiveState.APPROVED: "good",
    CorrectiveState.DROPPED: "neutral",
}
_DATED = {CorrectiveEvent.ASK, CorrectiveEvent.APPROVE}


@page.get("/coordination", endpoint="index")
@needs(*READERS)
def coordination_page() -> str:
    """What the group owes, meets about and follows."""
    return render_template("pages/coordination/index.html", **_overview(g.work))


@page.get("/coordination/meetings/new")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
def new_meeting() -> str:
    """The form that plans a meeting."""
    return render_template(
        "pages/coordination/new_meeting.html", bodies=options(sorted(bodies_of(g.work.actor)))
    )


@page.post("/coordination/meetings/new")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
@once
@again(new_meeting)
def plan() -> Response:
    """Plan a meeting of one's own body."""
    made = plan_meeting(g.work, asked(PlanMeeting))
    return see_other("coordination.meeting", ref=made.ref)


@page.get("/coordination/meetings/<ref:ref>")
@needs(*READERS)
def meeting(ref: str) -> str:
    """One meeting."""
    return render_template("pages/coordination/meeting.html", **_meeting(g.work, ref))


@page.post("/coordination/meetings/<ref:ref>/moves")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
@once
@again(meeting)
def move_on(ref: str) -> Response:
    """Invite, record as held, or cancel."""
    require_match(ref, meeting_by_ref(g.work, ref).version)
    move_meeting(g.work, asked(MoveMeeting, meeting_ref=ref))
    return see_other("coordination.meeting", ref=ref)


@page.get("/coordination/corrections/new")
@needs(Permit.EDIT_COORDINATION)
def new_correction() -> str:
    """The form that records what was observed about an agreement."""
    return render_template("pages/coordination/new_correction.html", **_new_correction(g.work))


@page.post("/coordination/corrections/new")
@needs(Permit.EDIT_COORDINATION)
@once
@again(new_correction)
def observe() -> Response:
    """Begin a corrective measure."""
    made = observe_deviation(g.work, asked(ObserveDeviation))
    return see_other("coordination.correction", ref=made.ref)


@page.get("/coordination/corrections/<ref:ref>")
@needs(*READERS)
def correction(ref: str) -> str:
    """One corrective measure with its steps."""
    return render_template("pages/coordination/correction.html", **_correction(g.work, ref))


@page.post("/coordination/corrections/<ref:ref>/moves")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
@once
@again(correction)
def correct(ref: str) -> Response:
    """Move a corrective measure on."""
    require_match(ref, corrective_by_ref(g.work, ref).version)
    move_corrective(g.work, asked(MoveCorrective, corrective_ref=ref))
    return see_other("coordination.correction", ref=ref)


@page.get("/coordination/presidency")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
def presidency() -> str:
    """The form that names who presides."""
    return render_template("pages/coordination/presidency.html", **_presidency(g.work))


@page.post("/coordination/presidency")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
@once
@again(presidency)
def preside() -> Response:
    """Name who presides the group in a year."""
    name_presidency(g.work, asked(NamePresidency))
    return see_other("coordination.index")


def _overview(work: Work) -> dict[str, Any]:
    month = (work.today.replace(day=1) - ONE_DAY).replace(day=1)
    all_of_it = text_asked("all") == "yes"
    president = presidencies(work)
    return {
        "alerts": [
            {
                "said": _alert(one.kind, one.what),
                "since": t("web.coordination.alert-at", day=one.since)
                if one.kind == "redirects"
                else t("web.coordination.alert-since", day=one.since),
            }
            for one in alerts(work)
        ],
        "meetings": [_meeting_row(one) for one in meetings(work)[:12]],
        "corrections": _corrections(work, only_open=not all_of_it),
        "all": all_of_it,
        "month": formats.month(month, language.lang()),
        "deliveries": _deliveries(work, month),
        "presidency": [
            {"label": str(year), "value": code}
            for year, code in president.items()
            if year >= work.today.year - 1
        ],
        "may_edit": Permit.EDIT_COORDINATION in work.actor.permits,
        "may_meet": bool(bodies_of(work.actor)),
    }


def _alert(kind: str, what: str) -> str:
    """An alert as a sentence; `what` is a quarter, an institution and a month, or a case and how often."""
    lang, said = language.lang(), what
    if kind == "quarter_without_meeting":
        said = formats.quarter(Quarter.parse(what), lang)
    elif kind == "monthly_data_missing":
        institution, _, month = what.partition(" ")
        said = f"{institution}, {formats.month(date.fromisoformat(f'{month}-01'), lang)}"
    return t(f"web.coordination.alert.{kind}", what=said)


def _meeting_row(one: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of coordination
    return {
        "ref": one.ref,
        "day": one.held_on or one.planned_on,
        "title": formats.day(one.held_on or one.planned_on, language.lang()),
        "body": word(one.body),
        "quarter": formats.quarter(Quarter.parse(one.quarter), language.lang()),
        "state": {"label": word(one.state), "tone": _MEETING_TONES[one.state]},
    }


def _corrections(work: Work, *, only_open: bool) -> list[dict[str, Any]]:
    found = corrective_measures(work, only_open=only_open)
    numbers = agreements_by_id(work, {one.agreement_id for one in found})
    owners = shown_units(
        work, {one.respondent_unit_id for one in found if one.respondent_unit_id is not None}
    )
    return [
        {
            "ref": one.ref,
            "wording": one.wording,
            "agreement": numbers[one.agreement_id].number,
            "owner": unit_name(owners.get(one.respondent_unit_id)) if one.respondent_unit_id else None,
            "observed_on": one.observed_on,
            "clock": clock(one.due_on, done=one.state not in OPEN_STATES),
            "state": corrective_chip(one.state),
        }
        for one in found
    ]


def corrective_chip(state: CorrectiveState) -> dict[str, str]:
    """The state of a corrective measure as a word with its tone."""
    return {"label": word(state), "tone": _CORRECTIVE_TONES.get(state, "info")}


def _deliveries(work: Work, month: date) -> list[dict[str, Any]]:
    held, open_to, name = monthly_data(work, month), readable(work), f"{month:%Y-%m}"
    return [
        {
            "institution": code,
            "url": url_for("monthly.one", month=name, institution=code) if code in open_to else None,
            "participants": held[code].participants if code in held else None,
            "entries": held[code].entries if code in held else None,
            "exits": held[code].exits if code in held else None,
            "waiting": held[code].waiting if code in held else None,
            "remark": (held[code].remark or None) if code in held else None,
            "state": {"label": t("web.coordination.delivered"), "tone": "good"}
            if code in held
            else {"label": t("web.coordination.missing"), "tone": "warn"},
        }
        for code in PERMANENT
    ]


def _meeting(work: Work, ref: str) -> dict[str, Any]:
    held = meeting_by_ref(work, ref)
    moves = meeting_moves(work, held)
    return {
        "meeting": held,
        "row": _meeting_row(held),
        "version": etag(ref, held.version),
        "invite": MeetingEvent.INVITE in moves,
        "hold": MeetingEvent.HOLD in moves,
        "cancel": MeetingEvent.CANCEL in moves,
        "words": {one.value: word(one) for one in MeetingEvent},
    }


def _new_correction(work: Work) -> dict[str, Any]:
    return {
        "agreements": [{"value": row.ref, "label": row.number} for row in agreements_list(work, limit=500)],
        "today": work.today.isoformat(),
    }


def _correction(work: Work, ref: str) -> dict[str, Any]:
    held = corrective_by_ref(work, ref)
    agreement = agreements_by_id(work, [held.agreement_id])[held.agreement_id]
    steps = steps_of(work, held)
    names = account_names(work, {one.account_id for one in steps if one.account_id is not None})
    units = shown_units(work, {one.unit_id for one in steps if one.unit_id is not None})
    owner = held.respondent_unit_id
    moves = corrective_moves(work, held)
    return {
        "correction": held,
        "version": etag(ref, held.version),
        "agreement": agreement,
        "owner": unit_name(shown_units(work, [owner]).get(owner)) if owner else None,
        "state": corrective_chip(held.state),
        "clock": clock(held.due_on, done=held.state not in OPEN_STATES),
        "moves": options(moves),
        "dated": any(one in _DATED for one in moves),
        "steps": [
            {
                "at": one.recorded_at,
                "who": names.get(one.account_id or 0) or t("web.journal.house"),
                "institution": units[one.unit_id].code if one.unit_id in units else None,
                "title": word(one.state),
                "body": one.note or None,
                "url": None,
                "new": False,
            }
            for one in reversed(steps)
        ],
    }


def _presidency(work: Work) -> dict[str, Any]:
    return {
        "institutions": [{"value": one, "label": one} for one in PERMANENT],
        "held": [{"label": str(year), "value": code} for year, code in presidencies(work).items()],
        "year": work.today.year + 1,
    }
