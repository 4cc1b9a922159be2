"""The agenda of a meeting: drawn from what is open, kept, put in order, minuted; guests of single items."""

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.meetings.actions_agenda import (
    AddItem,
    CallGuest,
    ProposeAgenda,
    RaiseItem,
    SetAgenda,
    WriteOutcomes,
    add_item,
    call_guest,
    propose_agenda,
    raise_item,
    set_agenda,
    write_outcomes,
)
from cii.meetings.queries import item_by_ref
from cii.web.base import Blueprint, see_other
from cii.web.meeting_shown import fresh, shown
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("agendas", __name__)
ACTS = (Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)


def _page(ref: str) -> str:
    return render_template("pages/meetings/one.html", **shown(g.work, ref))


@page.post("/coordination/meetings/<ref:ref>/agenda/proposal")
@needs(*ACTS)
@once
@again(_page)
def propose(ref: str) -> Response:
    """Let the house propose what is open."""
    fresh(ref)
    propose_agenda(g.work, asked(ProposeAgenda, meeting_ref=ref))
    return see_other("meetings.one", ref=ref, _anchor="agenda")


@page.post("/coordination/meetings/<ref:ref>/agenda")
@needs(*ACTS)
@once
@again(_page)
def settle(ref: str) -> Response:
    """Keep the items ticked, leave out the others."""
    fresh(ref)
    set_agenda(g.work, asked(SetAgenda, meeting_ref=ref))
    return see_other("meetings.one", ref=ref, _anchor="agenda")


@page.post("/coordination/meetings/<ref:ref>/agenda/items")
@needs(*ACTS)
@once
@again(_page)
def add(ref: str) -> Response:
    """An item in one's own words."""
    fresh(ref)
    add_item(g.work, asked(AddItem, meeting_ref=ref))
    return see_other("meetings.one", ref=ref, _anchor="agenda")


@page.post("/coordination/meetings/<ref:ref>/agenda/guests")
@needs(*ACTS)
@once
@again(_page)
def guest(ref: str) -> Response:
    """Call a guest for one item."""
    fresh(ref)
    call_guest(g.work, asked(CallGuest))
    return see_other("meetings.one", ref=ref, _anchor="agenda")


@page.post("/coordination/agenda-items/<ref:ref>/raising")
@needs(*ACTS)
@once
def up(ref: str) -> Response:
    """One place up."""
    _, meeting = item_by_ref(g.work, ref)
    fresh(meeting.ref)
    raise_item(g.work, asked(RaiseItem, item_ref=ref))
    return see_other("meetings.one", ref=meeting.ref, _anchor="agenda")


@page.post("/coordination/meetings/<ref:ref>/outcomes")
@needs(*ACTS)
@once
@again(_page)
def minute(ref: str) -> Response:
    """What was said of each item."""
    fresh(ref)
    write_outcomes(g.work, asked(WriteOutcomes, meeting_ref=ref))
    return see_other("meetings.one", ref=ref, _anchor="minutes")
