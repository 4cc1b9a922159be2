"""Mails that did not leave, for the administrator: which, why, and once more."""

from dataclasses import dataclass
from datetime import datetime

from flask import g

from cii.access.permits import Permit
from cii.api.asking import PageAsked
from cii.api.base import PREFIX, Blueprint
from cii.notices.actions import send_again
from cii.notices.queries import may_send_again, troubled_mails
from cii.store.outbox import Counts, counts
from cii.store.tables import Outgoing
from cii.wire.answers import only, paged
from cii.wire.doors import needs
from cii.wire.pages import Page, page_of, place

blueprint = Blueprint("api-outbox", __name__, url_prefix=f"{PREFIX}/outbox")
_LIST = "outbox"


@dataclass(frozen=True)
class OutboxAsked(PageAsked):
    """Which mails; with `failed` those left for the administrator only, without those still being tried."""

    failed: bool = False


@dataclass(frozen=True)
class MailShown:
    """A mail that did not leave, without its text; `may_be_sent_again` not while tried, nor past its link."""

    ref: str
    recipient: str
    subject: str
    written_at: datetime
    tries: int
    next_try_at: datetime | None
    failed_at: datetime | None
    error: str | None
    may_be_sent_again: bool


MAIL = only(
    MailShown, "ref", "recipient", "subject", "written_at", "tries", "next_try_at", "failed_at", "error",
    "may_be_sent_again", called="MailAnswer",
)  # fmt: skip


@blueprint.get("")
@needs(Permit.SEE_JOBS)
@blueprint.arguments(OutboxAsked, location="query")
@blueprint.response(200, paged(MAIL))
def listed(asked: OutboxAsked) -> Page[MailShown]:
    """What failed or was tried in vain, the newest first."""
    settings, name = g.work.settings, f"{_LIST} {asked.failed}"
    after = place(settings, name, asked.after)
    rows = troubled_mails(
        g.work, before=after[0] if after else None, limit=asked.limit + 1, failed=asked.failed
    )
    page = page_of(rows, asked.limit, settings, name, lambda row: (row.id,))
    return Page([_shown(one) for one in page.items], page.next)


@blueprint.get("/counts")
@needs(Permit.SEE_JOBS)
@blueprint.response(200, only(Counts, "waiting", "delayed", "failed", called="OutboxCountsAnswer"))
def counted() -> Counts:
    """How many mails wait, of these how many were tried in vain, and how many are left."""
    return counts(g.work)


@blueprint.post("/<ref:ref>/sending")
@needs(Permit.SEE_JOBS)
@blueprint.response(200, MAIL)
def sent_again(ref: str) -> MailShown:
    """Let a mail that failed be tried again; sent twice, the second time finds nothing to send."""
    return _shown(send_again(g.work, ref))


def _shown(one: Outgoing) -> MailShown:
    return MailShown(
        one.ref, one.recipient, one.subject, one.created_at, one.attempts, one.due_at, one.failed_at,
        one.last_error, may_send_again(g.work, one),
    )  # fmt: skip
