"""Rows of overruns that a provider sees coming under an agreement: told early, answered once."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from cii.kernel.money import Chf
from cii.providers.vocabulary import OverrunKind
from cii.store.columns import chf, day, key, link, moment, ref, text, word
from cii.store.guards import append_only

_OPEN = sql("answered_at IS NULL")


class OverrunNotice(SQLModel, table=True):
    """By which day the money or the volume of an agreement will not suffice, and by how much beyond.

    `amount` of a budget, `days` of a volume; at most one of a kind is open. Filled once from empty: what was
    agreed, when and by whom. Source: federal guide (000), indication 15.
    """

    __tablename__ = "overrun_notice"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answered_in_words"),
        CheckConstraint("(kind = 'budget') = (amount IS NOT NULL)", name="budget_in_francs"),
        CheckConstraint("(kind = 'volume') = (days IS NOT NULL)", name="volume_in_days"),
        CheckConstraint("amount IS NULL OR amount > 0", name="amount"),
        CheckConstraint("days IS NULL OR days > 0", name="days"),
        Index("uq_overrun_notice_open", "agreement_id", "kind", unique=True,
              sqlite_where=_OPEN, postgresql_where=_OPEN),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    agreement_id: int = link("agreement.id")
    kind: OverrunKind = word(OverrunKind)
    expected_on: date = day()
    amount: Chf | None = chf(nullable=True)
    days: int | None = None
    wording: str = text(2000)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)
    answer: str | None = text(2000, nullable=True)
    answered_at: datetime | None = moment(nullable=True)
    answered_by: int | None = link("account.id", nullable=True, index=False)


append_only(OverrunNotice, but=("answer", "answered_at", "answered_by"))
