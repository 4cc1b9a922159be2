"""Acts on meetings."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from cii.coordination.actions import tell_group
from cii.coordination.queries import bodies_of
from cii.coordination.vocabulary import Body
from cii.journal.actions import wrote
from cii.kernel.digest import plain
from cii.kernel.errors import NotAllowed
from cii.kernel.moves import move
from cii.kernel.period import Quarter
from cii.meetings.queries import meeting_alerts, meeting_by_ref
from cii.meetings.rules import MEETING_MOVES, MeetingAhead
from cii.meetings.tables import Meeting
from cii.meetings.vocabulary import MeetingEvent, MeetingState
from cii.store.work import Work


@dataclass(frozen=True)
class PlanMeeting:
    """A body means to meet on that day."""

    body: Body
    planned_on: date
    agenda: str = ""


def plan_meeting(work: Work, ask: PlanMeeting) -> Meeting:
    """Put a meeting of one's own body into the calendar. Refuses: NotAllowed."""
    if ask.body not in bodies_of(work.actor):
        raise NotAllowed
    row = Meeting(
        body=ask.body,
        quarter=str(Quarter.of(ask.planned_on)),
        planned_on=ask.planned_on,
        state=MeetingState.PLANNED,
        agenda=ask.agenda,
        recorded_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    _wrote(work, "meeting.plan", row, ask)
    return row


@dataclass(frozen=True)
class MoveMeeting:
    """Invite to a meeting, record it as held (with its day and minutes), or cancel it."""

    meeting_ref: str
    event: MeetingEvent
    held_on: date | None = None
    minutes: str = ""


def move_meeting(work: Work, ask: MoveMeeting) -> Meeting:
    """Move a meeting of one's own body on.

    A meeting that took place in another quarter than planned counts for the quarter of its day.
    Refuses: UnknownThing, NotAllowed, IllegalMove, MeetingAhead.
    """
    row = meeting_by_ref(work, ask.meeting_ref)
    if row.body not in bodies_of(work.actor):
        raise NotAllowed
    state = move(MEETING_MOVES, row.state, ask.event)
    if ask.event is MeetingEvent.HOLD:
        day = ask.held_on or row.planned_on
        if day > work.today:
            raise MeetingAhead(field="held_on", day=day)
        row.held_on, row.held_recorded_at = day, work.now
        row.minutes, row.quarter = ask.minutes, str(Quarter.of(day))
    row.state = state
    _kept(work, row)
    _wrote(work, f"meeting.{ask.event.value}", row, ask)
    return row


def watch(work: Work, day: date) -> dict[str, int]:
    """The daily look of the job: a quarter without meeting is told to the group when its alert begins.

    `day` is the business date. Returns how many of each kind.
    """
    return tell_group(work, [one for one in meeting_alerts(work, day) if one.since == day], day)


def _kept(work: Work, row: Meeting) -> None:
    row.version += 1
    work.session.add(row)
    work.session.flush()


def _wrote(work: Work, act: str, row: Meeting, ask: Any) -> None:  # noqa: ANN401 - any command
    told = {name: plain(value) for name, value in asdict(ask).items()}
    wrote(work, act, "meeting", row.id, ref=row.ref, payload=told)
