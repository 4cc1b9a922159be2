"""Named selectables by which the nightly reconciliation compares statements and payments with the ledger."""

from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Select, case, func, or_, select, type_coerce
from sqlmodel import col

from cii.settlement.rules import SETTLED
from cii.settlement.tables import Payment, Statement, StatementLine
from cii.settlement.vocabulary import StatementState


def invoiced() -> Select[Any]:
    """What approved statements charge: line_id, agreement_id, amount (centimes).

    A negative line of a correction is booked with its payment, not before.
    """
    return _lines().where(
        col(Statement.state).in_(SETTLED),
        or_(_centimes(StatementLine.amount) > 0, col(Statement.state) == StatementState.PAID),
    )


def paid() -> Select[Any]:
    """What paid statements charge: line_id, agreement_id, amount (centimes)."""
    return _lines().where(col(Statement.state) == StatementState.PAID)


def paid_between(first: date, until: date) -> Select[Any]:
    """As `paid`, of the months that begin from `first` on and before `until`."""
    begins = col(Statement.period_start)
    return paid().where(begins >= first, begins < until)


@cache
def totals_off() -> Select[Any]:
    """Statements whose total is not the sum of their lines: id, ref, expected, found (centimes)."""
    lines = func.coalesce(func.sum(_centimes(StatementLine.amount)), 0)
    total = _centimes(Statement.total)
    shown: list[Any] = [col(Statement.id), col(Statement.ref)]
    return (
        select(*shown, lines.label("expected"), total.label("found"))
        .outerjoin(StatementLine, col(StatementLine.statement_id) == col(Statement.id))
        .group_by(col(Statement.id), col(Statement.ref), col(Statement.total))
        .having(lines != total)
        .order_by(col(Statement.id))
    )


@cache
def payments_off() -> Select[Any]:
    """Settled statements without their payment, or with another sum: id, ref, expected, found (centimes)."""
    total, amount = _centimes(Statement.total), func.coalesce(_centimes(Payment.amount), 0)
    shown: list[Any] = [col(Statement.id), col(Statement.ref)]
    unreleased = (col(Statement.state) == StatementState.PAID) & col(Payment.released_at).is_(None)
    return (
        select(*shown, total.label("expected"), amount.label("found"))
        .outerjoin(Payment, col(Payment.statement_id) == col(Statement.id))
        .where(col(Statement.state).in_(SETTLED), or_(amount != total, unreleased))
        .order_by(col(Statement.id))
    )


def charged_by_statement() -> Select[Any]:
    """What each settled statement charges, as `invoiced` and `paid`: statement_id, ref, these (centimes)."""
    amount, is_paid = _centimes(StatementLine.amount), col(Statement.state) == StatementState.PAID
    shown: list[Any] = [
        col(Statement.id).label("statement_id"),
        col(Statement.ref).label("ref"),
        func.coalesce(func.sum(case((is_paid | (amount > 0), amount), else_=0)), 0).label("invoiced"),
        func.coalesce(func.sum(case((is_paid, amount), else_=0)), 0).label("paid"),
    ]
    return (
        select(*shown)
        .outerjoin(StatementLine, col(StatementLine.statement_id) == col(Statement.id))
        .where(col(Statement.state).in_(SETTLED))
        .group_by(col(Statement.id), col(Statement.ref))
    )


def charged_by_placement() -> Select[Any]:
    """What settled statements charge each payer of a placement: placement_id, line_id, amount (centimes)."""
    shown: list[Any] = [
        col(StatementLine.placement_id).label("placement_id"),
        col(Statement.line_id).label("line_id"),
        func.sum(_centimes(StatementLine.amount)).label("amount"),
    ]
    return (
        select(*shown)
        .join(Statement, col(Statement.id) == col(StatementLine.statement_id))
        .where(col(Statement.state).in_(SETTLED))
        .group_by(col(StatementLine.placement_id), col(Statement.line_id))
    )


def stored_lines(first: date, until: date) -> Select[Any]:
    """Lines of statements of the months from `first` on and before `until`, with their explanation.

    Columns: id, ref (of the statement), agreement_id, amount (centimes), explanation.
    """
    shown: list[Any] = [
        col(StatementLine.id),
        col(Statement.ref),
        col(Statement.agreement_id),
        _centimes(StatementLine.amount).label("amount"),
        col(StatementLine.explanation),
    ]
    begins = col(Statement.period_start)
    return (
        select(*shown)
        .join(Statement, col(Statement.id) == col(StatementLine.statement_id))
        .where(begins >= first, begins < until)
        .order_by(col(StatementLine.id))
    )


def late_statements(before: date) -> Select[Any]:
    """Statements of months over before that day and not settled: id, ref, agreement_id, state, period_end."""
    shown: list[Any] = [
        col(Statement.id),
        col(Statement.ref),
        col(Statement.agreement_id),
        col(Statement.state),
        col(Statement.period_end),
    ]
    return (
        select(*shown)
        .where(col(Statement.state).not_in(SETTLED), col(Statement.period_end) < before)
        .order_by(col(Statement.id))
    )


def late_payments(before: datetime) -> Select[Any]:
    """Statements approved before that moment and not paid: id, ref, agreement_id, approved_at."""
    shown: list[Any] = [
        col(Statement.id), col(Statement.ref), col(Statement.agreement_id), col(Statement.approved_at)
    ]  # fmt: skip
    return (
        select(*shown)
        .where(col(Statement.state) == StatementState.APPROVED, col(Statement.approved_at) < before)
        .order_by(col(Statement.id))
    )


def _lines() -> Select[Any]:
    shown: list[Any] = [
        col(Statement.line_id).label("line_id"),
        col(Statement.agreement_id).label("agreement_id"),
        _centimes(StatementLine.amount).label("amount"),
    ]
    return select(*shown).join(StatementLine, col(StatementLine.statement_id) == col(Statement.id))


def _centimes(column: object) -> Any:  # noqa: ANN401 - a column of the sums, as whole numbers
    return type_coerce(column, BigInteger)
