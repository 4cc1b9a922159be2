"""Answers kept for requests sent twice go where they name a person who is erased."""

from collections.abc import Collection

from sqlalchemy import delete, or_
from sqlmodel import Session, col

from cii.wire.tables import IdempotencyRecord


def forget_answers(session: Session, words: Collection[str]) -> int:
    """Erase the kept answers in which one of these words stands; returns how many there were."""
    said = [col(IdempotencyRecord.body).contains(one, autoescape=True) for one in sorted(words) if one]
    if not said:
        return 0
    return session.connection().execute(delete(IdempotencyRecord).where(or_(*said))).rowcount
