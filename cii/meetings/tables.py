"""Rows of meetings."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import SQLModel

from cii.coordination.vocabulary import Body
from cii.meetings.vocabulary import MeetingState
from cii.store.columns import day, key, moment, ref, text, word


class Meeting(SQLModel, table=True):
    """A meeting of a body, counted for a quarter written 2026-Q3; `held_on` is its day once it was held.

    `held_recorded_at`: since when the house knows that it was held.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint("(state = 'held') = (held_on IS NOT NULL)", name="held_when"),
        CheckConstraint("(held_on IS NULL) = (held_recorded_at IS NULL)", name="held_known"),
        Index("ix_meeting_quarter", "body", "quarter"),
    )

    id: int | None = key()
    ref: str = ref()
    body: Body = word(Body)
    quarter: str = text(7)
    planned_on: date = day()
    held_on: date | None = day(nullable=True)
    held_recorded_at: datetime | None = moment(nullable=True)
    state: MeetingState = word(MeetingState)
    agenda: str = text(default="")
    minutes: str = text(default="")
    version: int = 1
    recorded_at: datetime = moment()
