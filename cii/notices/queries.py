"""What the actor and their units were told."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_
from sqlalchemy import select as columns
from sqlmodel import col, func, select

from cii.access.restricted import ref_not_restricted
from cii.kernel.digest import plain
from cii.kernel.errors import UnknownThing
from cii.notices.rules import beginnings
from cii.notices.tables import Notice, NoticePreference
from cii.notices.vocabulary import MailWish, Topic
from cii.store.outbox import troubled
from cii.store.tables import Outgoing
from cii.store.work import Actor, Work
from cii.wire.pages import USUAL, Page, after, page_of, place


def mine(actor: Actor) -> ColumnElement[bool]:
    """The condition on notices for the actor or one of their units; of a restricted case, for its readers."""
    own = false() if actor.account_id is None else col(Notice.account_id) == actor.account_id
    ours = and_(col(Notice.unit_id).in_(actor.units), ref_not_restricted(col(Notice.subject_ref), actor))
    return or_(ours, own)


def notices(work: Work, *, unread: bool = False, before: int | None = None, limit: int = 50) -> list[Notice]:
    """Notices of the actor, newest first; `before` is the last id of a page."""
    wanted = select(Notice).where(mine(work.actor)).order_by(col(Notice.id).desc()).limit(limit)
    if unread:
        wanted = wanted.where(col(Notice.read_at).is_(None))
    if before is not None:
        wanted = wanted.where(col(Notice.id) < before)
    return list(work.session.exec(wanted))


def told_already(
    work: Work,
    *,
    unit_id: int | None = None,
    account_id: int | None = None,
    kind: str,
    subject_ref: str,
    facts: Mapping[str, object],
) -> bool:
    """Whether this reader has a notice of that kind about the same thing with these facts.

    For jobs that may run twice for a date: no visibility, the reader is named.
    """
    same = select(Notice).where(
        col(Notice.kind) == kind,
        col(Notice.subject_ref) == subject_ref,
        col(Notice.unit_id).is_(None) if unit_id is None else col(Notice.unit_id) == unit_id,
        col(Notice.account_id).is_(None) if account_id is None else col(Notice.account_id) == account_id,
    )
    sought = {name: plain(value) for name, value in facts.items()}
    return any(sought.items() <= row.facts.items() for row in work.session.exec(same))


def unread_count(work: Work) -> int:
    """How many notices nobody has read yet."""
    return int(work.session.exec(_unread(work)).one())


def _unread(work: Work) -> Any:  # noqa: ANN401 - a select
    return select(func.count()).select_from(Notice).where(mine(work.actor), col(Notice.read_at).is_(None))


def notice_by_ref(work: Work, ref: str) -> Notice:
    """A notice meant for the actor or one of their units; refuses UnknownThing for somebody else's."""
    row = work.session.exec(select(Notice).where(col(Notice.ref) == ref, mine(work.actor))).first()
    if row is None:
        raise UnknownThing(field="notice")
    return row


_ORDER: tuple[tuple[Any, bool], ...] = ((col(Notice.id), True),)


def notice_page(
    work: Work,
    *,
    unread: bool | None = None,
    topic: Topic | None = None,
    mark: str | None = None,
    limit: int = USUAL,
) -> Page[Notice]:
    """Notices of the actor, the newest first; of one topic, only read or only unread ones when asked."""
    name, wanted = _asked(work, select(Notice), mark, topic, unread=unread)
    rows = work.session.exec(wanted.limit(limit + 1)).all()
    return page_of(rows, limit, work.settings, name, lambda row: (row.id or 0,))


def notices_and_unread(
    work: Work, *, unread: bool, topic: Topic | None = None, mark: str | None = None, limit: int = USUAL
) -> tuple[Page[Notice], int]:
    """As `notice_page`, and in the same statement how many notices nobody has read yet."""
    counted = _unread(work).correlate(None).scalar_subquery()
    name, wanted = _asked(work, columns(Notice, counted), mark, topic, unread=unread)
    rows = work.session.execute(wanted.limit(limit + 1)).all()
    found = page_of([row[0] for row in rows], limit, work.settings, name, lambda row: (row.id,))
    return found, rows[0][1] if rows else unread_count(work)


def _asked(
    work: Work,
    wanted: Any,  # noqa: ANN401 - a select
    mark: str | None,
    topic: Topic | None,
    *,
    unread: bool | None,
) -> tuple[str, Any]:
    wanted = wanted.where(mine(work.actor))
    if unread is not None:
        read = col(Notice.read_at)
        wanted = wanted.where(read.is_(None) if unread else read.is_not(None))
    if topic is not None:
        wanted = wanted.where(_about(topic))
    name = f"notices {unread} {topic}"
    if since := place(work.settings, name, mark):
        wanted = wanted.where(after(_ORDER, since))
    return name, wanted.order_by(col(Notice.id).desc())


def _about(topic: Topic) -> ColumnElement[bool]:
    words = [
        or_(col(Notice.kind) == one, col(Notice.kind).startswith(f"{one}-"),
            col(Notice.kind).startswith(f"{one}_", autoescape=True))
        for one in beginnings(topic)
    ]  # fmt: skip
    return and_(*(~one for one in words)) if topic is Topic.OTHER else or_(*words)


def preferences(work: Work, account_id: int) -> Mapping[Topic, MailWish]:
    """How an account wishes to hear of each topic; at once where nothing was said."""
    rows = work.session.exec(select(NoticePreference).where(col(NoticePreference.account_id) == account_id))
    said = {one.topic: one.mail for one in rows}
    return {topic: said.get(topic, MailWish.AT_ONCE) for topic in Topic}


def wish_for(work: Work, account_id: int, topic: Topic) -> MailWish:
    """How an account wishes to hear of one topic."""
    found = work.session.exec(
        select(NoticePreference.mail).where(
            col(NoticePreference.account_id) == account_id, col(NoticePreference.topic) == topic
        )
    ).first()
    return MailWish(found) if found else MailWish.AT_ONCE


def troubled_mails(
    work: Work, *, before: int | None = None, limit: int = 50, failed: bool = False
) -> list[Outgoing]:
    """Mails that failed or were tried in vain, newest first; that they were seen goes into the journal."""
    found = troubled(work, before=before, limit=limit, failed=failed)
    work.saw("outbox", [one.id or 0 for one in found], 0)
    return found


def may_send_again(work: Work, mail: Outgoing) -> bool:
    """Whether a mail may be tried again: it has failed, and its link, if it holds one, is not over."""
    return mail.failed_at is not None and (mail.forget_at is None or mail.forget_at > work.now)
