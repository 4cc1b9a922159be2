"""Who is paid by an agreement, as a select for lists of other rooms."""

from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlmodel import col

from cii.agreements.tables import Agreement, Provider
from cii.institutions.queries import unit_labels
from cii.store.work import Actor


def payees(actor: Actor) -> Any:  # noqa: ANN401 - a subquery
    """The payee of each agreement: agreement_id, number, provider_id, creditor.

    A protected name is for its own members; others read the agreement's number.
    """
    known = or_(unit_labels.c.sensitive.is_(False), unit_labels.c.unit_id.in_(actor.units))
    named = func.coalesce(func.nullif(unit_labels.c.name, ""), unit_labels.c.code, col(Agreement.number))
    shown: list[Any] = [
        col(Agreement.id).label("agreement_id"),
        col(Agreement.number).label("number"),
        col(Agreement.provider_id).label("provider_id"),
        named.label("creditor"),
    ]
    return (
        select(*shown)
        .join(Provider, col(Provider.id) == col(Agreement.provider_id))
        .outerjoin(unit_labels, and_(unit_labels.c.unit_id == col(Provider.unit_id), known))
        .subquery("payees")
    )
