"""Rows of what the GP CII charges the coordination group with, beyond its standing mandate."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import SQLModel

from cii.store.columns import day, key, link, moment, ref, text
from cii.store.guards import append_only


class GroupMandate(SQLModel, table=True):
    """A mandate of the GP CII to the group (task 9): its words stay, `ended_on` is filled once.

    `until`: when its result is expected. `document_sha256`: digest of the signed document.
    """

    __tablename__ = "group_mandate"
    __table_args__ = (
        CheckConstraint("until IS NULL OR until >= issued_on", name="dates_in_order"),
        CheckConstraint("ended_on IS NULL OR ended_on >= issued_on", name="ended_after"),
    )

    id: int | None = key()
    ref: str = ref()
    number: str = text(40, unique=True)
    title: str = text(200)
    wording: str = text(4000)
    issued_on: date = day()
    until: date | None = day(nullable=True)
    document_sha256: str | None = text(64, nullable=True)
    ended_on: date | None = day(nullable=True)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


append_only(GroupMandate, but=("ended_on",))
