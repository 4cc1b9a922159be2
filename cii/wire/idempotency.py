"""A request with an `Idempotency-Key` acts once, however often it is sent (product.md §11).

Same key and body: the same answer again. Another body: refused. While the first still runs: refused, come
back. The claim is a transaction of its own with a lease of 60 seconds; the answer is kept in the act's
transaction, so that a process killed in between leaves either both or none. An answer that holds a secret is
kept without its body and is not given again.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, update
from sqlalchemy.dialects.postgresql import insert as insert_pg
from sqlalchemy.dialects.sqlite import insert as insert_lite
from sqlmodel import Session, col, select

from cii.kernel.digest import digest
from cii.wire.refusals import AnswerShownOnce, KeyInProgress, KeyReused
from cii.wire.tables import IdempotencyRecord

LEASE = timedelta(seconds=60)
KEPT = timedelta(hours=24)
"""How long an answer can be asked for again."""
_KEPT_HEADERS = ("Content-Type", "Location", "ETag")


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to act once under a key, held by this request."""

    actor: str
    key: str
    lease: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer that the first request got."""

    status: int
    headers: Mapping[str, str]
    body: str


def request_digest(method: str, path: str, body: object) -> str:
    """What makes two requests the same: method, address and plain body."""
    return digest({"method": method, "path": path, "body": body})


def claim(session: Session, actor: str, key: str, body_digest: str, now: datetime) -> Claim | Kept:
    """Take the key, or return the answer that is kept under it.

    Refuses: KeyReused for another request under this key, KeyInProgress while the first one runs,
    AnswerShownOnce where the answer was not kept.
    """
    lease = secrets.token_hex(16)
    fresh = {
        "actor": actor, "key": key, "digest": body_digest, "lease": lease,
        "lease_until": now + LEASE, "claimed_at": now, "headers": {},
    }  # fmt: skip
    insert: Any = insert_pg if session.get_bind().dialect.name == "postgresql" else insert_lite
    taken_first = (
        session.connection()
        .execute(
            insert(IdempotencyRecord)
            .values(**fresh)
            .on_conflict_do_nothing(index_elements=["actor", "key"])
            .returning(col(IdempotencyRecord.id))
        )
        .first()
    )
    if taken_first is not None:
        return Claim(actor, key, lease)
    held = session.exec(
        select(IdempotencyRecord).where(
            col(IdempotencyRecord.actor) == actor, col(IdempotencyRecord.key) == key
        )
    ).first()
    if held is None:
        raise KeyInProgress
    if held.claimed_at < now - KEPT and held.status is not None:
        session.delete(held)
        session.flush()
        return claim(session, actor, key, body_digest, now)
    if held.digest != body_digest:
        raise KeyReused
    if held.status is not None:
        if held.body is None:
            raise AnswerShownOnce
        return Kept(held.status, held.headers, held.body)
    taken: CursorResult[Any] = session.connection().execute(
        update(IdempotencyRecord)
        .where(
            col(IdempotencyRecord.id) == held.id,
            col(IdempotencyRecord.lease) == held.lease,
            col(IdempotencyRecord.status).is_(None),
            col(IdempotencyRecord.lease_until) <= now,
        )
        .values(lease=lease, lease_until=now + LEASE)
    )
    if taken.rowcount != 1:
        raise KeyInProgress
    return Claim(actor, key, lease)


def keep(session: Session, held: Claim, status: int, headers: Mapping[str, str], body: str | None) -> None:
    """Keep the answer, in the act's own transaction; refuses KeyInProgress when the lease went to another.

    Without a body: the act is done, its answer is not given again.
    """
    done: CursorResult[Any] = session.connection().execute(
        update(IdempotencyRecord)
        .where(*_mine(held))
        .values(
            status=status,
            headers={name: headers[name] for name in _KEPT_HEADERS if name in headers},
            body=body,
        )
    )
    if done.rowcount != 1:
        raise KeyInProgress


def give_back(session: Session, held: Claim) -> None:
    """Free the key of a request that did nothing, so that it can be sent again, corrected."""
    session.connection().execute(delete(IdempotencyRecord).where(*_mine(held)))


def _mine(held: Claim) -> tuple[Any, ...]:
    return (
        col(IdempotencyRecord.actor) == held.actor,
        col(IdempotencyRecord.key) == held.key,
        col(IdempotencyRecord.lease) == held.lease,
        col(IdempotencyRecord.status).is_(None),
    )
