"""What statements owe and are owed, for payments on their way: their released payments."""

from typing import Any

from sqlalchemy import BigInteger, Date, Select, cast, literal, null, select, type_coerce
from sqlmodel import col

from cii.settlement.tables import Payment, Statement


def due() -> Select[Any]:
    """Released payments with a sum to transfer; columns as `cii.payments.sources` names them."""
    transferred = type_coerce(col(Payment.transferred), BigInteger)
    shown: list[Any] = [
        literal("statement").label("kind"),
        col(Payment.id).label("source_id"),
        col(Payment.ref).label("ref"),
        col(Statement.ref).label("about_ref"),
        col(Statement.agreement_id).label("agreement_id"),
        col(Statement.line_id).label("line_id"),
        col(Statement.period_start).label("period"),
        col(Statement.sequence).label("number"),
        transferred.label("amount"),
        type_coerce(col(Payment.rounding), BigInteger).label("rounding"),
        col(Payment.prepared_by).label("prepared_by"),
        col(Payment.released_at).label("released_at"),
        literal("statement:").concat(col(Statement.ref)).concat(":pay").label("entry_key"),
    ]
    return (
        select(*shown)
        .join(Statement, col(Statement.id) == col(Payment.statement_id))
        .where(col(Payment.released_at).is_not(None), transferred > 0)
    )


def owed_back() -> Select[Any]:
    """What negative statements ask back once they are released; columns as `cii.payments.sources` says."""
    transferred = type_coerce(col(Payment.transferred), BigInteger)
    shown: list[Any] = [
        literal("statement").label("kind"),
        col(Payment.id).label("source_id"),
        col(Payment.ref).label("ref"),
        col(Statement.ref).label("about_ref"),
        col(Statement.agreement_id).label("agreement_id"),
        col(Statement.line_id).label("line_id"),
        (-transferred).label("amount"),
        col(Payment.released_at).label("since"),
        cast(null(), Date).label("due_on"),
        cast(null(), Date).label("received_on"),
    ]
    return (
        select(*shown)
        .join(Statement, col(Statement.id) == col(Payment.statement_id))
        .where(col(Payment.released_at).is_not(None), transferred < 0)
    )
