"""Meetings: planned, put off, called, answered, held; their agenda, minutes and decisions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from flask import Response, g

from cii.access.permits import Permit
from cii.access.queries import account_names
from cii.api.asking import PageAsked, matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.detections import FILE
from cii.api.shapes import Tagged, tagged
from cii.coordination.queries import codes
from cii.coordination.vocabulary import Body
from cii.documents.store import PDF
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
from cii.meetings.actions_agenda import (
    AddItem,
    CallGuest,
    ProposeAgenda,
    SetAgenda,
    WriteOutcomes,
    add_item,
    call_guest,
    propose_agenda,
    set_agenda,
    write_outcomes,
)
from cii.meetings.actions_minutes import (
    AdoptMinutes,
    DistributeMinutes,
    ImportMinutes,
    adopt_minutes,
    distribute_minutes,
    import_minutes,
)
from cii.meetings.queries import agenda, invitations, meeting_by_ref, meetings, paper_bytes, reads_whole
from cii.meetings.tables import Meeting
from cii.meetings.vocabulary import (
    AgendaKind,
    Answer,
    InvitationReason,
    ItemState,
    MeetingState,
    MinutesState,
)
from cii.meetings.wording import item_said
from cii.store.work import Work
from cii.wire import language
from cii.wire.answers import answer_schema, only, paged
from cii.wire.doors import needs, once
from cii.wire.files import handed_out
from cii.wire.pages import Page, page_of, place
from cii.wire.reading import sent_file

blueprint = Blueprint("api-meetings", __name__, url_prefix=f"{PREFIX}/meetings")
ACTS = (Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
READERS = (*ACTS, Permit.FREEZE_REPORTS)
_ROW = (
    "ref", "body", "quarter", "planned_on", "starts_at", "place", "held_on", "state", "minutes_state",
)  # fmt: skip


@dataclass(frozen=True)
class MeetingsAsked(PageAsked):
    """Of which body; both when left out."""

    body: Body | None = None


@dataclass(frozen=True)
class ItemShown:
    """An item of the agenda in the reader's language; `measures` are codes."""

    ref: str
    kind: AgendaKind
    said: str
    subject_ref: str
    measures: tuple[str, ...]
    state: ItemState
    outcome: str


@dataclass(frozen=True)
class InvitedShown:
    """Who is called and why; `attended` is null until the meeting was held."""

    ref: str
    name: str | None
    institution: str | None
    reason: InvitationReason
    measures: tuple[str, ...]
    sent_at: datetime | None
    answer: Answer | None
    attended: bool | None


@dataclass(frozen=True)
class MeetingShown:
    """A meeting with its agenda and who is called; to a guest the items called for alone."""

    ref: str
    body: Body
    quarter: str
    planned_on: date
    starts_at: datetime | None
    place: str
    held_on: date | None
    state: MeetingState
    minutes_state: MinutesState
    topic: str = ""
    summary: str = ""
    agenda: tuple[ItemShown, ...] = ()
    invitations: tuple[InvitedShown, ...] = ()


@dataclass(frozen=True)
class GuestAsked:
    """Which guest (seat) for which item."""

    item_ref: str
    member_ref: str


@dataclass(frozen=True)
class ReasonAsked:
    """Why."""

    reason: str = field(default="", metadata={"max": 1000})


SHOWN = answer_schema(MeetingShown, "Meeting")
ROW = only(MeetingShown, *_ROW, called="MeetingRow")


@blueprint.get("")
@needs(Permit.SEE_COORDINATION)
@blueprint.arguments(MeetingsAsked, location="query")
@blueprint.response(200, paged(ROW))
def listed(ask: MeetingsAsked) -> Page[MeetingShown]:
    """The meetings that you may know of, the newest first."""
    settings = g.work.settings
    mark = place(settings, "meetings", ask.after)
    before = (mark[0], mark[1]) if mark else None
    rows = meetings(g.work, ask.body, before=before, limit=ask.limit + 1)
    found = page_of(rows, ask.limit, settings, "meetings", lambda row: (row.planned_on, row.id))
    return Page([MeetingShown(*(getattr(row, name) for name in _ROW)) for row in found.items], found.next)


@blueprint.post("")
@needs(*ACTS)
@once
@blueprint.arguments(PlanMeeting)
@blueprint.response(201, SHOWN)
def planned(ask: PlanMeeting) -> Tagged:
    """Plan a meeting of your own body."""
    return _shown(g.work, plan_meeting(g.work, ask))


@blueprint.get("/<ref:ref>")
@needs(Permit.SEE_COORDINATION)
@blueprint.response(200, SHOWN)
def one(ref: str) -> Tagged:
    """A meeting with its agenda and who is called."""
    return _shown(g.work, meeting_by_ref(g.work, ref))


@blueprint.post("/<ref:ref>/place")
@needs(*ACTS)
@versioned
@once
@blueprint.arguments(PutOffMeeting, given=("meeting_ref",))
@blueprint.response(200, SHOWN)
def put(ask: Callable[..., PutOffMeeting], ref: str) -> Tagged:
    """Set another moment or place; everybody called is told."""
    _matched(ref)
    return _shown(g.work, put_off(g.work, ask(meeting_ref=ref)))


@blueprint.post("/<ref:ref>/agenda/proposal")
@needs(*ACTS)
@versioned
@once
@blueprint.response(200, SHOWN)
def proposed(ref: str) -> Tagged:
    """Put what is open on the agenda, to be kept or left out; asked twice, nothing comes twice."""
    _matched(ref)
    propose_agenda(g.work, ProposeAgenda(ref))
    return _again(ref)


@blueprint.post("/<ref:ref>/agenda")
@needs(*ACTS)
@versioned
@once
@blueprint.arguments(SetAgenda, given=("meeting_ref",))
@blueprint.response(200, SHOWN)
def settled(ask: Callable[..., SetAgenda], ref: str) -> Tagged:
    """Keep these items in this order; every other is left out."""
    _matched(ref)
    set_agenda(g.work, ask(meeting_ref=ref))
    return _again(ref)


@blueprint.post("/<ref:ref>/agenda/items")
@needs(*ACTS)
@versioned
@once
@blueprint.arguments(AddItem, given=("meeting_ref",))
@blueprint.response(201, SHOWN)
def added(ask: Callable[..., AddItem], ref: str) -> Tagged:
    """Add an item in your own words."""
    _matched(ref)
    add_item(g.work, ask(meeting_ref=ref))
    return _again(ref)


@blueprint.post("/<ref:ref>/agenda/guests")
@needs(*ACTS)
@versioned
@once
@blueprint.arguments(GuestAsked)
@blueprint.response(201, SHOWN)
def guest(ask: GuestAsked, ref: str) -> Tagged:
    """Call a guest for one item."""
    _matched(ref)
    call_guest(g.work, CallGuest(ask.item_ref, ask.member_ref))
    return _again(ref)


@blueprint.post("/<ref:ref>/invitations")
@needs(*ACTS)
@versioned
@once
@blueprint.response(201, SHOWN)
def called(ref: str) -> Tagged:
    """Call everybody whom the mandate calls, each with the reason."""
    _matched(ref)
    call_meeting(g.work, CallMeeting(ref))
    return _again(ref)


@blueprint.post("/<ref:ref>/requests")
@needs(Permit.SEE_COORDINATION)
@once
@blueprint.response(201, SHOWN)
def asking(ref: str) -> Tagged:
    """Ask to come, as a member by invitation."""
    ask_to_come(g.work, AskToCome(ref))
    return _again(ref)


@blueprint.post("/<ref:ref>/answer")
@needs(Permit.SEE_COORDINATION)
@once
@blueprint.arguments(AnswerInvitation, given=("meeting_ref",))
@blueprint.response(200, SHOWN)
def answered(ask: Callable[..., AnswerInvitation], ref: str) -> Tagged:
    """Say whether you come; the last answer counts."""
    answer_invitation(g.work, ask(meeting_ref=ref))
    return _again(ref)


@blueprint.post("/<ref:ref>/holding")
@needs(*ACTS)
@versioned
@once
@blueprint.arguments(HoldMeeting, given=("meeting_ref",))
@blueprint.response(200, SHOWN)
def held(ask: Callable[..., HoldMeeting], ref: str) -> Tagged:
    """Record it as held, with the invitations of those who were there."""
    _matched(ref)
    return _shown(g.work, hold_meeting(g.work, ask(meeting_ref=ref)))


@blueprint.post("/<ref:ref>/cancellation")
@needs(*ACTS)
@versioned
@once
@blueprint.arguments(ReasonAsked)
@blueprint.response(200, SHOWN)
def cancelled(ask: ReasonAsked, ref: str) -> Tagged:
    """Cancel it; everybody called is told."""
    _matched(ref)
    return _shown(g.work, cancel_meeting(g.work, CancelMeeting(ref, ask.reason)))


@blueprint.post("/<ref:ref>/outcomes")
@needs(*ACTS)
@versioned
@once
@blueprint.arguments(WriteOutcomes, given=("meeting_ref",))
@blueprint.response(200, SHOWN)
def minuted(ask: Callable[..., WriteOutcomes], ref: str) -> Tagged:
    """Write down what was said of these items."""
    _matched(ref)
    write_outcomes(g.work, ask(meeting_ref=ref))
    return _again(ref)


@blueprint.post("/<ref:ref>/minutes")
@needs(*ACTS)
@versioned
@once
@blueprint.doc(requestBody=FILE)
@blueprint.response(200, SHOWN)
def filed(ref: str) -> Tagged:
    """File the final minutes, a PDF."""
    _matched(ref)
    file = sent_file()
    import_minutes(g.work, ImportMinutes(ref), file.content, file.media_type)
    return _again(ref)


@blueprint.get("/<ref:ref>/minutes")
@needs(*READERS)
@blueprint.response(200)
def paper(ref: str) -> Response:
    """The final minutes as a PDF."""
    row = meeting_by_ref(g.work, ref)
    return handed_out([paper_bytes(g.work, row)], f"cii-{row.planned_on}-{ref}.pdf", PDF)


@blueprint.post("/<ref:ref>/distribution")
@needs(*ACTS)
@versioned
@once
@blueprint.response(200, SHOWN)
def distributed(ref: str) -> Tagged:
    """Tell every member where the minutes are."""
    _matched(ref)
    distribute_minutes(g.work, DistributeMinutes(ref))
    return _again(ref)


@blueprint.post("/<ref:ref>/adoption")
@needs(*ACTS)
@versioned
@once
@blueprint.response(200, SHOWN)
def adopted(ref: str) -> Tagged:
    """Adopt the minutes: they no longer change."""
    _matched(ref)
    return _shown(g.work, adopt_minutes(g.work, AdoptMinutes(ref)))


def _matched(ref: str) -> None:
    matched(ref, meeting_by_ref(g.work, ref).version)


def _again(ref: str) -> Tagged:
    return _shown(g.work, meeting_by_ref(g.work, ref))


def _shown(work: Work, row: Meeting) -> Tagged:
    people, known, lang = invitations(work, row), codes(work), language.lang()
    names = account_names(work, {one.account_id for one in people if one.account_id is not None})
    shown = MeetingShown(
        row.ref, row.body, row.quarter, row.planned_on, row.starts_at, row.place, row.held_on, row.state,
        row.minutes_state, row.topic if reads_whole(work) else "", row.summary if reads_whole(work) else "",
        tuple(
            ItemShown(
                one.ref, one.kind, item_said(one, lang), one.subject_ref, tuple(one.measures), one.state,
                one.outcome,
            )
            for one in agenda(work, row, dropped=True)
        ),
        tuple(
            InvitedShown(
                one.ref, names.get(one.account_id or 0), known.get(one.institution_id or 0), one.reason,
                tuple(one.measures), one.sent_at, one.answer, one.attended,
            )
            for one in people
        ),
    )  # fmt: skip
    return tagged(shown, row.ref, row.version)
