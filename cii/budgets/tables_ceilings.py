"""Rows of what a year's budget is divided into: ceilings of measures and agreements, transfers."""

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, CheckConstraint, Index, event
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from cii.budgets.guards_ceilings import ceiling_ddl, step_ddl, transfer_ddl
from cii.kernel.money import Chf
from cii.store.columns import chf, key, link, moment, ref, text
from cii.store.guards import Statements, append_only


class BudgetCeiling(SQLModel, table=True):
    """What one measure or one agreement may bind of a line's year, beside the line's own budget.

    `amount` follows the newest step, `used` the movements (`guards_ceilings`): what is committed or has gone
    on, of the agreement, or of each agreement that buys the measure for the line.
    """

    __tablename__ = "budget_ceiling"
    __table_args__ = (
        Index("uq_budget_ceiling_measure", "line_id", "year", "measure_id", unique=True,
              sqlite_where=sql("measure_id IS NOT NULL"), postgresql_where=sql("measure_id IS NOT NULL")),
        Index("uq_budget_ceiling_agreement", "line_id", "year", "agreement_id", unique=True,
              sqlite_where=sql("agreement_id IS NOT NULL"), postgresql_where=sql("agreement_id IS NOT NULL")),
        CheckConstraint("(measure_id IS NULL) <> (agreement_id IS NULL)", name="of_one"),
        CheckConstraint("used <= amount", name="ceiling"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("warn_permille BETWEEN 0 AND 1000", name="warning"),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    line_id: int = link("funding_line.id", index=False)
    year: int
    measure_id: int | None = link("measure.id", nullable=True)
    agreement_id: int | None = link("agreement.id", nullable=True)
    amount: Chf = chf()
    used: Chf = chf()
    warn_permille: int = 900
    warned_at: datetime | None = moment(nullable=True)


class BudgetTransfer(SQLModel, table=True):
    """One person asks that a part of a budget go elsewhere by a decision; another decides.

    Between lines of one sector (`to_line_id`), or between two ceilings of the line's year.
    """

    __tablename__ = "budget_transfer"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("to_line_id <> line_id", name="two_lines"),
        CheckConstraint("to_ceiling_id <> from_ceiling_id", name="two_ceilings"),
        CheckConstraint("(from_ceiling_id IS NULL) = (to_ceiling_id IS NULL)", name="both_ceilings"),
        CheckConstraint("to_line_id IS NULL OR to_ceiling_id IS NULL", name="one_way"),
        CheckConstraint(
            "granted IS NULL OR (decided_by IS NOT NULL AND "
            "(to_line_id IS NOT NULL OR to_ceiling_id IS NOT NULL))",
            name="decided",
        ),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="four_eyes"),
    )

    id: int | None = key()
    ref: str = ref()
    line_id: int = link("funding_line.id")
    year: int
    to_line_id: int | None = link("funding_line.id", nullable=True, index=False)
    from_ceiling_id: int | None = link("budget_ceiling.id", nullable=True, index=False)
    to_ceiling_id: int | None = link("budget_ceiling.id", nullable=True, index=False)
    amount: Chf = chf()
    decision: str = text(80)
    reason: str = text(500)
    asked_by: int = link("account.id", index=False)
    asked_at: datetime = moment()
    decided_by: int | None = link("account.id", nullable=True, index=False)
    decided_at: datetime | None = moment(nullable=True)
    granted: bool | None = None


class BudgetCeilingStep(SQLModel, table=True):
    """A ceiling set to `amount` by a decision; the newest step is the one that holds."""

    __tablename__ = "budget_ceiling_step"

    id: int | None = key()
    ceiling_id: int = link("budget_ceiling.id")
    amount: Chf = chf()
    decision: str = text(80)
    reason: str = text(500)
    transfer_id: int | None = link("budget_transfer.id", nullable=True, index=False)
    account_id: int | None = link("account.id", nullable=True, index=False)
    recorded_at: datetime = moment()


append_only(BudgetCeilingStep)
_GUARDS: tuple[tuple[Any, Statements], ...] = (
    (BudgetCeiling, ceiling_ddl()),
    (BudgetCeilingStep, step_ddl()),
    (BudgetTransfer, transfer_ddl()),
)
for _table, _statements in _GUARDS:
    for _statement, _dialect in _statements:
        _made = DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]
        event.listen(_table.__table__, "after_create", _made)
