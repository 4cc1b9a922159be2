"""Named selectables by which the nightly reconciliation compares the ledger with itself and single facts."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, case, func, select, type_coerce, union_all
from sqlalchemy.orm import aliased
from sqlmodel import col

from cii.budgets.tables import BudgetAccount, LedgerEntry, Movement
from cii.budgets.vocabulary import EntryKind, Stage

_APART = 2**31
"""Keeps the two accounts of a pair apart in one number: grouping by one is a plain scan on both engines."""


def booked(source_kinds: Collection[str], sums: Mapping[str, Mapping[EntryKind, int]]) -> Select[Any]:
    """What events of these sources moved: source_kind, source_id, and centimes for each of `sums`.

    A sum says which kinds of event count, and with which sign; a reversal counts against what it mirrors.
    Found by the entries' source: its work grows with these events, not with the ledger.
    """
    mirrored = aliased(Movement)
    kind = func.coalesce(col(mirrored.kind), col(Movement.kind))
    amount = _centimes(Movement.amount) * case((col(mirrored.id).is_not(None), -1), else_=1)
    shown: list[Any] = [
        col(LedgerEntry.source_kind).label("source_kind"),
        col(LedgerEntry.source_id).label("source_id"),
        *(_signed(kind, amount, signs).label(name) for name, signs in sums.items()),
    ]
    return (
        select(*shown)
        .join(Movement, col(Movement.entry_id) == col(LedgerEntry.id))
        .outerjoin(mirrored, col(mirrored.id) == col(Movement.reverses))
        .where(col(LedgerEntry.source_kind).in_(sorted(source_kinds)))
        .group_by(col(LedgerEntry.source_kind), col(LedgerEntry.source_id))
    )


@cache
def balances_off() -> Select[Any]:
    """Accounts whose total is not what moved: account_id, line_id, agreement_id, year, stage, total, moved.

    The ledger is added up once by pair of accounts, of which there are few, and each pair then counts twice.
    """
    one_key = col(Movement.debit_id) * _APART + col(Movement.credit_id)
    pairs = (
        select(
            func.min(col(Movement.debit_id)).label("debit_id"),
            func.min(col(Movement.credit_id)).label("credit_id"),
            func.sum(_centimes(Movement.amount)).label("amount"),
        )
        .group_by(one_key)
        .cte("pairs")
    )
    legs = union_all(
        select(pairs.c.debit_id.label("account_id"), (-pairs.c.amount).label("delta")),
        select(pairs.c.credit_id, pairs.c.amount),
    ).subquery("legs")
    sums = (
        select(legs.c.account_id, func.sum(legs.c.delta).label("moved"))
        .group_by(legs.c.account_id)
        .subquery("sums")
    )
    total, moved = _centimes(BudgetAccount.total), func.coalesce(sums.c.moved, 0)
    shown: list[Any] = [
        col(BudgetAccount.id).label("account_id"),
        col(BudgetAccount.line_id),
        col(BudgetAccount.year),
        col(BudgetAccount.stage),
        col(BudgetAccount.agreement_id),
        total.label("total"),
        moved.label("moved"),
    ]
    return (
        select(*shown)
        .outerjoin(sums, sums.c.account_id == col(BudgetAccount.id))
        .where(total != moved)
        .order_by(col(BudgetAccount.id))
    )


@cache
def years() -> Select[Any]:
    """Each line's year: line_id, year, granted, held (at all later stages together), in centimes."""
    total = _centimes(BudgetAccount.total)
    grant = col(BudgetAccount.stage) == Stage.GRANT
    shown: list[Any] = [
        col(BudgetAccount.line_id),
        col(BudgetAccount.year),
        func.sum(case((grant, -total), else_=0)).label("granted"),
        func.sum(case((grant, 0), else_=total)).label("held"),
    ]
    return (
        select(*shown)
        .group_by(col(BudgetAccount.line_id), col(BudgetAccount.year))
        .order_by(col(BudgetAccount.line_id), col(BudgetAccount.year))
    )


def _signed(
    kind: ColumnElement[Any], amount: ColumnElement[int], signs: Mapping[EntryKind, int]
) -> ColumnElement[Any]:
    counted = [(kind == one, amount * sign) for one, sign in signs.items()]
    return func.coalesce(func.sum(case(*counted, else_=0)), 0)


def _centimes(column: object) -> Any:  # noqa: ANN401 - a column of sums, as whole numbers
    return type_coerce(column, BigInteger)
