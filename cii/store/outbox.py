"""Messages that leave the house: written with the facts, sent afterwards, at least once.

A message is taken for some minutes, sent outside any transaction, and then marked: a crash in between sends
it again under the same Message-ID. It is tried with growing pauses, then left for the operator, who sees why.
A message that carries a secret (a signed link) loses its text once it has left, and when the secret is over.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, or_, update
from sqlmodel import col, func, select

from cii.kernel.errors import Refusal, UnknownThing
from cii.store.tables import Outgoing
from cii.store.work import Work

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)
"""Pause after each try: a server that defers newcomers answers in minutes, one under repair by morning."""
TRIES = len(PAUSES) + 1
"""Tries after which a message is left for the operator."""
TAKEN = timedelta(minutes=10)
"""How long a message stays with the worker that took it; afterwards it is sent again by whoever comes."""
_LONGEST_ERROR = 500
_BREAKS = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Classes of characters that end a line or cannot be written: none stands in a header."""


class UnfitHeader(Refusal):
    """An address, a subject or a header (`name`) holds a line break or another control character."""

    code, kind = "mail-header-unfit", "unfit"


class NothingToSend(Refusal):
    """The message waits, has left or its link is over; only one that failed in time is sent again."""

    code, kind = "mail-not-failed", "conflict"


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as the worker takes it; `attempts` counts this one."""

    id: int
    ref: str
    recipient: str
    subject: str
    body: str
    headers: dict[str, str]
    created_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many messages wait, of these how many have been tried in vain, and how many are left."""

    waiting: int
    delayed: int
    failed: int


def send_later(
    work: Work, recipient: str, subject: str, body: str, *, forget_at: datetime | None = None, **headers: str
) -> Outgoing:
    """Write a mail into the outbox, in the same transaction as its cause; refuses UnfitHeader.

    `forget_at`: its text holds a secret that is over then; it is erased with the sending, or at that moment.
    """
    told = {"recipient": recipient, "subject": subject, **headers}
    for name, value in told.items():
        if any(unicodedata.category(sign) in _BREAKS for sign in value):
            raise UnfitHeader(name=name)
    row = Outgoing(
        kind="mail", recipient=recipient, subject=subject, body=body, headers=headers, created_at=work.now,
        forget_at=forget_at,
    )  # fmt: skip
    work.session.add(row)
    return row


def waiting(work: Work, limit: int = 100) -> list[Outgoing]:
    """Messages not sent yet, oldest first."""
    return list(work.session.exec(select(Outgoing).where(_waits()).order_by(col(Outgoing.id)).limit(limit)))


def take(work: Work, limit: int) -> list[Mail]:
    """Take messages that are due, the oldest first: nobody else takes them for ten minutes.

    One whose secret is over is not taken any more.
    """
    due = (
        select(Outgoing.id)
        .where(
            _waits(),
            or_(col(Outgoing.due_at).is_(None), col(Outgoing.due_at) <= work.now),
            or_(col(Outgoing.forget_at).is_(None), col(Outgoing.forget_at) > work.now),
        )
        .order_by(col(Outgoing.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(work.session.exec(due))
    if not ids:
        return []
    work.session.connection().execute(
        update(Outgoing)
        .where(col(Outgoing.id).in_(ids))
        .values(attempts=col(Outgoing.attempts) + 1, due_at=work.now + TAKEN)
    )
    rows = work.session.exec(
        select(Outgoing)
        .where(col(Outgoing.id).in_(ids))
        .order_by(col(Outgoing.id))
        .execution_options(populate_existing=True)
    )
    return [
        Mail(
            one.id or 0, one.ref, one.recipient, one.subject, one.body, dict(one.headers), one.created_at,
            one.attempts,
        )
        for one in rows
    ]  # fmt: skip


def mark_sent(work: Work, ids: Iterable[int]) -> None:
    """These messages have left; of those with a secret the text goes too."""
    kept = case((col(Outgoing.forget_at).is_(None), col(Outgoing.body)), else_="")
    work.session.connection().execute(
        update(Outgoing)
        .where(col(Outgoing.id).in_(list(ids)), col(Outgoing.sent_at).is_(None))
        .values(sent_at=work.now, failed_at=None, last_error=None, body=kept)
    )


def forget_secrets(work: Work) -> int:
    """Erase the texts whose secret is over before they could leave: these messages have failed for good."""
    over = (
        update(Outgoing)
        .where(col(Outgoing.forget_at) <= work.now, col(Outgoing.sent_at).is_(None), col(Outgoing.body) != "")
        .values(body="", due_at=None, failed_at=func.coalesce(col(Outgoing.failed_at), work.now))
    )
    return int(work.session.connection().execute(over).rowcount)


def mark_missed(work: Work, mail: Mail, error: str, *, for_good: bool) -> None:
    """A try that failed: the next after a pause; none if the refusal is final or the tries are used up."""
    over = for_good or mail.attempts >= TRIES
    pause = PAUSES[min(mail.attempts, len(PAUSES)) - 1]
    work.session.connection().execute(
        update(Outgoing)
        .where(col(Outgoing.id) == mail.id, col(Outgoing.sent_at).is_(None))
        .values(
            last_error=error[:_LONGEST_ERROR],
            failed_at=work.now if over else None,
            due_at=None if over else work.now + pause,
        )
    )


def revive(work: Work, ref: str) -> Outgoing:
    """Let a message that failed wait again, with all its tries; refuses UnknownThing, NothingToSend.

    Nor is one sent again whose secret is over.
    """
    row = work.session.exec(select(Outgoing).where(col(Outgoing.ref) == ref)).first()
    if row is None:
        raise UnknownThing(field="mail")
    revived = work.session.connection().execute(
        update(Outgoing)
        .where(
            col(Outgoing.id) == row.id,
            col(Outgoing.failed_at).is_not(None),
            or_(col(Outgoing.forget_at).is_(None), col(Outgoing.forget_at) > work.now),
        )
        .values(failed_at=None, due_at=None, attempts=0)
    )
    if revived.rowcount != 1:
        raise NothingToSend
    work.session.refresh(row)
    return row


def troubled(
    work: Work, *, before: int | None = None, limit: int = 50, failed: bool = False
) -> list[Outgoing]:
    """Messages that failed or were tried in vain, the newest first; `before` is the last id of a page.

    With `failed` those that were tried in vain and wait for their next try are left out.
    """
    wanted = select(Outgoing).where(
        col(Outgoing.sent_at).is_(None),
        or_(col(Outgoing.failed_at).is_not(None), col(Outgoing.last_error).is_not(None)),
    )
    if failed:
        wanted = wanted.where(col(Outgoing.failed_at).is_not(None))
    if before:
        wanted = wanted.where(col(Outgoing.id) < before)
    return list(work.session.exec(wanted.order_by(col(Outgoing.id).desc()).limit(limit)))


def counts(work: Work) -> Counts:
    """What waits and what is left, in one statement."""
    late = and_(_waits(), col(Outgoing.last_error).is_not(None))
    row = work.session.exec(
        select(
            func.count().filter(_waits()),
            func.count().filter(late),
            func.count().filter(col(Outgoing.failed_at).is_not(None)),
        )
        .select_from(Outgoing)
        .where(col(Outgoing.sent_at).is_(None))
    ).one()
    return Counts(*row)


def _waits() -> ColumnElement[bool]:
    return and_(col(Outgoing.sent_at).is_(None), col(Outgoing.failed_at).is_(None))
