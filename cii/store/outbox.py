"""Messages that leave the house: written with the facts, sent afterwards."""

from sqlmodel import col, select

from cii.store.tables import Outgoing
from cii.store.work import Work


def send_later(work: Work, recipient: str, subject: str, body: str, **headers: str) -> None:
    """Write a mail into the outbox, in the same transaction as its cause."""
    work.session.add(
        Outgoing(
            kind="mail", recipient=recipient, subject=subject, body=body, headers=headers, created_at=work.now
        )
    )


def waiting(work: Work, limit: int = 100) -> list[Outgoing]:
    """Messages not sent yet, oldest first."""
    return list(
        work.session.exec(
            select(Outgoing).where(col(Outgoing.sent_at).is_(None)).order_by(col(Outgoing.id)).limit(limit)
        )
    )
