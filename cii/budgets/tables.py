"""Rows of the ledger. Movements are the truth; the database keeps the totals of accounts (`guards`)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from cii.budgets.guards import account_ddl, movement_ddl, year_ddl
from cii.budgets.guards_ceilings import bound_ddl
from cii.budgets.vocabulary import EntryKind, Stage, YearState
from cii.kernel.money import Chf
from cii.store.columns import BigId, chf, day, key, link, moment, ref, text, word
from cii.store.guards import append_only, hang


class BudgetYear(SQLModel, table=True):
    """One year of a funding line's books.

    `hard`: the line has a ceiling. The AI line is a record of obligations without cantonal ceiling (`hard`
    False).
    `warn_permille`: share of the budget used from which a warning is shown; `warned_at`: when it was told,
    once for a budget that was granted.
    """

    __tablename__ = "budget_year"
    __table_args__ = (
        UniqueConstraint("line_id", "year"),
        CheckConstraint("year BETWEEN 1990 AND 2200", name="year"),
        CheckConstraint("warn_permille BETWEEN 0 AND 1000", name="warning"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
    )

    id: int | None = key()
    ref: str = ref()
    line_id: int = link("funding_line.id")
    year: int
    state: YearState = word(YearState)
    hard: bool = True
    warn_permille: int = 900
    warned_at: datetime | None = moment(nullable=True)
    closed_at: datetime | None = moment(nullable=True)
    closed_by: int | None = link("account.id", nullable=True, index=False)


class BudgetAccount(SQLModel, table=True):
    """What stands at one stage of a line's year, for one agreement from the commitment on.

    A floored account never falls below zero. Totals change by movements only.
    """

    __tablename__ = "budget_account"
    __table_args__ = (
        Index("uq_budget_account_line", "line_id", "year", "stage", unique=True,
              sqlite_where=sql("agreement_id IS NULL"), postgresql_where=sql("agreement_id IS NULL")),
        Index("uq_budget_account_agreement", "line_id", "year", "stage", "agreement_id", unique=True,
              sqlite_where=sql("agreement_id IS NOT NULL"), postgresql_where=sql("agreement_id IS NOT NULL")),
        CheckConstraint("NOT floored OR total >= 0", name="floor"),
        CheckConstraint("floored OR stage IN ('grant', 'available')", name="floored"),
        CheckConstraint("(stage IN ('grant', 'available')) = (agreement_id IS NULL)", name="chain"),
    )  # fmt: skip

    id: int | None = key()
    line_id: int = link("funding_line.id", index=False)
    year: int
    stage: Stage = word(Stage)
    agreement_id: int | None = link("agreement.id", nullable=True)
    floored: bool = True
    total: Chf = chf()


class LedgerEntry(SQLModel, table=True):
    """One event of the trade that moves money; its legs are movements. `key` makes a repeat harmless."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_ledger_entry_source", "source_kind", "source_id"),
        CheckConstraint(
            "kind NOT IN ('reversal', 'transfer') OR "
            "(account_id IS NOT NULL AND approved_by IS NOT NULL AND account_id <> approved_by)",
            name="four_eyes",
        ),
    )

    id: int | None = key()
    ref: str = ref()
    key: str = text(120)
    kind: EntryKind = word(EntryKind)
    source_kind: str = text(40)
    source_id: int = Field(sa_type=BigId)
    reason: str | None = text(500, nullable=True)
    actor: str = text(120)
    account_id: int | None = link("account.id", nullable=True, index=False)
    approved_by: int | None = link("account.id", nullable=True, index=False)
    booked_at: datetime = moment()


class Movement(SQLModel, table=True):
    """One transfer between two accounts of the same line and year; never changed, at most once mirrored.

    `effective_on` lies in the year of the accounts; `origin_on` is the date of a truth that was learned after
    its own year had closed.
    """

    __tablename__ = "movement"
    __table_args__ = (
        UniqueConstraint("key"),
        UniqueConstraint("reverses"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
    )

    id: int | None = key()
    entry_id: int = link("ledger_entry.id")
    key: str = text(140)
    kind: EntryKind = word(EntryKind)
    debit_id: int = link("budget_account.id")
    credit_id: int = link("budget_account.id")
    amount: Chf = chf()
    effective_on: date = day()
    origin_on: date | None = day(nullable=True)
    booked_at: datetime = moment()
    reverses: int | None = link("movement.id", nullable=True, index=False)


_STANDING = "granted IS NULL OR granted"


class ReversalRequest(SQLModel, table=True):
    """One person asks that an entry be mirrored, another decides; one request for an entry stands."""

    __tablename__ = "reversal_request"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="four_eyes"),
        Index("uq_reversal_request_standing", "entry_id", unique=True,
              sqlite_where=sql(_STANDING), postgresql_where=sql(_STANDING)),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    entry_id: int = link("ledger_entry.id")
    reason: str = text(500)
    asked_by: int = link("account.id", index=False)
    asked_at: datetime = moment()
    decided_by: int | None = link("account.id", nullable=True, index=False)
    decided_at: datetime | None = moment(nullable=True)
    granted: bool | None = None


append_only(LedgerEntry)
append_only(Movement)
append_only(ReversalRequest, but=("decided_by", "decided_at", "granted"))
hang(Movement, (*movement_ddl(), *bound_ddl()))
hang(BudgetAccount, account_ddl())
hang(BudgetYear, year_ddl())
