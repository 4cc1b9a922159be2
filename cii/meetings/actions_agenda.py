"""Acts on an agenda: propose it from what is open, add, keep and leave out, call guests, write outcomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlmodel import col, select

from cii.coordination.members import members
from cii.coordination.vocabulary import Body, Standing
from cii.kernel.errors import UnknownThing
from cii.kernel.moves import move
from cii.measures.queries import measures_by_code
from cii.meetings.actions import call_missing, kept, noted, of_own_body
from cii.meetings.proposing import offered
from cii.meetings.queries import agenda, item_by_ref, next_meeting
from cii.meetings.rules import MINUTES_MOVES, AgendaClosed, MeetingNotHeld, NoMeetingAhead, NotAGuest
from cii.meetings.tables import AgendaGuest, AgendaItem, Meeting
from cii.meetings.vocabulary import AgendaKind, ItemState, MeetingEvent, MeetingState
from cii.store.columns import new_ref
from cii.store.work import HOUSE, Work

_OPEN = (MeetingState.PLANNED, MeetingState.INVITED)


@dataclass(frozen=True)
class ProposeAgenda:
    """Let the house propose what the meeting should speak of."""

    meeting_ref: str


def propose_agenda(work: Work, ask: ProposeAgenda) -> list[AgendaItem]:
    """Add what is open and not on the agenda yet, left out or not; asked twice, nothing comes twice.

    What was proposed before gets today's facts. Returns the items that are new. Refuses: UnknownThing,
    NotAllowed, AgendaClosed.
    """
    meeting = _open_one(work, ask.meeting_ref)
    known = {(one.kind, one.subject_ref): one for one in agenda(work, meeting, dropped=True)}
    position = max((one.position for one in known.values()), default=0)
    fresh = []
    for one in offered(work, meeting):
        held = known.get((one.kind, one.subject_ref))
        if held is not None:
            held.facts, held.measures = dict(one.facts), list(one.measures)
            work.session.add(held)
            continue
        position += 1
        fresh.append(
            AgendaItem(
                meeting_id=meeting.id or 0,
                position=position,
                kind=one.kind,
                subject_ref=one.subject_ref,
                facts=dict(one.facts),
                measures=list(one.measures),
                state=ItemState.PROPOSED,
                recorded_at=work.now,
            )
        )
    work.session.add_all(fresh)
    work.session.flush()
    kept(work, meeting)
    noted(work, "agenda.propose", meeting, ask)
    return fresh


def lay_before(
    work: Work, body: Body, kind: AgendaKind, subject_ref: str, facts: Mapping[str, Any]
) -> Meeting:
    """Put a matter on the agenda of a body's next meeting, once; the body keeps it or leaves it out.

    The caller has the right to ask, though perhaps not to read. Returns it. Refuses: NoMeetingAhead.
    """
    inside = replace(work, actor=HOUSE, seen=[])
    meeting = next_meeting(inside, body)
    if meeting is None:
        raise NoMeetingAhead
    known = agenda(inside, meeting, dropped=True)
    if any((one.kind, one.subject_ref) == (kind, subject_ref) for one in known):
        return meeting
    work.session.add(
        AgendaItem(
            meeting_id=meeting.id or 0,
            position=max((one.position for one in known), default=0) + 1,
            kind=kind,
            subject_ref=subject_ref,
            facts=dict(facts),
            measures=[],
            state=ItemState.PROPOSED,
            recorded_at=work.now,
            account_id=work.actor.account_id,
        )
    )
    work.session.flush()
    kept(work, meeting)
    return meeting


@dataclass(frozen=True)
class AddItem:
    """An item in one's own words; `measures`: codes of those that it concerns."""

    meeting_ref: str
    title: str = field(metadata={"min": 3, "max": 300})
    measures: tuple[str, ...] = ()


def add_item(work: Work, ask: AddItem) -> AgendaItem:
    """Add an item, kept at once. Refuses: UnknownThing, NotAllowed, AgendaClosed."""
    meeting = _open_one(work, ask.meeting_ref)
    wanted = set(ask.measures)
    if len(measures_by_code(work, wanted)) != len(wanted):
        raise UnknownThing(field="measures")
    ref = new_ref()
    row = AgendaItem(
        ref=ref,
        meeting_id=meeting.id or 0,
        position=max((one.position for one in agenda(work, meeting, dropped=True)), default=0) + 1,
        kind=AgendaKind.FREE,
        subject_ref=ref,
        title=ask.title.strip(),
        facts={},
        measures=sorted(wanted),
        state=ItemState.KEPT,
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(row)
    work.session.flush()
    _followed(work, meeting)
    kept(work, meeting)
    noted(work, "agenda.add", meeting, ask)
    return row


@dataclass(frozen=True)
class SetAgenda:
    """The agenda as a whole: the items kept, in their order; every other item is left out."""

    meeting_ref: str
    kept: tuple[str, ...] = ()


def set_agenda(work: Work, ask: SetAgenda) -> list[AgendaItem]:
    """Keep these items in this order; whoever is called by one of them, and was not yet, is called now.

    Returns them. Refuses: UnknownThing (an item of another meeting), NotAllowed, AgendaClosed.
    """
    meeting = _open_one(work, ask.meeting_ref)
    rows = {one.ref: one for one in agenda(work, meeting, dropped=True)}
    if set(ask.kept) - set(rows):
        raise UnknownThing(field="kept")
    order = [*dict.fromkeys(ask.kept), *(ref for ref in rows if ref not in set(ask.kept))]
    for position, ref in enumerate(order, start=1):
        row = rows[ref]
        row.position = position
        row.state = ItemState.KEPT if ref in set(ask.kept) else ItemState.DROPPED
        work.session.add(row)
    work.session.flush()
    _followed(work, meeting)
    kept(work, meeting)
    noted(work, "agenda.set", meeting, ask)
    return [rows[ref] for ref in dict.fromkeys(ask.kept)]


@dataclass(frozen=True)
class RaiseItem:
    """An item goes one place up."""

    item_ref: str


def raise_item(work: Work, ask: RaiseItem) -> AgendaItem:
    """Change places with the item before it; the first one stays.

    Refuses: UnknownThing, NotAllowed, AgendaClosed.
    """
    row, meeting = item_by_ref(work, ask.item_ref)
    _open_one(work, meeting.ref)
    before = next((one for one in reversed(agenda(work, meeting)) if one.position < row.position), None)
    if before is not None:
        row.position, before.position = before.position, row.position
        work.session.add_all([row, before])
        work.session.flush()
        kept(work, meeting)
        noted(work, "agenda.raise", meeting, ask)
    return row


@dataclass(frozen=True)
class CallGuest:
    """A guest is called for one item alone (rule 6); `member_ref` names the guest's seat."""

    item_ref: str
    member_ref: str


def call_guest(work: Work, ask: CallGuest) -> AgendaGuest:
    """Call a guest for an item; it is kept. Asked twice, it is once.

    Refuses: UnknownThing, NotAllowed, AgendaClosed, NotAGuest (no guest's seat in the body that day).
    """
    row, meeting = item_by_ref(work, ask.item_ref)
    _open_one(work, meeting.ref)
    seated = members(work, meeting.body, meeting.planned_on)
    guest = next((one for one in seated if one.ref == ask.member_ref), None)
    if guest is None or guest.standing is not Standing.GUEST or guest.account_id is None:
        raise NotAGuest(field="member_ref")
    held = work.session.exec(
        select(AgendaGuest).where(
            col(AgendaGuest.agenda_item_id) == row.id, col(AgendaGuest.account_id) == guest.account_id
        )
    ).first()
    if held is not None:
        return held
    made = AgendaGuest(agenda_item_id=row.id or 0, account_id=guest.account_id, recorded_at=work.now)
    row.state = ItemState.KEPT
    work.session.add_all([made, row])
    work.session.flush()
    _followed(work, meeting)
    kept(work, meeting)
    noted(work, "agenda.call_guest", meeting, ask)
    return made


@dataclass(frozen=True)
class Outcome:
    """What the minutes say of one item."""

    item_ref: str
    said: str = field(default="", metadata={"max": 4000})


@dataclass(frozen=True)
class WriteOutcomes:
    """What the minutes say of several items."""

    meeting_ref: str
    entries: tuple[Outcome, ...] = ()


def write_outcomes(work: Work, ask: WriteOutcomes) -> list[AgendaItem]:
    """Write down what was said of these items, until the minutes are filed; others stay as they are.

    Refuses: UnknownThing (an item of another meeting), NotAllowed, MeetingNotHeld, IllegalMove (adopted).
    """
    meeting = of_own_body(work, ask.meeting_ref)
    if meeting.state is not MeetingState.HELD:
        raise MeetingNotHeld
    move(MINUTES_MOVES, meeting.minutes_state, MeetingEvent.IMPORT_MINUTES)
    rows = {one.ref: one for one in agenda(work, meeting)}
    if any(one.item_ref not in rows for one in ask.entries):
        raise UnknownThing(field="entries")
    for one in ask.entries:
        rows[one.item_ref].outcome = one.said.strip()
        work.session.add(rows[one.item_ref])
    work.session.flush()
    kept(work, meeting)
    noted(work, "agenda.outcomes", meeting, ask)
    return [rows[one.item_ref] for one in ask.entries]


def _open_one(work: Work, ref: str) -> Meeting:
    meeting = of_own_body(work, ref)
    if meeting.state not in _OPEN:
        raise AgendaClosed
    return meeting


def _followed(work: Work, meeting: Meeting) -> None:
    """A change of the agenda after the invitations calls whom it concerns; who was called stays called."""
    if meeting.state is MeetingState.INVITED:
        call_missing(work, meeting)
