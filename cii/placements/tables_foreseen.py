"""Rows of interruptions that a provider sees coming: told early, answered once with what was agreed."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from cii.placements.vocabulary import InterruptionReason
from cii.store.columns import day, key, link, moment, ref, text, word
from cii.store.guards import append_only

_OPEN = sql("answered_at IS NULL")


class InterruptionNotice(SQLModel, table=True):
    """An interruption of a stay that its provider foresees, by the day expected; at most one is open.

    Filled once from empty: what was agreed, when and by whom. Source: federal guide (000), indication 15.
    """

    __tablename__ = "interruption_notice"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answered_in_words"),
        Index("uq_interruption_notice_open", "placement_id", unique=True,
              sqlite_where=_OPEN, postgresql_where=_OPEN),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    placement_id: int = link("placement.id")
    reason: InterruptionReason = word(InterruptionReason)
    expected_on: date = day()
    wording: str = text(1000)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)
    answer: str | None = text(1000, nullable=True)
    answered_at: datetime | None = moment(nullable=True)
    answered_by: int | None = link("account.id", nullable=True, index=False)


append_only(InterruptionNotice, but=("answer", "answered_at", "answered_by"))
