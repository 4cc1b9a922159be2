"""Rows of opening balances: what stood where on the day on which the books began here."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from cii.budgets.vocabulary import Stage
from cii.kernel.money import Chf
from cii.store.columns import chf, day, key, link, moment, ref, text, word
from cii.store.guards import append_only


class OpeningBalance(SQLModel, table=True):
    """What stood at a stage of a line's year, for an agreement from the commitment on; brought in once."""

    __tablename__ = "opening_balance"
    __table_args__ = (
        Index("uq_opening_balance_line", "line_id", "year", "stage", unique=True,
              sqlite_where=sql("agreement_id IS NULL"), postgresql_where=sql("agreement_id IS NULL")),
        Index("uq_opening_balance_agreement", "line_id", "year", "stage", "agreement_id", unique=True,
              sqlite_where=sql("agreement_id IS NOT NULL"), postgresql_where=sql("agreement_id IS NOT NULL")),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("stage <> 'grant'", name="stage"),
        CheckConstraint("(stage = 'available') = (agreement_id IS NULL)", name="chain"),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    line_id: int = link("funding_line.id", index=False)
    year: int
    stage: Stage = word(Stage)
    agreement_id: int | None = link("agreement.id", nullable=True)
    amount: Chf = chf()
    effective_on: date = day()
    entry_id: int = link("ledger_entry.id")
    file_digest: str = text(64)
    recorded_at: datetime = moment()


append_only(OpeningBalance)
