"""Which agreement follows which."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.tables import Agreement
from cii.store.work import Work


def former_ref(work: Work, agreement: Agreement) -> str | None:
    """The outward name of the agreement that this one follows, if any (no visibility: a label)."""
    if agreement.follows_id is None:
        return None
    wanted = select(col(Agreement.ref)).where(col(Agreement.id) == agreement.follows_id)
    return work.session.scalars(wanted).first()


def followers_of(work: Work, agreement_id: int) -> Sequence[Agreement]:
    """The agreements that follow this one, whatever their state (no visibility: the caller read this one)."""
    after = select(Agreement).where(col(Agreement.follows_id) == agreement_id).order_by(col(Agreement.id))
    return work.session.scalars(after).all()
