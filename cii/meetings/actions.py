"""Acts on meetings: plan, put off, call, ask to come, answer, record as held, cancel."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from cii.coordination.actions import tell_group
from cii.coordination.queries import bodies_of, codes
from cii.coordination.vocabulary import Body
from cii.institutions.queries import institution_by_code
from cii.journal.actions import wrote
from cii.kernel.clock import local_day
from cii.kernel.digest import plain
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.kernel.moves import move
from cii.kernel.period import Quarter
from cii.meetings.alerts import meeting_alerts
from cii.meetings.inviting import seat_by_invitation, to_call
from cii.meetings.queries import agenda, invitations, meeting_by_ref
from cii.meetings.rules import (
    MEETING_MOVES,
    AgendaEmpty,
    MeetingAhead,
    MeetingOtherDay,
    MeetingPast,
    NotByInvitation,
    NotInvited,
    TimeAndPlaceMissing,
)
from cii.meetings.tables import Meeting, MeetingInvitation, MeetingStep
from cii.meetings.vocabulary import Answer, InvitationReason, ItemState, MeetingEvent, MeetingState
from cii.notices.actions import tell
from cii.store.work import Work


@dataclass(frozen=True)
class PlanMeeting:
    """A body means to meet on that day; hour and place may follow.

    `starts_at`: a moment on that day.
    """

    body: Body
    planned_on: date
    topic: str = field(default="", metadata={"max": 1000})
    starts_at: datetime | None = None
    place: str = field(default="", metadata={"max": 200})


def plan_meeting(work: Work, ask: PlanMeeting) -> Meeting:
    """Put a meeting of one's own body into the calendar; one that was may be entered late.

    Refuses: NotAllowed, MeetingOtherDay.
    """
    if ask.body not in bodies_of(work.actor):
        raise NotAllowed
    _on_its_day(ask.starts_at, ask.planned_on)
    row = Meeting(
        body=ask.body,
        quarter=str(Quarter.of(ask.planned_on)),
        planned_on=ask.planned_on,
        starts_at=ask.starts_at,
        place=ask.place.strip(),
        state=MeetingState.PLANNED,
        topic=ask.topic.strip(),
        recorded_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    step(work, row, None)
    noted(work, "meeting.plan", row, ask)
    return row


@dataclass(frozen=True)
class PutOffMeeting:
    """Another moment or place, with the reason that those called are told."""

    meeting_ref: str
    starts_at: datetime
    place: str = field(metadata={"min": 1, "max": 200})
    reason: str = field(default="", metadata={"max": 1000})


def put_off(work: Work, ask: PutOffMeeting) -> Meeting:
    """Set moment and place; whoever was called is told and says anew whether they come.

    Refuses: UnknownThing, NotAllowed, IllegalMove, MeetingPast.
    """
    row = of_own_body(work, ask.meeting_ref)
    row.state = move(MEETING_MOVES, row.state, MeetingEvent.PUT_OFF)
    if ask.starts_at < work.now:
        raise MeetingPast(field="starts_at", day=local_day(ask.starts_at))
    row.starts_at, row.place = ask.starts_at, ask.place.strip()
    row.planned_on = local_day(ask.starts_at)
    row.quarter = str(Quarter.of(row.planned_on))
    row.changes += 1
    kept(work, row)
    step(work, row, MeetingEvent.PUT_OFF, ask.reason)
    for one in invitations(work, row):
        if one.sent_at is not None:
            one.answer = one.answered_at = None
            work.session.add(one)
            _tell(work, row, one, "meeting-put-off")
    noted(work, "meeting.put_off", row, ask)
    return row


@dataclass(frozen=True)
class CallMeeting:
    """Call everybody whom the mandate calls, each with the reason."""

    meeting_ref: str


def call_meeting(work: Work, ask: CallMeeting) -> list[MeetingInvitation]:
    """Send the invitations by the agenda as it stands. Returns those sent now.

    Refuses: UnknownThing, NotAllowed, IllegalMove; all at once MeetingPast, TimeAndPlaceMissing, AgendaEmpty.
    """
    row = of_own_body(work, ask.meeting_ref)
    state = move(MEETING_MOVES, row.state, MeetingEvent.INVITE)
    faults: list[Refusal] = []
    if row.planned_on < work.today:
        faults.append(MeetingPast(day=row.planned_on))
    if row.starts_at is None or not row.place:
        faults.append(TimeAndPlaceMissing())
    if all(one.state is not ItemState.KEPT for one in agenda(work, row)):
        faults.append(AgendaEmpty())
    refuse(faults)
    row.state = state
    kept(work, row)
    step(work, row, MeetingEvent.INVITE)
    sent = call_missing(work, row)
    noted(work, "meeting.invite", row, ask)
    return sent


def call_missing(work: Work, row: Meeting) -> list[MeetingInvitation]:
    """Send the invitations that are missing: all at first, later those that a change of the agenda brings."""
    before = {(one.institution_id, one.account_id): one for one in invitations(work, row)}
    ids = {code: id_ for id_, code in codes(work).items()}
    sent = []
    for one in to_call(work, row):
        institution = ids[one.institution] if one.institution else None
        held = before.get((institution, one.account_id))
        if held is not None and held.sent_at is not None:
            continue
        if held is None:
            held = MeetingInvitation(
                meeting_id=row.id or 0,
                institution_id=institution,
                account_id=one.account_id,
                reason=one.reason,
                measures=list(one.measures),
                recorded_at=work.now,
            )
        held.sent_at = work.now
        work.session.add(held)
        work.session.flush()
        _tell(work, row, held, f"meeting-called-{one.reason.value.replace('_', '-')}")
        sent.append(held)
    return sent


@dataclass(frozen=True)
class AskToCome:
    """A member by invitation asks to come to a meeting (rule 3)."""

    meeting_ref: str


def ask_to_come(work: Work, ask: AskToCome) -> MeetingInvitation:
    """Be called at one's own request; asked twice, it is once.

    Refuses: UnknownThing, NotByInvitation, IllegalMove (a meeting held or cancelled).
    """
    row = meeting_by_ref(work, ask.meeting_ref)
    me = seat_by_invitation(work, row)
    if me is None or me.institution is None:
        raise NotByInvitation
    move(MEETING_MOVES, row.state, MeetingEvent.PUT_OFF)
    held = next((one for one in invitations(work, row) if one.account_id == me.account_id), None)
    if held is not None:
        return held
    made = MeetingInvitation(
        meeting_id=row.id or 0,
        institution_id=institution_by_code(work, me.institution).id,
        account_id=me.account_id,
        reason=InvitationReason.ASKED,
        measures=[],
        sent_at=work.now if row.state is MeetingState.INVITED else None,
        recorded_at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    noted(work, "meeting.ask_to_come", row, ask)
    return made


@dataclass(frozen=True)
class AnswerInvitation:
    """Say whether one comes."""

    meeting_ref: str
    answer: Answer


def answer_invitation(work: Work, ask: AnswerInvitation) -> MeetingInvitation:
    """Answer one's own invitation; the last answer counts.

    Refuses: UnknownThing, NotInvited, IllegalMove (a meeting held or cancelled).
    """
    row = meeting_by_ref(work, ask.meeting_ref)
    own = work.actor.account_id
    held = next((one for one in invitations(work, row) if one.account_id == own), None)
    if held is None or held.sent_at is None:
        raise NotInvited
    move(MEETING_MOVES, row.state, MeetingEvent.PUT_OFF)
    held.answer, held.answered_at = ask.answer, work.now
    work.session.add(held)
    work.session.flush()
    noted(work, "meeting.answer", row, ask)
    return held


@dataclass(frozen=True)
class HoldMeeting:
    """A meeting took place: on which day, who was there (of those called), what is said of it in a line."""

    meeting_ref: str
    held_on: date | None = None
    present: tuple[str, ...] = ()
    summary: str = field(default="", metadata={"max": 4000})


def hold_meeting(work: Work, ask: HoldMeeting) -> Meeting:
    """Record a meeting as held; in another quarter than planned, it counts for the quarter of its day.

    `present`: references of invitations; who was called and is not named was not there.
    Refuses: UnknownThing, NotAllowed, IllegalMove, MeetingAhead, NotInvited.
    """
    row = of_own_body(work, ask.meeting_ref)
    state = move(MEETING_MOVES, row.state, MeetingEvent.HOLD)
    day = ask.held_on or row.planned_on
    if day > work.today:
        raise MeetingAhead(field="held_on", day=day)
    rows = invitations(work, row)
    if set(ask.present) - {one.ref for one in rows}:
        raise NotInvited(field="present")
    for one in rows:
        one.attended = one.ref in ask.present
        work.session.add(one)
    row.held_on, row.held_recorded_at = day, work.now
    row.summary, row.quarter, row.state = ask.summary.strip(), str(Quarter.of(day)), state
    kept(work, row)
    step(work, row, MeetingEvent.HOLD)
    noted(work, "meeting.hold", row, ask)
    return row


@dataclass(frozen=True)
class CancelMeeting:
    """A meeting does not take place."""

    meeting_ref: str
    reason: str = field(default="", metadata={"max": 1000})


def cancel_meeting(work: Work, ask: CancelMeeting) -> Meeting:
    """Cancel a meeting; whoever was called is told. Refuses: UnknownThing, NotAllowed, IllegalMove."""
    row = of_own_body(work, ask.meeting_ref)
    row.state = move(MEETING_MOVES, row.state, MeetingEvent.CANCEL)
    row.changes += 1
    kept(work, row)
    step(work, row, MeetingEvent.CANCEL, ask.reason)
    for one in invitations(work, row):
        if one.sent_at is not None:
            _tell(work, row, one, "meeting-cancelled")
    noted(work, "meeting.cancel", row, ask)
    return row


def watch(work: Work, day: date) -> dict[str, int]:
    """The daily look of the job: alerts of meetings are told to the group on the day on which they begin.

    `day` is the business date. Returns how many of each kind.
    """
    return tell_group(work, [one for one in meeting_alerts(work, day) if one.since == day], day)


def of_own_body(work: Work, ref: str) -> Meeting:
    """A meeting of a body in whose name the actor acts; refuses UnknownThing, NotAllowed."""
    row = meeting_by_ref(work, ref)
    if row.body not in bodies_of(work.actor):
        raise NotAllowed
    return row


def kept(work: Work, row: Meeting) -> None:
    """Keep a changed meeting under its next version."""
    row.version += 1
    work.session.add(row)
    work.session.flush()


def step(work: Work, row: Meeting, event: MeetingEvent | None, note: str = "") -> None:
    """Write down what happened to a meeting."""
    work.session.add(
        MeetingStep(
            meeting_id=row.id or 0,
            event=event,
            note=note.strip(),
            recorded_at=work.now,
            account_id=work.actor.account_id,
        )
    )
    work.session.flush()


def noted(work: Work, act: str, row: Meeting, ask: Any) -> None:  # noqa: ANN401 - any command
    """Write a command on a meeting into the journal."""
    told = {name: plain(value) for name, value in asdict(ask).items()}
    wrote(work, act, "meeting", row.id, ref=row.ref, payload=told)


def _on_its_day(starts_at: datetime | None, planned_on: date) -> None:
    if starts_at is not None and local_day(starts_at) != planned_on:
        raise MeetingOtherDay(field="starts_at", day=planned_on)


def _tell(work: Work, row: Meeting, called: MeetingInvitation, kind: str) -> None:
    if called.account_id is not None:
        tell(
            work, account_id=called.account_id, kind=kind, subject="meeting", subject_ref=row.ref,
            day=row.planned_on, place=row.place,
        )  # fmt: skip


__all__ = [
    "AnswerInvitation", "AskToCome", "CallMeeting", "CancelMeeting", "HoldMeeting", "PlanMeeting",
    "PutOffMeeting", "answer_invitation", "ask_to_come", "call_meeting", "call_missing", "cancel_meeting",
    "hold_meeting", "kept", "noted", "of_own_body", "plan_meeting", "put_off", "step", "watch",
]  # fmt: skip
