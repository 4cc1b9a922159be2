"""Named selectables by which the nightly reconciliation compares pay and subsidies with the ledger."""

from typing import Any

from sqlalchemy import BigInteger, Select, and_, func, or_, select, type_coerce
from sqlmodel import col

from cii.wages.months import by_scale, last_told
from cii.wages.queries import places, stays
from cii.wages.tables import PaidWage, WageEngagement, WageGrant, WagePart
from cii.wages.vocabulary import OWED, GrantKind, GrantState, WageState


def bound() -> Select[Any]:
    """What decisions bind, less what was given back: line_id, agreement_id, amount (centimes)."""
    shown: list[Any] = [
        col(WageEngagement.line_id).label("line_id"),
        col(WageEngagement.agreement_id).label("agreement_id"),
        type_coerce(col(WageEngagement.amount), BigInteger).label("amount"),
    ]
    return select(*shown)


def invoiced() -> Select[Any]:
    """What approved parts are worth; a negative one counts with its payment: line_id, agreement_id, sum."""
    amount = type_coerce(col(WagePart.amount), BigInteger)
    return _parts().where(
        col(WagePart.state).in_(OWED), or_(amount > 0, col(WagePart.state) == WageState.PAID)
    )


def paid() -> Select[Any]:
    """What paid parts are worth: line_id, agreement_id, amount (centimes)."""
    return _parts().where(col(WagePart.state) == WageState.PAID)


def paid_otherwise() -> Select[Any]:
    """Months that a measure paid otherwise than the scale: id, ref, month, agreement_id, sums.

    `expected` and `found` are centimes.
    A month that waits to be computed is left out; without any decision nothing is expected.
    """
    sums, last = by_scale(), last_told()
    found = type_coerce(col(PaidWage.amount), BigInteger)
    granted = (
        select(col(WageGrant.id))
        .where(
            col(WageGrant.placement_id) == col(PaidWage.placement_id),
            col(WageGrant.kind) == GrantKind.PAY,
            col(WageGrant.state) == GrantState.GRANTED,
        )
        .exists()
    )
    agreement = (
        select(func.min(stays.c.agreement_id))
        .where(stays.c.placement_id == col(PaidWage.placement_id))
        .scalar_subquery()
    )
    expected = func.coalesce(sums.c.by_scale, 0)
    shown: list[Any] = [
        col(PaidWage.id), places.c.placement_ref.label("ref"), col(PaidWage.month),
        expected.label("expected"), found.label("found"), agreement.label("agreement_id"),
    ]  # fmt: skip
    return (
        select(*shown)
        .join_from(PaidWage, last, last.c.id == col(PaidWage.id))
        .join(places, places.c.placement_id == col(PaidWage.placement_id))
        .outerjoin(
            sums,
            and_(sums.c.placement_id == col(PaidWage.placement_id), sums.c.month == col(PaidWage.month)),
        )
        .where(expected != found, or_(sums.c.by_scale.is_not(None), ~granted))
        .order_by(col(PaidWage.id))
    )


def _parts() -> Select[Any]:
    shown: list[Any] = [
        col(WagePart.line_id).label("line_id"),
        col(WagePart.agreement_id).label("agreement_id"),
        type_coerce(col(WagePart.amount), BigInteger).label("amount"),
    ]
    return select(*shown)
