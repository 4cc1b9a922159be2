"""Rows of merged persons: which two were one, what moved, and whether it was taken back."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from cii.store.columns import key, link, moment, plain_json, ref, text
from cii.store.guards import append_only


class PersonMerge(SQLModel, table=True):
    """One person row found to be another's: `moved` names table by table the rows that went, with their mark.

    A mark is what a row said at that moment; the undo puts back only rows that still say it.
    """

    __tablename__ = "person_merge"
    __table_args__ = (
        CheckConstraint("old_person_id <> new_person_id", name="of_two"),
        CheckConstraint("(undone_at IS NULL) = (undo_reason IS NULL)", name="undone_with_reason"),
        Index("uq_person_merge_live", "old_person_id", unique=True, sqlite_where=sql("undone_at IS NULL"),
              postgresql_where=sql("undone_at IS NULL")),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    old_person_id: int = link("person.id", index=False)
    new_person_id: int = link("person.id")
    reason: str = text(1000)
    moved: dict[str, Any] = plain_json()
    at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)
    undone_at: datetime | None = moment(nullable=True)
    undone_by: int | None = link("account.id", nullable=True, index=False)
    undo_reason: str | None = text(1000, nullable=True)


append_only(PersonMerge, but=("undone_at", "undone_by", "undo_reason"))
