"""What pay and subsidies owe, for payments on their way: their released payments."""

from typing import Any

from sqlalchemy import BigInteger, Select, case, literal, select, type_coerce
from sqlmodel import col

from cii.wages.tables import WageGrant, WagePart, WageResult
from cii.wages.vocabulary import GrantKind


def due() -> Select[Any]:
    """Paid parts with a sum to transfer; columns as `cii.payments.sources` names them.

    The payee is the provider of the agreement, who hands the pay out and is refunded.
    """
    transferred = type_coerce(col(WagePart.transferred), BigInteger)
    shown: list[Any] = [
        case((col(WageGrant.kind) == GrantKind.PAY, "wage"), else_="wage_subsidy").label("kind"),
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
