"""Rows of the journal. Persons and cases are plain numbers here: an entry outlives what it speaks of."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from cii.store.columns import BigId, key, link, moment, text
from cii.store.guards import append_only

_field: Any = Field
"""SQLModel types `Field` for fewer combinations than it takes."""


class JournalEntry(SQLModel, table=True):
    """One act; `objects` lists what it concerns, as in `case:12 person:7`; sealing adds `seq` and `hash`."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        Index(
            "ix_journal_entry_unsealed",
            "id",
            sqlite_where=sql("seq IS NULL"),
            postgresql_where=sql("seq IS NULL"),
        ),
    )

    id: int | None = key()
    at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True)
    actor: str = text(120)
    unit_id: int | None = link("unit.id", nullable=True, index=False)
    action: str = text(60)
    kind: str = text(40)
    ref: str | None = text(40, nullable=True)
    objects: str = text()
    sections: int = 0
    basis: str | None = text(40, nullable=True)
    correlation: str = text(16)
    payload_digest: str | None = text(64, nullable=True)
    seq: int | None = _field(default=None, sa_type=BigInteger, unique=True, nullable=True)
    hash: str | None = text(64, nullable=True)


class JournalSubject(SQLModel, table=True):
    """Finds the entries that concern a person, a case or another object; derived from `objects`."""

    __tablename__ = "journal_subject"

    kind: str = text(40, primary_key=True)
    object_id: int = _field(sa_type=BigId, primary_key=True)
    entry_id: int = _field(sa_type=BigId, primary_key=True, foreign_key="journal_entry.id")


class JournalPayload(SQLModel, table=True):
    """What was written, in canonical JSON, and its salt; erasure deletes both, the chain keeps the digest."""

    __tablename__ = "journal_payload"

    entry_id: int = _field(sa_type=BigId, primary_key=True, foreign_key="journal_entry.id")
    salt: str = text(32)
    payload: str = text()


class JournalSeal(SQLModel, table=True):
    """The state of the chain after a sealing; the same words are exported to a second place."""

    __tablename__ = "journal_seal"

    id: int | None = key()
    at: datetime = moment()
    seq: int
    count: int
    hash: str = text(64)


append_only(JournalEntry, but=("seq", "hash"))
append_only(JournalSubject)
append_only(JournalSeal)
