"""Rows of notices."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from cii.notices.vocabulary import MailWish, Topic
from cii.store.columns import key, link, moment, plain_json, ref, text, word


class Notice(SQLModel, table=True):
    """Something told to a unit or an account; `facts` hold no personal text, `kind` names the sentence.

    `mail` is how the reader wished to hear of it when it was told; empty where there was no address.
    """

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("(unit_id IS NULL) <> (account_id IS NULL)", name="one_reader"),
        Index("ix_notice_unread_unit", "unit_id", "id", sqlite_where=sql("read_at IS NULL"),
              postgresql_where=sql("read_at IS NULL")),
        Index("ix_notice_unread_account", "account_id", "id", sqlite_where=sql("read_at IS NULL"),
              postgresql_where=sql("read_at IS NULL")),
        Index("ix_notice_to_digest", "account_id", "created_at",
              sqlite_where=sql("mail = 'daily' AND digested_at IS NULL"),
              postgresql_where=sql("mail = 'daily' AND digested_at IS NULL")),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    unit_id: int | None = link("unit.id", nullable=True)
    account_id: int | None = link("account.id", nullable=True)
    kind: str = text(60)
    subject: str = text(40)
    subject_ref: str = text(40)
    person_id: int | None = link("person.id", nullable=True)
    facts: dict[str, Any] = plain_json()
    created_at: datetime = moment()
    read_at: datetime | None = moment(nullable=True)
    read_by: int | None = link("account.id", nullable=True, index=False)
    mail: MailWish | None = word(MailWish, nullable=True)
    digested_at: datetime | None = moment(nullable=True)


class NoticePreference(SQLModel, table=True):
    """How an account wishes to hear by mail of one topic; without a row, at once."""

    __tablename__ = "notice_preference"
    __table_args__ = (UniqueConstraint("account_id", "topic"),)

    id: int | None = key()
    account_id: int = link("account.id", index=False)
    topic: Topic = word(Topic)
    mail: MailWish = word(MailWish)
    changed_at: datetime = moment()
