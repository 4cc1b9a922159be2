"""Messages about a person who is erased go, sent or not."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col, select

from cii.store.tables import Outgoing
from cii.store.work import Work


def written_at(work: Work, moments: Collection[datetime]) -> list[tuple[int, str, Mapping[str, str]]]:
    """The messages written at these moments: number, recipient and headers."""
    rows = work.session.exec(
        select(Outgoing.id, Outgoing.recipient, Outgoing.headers).where(col(Outgoing.created_at).in_(moments))
    )
    return [(id_, recipient, headers) for id_, recipient, headers in rows if id_ is not None]


def forget_mails(work: Work, ids: Collection[int]) -> int:
    """Erase these messages; returns how many there were."""
    return work.session.connection().execute(delete(Outgoing).where(col(Outgoing.id).in_(ids))).rowcount
