"""What I was told, and how I hear of it by mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import g

from cii.api.asking import PageAsked
from cii.api.base import PREFIX, Blueprint
from cii.notices.actions import ChooseMail, choose_mail, mark_all_read, mark_read
from cii.notices.queries import notice_by_ref, notice_page, preferences
from cii.notices.rules import topic_of
from cii.notices.tables import Notice
from cii.notices.vocabulary import MailWish, Topic
from cii.wire.answers import only, paged
from cii.wire.doors import SIGNED_IN, needs
from cii.wire.pages import Page

blueprint = Blueprint("api-notices", __name__, url_prefix=f"{PREFIX}/notices")


@dataclass(frozen=True)
class NoticesAsked(PageAsked):
    """Which notices to list."""

    unread: bool | None = None
    topic: Topic | None = None


@dataclass(frozen=True)
class NoticeShown:
    """A notice; `kind` names its sentence, `facts` fill it, `subject` and `subject_ref` name the matter."""

    ref: str
    kind: str
    topic: Topic
    subject: str
    subject_ref: str
    facts: dict[str, object]
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class WishShown:
    """How I hear by mail of a topic."""

    topic: Topic
    mail: MailWish


@dataclass(frozen=True)
class ReadShown:
    """How many notices were unread until now."""

    read: int


NOTICE = only(
    NoticeShown, "ref", "kind", "topic", "subject", "subject_ref", "facts", "created_at", "read_at",
    called="NoticeAnswer",
)  # fmt: skip
WISH = only(WishShown, "topic", "mail", called="MailWishAnswer")


@blueprint.get("")
@needs(SIGNED_IN)
@blueprint.arguments(NoticesAsked, location="query")
@blueprint.response(200, paged(NOTICE))
def listed(asked: NoticesAsked) -> Page[NoticeShown]:
    """My notices and those of my units, the newest first."""
    found = notice_page(g.work, unread=asked.unread, topic=asked.topic, mark=asked.after, limit=asked.limit)
    return Page([_shown(one) for one in found.items], found.next)


@blueprint.get("/<ref:ref>")
@needs(SIGNED_IN)
@blueprint.response(200, NOTICE)
def one(ref: str) -> NoticeShown:
    """One notice."""
    return _shown(notice_by_ref(g.work, ref))


@blueprint.post("/<ref:ref>/reading")
@needs(SIGNED_IN)
@blueprint.response(200, NOTICE)
def read(ref: str) -> NoticeShown:
    """I have read it; a second time changes nothing."""
    return _shown(mark_read(g.work, ref))


@blueprint.post("/reading")
@needs(SIGNED_IN)
@blueprint.response(200, only(ReadShown, "read", called="NoticesReadAnswer"))
def read_all() -> ReadShown:
    """I have read everything."""
    return ReadShown(mark_all_read(g.work))


@blueprint.get("/mails")
@needs(SIGNED_IN)
@blueprint.response(200, paged(WISH))
def wishes() -> Page[WishShown]:
    """How I hear by mail, by topic."""
    return _wishes(preferences(g.work, g.work.actor.account_id or 0))


@blueprint.post("/mails")
@needs(SIGNED_IN)
@blueprint.arguments(ChooseMail)
@blueprint.response(200, paged(WISH))
def chosen(ask: ChooseMail) -> Page[WishShown]:
    """Choose how I hear by mail; a topic that is left out stays as it is."""
    return _wishes(choose_mail(g.work, ask))


def _shown(row: Notice) -> NoticeShown:
    return NoticeShown(
        row.ref, row.kind, topic_of(row.kind), row.subject, row.subject_ref, row.facts, row.created_at,
        row.read_at,
    )  # fmt: skip


def _wishes(held: Mapping[Topic, MailWish]) -> Page[WishShown]:
    return Page([WishShown(topic, mail) for topic, mail in held.items()])
