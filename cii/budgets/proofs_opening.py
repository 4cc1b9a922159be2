"""Named selectables by which the nightly reconciliation compares opening balances and ceilings."""

from typing import Any

from sqlalchemy import BigInteger, Select, func, or_, select, type_coerce
from sqlmodel import col

from cii.agreements.queries import bought
from cii.budgets.tables import BudgetAccount
from cii.budgets.tables_ceilings import BudgetCeiling
from cii.budgets.tables_opening import OpeningBalance
from cii.budgets.vocabulary import CHAIN, Stage


def bound() -> Select[Any]:
    """What was bound when the books began, and beyond: line_id, agreement_id, amount (centimes)."""
    return _reached(*CHAIN)


def invoiced() -> Select[Any]:
    """What was invoiced when the books began, paid included: line_id, agreement_id, amount (centimes)."""
    return _reached(Stage.INVOICED, Stage.PAID)


def paid() -> Select[Any]:
    """What was paid when the books began: line_id, agreement_id, amount (centimes)."""
    return _reached(Stage.PAID)


def ceilings_off() -> Select[Any]:
    """Ceilings whose `used` is not what is bound under them: id, ref, line_id, year, expected, found."""
    buys = (
        select(bought.c.agreement_id)
        .where(
            bought.c.measure_id == col(BudgetCeiling.measure_id),
            bought.c.line_id == col(BudgetCeiling.line_id),
            bought.c.agreement_id == col(BudgetAccount.agreement_id),
        )
        .exists()
    )
    expected = (
        select(func.coalesce(func.sum(type_coerce(col(BudgetAccount.total), BigInteger)), 0))
        .where(
            col(BudgetAccount.line_id) == col(BudgetCeiling.line_id),
            col(BudgetAccount.year) == col(BudgetCeiling.year),
            col(BudgetAccount.agreement_id).is_not(None),
            or_(col(BudgetAccount.agreement_id) == col(BudgetCeiling.agreement_id), buys),
        )
        .correlate(BudgetCeiling)
        .scalar_subquery()
    )
    found = type_coerce(col(BudgetCeiling.used), BigInteger)
    shown: list[Any] = [
        col(BudgetCeiling.id).label("id"), col(BudgetCeiling.ref).label("ref"),
        col(BudgetCeiling.line_id).label("line_id"), col(BudgetCeiling.year).label("year"),
        expected.label("expected"), found.label("found"),
    ]  # fmt: skip
    return select(*shown).where(expected != found).order_by(col(BudgetCeiling.id))


def _reached(*stages: Stage) -> Select[Any]:
    shown: list[Any] = [
        col(OpeningBalance.line_id).label("line_id"),
        col(OpeningBalance.agreement_id).label("agreement_id"),
        type_coerce(col(OpeningBalance.amount), BigInteger).label("amount"),
    ]
    return select(*shown).where(col(OpeningBalance.stage).in_(stages))
