"""Mandates of the GP CII to the coordination group: the register, what is open."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from cii.coordination.tables_mandates import GroupMandate
from cii.kernel.errors import UnknownThing
from cii.store.work import Work


def mandates(work: Work) -> Sequence[GroupMandate]:
    """All mandates, the newest first."""
    order = (col(GroupMandate.issued_on).desc(), col(GroupMandate.id).desc())
    return work.session.scalars(select(GroupMandate).order_by(*order)).all()


def mandates_open(work: Work) -> Sequence[GroupMandate]:
    """The mandates that have not ended, the nearest date first, those without one last."""
    until = col(GroupMandate.until)
    return work.session.scalars(
        select(GroupMandate)
        .where(col(GroupMandate.ended_on).is_(None))
        .order_by(until.is_(None), until, col(GroupMandate.id))
    ).all()


def mandate_by_ref(work: Work, ref: str) -> GroupMandate:
    """The mandate with this outward name; refuses UnknownThing."""
    found = work.session.scalars(select(GroupMandate).where(col(GroupMandate.ref) == ref)).first()
    if found is None:
        raise UnknownThing(field="mandate")
    return found
