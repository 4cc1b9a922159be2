"""What pay and subsidies owe and are owed, for payments on their way: their released payments."""

from typing import Any

from sqlalchemy import BigInteger, Date, Select, case, cast, literal, null, select, type_coerce
from sqlmodel import col

from cii.wages.tables import WageGrant, WagePart, WageResult
from cii.wages.vocabulary import GrantKind

_KIND = case((col(WageGrant.kind) == GrantKind.PAY, "wage"), else_="wage_subsidy")


def due() -> Select[Any]:
    """Paid parts with a sum to transfer; columns as `cii.payments.sources` names them.

    The payee is the provider of the agreement, who hands the pay out and is refunded.
    """
    transferred = type_coerce(col(WagePart.transferred), BigInteger)
    shown: list[Any] = [
        _KIND.label("kind"),
        col(WagePart.id).label("source_id"),
        col(WagePart.ref).label("ref"),
        col(WageGrant.ref).label("about_ref"),
        col(WagePart.agreement_id).label("agreement_id"),
        col(WagePart.line_id).label("line_id"),
        col(WageResult.month).label("period"),
        col(WageResult.number).label("number"),
        transferred.label("amount"),
        type_coerce(col(WagePart.rounding), BigInteger).label("rounding"),
        col(WagePart.approved_by).label("prepared_by"),
        col(WagePart.released_at).label("released_at"),
        literal("wage:").concat(col(WagePart.ref)).concat(":payment").label("entry_key"),
    ]
    return (
        select(*shown)
        .join(WageResult, col(WageResult.id) == col(WagePart.result_id))
        .join(WageGrant, col(WageGrant.id) == col(WageResult.grant_id))
        .where(col(WagePart.released_at).is_not(None), transferred > 0)
    )


def owed_back() -> Select[Any]:
    """What negative parts ask back once they are paid; columns as `cii.payments.sources` says."""
    transferred = type_coerce(col(WagePart.transferred), BigInteger)
    shown: list[Any] = [
        _KIND.label("kind"),
        col(WagePart.id).label("source_id"),
        col(WagePart.ref).label("ref"),
        col(WageGrant.ref).label("about_ref"),
        col(WagePart.agreement_id).label("agreement_id"),
        col(WagePart.line_id).label("line_id"),
        (-transferred).label("amount"),
        col(WagePart.released_at).label("since"),
        cast(null(), Date).label("due_on"),
        cast(null(), Date).label("received_on"),
    ]
    return (
        select(*shown)
        .join(WageResult, col(WageResult.id) == col(WagePart.result_id))
        .join(WageGrant, col(WageGrant.id) == col(WageResult.grant_id))
        .where(col(WagePart.released_at).is_not(None), transferred < 0)
    )
