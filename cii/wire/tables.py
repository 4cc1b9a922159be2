"""Answers kept so that a request sent twice acts once."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from cii.store.columns import key, moment, plain_json, text


class IdempotencyRecord(SQLModel, table=True):
    """A key claimed by one actor for one request; `status` is None until the act is done.

    `lease` names the claimant, `lease_until` when another may take over; the answer is written in the same
    transaction as the act, without its body where that held a secret.
    """

    __tablename__ = "idempotency_record"
    __table_args__ = (UniqueConstraint("actor", "key"),)

    id: int | None = key()
    actor: str = text(80)
    key: str = text(200)
    digest: str = text(64)
    lease: str = text(32)
    lease_until: datetime = moment()
    claimed_at: datetime = moment(index=True)
    status: int | None = None
    headers: dict[str, str] = plain_json()
    body: str | None = text(nullable=True)
