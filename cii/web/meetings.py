"""Meetings of the coordination group and of the steering group."""

from collections.abc import Mapping
from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.coordination.queries import bodies_of
from cii.kernel.period import Quarter
from cii.meetings.actions import (
    CallMeeting,
    CancelMeeting,
    HoldMeeting,
    PlanMeeting,
    call_meeting,
    cancel_meeting,
    hold_meeting,
    plan_meeting,
)
from cii.meetings.queries import meeting_by_ref, meeting_moves
from cii.meetings.vocabulary import MeetingEvent, MeetingState
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint, see_other
from cii.web.choices import options, word
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.reading import asked

page = Blueprint("meetings", __name__)
READERS = (Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING, Permit.FREEZE_REPORTS)
"""Members, steering group, reference person; a guest sees the cases assigned, not the group's business."""
_MEETING_TONES: Mapping[MeetingState, str] = {
    MeetingState.PLANNED: "neutral",
    MeetingState.INVITED: "info",
    MeetingState.HELD: "good",
    MeetingState.CANCELLED: "bad",
}


@page.get("/coordination/meetings/new")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
def new() -> str:
    """The form that plans a meeting."""
    return render_template("pages/meetings/new.html", bodies=options(sorted(bodies_of(g.work.actor))))


@page.post("/coordination/meetings/new")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
@once
@again(new)
def plan() -> Response:
    """Plan a meeting of one's own body."""
    made = plan_meeting(g.work, asked(PlanMeeting))
    return see_other("meetings.one", ref=made.ref)


@page.get("/coordination/meetings/<ref:ref>")
@needs(*READERS)
def one(ref: str) -> str:
    """One meeting."""
    return render_template("pages/meetings/one.html", **_meeting(g.work, ref))


@page.post("/coordination/meetings/<ref:ref>/invitations")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
@once
@again(one)
def call(ref: str) -> Response:
    """Call everybody whom the mandate calls."""
    require_match(ref, meeting_by_ref(g.work, ref).version)
    call_meeting(g.work, asked(CallMeeting, meeting_ref=ref))
    return see_other("meetings.one", ref=ref)


@page.post("/coordination/meetings/<ref:ref>/holding")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
@once
@again(one)
def hold(ref: str) -> Response:
    """Record it as held."""
    require_match(ref, meeting_by_ref(g.work, ref).version)
    hold_meeting(g.work, asked(HoldMeeting, meeting_ref=ref))
    return see_other("meetings.one", ref=ref)


@page.post("/coordination/meetings/<ref:ref>/cancellation")
@needs(Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
@once
@again(one)
def cancel(ref: str) -> Response:
    """It does not take place."""
    require_match(ref, meeting_by_ref(g.work, ref).version)
    cancel_meeting(g.work, asked(CancelMeeting, meeting_ref=ref))
    return see_other("meetings.one", ref=ref)


def meeting_row(one: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of coordination
    """A meeting as the tables show it."""
    return {
        "ref": one.ref,
        "day": one.held_on or one.planned_on,
        "title": formats.day(one.held_on or one.planned_on, language.lang()),
        "body": word(one.body),
        "quarter": formats.quarter(Quarter.parse(one.quarter), language.lang()),
        "state": {"label": word(one.state), "tone": _MEETING_TONES[one.state]},
    }


def _meeting(work: Work, ref: str) -> dict[str, Any]:
    held = meeting_by_ref(work, ref)
    moves = meeting_moves(work, held)
    return {
        "meeting": held,
        "row": meeting_row(held),
        "version": etag(ref, held.version),
        "invite": MeetingEvent.INVITE in moves,
        "hold": MeetingEvent.HOLD in moves,
        "cancel": MeetingEvent.CANCEL in moves,
        "words": {one.value: word(one) for one in MeetingEvent},
    }
