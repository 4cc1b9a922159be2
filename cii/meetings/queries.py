"""Reads of meetings: who may read one, its agenda, who was called, its minutes.

Members of the bodies and the reference person read meetings whole; a guest the items called for, no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select, true
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.coordination.queries import bodies_of, codes
from cii.coordination.vocabulary import Body
from cii.documents import store
from cii.kernel.errors import UnknownThing
from cii.kernel.moves import open_moves
from cii.kernel.period import Period, Quarter
from cii.meetings.rules import MEETING_MOVES, MINUTES_MOVES
from cii.meetings.tables import (
    AgendaGuest,
    AgendaItem,
    Meeting,
    MeetingInvitation,
    MeetingStep,
    MinutesPaper,
)
from cii.meetings.vocabulary import ItemState, MeetingEvent, MeetingState
from cii.store.work import HOUSE, Work

READERS = (Role.COORDINATION_MEMBER, Role.STEERING, Role.DASHBOARD_REFERENCE)
"""Members, steering group, reference person: they read every meeting whole."""


def reads_whole(work: Work) -> bool:
    """Whether the actor reads meetings whole."""
    return work.actor == HOUSE or work.actor.has_role(*READERS)


def _called_for(work: Work) -> Select[Any]:
    return (
        select(col(AgendaItem.meeting_id))
        .join(AgendaGuest, col(AgendaGuest.agenda_item_id) == col(AgendaItem.id))
        .where(col(AgendaGuest.account_id) == work.actor.account_id, col(AgendaItem.state) == ItemState.KEPT)
    )


def visible_to(work: Work) -> ColumnElement[bool]:
    """The meetings that the actor may know of."""
    if reads_whole(work):
        return true()
    return col(Meeting.id).in_(_called_for(work))


def meeting_by_ref(work: Work, ref: str) -> Meeting:
    """The meeting with this outward name, if the actor may know of it; refuses UnknownThing."""
    found = work.session.scalars(select(Meeting).where(col(Meeting.ref) == ref, visible_to(work))).first()
    if found is None:
        raise UnknownThing(field="meeting")
    return found


def meeting_by_id(work: Work, id_: int) -> Meeting:
    """A meeting that a row of this room points to, if the actor may know of it; refuses UnknownThing."""
    found = work.session.scalars(select(Meeting).where(col(Meeting.id) == id_, visible_to(work))).first()
    if found is None:
        raise UnknownThing(field="meeting")
    return found


def meetings(
    work: Work,
    body: Body | None = None,
    quarter: Quarter | None = None,
    *,
    before: tuple[date, int] | None = None,
    limit: int = 100,
) -> Sequence[Meeting]:
    """The meetings that the actor may know of, the newest first; of one body or one quarter when named.

    `before`: day and id of the last one shown.
    """
    query = select(Meeting).where(visible_to(work))
    if body is not None:
        query = query.where(col(Meeting.body) == body)
    if quarter is not None:
        query = query.where(col(Meeting.quarter) == str(quarter))
    if before is not None:
        day, last = before
        query = query.where(
            (col(Meeting.planned_on) < day) | ((col(Meeting.planned_on) == day) & (col(Meeting.id) < last))
        )
    ordered = query.order_by(col(Meeting.planned_on).desc(), col(Meeting.id).desc())
    return work.session.scalars(ordered.limit(limit)).all()


def next_meeting(work: Work, body: Body) -> Meeting | None:
    """The next meeting of a body that is still to come, or None."""
    return work.session.scalars(
        select(Meeting)
        .where(
            visible_to(work),
            col(Meeting.body) == body,
            col(Meeting.state).in_((MeetingState.PLANNED, MeetingState.INVITED)),
            col(Meeting.planned_on) >= work.today,
        )
        .order_by(col(Meeting.planned_on), col(Meeting.id))
        .limit(1)
    ).first()


def meeting_moves(work: Work, meeting: Meeting) -> tuple[MeetingEvent, ...]:
    """What the actor may do with the meeting of its own body, and with the minutes of one that was held."""
    if meeting.body not in bodies_of(work.actor):
        return ()
    minutes = open_moves(MINUTES_MOVES, meeting.minutes_state) if meeting.state is MeetingState.HELD else ()
    return (*open_moves(MEETING_MOVES, meeting.state), *minutes)


def steps_of(work: Work, meeting: Meeting) -> Sequence[MeetingStep]:
    """What happened to a meeting, in order; the caller started its read there."""
    return work.session.scalars(
        select(MeetingStep).where(col(MeetingStep.meeting_id) == meeting.id).order_by(col(MeetingStep.id))
    ).all()


def agenda(work: Work, meeting: Meeting, *, dropped: bool = False) -> Sequence[AgendaItem]:
    """The items of an agenda in order: all but those left out; to a guest those kept and called for."""
    query = select(AgendaItem).where(col(AgendaItem.meeting_id) == meeting.id)
    if not reads_whole(work):
        called = select(col(AgendaGuest.agenda_item_id)).where(
            col(AgendaGuest.account_id) == work.actor.account_id
        )
        query = query.where(col(AgendaItem.id).in_(called), col(AgendaItem.state) == ItemState.KEPT)
    elif not dropped:
        query = query.where(col(AgendaItem.state) != ItemState.DROPPED)
    return work.session.scalars(query.order_by(col(AgendaItem.position), col(AgendaItem.id))).all()


def item_by_ref(work: Work, ref: str) -> tuple[AgendaItem, Meeting]:
    """An item and its meeting; refuses UnknownThing."""
    found = work.session.execute(
        select(AgendaItem, Meeting)
        .join(Meeting, col(Meeting.id) == col(AgendaItem.meeting_id))
        .where(col(AgendaItem.ref) == ref, visible_to(work))
    ).first()
    if found is None or not reads_whole(work):
        raise UnknownThing(field="agenda_item")
    return found[0], found[1]


def guests_of(work: Work, meeting: Meeting) -> dict[int, list[int]]:
    """Who is called for single items: item id → accounts; the caller started its read at the meeting."""
    rows = work.session.execute(
        select(col(AgendaGuest.agenda_item_id), col(AgendaGuest.account_id))
        .join(AgendaItem, col(AgendaItem.id) == col(AgendaGuest.agenda_item_id))
        .where(col(AgendaItem.meeting_id) == meeting.id)
        .order_by(col(AgendaGuest.id))
    )
    found: dict[int, list[int]] = {}
    for item, account in rows:
        found.setdefault(item, []).append(account)
    return found


def invitations(work: Work, meeting: Meeting) -> Sequence[MeetingInvitation]:
    """Who is called to a meeting; to a guest its own invitation. The caller started its read there."""
    query = select(MeetingInvitation).where(col(MeetingInvitation.meeting_id) == meeting.id)
    if not reads_whole(work):
        query = query.where(col(MeetingInvitation.account_id) == work.actor.account_id)
    return work.session.scalars(query.order_by(col(MeetingInvitation.id))).all()


def called_to(work: Work) -> Sequence[Meeting]:
    """The meetings to come to which the actor is called, the nearest first."""
    own = select(col(MeetingInvitation.meeting_id)).where(
        col(MeetingInvitation.account_id) == (work.actor.account_id or 0),
        col(MeetingInvitation.sent_at).is_not(None),
    )
    return work.session.scalars(
        select(Meeting)
        .where(
            col(Meeting.id).in_(own),
            col(Meeting.state) == MeetingState.INVITED,
            col(Meeting.planned_on) >= work.today,
        )
        .order_by(col(Meeting.planned_on), col(Meeting.id))
    ).all()


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


@dataclass(frozen=True, slots=True)
class Attended:
    """An institution called to a meeting that was held, and whether somebody came."""

    institution: str
    meeting_ref: str
    held_on: date
    attended: bool


def attendance(work: Work, body: Body, period: Period, known_at: datetime) -> list[Attended]:
    """Which institutions came to the meetings of a body in the period, as known at a moment, by day."""
    names = codes(work)
    rows = work.session.execute(
        select(
            col(MeetingInvitation.institution_id), col(Meeting.ref), col(Meeting.held_on),
            col(MeetingInvitation.attended),
        )
        .join(Meeting, col(Meeting.id) == col(MeetingInvitation.meeting_id))
        .where(
            col(Meeting.body) == body,
            col(Meeting.held_on) >= period.start,
            col(Meeting.held_on) < period.end,
            col(Meeting.held_recorded_at) <= known_at,
            col(MeetingInvitation.institution_id).is_not(None),
        )
    )  # fmt: skip
    found: dict[tuple[str, str, date], bool] = {}
    for institution, ref, day, came in rows:
        key = (names[institution], ref, day)
        found[key] = found.get(key, False) or bool(came)
    return sorted(
        (Attended(*key, came) for key, came in found.items()),
        key=lambda one: (one.held_on, one.meeting_ref, one.institution),
    )


def paper_of(work: Work, meeting: Meeting) -> MinutesPaper | None:
    """The newest final minutes of a meeting, or None; nobody else's than those of who reads it whole."""
    if not reads_whole(work):
        return None
    return work.session.scalars(
        select(MinutesPaper)
        .where(col(MinutesPaper.meeting_id) == meeting.id)
        .order_by(col(MinutesPaper.sequence).desc())
        .limit(1)
    ).first()


def paper_bytes(work: Work, meeting: Meeting) -> bytes:
    """The final minutes; refuses UnknownThing where there are none to read."""
    paper = paper_of(work, meeting)
    if paper is None:
        raise UnknownThing(field="minutes")
    return store.get(folder(work), paper.sha256)


def folder(work: Work) -> Path:
    """Where minutes lie."""
    return work.settings.data_dir / "minutes"
