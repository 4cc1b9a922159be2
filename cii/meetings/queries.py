"""Reads of meetings."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import col

from cii.coordination.queries import Alert, bodies_of
from cii.coordination.vocabulary import Body
from cii.kernel.errors import UnknownThing
from cii.kernel.moves import open_moves
from cii.kernel.period import Period, Quarter
from cii.meetings.rules import MEETING_MOVES, meeting_alert
from cii.meetings.tables import Meeting
from cii.meetings.vocabulary import MeetingEvent, MeetingState
from cii.store.work import Work


def meeting_by_ref(work: Work, ref: str) -> Meeting:
    """The meeting with this outward name; refuses UnknownThing."""
    found = work.session.scalars(select(Meeting).where(col(Meeting.ref) == ref)).first()
    if found is None:
        raise UnknownThing(field="meeting")
    return found


def meetings(work: Work, body: Body | None = None, quarter: Quarter | None = None) -> Sequence[Meeting]:
    """The meetings, the newest first; of one body or one quarter when named."""
    query = select(Meeting)
    if body is not None:
        query = query.where(col(Meeting.body) == body)
    if quarter is not None:
        query = query.where(col(Meeting.quarter) == str(quarter))
    return work.session.scalars(query.order_by(col(Meeting.planned_on).desc(), col(Meeting.id).desc())).all()


def meeting_moves(work: Work, meeting: Meeting) -> tuple[MeetingEvent, ...]:
    """What the actor may do with the meeting of its own body."""
    return open_moves(MEETING_MOVES, meeting.state) if meeting.body in bodies_of(work.actor) else ()


def held_days(work: Work, body: Body, period: Period, known_at: datetime) -> list[date]:
    """The days on which the body met in the period, as known at a moment, in order."""
    rows = work.session.scalars(
        select(col(Meeting.held_on)).where(
            col(Meeting.body) == body,
            col(Meeting.state) == MeetingState.HELD,
            col(Meeting.held_on) >= period.start,
            col(Meeting.held_on) < period.end,
            col(Meeting.held_recorded_at) <= known_at,
        )
    )
    return sorted(day for day in rows if day is not None)


def meeting_alerts(work: Work, day: date | None = None) -> list[Alert]:
    """The quarter before that day, where the coordination group did not meet in it."""
    at = day or work.today
    quarter = Quarter.of(at).previous
    held = held_days(work, Body.COORDINATION, quarter.period, work.now)
    raised = meeting_alert(quarter, held, work.calendar.after)
    if raised is None or raised > at:
        return []
    return [Alert("quarter_without_meeting", raised, str(quarter))]
