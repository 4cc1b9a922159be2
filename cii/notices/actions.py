"""Tell a unit or an account; mark as read; choose how to hear of it by mail; send a failed mail again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import update
from sqlmodel import col, select

from cii.access.queries import account_contact
from cii.institutions.queries import unit_contact
from cii.journal.actions import wrote
from cii.kernel.digest import plain
from cii.kernel.errors import NotAllowed
from cii.notices.queries import mine, notice_by_ref, preferences, wish_for
from cii.notices.rules import topic_of
from cii.notices.tables import Notice, NoticePreference
from cii.notices.vocabulary import MailWish, Topic
from cii.store.outbox import revive, send_later
from cii.store.tables import Outgoing
from cii.store.work import Work
from cii.texts.speech import say

DEFAULT_LANGUAGE = "fr"


def tell(
    work: Work,
    *,
    unit_id: int | None = None,
    account_id: int | None = None,
    kind: str,
    subject: str,
    subject_ref: str,
    person_id: int | None = None,
    **facts: object,
) -> Notice:
    """Write a notice for a unit or an account, and a mail that says no more than where to look.

    `kind` names its sentence (`notice.<kind>`), `facts` fill it and hold no personal text. A unit is reached
    at its own mailbox, if it has one; an account as it wishes: at once, in the daily digest, never.
    """
    address, lang, wish = _reader(work, unit_id, account_id, kind)
    row = Notice(
        unit_id=unit_id,
        account_id=account_id,
        kind=kind,
        subject=subject,
        subject_ref=subject_ref,
        person_id=person_id,
        facts={name: plain(value) for name, value in facts.items()},
        created_at=work.now,
        mail=wish if address else None,
    )
    work.session.add(row)
    work.session.flush()
    if address and wish is MailWish.AT_ONCE:
        where = f"{work.settings.public_url}/notices/{row.ref}"
        send_later(
            work,
            address,
            say("notices.mail_subject", lang),
            say("notices.mail_body", lang, where=where),
            Notice=row.ref,
        )
    return row


def _reader(
    work: Work, unit_id: int | None, account_id: int | None, kind: str
) -> tuple[str | None, str, MailWish]:
    if account_id is not None:
        return *account_contact(work, account_id), wish_for(work, account_id, topic_of(kind))
    address = unit_contact(work, unit_id) if unit_id is not None else None
    return address, DEFAULT_LANGUAGE, MailWish.AT_ONCE


def mark_read(work: Work, ref: str) -> Notice:
    """The actor has read it; a second time changes nothing. Refuses UnknownThing for somebody else's."""
    row = notice_by_ref(work, ref)
    if row.read_at is None:
        row.read_at, row.read_by = work.now, work.actor.account_id
        work.session.add(row)
        work.session.flush()
    return row


def mark_all_read(work: Work) -> int:
    """The actor has read everything that was told to them or to their units; returns how many were unread."""
    read = work.session.connection().execute(
        update(Notice)
        .where(mine(work.actor), col(Notice.read_at).is_(None))
        .values(read_at=work.now, read_by=work.actor.account_id)
    )
    return int(read.rowcount)


@dataclass(frozen=True)
class Wish:
    """How I wish to hear by mail of one topic."""

    topic: Topic
    mail: MailWish


@dataclass(frozen=True)
class ChooseMail:
    """How I wish to hear by mail; a topic that is left out stays as it is."""

    wishes: tuple[Wish, ...] = field(metadata={"min": 1, "max": 50})


def choose_mail(work: Work, ask: ChooseMail) -> Mapping[Topic, MailWish]:
    """Keep how the actor wishes to hear of these topics; returns all wishes. Refuses NotAllowed."""
    account_id = work.actor.account_id
    if account_id is None:
        raise NotAllowed
    held = {
        one.topic: one
        for one in work.session.exec(
            select(NoticePreference).where(col(NoticePreference.account_id) == account_id)
        )
    }
    for wish in ask.wishes:
        row = held.get(wish.topic) or NoticePreference(
            account_id=account_id, topic=wish.topic, mail=wish.mail, changed_at=work.now
        )
        row.mail, row.changed_at = wish.mail, work.now
        held[wish.topic] = row
        work.session.add(row)
    work.session.flush()
    return preferences(work, account_id)


def send_again(work: Work, ref: str) -> Outgoing:
    """Let a mail that failed be tried again; refuses UnknownThing, NothingToSend. Journalled."""
    row = revive(work, ref)
    wrote(work, "resend_mail", "outbox", row.id, ref=ref, payload={"created_at": row.created_at.isoformat()})
    return row
