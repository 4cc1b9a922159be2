"""Rows of the store itself: dated parameters, outgoing messages, what was published."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from cii.store.columns import day, key, moment, plain_json, ref, text


class Parameter(SQLModel, table=True):
    """A number that enters a decision or a figure, in force from a date; published by file."""

    __tablename__ = "parameter"
    __table_args__ = (UniqueConstraint("name", "valid_from"),)

    id: int | None = key()
    name: str = text(80)
    valid_from: date = day()
    value: int
    unit: str = text(40)
    source: str = text(200)
    certainty: str = text(1)
    published_at: datetime = moment()


class Outgoing(SQLModel, table=True):
    """A message that leaves the house after the transaction that wrote it: mail today.

    It waits while neither `sent_at` nor `failed_at` is set, and not before `due_at` (empty: at once). One
    with `forget_at` holds a secret: its text is erased when it has left, and at that moment at the latest.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("sent_at IS NULL OR failed_at IS NULL", name="sent_or_failed"),
        CheckConstraint("attempts >= 0", name="attempts_count"),
        CheckConstraint("forget_at IS NULL OR sent_at IS NULL OR body = ''", name="secret_gone_once_sent"),
        Index("ix_outbox_waiting", "id", sqlite_where=sql("sent_at IS NULL AND failed_at IS NULL"),
              postgresql_where=sql("sent_at IS NULL AND failed_at IS NULL")),
        Index("ix_outbox_failed", "id", sqlite_where=sql("failed_at IS NOT NULL"),
              postgresql_where=sql("failed_at IS NOT NULL")),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    kind: str = text(20)
    recipient: str = text(200)
    subject: str = text(200)
    body: str = text()
    headers: dict[str, str] = plain_json()
    created_at: datetime = moment()
    due_at: datetime | None = moment(nullable=True)
    sent_at: datetime | None = moment(nullable=True)
    failed_at: datetime | None = moment(nullable=True)
    forget_at: datetime | None = moment(nullable=True)
    attempts: int = 0
    last_error: str | None = text(500, nullable=True)
