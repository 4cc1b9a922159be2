"""What is left of many budgets at once: of each line's year, and under each ceiling beside it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlmodel import col

from cii.budgets.queries_ceilings import agreements_under
from cii.budgets.tables import BudgetAccount, BudgetYear
from cii.budgets.tables_ceilings import BudgetCeiling
from cii.budgets.vocabulary import Stage, YearState
from cii.kernel.money import Chf
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class YearLeft:
    """What a line's year has left; `hard`: no more than that can be bound. A closed year binds nothing."""

    left: Chf
    hard: bool
    open: bool


def years_left(work: Work, years: Collection[int]) -> Mapping[tuple[int, int], YearLeft]:
    """What every line has left in these years, by line and year; lines without a budget are absent."""
    account = and_(
        col(BudgetAccount.line_id) == col(BudgetYear.line_id),
        col(BudgetAccount.year) == col(BudgetYear.year),
        col(BudgetAccount.stage) == Stage.AVAILABLE,
    )
    rows = work.session.execute(
        select(
            col(BudgetYear.line_id),
            col(BudgetYear.year),
            col(BudgetAccount.total),
            col(BudgetYear.hard),
            col(BudgetYear.state),
        )
        .outerjoin(BudgetAccount, account)
        .where(col(BudgetYear.year).in_(sorted(years)))
    )
    return {
        (line, year): YearLeft(total or Chf(), hard, state is YearState.OPEN)
        for line, year, total, hard, state in rows
    }


@dataclass(frozen=True, slots=True)
class CeilingLeft:
    """What may still be bound under a ceiling, and the agreements whose engagements count under it."""

    ref: str
    line_id: int
    year: int
    left: Chf
    agreements: frozenset[int]


def ceilings_left(work: Work, years: Collection[int]) -> list[CeilingLeft]:
    """Every ceiling of these years, in the order in which they were set."""
    rows = work.session.scalars(
        select(BudgetCeiling)
        .where(col(BudgetCeiling.year).in_(sorted(years)))
        .order_by(col(BudgetCeiling.id))
        .execution_options(populate_existing=True)
    ).all()
    under = agreements_under(work, rows)
    return [
        CeilingLeft(row.ref, row.line_id, row.year, row.amount - row.used, under[row.id or 0]) for row in rows
    ]


__all__ = ["CeilingLeft", "YearLeft", "ceilings_left", "years_left"]
