"""What providers hand in: the provider's list, the payer's inbox, one deliverable with its files."""

from datetime import timedelta
from typing import Any

from flask import Response as FlaskResponse
from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.owed import owed_bound
from cii.deliverables.actions import (
    AcceptDeliverable,
    ReturnDeliverable,
    SubmitDeliverable,
    WaiveDeliverable,
    accept,
    give_back,
    submit,
    waive,
)
from cii.deliverables.queries import (
    OwedShown,
    SubmissionShown,
    deliverable_shown,
    owed_by_me,
    submission_file,
    submissions_of,
    version_of,
    waiting_for_me,
)
from cii.deliverables.rules import OWED
from cii.deliverables.vocabulary import DeliverableStand, SubmissionStand
from cii.store.work import Work
from cii.web.base import Blueprint, see_other
from cii.web.case_head import unit_name
from cii.web.choices import clock, word
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.files import handed_out
from cii.wire.reading import asked, sent_file

page = Blueprint("deliverables", __name__)
OWED_AHEAD = 92
"""How many days ahead a provider is shown what it owes."""
_TONES = {
    DeliverableStand.AHEAD: "neutral",
    DeliverableStand.LATE: "bad",
    DeliverableStand.WAITING: "info",
    DeliverableStand.RETURNED: "warn",
    DeliverableStand.ACCEPTED: "good",
    DeliverableStand.ON_PAPER: "good",
    DeliverableStand.WAIVED: "neutral",
}


@page.get("/provider/deliverables", endpoint="provider")
@needs(Permit.SEE_PARTICIPANTS)
def provider_page() -> str:
    """What the provider has to hand in within three months, what is late or returned, what was handed in."""
    rows = [owed_row(one) for one in owed_by_me(g.work, g.work.today + timedelta(days=OWED_AHEAD))]
    return render_template(
        "pages/deliverables/provider.html",
        owed=[one for one in rows if not one["done"]],
        sent=[one for one in reversed(rows) if one["done"]],
    )


@page.get("/deliverables", endpoint="index")
@needs(Permit.EDIT_AGREEMENTS)
def inbox_page() -> str:
    """What waits for an answer, and what is late, in the agreements of one's own sector."""
    rows = [owed_row(one) for one in waiting_for_me(g.work)]
    return render_template(
        "pages/deliverables/index.html",
        waiting=[one for one in rows if one["done"]],
        late=[one for one in rows if not one["done"]],
    )


@page.get("/deliverables/<ref:ref>", endpoint="one")
@needs(Permit.SEE_AGREEMENTS)
def deliverable_page(ref: str) -> str:
    """One deliverable: every file that was handed in, what was answered, and what can be done now."""
    return render_template("pages/deliverables/one.html", **_deliverable(g.work, ref))


@page.post("/deliverables/<ref:ref>/submissions")
@needs(Permit.SEE_PARTICIPANTS)
@once
@again(deliverable_page)
def hand_in(ref: str) -> Response:
    """Hand in a file."""
    _fresh(ref)
    ask, file = asked(SubmitDeliverable, deliverable_ref=ref), sent_file()
    submit(g.work, ask, file.content, file.media_type)
    return see_other("deliverables.one", ref=ref)


@page.post("/deliverables/<ref:ref>/acceptance")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(deliverable_page)
def accepted(ref: str) -> Response:
    """Accept what was handed in."""
    _fresh(ref)
    accept(g.work, AcceptDeliverable(ref))
    return see_other("deliverables.one", ref=ref)


@page.post("/deliverables/<ref:ref>/return")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(deliverable_page)
def returned(ref: str) -> Response:
    """Return it with the reason."""
    _fresh(ref)
    give_back(g.work, asked(ReturnDeliverable, deliverable_ref=ref))
    return see_other("deliverables.one", ref=ref)


@page.post("/deliverables/<ref:ref>/waiver")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(deliverable_page)
def waived(ref: str) -> Response:
    """Waive what is still owed."""
    _fresh(ref)
    waive(g.work, asked(WaiveDeliverable, deliverable_ref=ref))
    return see_other("deliverables.one", ref=ref)


@page.get("/deliverables/<ref:ref>/submissions/<ref:submission>")
@needs(Permit.SEE_AGREEMENTS)
def file(ref: str, submission: str) -> FlaskResponse:
    """One file, to keep."""
    found, name, pieces = submission_file(g.work, ref, submission)
    return handed_out(pieces, name, found.media_type, found.size)


def stand_chip(stand: DeliverableStand) -> dict[str, str]:
    """How a deliverable stands, as a word with its tone."""
    return {"label": word(stand, "deliverable_stand"), "tone": _TONES[stand]}


def _fresh(ref: str) -> None:
    held, _ = owed_bound(g.work, ref)
    require_match(ref, version_of(held, submissions_of(g.work, held)))


def owed_row(one: OwedShown) -> dict[str, Any]:
    """A deliverable as lists show it; `done`: nothing is to be handed in now."""
    done, void = one.stand not in OWED, one.stand is DeliverableStand.WAIVED
    return {
        "kind": word(one.kind, "deliverable_kind"),
        "url": url_for("deliverables.one", ref=one.ref),
        "number": one.number,
        "provider": unit_name(one.provider) if one.provider else None,
        "clock": clock(one.due_on, done=done and not void, void=void),
        "stand": stand_chip(one.stand),
        "since": one.since,
        "done": done,
    }


def _deliverable(work: Work, ref: str) -> dict[str, Any]:
    shown = deliverable_shown(work, ref)
    return {
        "deliverable": shown,
        "kind": word(shown.kind, "deliverable_kind"),
        "frequency": word(shown.frequency, "frequency"),
        "stand": stand_chip(shown.stand),
        "clock": clock(
            shown.due_on,
            done=shown.stand not in {*OWED, DeliverableStand.WAIVED},
            void=shown.stand is DeliverableStand.WAIVED,
        ),
        "version": etag(ref, shown.version),
        "files": [_file(shown.opens, ref, one) for one in shown.submissions],
        "replaces": shown.stand is DeliverableStand.WAITING,
    }


def _file(opens: bool, ref: str, one: SubmissionShown) -> dict[str, Any]:  # noqa: FBT001 - of a reader
    tones = {
        SubmissionStand.ACCEPTED: "good",
        SubmissionStand.RETURNED: "warn",
        SubmissionStand.REPLACED: "neutral",
    }
    return {
        "at": one.submitted_at,
        "name": one.name.rpartition(".")[2].upper(),
        "url": url_for("deliverables.file", ref=ref, submission=one.ref) if opens else None,
        "size": max(one.size // 1000, 1),
        "note": one.note or None,
        "answer": {"label": word(one.stand, "submission_stand"), "tone": tones[one.stand]}
        if one.stand
        else {"label": word(DeliverableStand.WAITING, "deliverable_stand"), "tone": "info"},
        "reason": one.reason,
        "answered_at": one.answered_at,
    }


__all__ = ["page"]
