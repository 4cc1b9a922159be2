"""What years owe and are owed, for payments on their way: released payments, what is to be paid back."""

from typing import Any

from sqlalchemy import BigInteger, Select, literal, select, type_coerce
from sqlmodel import col

from cii.final_accounts.tables import AccountPayment, Receivable, YearAccount


def due() -> Select[Any]:
    """Released payments of years with a sum to transfer; columns as `cii.payments.sources` names them."""
    transferred = _centimes(AccountPayment.transferred)
    shown: list[Any] = [
        literal("year").label("kind"),
        col(AccountPayment.id).label("source_id"),
        col(AccountPayment.ref).label("ref"),
        col(YearAccount.ref).label("about_ref"),
        col(YearAccount.agreement_id).label("agreement_id"),
        col(YearAccount.line_id).label("line_id"),
        col(AccountPayment.due_on).label("period"),
        col(AccountPayment.number).label("number"),
        transferred.label("amount"),
        _centimes(AccountPayment.rounding).label("rounding"),
        col(AccountPayment.prepared_by).label("prepared_by"),
        col(AccountPayment.released_at).label("released_at"),
        literal("account_payment:").concat(col(AccountPayment.ref)).concat(":payment").label("entry_key"),
    ]
    return (
        select(*shown)
        .join(YearAccount, col(YearAccount.id) == col(AccountPayment.account_id))
        .where(col(AccountPayment.released_at).is_not(None), transferred > 0)
    )


def owed_back() -> Select[Any]:
    """What providers owe back of years; columns as `cii.payments.sources` names them."""
    shown: list[Any] = [
        literal("year").label("kind"),
        col(Receivable.id).label("source_id"),
        col(YearAccount.ref).label("ref"),
        col(YearAccount.ref).label("about_ref"),
        col(YearAccount.agreement_id).label("agreement_id"),
        col(YearAccount.line_id).label("line_id"),
        _centimes(Receivable.amount).label("amount"),
        col(Receivable.decided_at).label("since"),
        col(Receivable.due_on).label("due_on"),
        col(Receivable.received_on).label("received_on"),
    ]
    return select(*shown).join(YearAccount, col(YearAccount.id) == col(Receivable.account_id))


def _centimes(column: object) -> Any:  # noqa: ANN401 - a column of the sums, as whole numbers
    return type_coerce(column, BigInteger)
