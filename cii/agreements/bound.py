"""Agreements that bind, or bound once: what other rooms hang on them starts here."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, or_, select
from sqlmodel import col

from cii.agreements.queries import agreement_by_ref, own_sector, visible_to
from cii.agreements.rules import UNBOUND
from cii.agreements.tables import Agreement, AgreementMeasure, Provider
from cii.store.work import Actor, Work


def bound_seen(actor: Actor, *, own: bool = False) -> Select[Any]:
    """Agreements in force now or before that the actor may see; `own`: that its sector pays or it prepared.

    Columns: agreement_id, agreement_ref, number, state, valid_from, valid_to, follows_id, prepared_by,
    unit_id (of the provider), provider_id.
    """
    shown: list[Any] = [
        col(Agreement.id).label("agreement_id"),
        col(Agreement.ref).label("agreement_ref"),
        col(Agreement.number),
        col(Agreement.state),
        col(Agreement.valid_from),
        col(Agreement.valid_to),
        col(Agreement.follows_id),
        col(Agreement.prepared_by),
        col(Provider.unit_id),
        col(Agreement.provider_id),
    ]
    query = (
        select(*shown)
        .join(Provider, col(Provider.id) == col(Agreement.provider_id))
        .where(visible_to(actor), col(Agreement.state).not_in(UNBOUND))
    )
    if own:
        mine = [own_sector(actor)]
        if actor.account_id is not None:
            mine.append(col(Agreement.prepared_by) == actor.account_id)
        query = query.where(or_(*mine))
    return query


def own_bound(work: Work) -> dict[int, tuple[str, str]]:
    """Ref and number of each agreement that the actor leads, by id."""
    rows = work.session.execute(bound_seen(work.actor, own=True))
    return {row.agreement_id: (row.agreement_ref, row.number) for row in rows}


def binds(work: Work, ref: str) -> tuple[Agreement, bool]:
    """The agreement, when the actor may see it, and whether it binds or bound; refuses UnknownThing."""
    held = agreement_by_ref(work, ref)
    return held, held.state not in UNBOUND


def payers_of(work: Work, *, limit: int = 500) -> Sequence[Row[Any]]:
    """The agreements that the actor may see with each line that pays them: agreement_ref, number, line_id."""
    shown: list[Any] = [
        col(Agreement.ref).label("agreement_ref"),
        col(Agreement.number).label("number"),
        col(AgreementMeasure.line_id).label("line_id"),
    ]
    return work.session.execute(
        select(*shown)
        .join(AgreementMeasure, col(AgreementMeasure.agreement_id) == col(Agreement.id))
        .where(visible_to(work.actor))
        .distinct()
        .order_by(col(Agreement.number), col(AgreementMeasure.line_id))
        .limit(limit)
    ).all()


__all__ = ["binds", "bound_seen", "own_bound", "payers_of"]
