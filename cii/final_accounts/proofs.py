"""Named selectables by which the nightly reconciliation compares final accounts with the ledger."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Select, case, or_, select, type_coerce, union_all
from sqlmodel import col

from cii.final_accounts.queries import carry_over_off
from cii.final_accounts.tables import AccountPayment, Receivable, YearAccount
from cii.final_accounts.vocabulary import AccountState, DueKind, Method


def bound() -> Select[Any]:
    """What years bind: the approved contribution, once settled the subsidy; a volume when it is released."""
    settled = col(YearAccount.state) == AccountState.SETTLED
    amount = case((settled, _centimes(YearAccount.subsidy)), else_=_centimes(YearAccount.contribution))
    costs = _of(amount).where(
        col(YearAccount.method) == Method.COSTS, col(YearAccount.state) != AccountState.BUDGETED
    )
    both = union_all(costs, _payments(DueKind.VOLUME)).subquery("bound_by_years")
    return select(both)


def invoiced() -> Select[Any]:
    """What is owed by years: payments released, balances once prepared, less what is owed back."""
    sides = union_all(
        _payments(DueKind.INSTALMENT, DueKind.VOLUME), _payments(DueKind.BALANCE, prepared=True)
    )
    both = union_all(select(sides.subquery("due")), _owed_back()).subquery("invoiced_by_years")
    return select(both)


def paid() -> Select[Any]:
    """What was paid for years, less what is owed back."""
    both = union_all(_payments(*DueKind), _owed_back()).subquery("paid_by_years")
    return select(both)


def late_payments(before: date) -> Select[Any]:
    """Payments of years due before that day, not released: id, ref (of the year), agreement_id, due_on."""
    shown: list[Any] = [
        col(AccountPayment.id), col(YearAccount.ref), col(YearAccount.agreement_id),
        col(AccountPayment.due_on),
    ]  # fmt: skip
    return (
        select(*shown)
        .join(YearAccount, col(YearAccount.id) == col(AccountPayment.account_id))
        .where(
            col(AccountPayment.due_on) < before,
            col(AccountPayment.released_at).is_(None),
            col(AccountPayment.lapsed_at).is_(None),
        )
        .order_by(col(AccountPayment.id))
    )


def late_reclaims(day: date) -> Select[Any]:
    """Sums owed back since before that day: id, ref (of the year), agreement_id, due_on, amount."""
    shown: list[Any] = [
        col(Receivable.id), col(YearAccount.ref), col(YearAccount.agreement_id), col(Receivable.due_on),
        _centimes(Receivable.amount).label("amount"),
    ]  # fmt: skip
    return (
        select(*shown)
        .join(YearAccount, col(YearAccount.id) == col(Receivable.account_id))
        .where(col(Receivable.received_on).is_(None), col(Receivable.due_on) < day)
        .order_by(col(Receivable.id))
    )


def _payments(*kinds: DueKind, prepared: bool = False) -> Select[Any]:
    found = _of(_centimes(AccountPayment.amount)).join(
        AccountPayment, col(AccountPayment.account_id) == col(YearAccount.id)
    )
    released = col(AccountPayment.released_at).is_not(None)
    return found.where(
        col(AccountPayment.kind).in_(kinds),
        or_(released, col(AccountPayment.lapsed_at).is_(None)) if prepared else released,
    )


def _owed_back() -> Select[Any]:
    return _of(-_centimes(Receivable.amount)).join(
        Receivable, col(Receivable.account_id) == col(YearAccount.id)
    )


def _of(amount: Any) -> Select[Any]:  # noqa: ANN401 - a column of sums
    shown: list[Any] = [
        col(YearAccount.line_id).label("line_id"),
        col(YearAccount.agreement_id).label("agreement_id"),
        amount.label("amount"),
    ]
    return select(*shown).select_from(YearAccount)


def _centimes(column: object) -> Any:  # noqa: ANN401 - a column of the sums, as whole numbers
    return type_coerce(column, BigInteger)


__all__ = ["bound", "carry_over_off", "invoiced", "late_payments", "late_reclaims", "paid"]
