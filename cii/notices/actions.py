"""Tell a unit or an account; mark as read."""

from sqlmodel import col, select

from cii.access.queries import account_contact
from cii.institutions.queries import unit_contact
from cii.kernel.digest import plain
from cii.kernel.errors import UnknownThing
from cii.notices.queries import mine
from cii.notices.tables import Notice
from cii.store.outbox import send_later
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
    at its own mailbox, if it has one.
    """
    row = Notice(
        unit_id=unit_id,
        account_id=account_id,
        kind=kind,
        subject=subject,
        subject_ref=subject_ref,
        person_id=person_id,
        facts={name: plain(value) for name, value in facts.items()},
        created_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    address, lang = _reader(work, unit_id, account_id)
    if address:
        where = f"{work.settings.public_url}/notices/{row.ref}"
        send_later(
            work,
            address,
            say("notices.mail_subject", lang),
            say("notices.mail_body", lang, where=where),
            Notice=row.ref,
        )
    return row


def _reader(work: Work, unit_id: int | None, account_id: int | None) -> tuple[str | None, str]:
    if account_id is not None:
        return account_contact(work, account_id)
    return (unit_contact(work, unit_id) if unit_id is not None else None), DEFAULT_LANGUAGE


def mark_read(work: Work, ref: str) -> Notice:
    """The actor has read it; a second time changes nothing. Refuses UnknownThing for somebody else's."""
    row = work.session.exec(select(Notice).where(col(Notice.ref) == ref, mine(work.actor))).first()
    if row is None:
        raise UnknownThing(field="notice")
    if row.read_at is None:
        row.read_at, row.read_by = work.now, work.actor.account_id
        work.session.add(row)
        work.session.flush()
    return row
