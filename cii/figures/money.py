"""What was known at a moment about money: costs delivered and invoiced, and where each line's year stood.

Cost follows the ledger (what has reached the stage accrued or gone beyond), per day on which it is effective;
invoiced cost follows the lines of statements approved.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, and_, case, func, or_, select, type_coerce, union_all
from sqlmodel import col

from cii.agreements.tables import AgreementMeasure
from cii.budgets.tables import BudgetAccount, BudgetYear, LedgerEntry, Movement
from cii.budgets.vocabulary import Stage
from cii.kernel.clock import local_midnight
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.placements.tables import Placement, PlacementShare
from cii.settlement.tables import Statement, StatementLine
from cii.store.work import Work

_DELIVERED = (Stage.ACCRUED, Stage.INVOICED, Stage.PAID)
Source = tuple[int | None, int, int | None]
"""Measure (None: the agreement buys several and the entry names none), line, agreement."""


def _legs(known_at: datetime) -> Any:  # noqa: ANN401 - a subquery
    """Each movement known, as two rows: account, delta in centimes, entry, effective day, booking."""
    sides: list[Select[Any]] = []
    for account, sign in ((Movement.debit_id, -1), (Movement.credit_id, 1)):
        shown: list[Any] = [
            col(account).label("account_id"),
            (type_coerce(col(Movement.amount), BigInteger) * sign).label("delta"),
            col(Movement.entry_id).label("entry_id"),
            col(Movement.effective_on).label("effective_on"),
            col(Movement.booked_at).label("booked_at"),
        ]
        sides.append(select(*shown).where(col(Movement.booked_at) <= known_at))
    return union_all(*sides).subquery("legs")


def delivered(work: Work, period: Period, known_at: datetime) -> dict[Source, Chf]:
    """What was delivered in the period per measure, line and agreement.

    An accrual names the share of the stay that earned it; any other entry is of its agreement's only measure.
    """
    legs = _legs(known_at)
    only = (
        select(
            col(AgreementMeasure.agreement_id).label("agreement_id"),
            col(AgreementMeasure.line_id).label("line_id"),
            func.min(col(AgreementMeasure.measure_id)).label("measure_id"),
        )
        .group_by(col(AgreementMeasure.agreement_id), col(AgreementMeasure.line_id))
        .having(func.count() == 1)
        .subquery("only")
    )
    measure = func.coalesce(col(Placement.measure_id), only.c.measure_id)
    keys = (measure, col(BudgetAccount.line_id), col(BudgetAccount.agreement_id))
    rows = work.session.execute(
        select(*keys, func.sum(legs.c.delta))
        .select_from(legs)
        .join(BudgetAccount, col(BudgetAccount.id) == legs.c.account_id)
        .join(LedgerEntry, col(LedgerEntry.id) == legs.c.entry_id)
        .outerjoin(
            PlacementShare,
            and_(
                col(LedgerEntry.source_kind) == "attendance",
                col(PlacementShare.id) == col(LedgerEntry.source_id),
            ),
        )
        .outerjoin(Placement, col(Placement.id) == col(PlacementShare.placement_id))
        .outerjoin(
            only,
            and_(
                only.c.agreement_id == col(BudgetAccount.agreement_id),
                only.c.line_id == col(BudgetAccount.line_id),
            ),
        )
        .where(
            col(BudgetAccount.stage).in_(_DELIVERED),
            legs.c.effective_on >= period.start,
            legs.c.effective_on < period.end,
        )
        .group_by(*keys)
    )
    return {(row[0], row[1], row[2]): Chf(int(row[3])) for row in rows if row[3]}


def invoiced(work: Work, period: Period, known_at: datetime) -> dict[tuple[int, int], Chf]:
    """What statements of the period's months, approved by then, charge per measure and paying line."""
    rows = work.session.execute(
        select(
            col(Placement.measure_id),
            col(Statement.line_id),
            func.sum(type_coerce(col(StatementLine.amount), BigInteger)),
        )
        .join(Statement, col(Statement.id) == col(StatementLine.statement_id))
        .join(Placement, col(Placement.id) == col(StatementLine.placement_id))
        .where(
            col(Statement.period_start) >= period.start,
            col(Statement.period_start) < period.end,
            col(Statement.approved_at) <= known_at,
        )
        .group_by(col(Placement.measure_id), col(Statement.line_id))
    )
    return {(row[0], row[1]): Chf(int(row[2])) for row in rows}


@dataclass(frozen=True, slots=True)
class Books:
    """Where a line's year stands: the balance of each stage, and whether the line has a ceiling."""

    line_id: int
    year: int
    hard: bool
    stages: dict[Stage, Chf] = field(default_factory=dict)


def books(work: Work, period: Period, known_at: datetime) -> Sequence[Books]:
    """Every line with books in the period's year, as they stood at its end.

    Counted is what was booked before the end of the period, and what was booked later for days before it: a
    place promised afterwards for later days does not change the report, a month's late statement does.
    """
    year, end = period.last.year, local_midnight(period.end)
    legs = _legs(known_at)
    counts = or_(legs.c.effective_on < period.end, legs.c.booked_at < end)
    moved = (
        select(
            col(BudgetAccount.line_id).label("line_id"),
            col(BudgetAccount.stage).label("stage"),
            func.sum(case((counts, legs.c.delta), else_=0)).label("sum"),
        )
        .join(legs, legs.c.account_id == col(BudgetAccount.id))
        .where(col(BudgetAccount.year) == year)
        .group_by(col(BudgetAccount.line_id), col(BudgetAccount.stage))
        .subquery("moved")
    )
    found: dict[int, Books] = {}
    for line_id, hard, stage, total in work.session.execute(
        select(col(BudgetYear.line_id), col(BudgetYear.hard), moved.c.stage, moved.c.sum)
        .outerjoin(moved, moved.c.line_id == col(BudgetYear.line_id))
        .where(col(BudgetYear.year) == year)
        .order_by(col(BudgetYear.line_id))
    ):
        one = found.setdefault(line_id, Books(line_id, year, hard))
        if stage is not None:
            one.stages[stage] = Chf(int(total))
    return list(found.values())
