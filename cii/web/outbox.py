"""Mails that did not leave, for the administrator: which, why, and once more."""

from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.notices.actions import send_again
from cii.notices.queries import may_send_again, troubled_mails
from cii.store.outbox import counts
from cii.store.tables import Outgoing
from cii.web.base import Blueprint, see_other
from cii.web.choices import figure, number_asked, t
from cii.wire.doors import again, needs, once

page = Blueprint("outbox", __name__)
_PAGE = 50


@page.get("/outbox", endpoint="index")
@needs(Permit.SEE_JOBS)
def outbox_page() -> str:
    """What waits after a try in vain, and what has failed."""
    held = counts(g.work)
    found = troubled_mails(g.work, before=number_asked("before") or None, limit=_PAGE + 1)
    kept = found[:_PAGE]
    return render_template(
        "pages/outbox/index.html",
        figures=[
            figure("web.outbox.waiting", held.waiting),
            figure("web.outbox.delayed", held.delayed),
            figure("web.outbox.failed", held.failed),
        ],
        rows=[_row(one) for one in kept],
        next_url=url_for("outbox.index", before=kept[-1].id) if len(found) > _PAGE else None,
    )


@page.post("/outbox/<ref:ref>/sending")
@needs(Permit.SEE_JOBS)
@once
@again(lambda ref: outbox_page())  # noqa: ARG005 - the address of the act
def resend(ref: str) -> Response:
    """Let a mail that failed be tried again."""
    send_again(g.work, ref)
    return see_other("outbox.index")


def _row(one: Outgoing) -> dict[str, Any]:
    failed = one.failed_at is not None
    return {
        "ref": one.ref,
        "recipient": one.recipient,
        "subject": one.subject,
        "written": one.created_at,
        "state": {
            "label": t("web.outbox.state-failed" if failed else "web.outbox.state-delayed"),
            "tone": "bad" if failed else "warn",
        },
        "tries": one.attempts,
        "next": one.due_at,
        "error": one.last_error,
        "again": may_send_again(g.work, one),
    }
