"""Rows of meetings."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import SQLModel

from cii.coordination.vocabulary import Body
from cii.meetings.vocabulary import (
    AgendaKind,
    Answer,
    DecisionEvent,
    DecisionKind,
    DecisionStand,
    DecisionState,
    InvitationReason,
    ItemState,
    MeetingEvent,
    MeetingState,
    MinutesState,
)
from cii.store.columns import day, key, link, moment, plain_json, ref, text, word
from cii.store.guards import append_only


class Meeting(SQLModel, table=True):
    """A meeting of a body, counted for a quarter written 2026-Q3; `held_on` is its day once it was held.

    `held_recorded_at`: since when the house knows that it was held. `changes`: how often it was put off, as a
    calendar counts it. `summary`: what is said of it in a line beside its minutes.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint("(state = 'held') = (held_on IS NOT NULL)", name="held_when"),
        CheckConstraint("(held_on IS NULL) = (held_recorded_at IS NULL)", name="held_known"),
        CheckConstraint("minutes_state = 'open' OR state = 'held'", name="minutes_of_a_meeting_held"),
        Index("ix_meeting_quarter", "body", "quarter"),
    )

    id: int | None = key()
    ref: str = ref()
    body: Body = word(Body)
    quarter: str = text(7)
    planned_on: date = day()
    starts_at: datetime | None = moment(nullable=True)
    place: str = text(200, default="")
    changes: int = 0
    held_on: date | None = day(nullable=True)
    held_recorded_at: datetime | None = moment(nullable=True)
    state: MeetingState = word(MeetingState)
    minutes_state: MinutesState = word(MinutesState, default=MinutesState.OPEN)
    topic: str = text(1000, default="")
    summary: str = text(4000, default="")
    version: int = 1
    recorded_at: datetime = moment()


class MeetingStep(SQLModel, table=True):
    """What happened to a meeting, and who did it; append-only."""

    __tablename__ = "meeting_step"

    id: int | None = key()
    meeting_id: int = link("meeting.id")
    event: MeetingEvent | None = word(MeetingEvent, nullable=True)
    note: str = text(1000, default="")
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class AgendaItem(SQLModel, table=True):
    """An item of an agenda: said in words (`free`), or drawn from what is open.

    `subject_ref` names that open thing, `facts` fill its sentence in each language; `measures`: codes of the
    measures that it concerns. `outcome`: what the minutes say of it.
    """

    __tablename__ = "agenda_item"
    __table_args__ = (
        UniqueConstraint("meeting_id", "kind", "subject_ref"),
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint("kind <> 'free' OR title <> ''", name="says_what"),
    )

    id: int | None = key()
    ref: str = ref()
    meeting_id: int = link("meeting.id", index=False)
    position: int
    kind: AgendaKind = word(AgendaKind)
    subject_ref: str = text(80)
    title: str = text(300, default="")
    facts: dict[str, Any] = plain_json()
    measures: list[str] = plain_json()
    state: ItemState = word(ItemState)
    outcome: str = text(4000, default="")
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class AgendaGuest(SQLModel, table=True):
    """A guest called for one item: nothing else of the meeting is theirs."""

    __tablename__ = "agenda_guest"
    __table_args__ = (UniqueConstraint("agenda_item_id", "account_id"),)

    id: int | None = key()
    agenda_item_id: int = link("agenda_item.id", index=False)
    account_id: int = link("account.id")
    recorded_at: datetime = moment()


class MeetingInvitation(SQLModel, table=True):
    """Who is called to a meeting and why; `attended` is known once the meeting was held.

    An institution for which nobody sits by name is called by its name alone: its row has no account.
    `measures`: codes of the measures on the agenda in which persons of that institution are placed. `sent_at`
    is empty while somebody who asked to come waits for the invitations to go out.
    """

    __tablename__ = "meeting_invitation"
    __table_args__ = (
        UniqueConstraint("meeting_id", "account_id"),
        CheckConstraint("account_id IS NOT NULL OR institution_id IS NOT NULL", name="somebody"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_when"),
    )

    id: int | None = key()
    ref: str = ref()
    meeting_id: int = link("meeting.id", index=False)
    institution_id: int | None = link("institution.id", nullable=True, index=False)
    account_id: int | None = link("account.id", nullable=True)
    reason: InvitationReason = word(InvitationReason)
    measures: list[str] = plain_json()
    sent_at: datetime | None = moment(nullable=True)
    answer: Answer | None = word(Answer, nullable=True)
    answered_at: datetime | None = moment(nullable=True)
    attended: bool | None = None
    recorded_at: datetime = moment()


class MinutesPaper(SQLModel, table=True):
    """The final minutes as a PDF, kept as they came in; a corrected paper is a further row."""

    __tablename__ = "minutes_paper"
    __table_args__ = (
        UniqueConstraint("meeting_id", "sequence"),
        CheckConstraint("size > 0", name="size_positive"),
    )

    id: int | None = key()
    meeting_id: int = link("meeting.id", index=False)
    sequence: int
    sha256: str = text(64, index=True)
    size: int
    media_type: str = text(120)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class BodyDecision(SQLModel, table=True):
    """What a body decided at a meeting, numbered within its year, and whether it has been carried out.

    `subject_ref` names what it decides about: a corrective measure, an agreement, a report.
    """

    __tablename__ = "body_decision"
    __table_args__ = (
        UniqueConstraint("body", "year", "number"),
        CheckConstraint("number >= 1", name="number_counts"),
        CheckConstraint("stand <> 'refused' OR reason <> ''", name="refusal_has_a_reason"),
        CheckConstraint("state <> 'to_do' OR due_on IS NOT NULL", name="to_do_by_a_day"),
    )

    id: int | None = key()
    ref: str = ref()
    body: Body = word(Body)
    year: int
    number: int
    meeting_id: int = link("meeting.id")
    agenda_item_id: int | None = link("agenda_item.id", nullable=True, index=False)
    kind: DecisionKind = word(DecisionKind)
    subject_ref: str = text(80, default="")
    wording: str = text(1000)
    stand: DecisionStand = word(DecisionStand)
    reason: str = text(1000, default="")
    owner_id: int | None = link("institution.id", nullable=True, index=False)
    due_on: date | None = day(nullable=True)
    state: DecisionState = word(DecisionState, index=True)
    decided_on: date = day()
    version: int = 1
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class BodyDecisionStep(SQLModel, table=True):
    """How a decision was followed: what happened, the state it led to, who says so; append-only."""

    __tablename__ = "body_decision_step"

    id: int | None = key()
    decision_id: int = link("body_decision.id")
    event: DecisionEvent | None = word(DecisionEvent, nullable=True)
    state: DecisionState = word(DecisionState)
    note: str = text(1000, default="")
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


append_only(MeetingStep)
append_only(MinutesPaper)
append_only(BodyDecisionStep)
append_only(BodyDecision, moving=("state", "version"))
