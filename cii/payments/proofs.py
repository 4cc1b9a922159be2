"""What the night must find of payments on their way: no answer, rejected, returned, another sum."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, func, or_, select, type_coerce
from sqlalchemy.orm import aliased
from sqlmodel import col

from cii.payments.sources import due_payments, left_payments, owed_back
from cii.payments.tables import (
    IncomingPayment,
    PaymentFile,
    PaymentRelease,
    PaymentTransfer,
    TransferAnswer,
    TransferReturn,
)
from cii.payments.vocabulary import PaymentKind, TransferOutcome


def on_their_way() -> Select[Any]:
    """Transfers without an answer: id, kind, about_ref, agreement_id, made_at, amount (centimes), number."""
    due = left_payments()
    shown: list[Any] = [
        col(PaymentTransfer.id).label("id"), due.c.kind, due.c.about_ref, due.c.agreement_id,
        col(PaymentFile.made_at).label("made_at"), _centimes(PaymentTransfer.amount).label("amount"),
        col(PaymentFile.number).label("number"),
    ]  # fmt: skip
    return (
        _with_source(select(*shown), due)
        .join(PaymentFile, col(PaymentFile.id) == col(PaymentTransfer.file_id))
        .outerjoin(TransferAnswer, col(TransferAnswer.transfer_id) == col(PaymentTransfer.id))
        .outerjoin(TransferReturn, col(TransferReturn.transfer_id) == col(PaymentTransfer.id))
        .where(col(TransferAnswer.id).is_(None), col(TransferReturn.id).is_(None))
        .order_by(col(PaymentTransfer.id))
    )


def came_back(day: date) -> Select[Any]:
    """Transfers rejected or returned before that day and not released again.

    id, kind, about_ref, agreement_id, amount (centimes), reason.
    """
    due, later = due_payments(), aliased(PaymentTransfer)
    shown: list[Any] = [
        col(PaymentTransfer.id).label("id"), due.c.kind, due.c.about_ref, due.c.agreement_id,
        _centimes(PaymentTransfer.amount).label("amount"),
        func.coalesce(col(TransferReturn.reason), col(TransferAnswer.reason)).label("reason"),
    ]  # fmt: skip
    again = select(col(later.id)).where(
        col(later.kind) == col(PaymentTransfer.kind),
        col(later.source_id) == col(PaymentTransfer.source_id),
        col(later.attempt) > col(PaymentTransfer.attempt),
    )
    return (
        _with_source(select(*shown), due)
        .outerjoin(TransferAnswer, col(TransferAnswer.transfer_id) == col(PaymentTransfer.id))
        .outerjoin(TransferReturn, col(TransferReturn.transfer_id) == col(PaymentTransfer.id))
        .where(
            or_(
                (col(TransferAnswer.outcome) == TransferOutcome.REJECTED)
                & (col(TransferAnswer.happened_on) < day),
                col(TransferReturn.returned_on) < day,
            ),
            ~_released_again().exists(),
            ~again.exists(),
        )
        .order_by(col(PaymentTransfer.id))
    )


def paid() -> Select[Any]:
    """What came back and was not released again, as less paid: line_id, agreement_id, amount (centimes).

    Payments that were reversed since are left out: their reversal says it.
    """
    shown: list[Any] = [
        col(TransferReturn.line_id).label("line_id"),
        col(TransferReturn.agreement_id).label("agreement_id"),
        (-_centimes(TransferReturn.amount)).label("amount"),
    ]
    due = due_payments()
    return (
        _with_source(select(*shown), due)
        .join(TransferReturn, col(TransferReturn.transfer_id) == col(PaymentTransfer.id))
        .where(~_released_again().exists())
    )


def sums_that_do_not_fit() -> Select[Any]:
    """Sums owed back of which another came in: kind, source_id, about_ref, agreement_id, amount, came."""
    owed = owed_back()
    came = func.sum(_centimes(IncomingPayment.amount))
    shown: list[Any] = [
        owed.c.kind, owed.c.source_id, owed.c.about_ref, owed.c.agreement_id, owed.c.amount,
    ]  # fmt: skip
    return (
        select(*shown, came.label("came"))
        .join(IncomingPayment, _of(owed))
        .group_by(*shown)
        .having(came != owed.c.amount)
        .order_by(owed.c.kind, owed.c.source_id)
    )


def still_owed() -> Select[Any]:
    """What is owed back otherwise than of a year and has not come in, all or in part.

    kind, source_id, about_ref, agreement_id, amount, came (centimes), since.
    """
    owed = owed_back()
    came = func.coalesce(func.sum(_centimes(IncomingPayment.amount)), 0)
    shown: list[Any] = [
        owed.c.kind, owed.c.source_id, owed.c.about_ref, owed.c.agreement_id, owed.c.amount, owed.c.since,
    ]  # fmt: skip
    return (
        select(*shown, came.label("came"))
        .outerjoin(IncomingPayment, _of(owed))
        .where(owed.c.kind != PaymentKind.YEAR)
        .group_by(*shown)
        .having(came < owed.c.amount)
        .order_by(owed.c.kind, owed.c.source_id)
    )


def _of(owed: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a subquery
    return and_(col(IncomingPayment.kind) == owed.c.kind, col(IncomingPayment.source_id) == owed.c.source_id)


def _released_again() -> Select[Any]:
    return select(col(PaymentRelease.id)).where(
        col(PaymentRelease.kind) == col(PaymentTransfer.kind),
        col(PaymentRelease.source_id) == col(PaymentTransfer.source_id),
        col(PaymentRelease.attempt) == col(PaymentTransfer.attempt) + 1,
    )


def _with_source(query: Select[Any], due: Any) -> Select[Any]:  # noqa: ANN401 - a subquery
    here = and_(col(PaymentTransfer.kind) == due.c.kind, col(PaymentTransfer.source_id) == due.c.source_id)
    return query.select_from(PaymentTransfer).join(due, here)


def _centimes(column: object) -> Any:  # noqa: ANN401 - a column of the sums, as whole numbers
    return type_coerce(column, BigInteger)
