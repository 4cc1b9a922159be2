"""Meetings of the coordination group and of the steering group: planned, called, held, cancelled."""

from typing import Any

from flask import Response as FlaskResponse
from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.coordination.queries import bodies_of
from cii.coordination.vocabulary import Body
from cii.desk.deadlines import Deadline, icalendar
from cii.meetings.actions import (
    AnswerInvitation,
    AskToCome,
    CallMeeting,
    CancelMeeting,
    HoldMeeting,
    PlanMeeting,
    PutOffMeeting,
    answer_invitation,
    ask_to_come,
    call_meeting,
    cancel_meeting,
    hold_meeting,
    plan_meeting,
    put_off,
)
from cii.meetings.queries import meeting_by_ref, meetings
from cii.meetings.tables import Meeting
from cii.meetings.vocabulary import MeetingState
from cii.web.base import Blueprint, see_other
from cii.web.choices import choice_asked, options, t, text_asked, word
from cii.web.meeting_shown import fresh, meeting_row, shown
from cii.wire.doors import again, needs, once
from cii.wire.files import handed_out
from cii.wire.pages import USUAL, page_of, place
from cii.wire.reading import asked

page = Blueprint("meetings", __name__)
READERS = (Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING, Permit.FREEZE_REPORTS)
"""Members, steering group, reference person; a guest sees the items called for, not the group's business."""
ACTS = (Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
_HOURS = 2
"""How long a meeting takes in a calendar."""


@page.get("/coordination/meetings")
@needs(Permit.SEE_COORDINATION)
def index() -> str:
    """Every meeting that the reader may know of, the newest first."""
    work, body = g.work, choice_asked(Body, "body")
    found = place(work.settings, "meetings", text_asked("after") or None)
    rows = meetings(work, body, before=(found[0], found[1]) if found else None, limit=USUAL + 1)
    listed = page_of(rows, USUAL, work.settings, "meetings", lambda row: (row.planned_on, row.id))
    kept: dict[str, Any] = {"body": body.value} if body else {}
    return render_template(
        "pages/meetings/index.html",
        rows=[dict(meeting_row(one), url=url_for("meetings.one", ref=one.ref)) for one in listed.items],
        next_url=url_for("meetings.index", **kept, after=listed.next) if listed.next else None,
        bodies=options(Body),
        body=body.value if body else "",
        may_plan=bool(bodies_of(work.actor)),
    )


@page.get("/coordination/meetings/new")
@needs(*ACTS)
def new() -> str:
    """The form that plans a meeting."""
    return render_template("pages/meetings/new.html", bodies=options(sorted(bodies_of(g.work.actor))))


@page.post("/coordination/meetings/new")
@needs(*ACTS)
@once
@again(new)
def plan() -> Response:
    """Plan a meeting of one's own body."""
    made = plan_meeting(g.work, asked(PlanMeeting))
    return see_other("meetings.one", ref=made.ref)


@page.get("/coordination/meetings/<ref:ref>")
@needs(Permit.SEE_COORDINATION)
def one(ref: str) -> str:
    """One meeting; to a guest the items called for."""
    return render_template("pages/meetings/one.html", **shown(g.work, ref))


@page.get("/coordination/meetings/<ref:ref>/calendar.ics")
@needs(Permit.SEE_COORDINATION)
def calendar(ref: str) -> FlaskResponse:
    """The meeting for one's calendar: body, time and place."""
    said = icalendar([entry(meeting_by_ref(g.work, ref))], g.work.now, t("web.coordination.meetings"))
    return handed_out([said.encode()], f"cii-{ref}.ics", "text/calendar")


@page.post("/coordination/meetings/<ref:ref>/place")
@needs(*ACTS)
@once
@again(one)
def put(ref: str) -> Response:
    """Another moment or place."""
    fresh(ref)
    put_off(g.work, asked(PutOffMeeting, meeting_ref=ref))
    return see_other("meetings.one", ref=ref)


@page.post("/coordination/meetings/<ref:ref>/invitations")
@needs(*ACTS)
@once
@again(one)
def call(ref: str) -> Response:
    """Call everybody whom the mandate calls."""
    fresh(ref)
    call_meeting(g.work, asked(CallMeeting, meeting_ref=ref))
    return see_other("meetings.one", ref=ref, _anchor="called")


@page.post("/coordination/meetings/<ref:ref>/requests")
@needs(Permit.SEE_COORDINATION)
@once
@again(one)
def ask(ref: str) -> Response:
    """A member by invitation asks to come."""
    ask_to_come(g.work, asked(AskToCome, meeting_ref=ref))
    return see_other("meetings.one", ref=ref)


@page.post("/coordination/meetings/<ref:ref>/answer")
@needs(Permit.SEE_COORDINATION)
@once
@again(one)
def answer(ref: str) -> Response:
    """Whether one comes."""
    answer_invitation(g.work, asked(AnswerInvitation, meeting_ref=ref))
    return see_other("meetings.one", ref=ref)


@page.post("/coordination/meetings/<ref:ref>/holding")
@needs(*ACTS)
@once
@again(one)
def hold(ref: str) -> Response:
    """Record it as held."""
    fresh(ref)
    hold_meeting(g.work, asked(HoldMeeting, meeting_ref=ref))
    return see_other("meetings.one", ref=ref)


@page.post("/coordination/meetings/<ref:ref>/cancellation")
@needs(*ACTS)
@once
@again(one)
def cancel(ref: str) -> Response:
    """It does not take place."""
    fresh(ref)
    cancel_meeting(g.work, asked(CancelMeeting, meeting_ref=ref))
    return see_other("meetings.one", ref=ref)


def entry(held: Meeting) -> Deadline:
    """A meeting as a calendar holds it."""
    title = t("web.coordination.meeting-of", body=word(held.body), day=held.planned_on)
    return Deadline(
        held.ref, "", title, held.planned_on, held.starts_at, held.place, _HOURS, held.changes,
        held.state is MeetingState.CANCELLED,
    )  # fmt: skip
