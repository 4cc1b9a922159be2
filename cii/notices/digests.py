"""The daily digest: one mail per account and day, with counts by topic and one link, no fact of a notice."""

from collections import Counter

from sqlalchemy import update
from sqlmodel import col, select

from cii.access.queries import account_contact
from cii.notices.rules import digest_cut, topic_of
from cii.notices.tables import Notice
from cii.notices.vocabulary import MailWish, Topic
from cii.store.outbox import send_later
from cii.store.work import Work
from cii.texts.speech import say, word


def write_digests(work: Work) -> int:
    """Write a digest for each account that wished one, once its hour has come; returns how many.

    It counts what was told before the hour and has not been read since. Each notice is counted once: whoever
    comes second finds nothing left.
    """
    cut = digest_cut(work.now)
    if cut is None:
        return 0
    waits = (
        col(Notice.mail) == MailWish.DAILY,
        col(Notice.digested_at).is_(None),
        col(Notice.created_at) < cut,
        col(Notice.account_id).is_not(None),
    )
    readers = work.session.exec(
        select(Notice.account_id).where(*waits).distinct().order_by(col(Notice.account_id))
    ).all()
    written = 0
    for account_id in readers:
        rows = work.session.connection().execute(
            update(Notice)
            .where(*waits, col(Notice.account_id) == account_id)
            .values(digested_at=work.now)
            .returning(col(Notice.kind), col(Notice.read_at))
        )
        unread = Counter(topic_of(kind) for kind, read_at in rows if read_at is None)
        written += _write(work, account_id or 0, unread)
    return written


def _write(work: Work, account_id: int, unread: Counter[Topic]) -> bool:
    address, lang = account_contact(work, account_id)
    if not address or not unread:
        return False
    lines = [
        say("notices.digest_line", lang, topic=word(topic, lang), count=unread[topic])
        for topic in Topic
        if unread[topic]
    ]
    body = say(
        "notices.digest_body",
        lang,
        n=unread.total(),
        lines="\n".join(lines),
        where=f"{work.settings.public_url}/notices",
    )
    send_later(
        work, address, say("notices.digest_subject", lang, n=unread.total()), body, Digest=str(work.today)
    )
    return True
