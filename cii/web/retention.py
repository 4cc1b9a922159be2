"""Retention on pages: whose terms are over, what keeps somebody, offers to the archive and its answers."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Response as FlaskResponse
from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.jobs.queries import last_night
from cii.rights.archiving import (
    AnswerOffer,
    ConfirmHandOver,
    OfferFile,
    OfferRow,
    answer_offer,
    confirm_hand_over,
    offer_file,
    offer_view,
    offers,
    package,
)
from cii.rights.dues import Due, due, standing
from cii.rights.vocabulary_retention import OfferState
from cii.web.base import Blueprint, may_open, see_other
from cii.web.choices import t, text_asked, word
from cii.wire.doors import again, needs, once
from cii.wire.files import handed_out
from cii.wire.reading import asked

page = Blueprint("retention", __name__)
TONES = {
    OfferState.OFFERED: "info",
    OfferState.ACCEPTED: "warn",
    OfferState.HANDED_OVER: "good",
}
PREPARE = "erasures.new"
"""Where an erasure is prepared."""


@dataclass(frozen=True)
class AnswerForm:
    """What the archive said, as a form sends it."""

    accepted: bool
    by: str = field(metadata={"max": 120})
    reference: str = field(metadata={"max": 80})
    said_on: date


@dataclass(frozen=True)
class ReceiptForm:
    """That the archive has received the package, as a form sends it."""

    by: str = field(metadata={"max": 120})
    reference: str = field(metadata={"max": 80})
    said_on: date


@page.get("/rights/due")
@needs(Permit.ERASE_PERSON)
def index() -> str:
    """Persons whose terms are all over."""
    found, night = due(g.work, mark=text_asked("after") or None), last_night(g.work, "retention")
    return render_template(
        "pages/retention/index.html",
        night=night,
        counts=[
            {"label": t(f"web.retention.gone.{name.replace('_', '-')}"), "value": count}
            for name, count in (night.counts.items() if night else ())
        ],
        rows=[_due(one) for one in found.items],
        next_url=url_for("retention.index", after=found.next) if found.next else None,
    )


@page.get("/rights/due/<ref:ref>")
@needs(Permit.ERASE_PERSON)
def person(ref: str) -> str:
    """What keeps one person, and what can be done once nothing does."""
    shown = standing(g.work, ref)
    return render_template(
        "pages/retention/person.html",
        shown=shown,
        terms=[{"rule": word(one.rule), "last_day": one.last_day} for one in shown.terms],
        archive=_archive(shown.offer_ref, settled=shown.settled),
        offer_url=url_for("retention.offer", ref=shown.offer_ref) if shown.offer_ref else None,
        prepare_url=_prepare(shown.person_ref),
        may_offer=not shown.settled and shown.offer_ref is None,
    )


@page.post("/rights/due/<ref:ref>/offer")
@needs(Permit.EXPORT_PERSON_FILE)
@once
@again(person)
def propose(ref: str) -> Response:
    """Offer the file to the archive."""
    return see_other("retention.offer", ref=offer_file(g.work, OfferFile(ref)).ref, done="offered")


@page.get("/rights/archive")
@needs(Permit.EXPORT_PERSON_FILE)
def archive() -> str:
    """Every offer to the archive, the newest first."""
    found = offers(g.work, text_asked("after") or None)
    return render_template(
        "pages/retention/archive.html",
        rows=[_offer(one) for one in found.items],
        next_url=url_for("retention.archive", after=found.next) if found.next else None,
    )


@page.get("/rights/archive/<ref:ref>")
@needs(Permit.EXPORT_PERSON_FILE)
def offer(ref: str) -> str:
    """One offer: its package, the archive's answer, the receipt."""
    shown = offer_view(g.work, ref)
    return render_template(
        "pages/retention/offer.html",
        row=_offer(shown),
        shown=shown,
        size=t("web.retention.kilobytes", count=max(shown.size // 1000, 1)),
        steps=[
            {
                "at": one.at,
                "kind": word(one.kind),
                "by": one.by,
                "reference": one.reference,
                "said_on": one.said_on,
                "recorded_by": one.recorded_by,
            }
            for one in shown.steps
        ],
        today=g.work.today.isoformat(),
        person_url=url_for("retention.person", ref=shown.person_ref),
        done=t("web.retention.offered-done") if request.args.get("done") else None,
    )


@page.get("/rights/archive/<ref:ref>/package")
@needs(Permit.EXPORT_PERSON_FILE)
def download(ref: str) -> FlaskResponse:
    """The package as a file; its retrieval is written down."""
    file, name, pieces = package(g.work, ref)
    return handed_out(pieces, name, file.media_type, file.size)


@page.post("/rights/archive/<ref:ref>/answer")
@needs(Permit.EXPORT_PERSON_FILE)
@once
@again(offer)
def answer(ref: str) -> Response:
    """Record what the archive answered."""
    form = asked(AnswerForm)
    answer_offer(g.work, AnswerOffer(ref, form.accepted, form.by, form.reference, form.said_on))
    return see_other("retention.offer", ref=ref)


@page.post("/rights/archive/<ref:ref>/receipt")
@needs(Permit.EXPORT_PERSON_FILE)
@once
@again(offer)
def receipt(ref: str) -> Response:
    """Record that the archive has received the package."""
    form = asked(ReceiptForm)
    confirm_hand_over(g.work, ConfirmHandOver(ref, form.by, form.reference, form.said_on))
    return see_other("retention.offer", ref=ref)


def _due(one: Due) -> dict[str, Any]:
    return {
        "url": url_for("retention.person", ref=one.person_ref),
        "ref": one.person_ref,
        "person": one.person_ref,
        "rule": word(one.rule),
        "since": one.since,
        "hold": {"label": t("web.retention.held"), "tone": "bad"} if one.held else None,
        "archive": _archive(one.offer_ref, settled=one.settled),
    }


def _archive(offer_ref: str | None, *, settled: bool) -> dict[str, str]:
    if offer_ref is not None:
        return {"label": t("web.retention.archive-waits"), "tone": "info"}
    if settled:
        return {"label": t("web.retention.archive-settled"), "tone": "good"}
    return {"label": t("web.retention.archive-to-offer"), "tone": "warn"}


def _offer(one: OfferRow) -> dict[str, Any]:
    return {
        "url": url_for("retention.offer", ref=one.ref),
        "ref": one.ref,
        "offer": one.ref,
        "person": one.person_ref,
        "offered_at": one.offered_at,
        "state": {"label": word(one.state), "tone": TONES.get(one.state, "neutral")},
        "reference": one.steps[-1].reference if one.steps else None,
    }


def _prepare(person_ref: str) -> str | None:
    """Where the erasure of that person is prepared, for those who may."""
    return url_for(PREPARE, person=person_ref) if may_open(PREPARE, g.work.actor) else None
