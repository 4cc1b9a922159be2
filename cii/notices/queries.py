"""What the actor and their units were told."""

from sqlalchemy import ColumnElement, false, or_
from sqlmodel import col, func, select

from cii.notices.tables import Notice
from cii.store.work import Actor, Work


def mine(actor: Actor) -> ColumnElement[bool]:
    """The condition on notices meant for the actor or one of their units."""
    own = false() if actor.account_id is None else col(Notice.account_id) == actor.account_id
    return or_(col(Notice.unit_id).in_(actor.units), own)


def notices(work: Work, *, unread: bool = False, before: int | None = None, limit: int = 50) -> list[Notice]:
    """Notices of the actor, newest first; `before` is the last id of a page."""
    wanted = select(Notice).where(mine(work.actor)).order_by(col(Notice.id).desc()).limit(limit)
    if unread:
        wanted = wanted.where(col(Notice.read_at).is_(None))
    if before is not None:
        wanted = wanted.where(col(Notice.id) < before)
    return list(work.session.exec(wanted))


def unread_count(work: Work) -> int:
    """How many notices nobody has read yet."""
    return work.session.exec(
        select(func.count()).select_from(Notice).where(mine(work.actor), col(Notice.read_at).is_(None))
    ).one()
