"""Break-glass on pages: the form of an emergency, my openings, the officer's review list."""

from dataclasses import dataclass, field
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.requests.actions_glass import (
    OpenGlass,
    ReviewGlass,
    end_glass,
    open_glass,
    person_informed,
    review_glass,
)
from cii.requests.queries_glass import OFFICE, GlassRow, addressee, opening, openings
from cii.requests.vocabulary import Finding, GlassState
from cii.texts.formats import moment
from cii.texts.languages import LANGUAGES
from cii.texts.speech import say
from cii.web.base import Blueprint, see_other
from cii.web.case_head import unit_name
from cii.web.choices import options, t, text_asked, word
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("glass", __name__)
TONES = {GlassState.ACTIVE: "warn", GlassState.OVER: "info"}


@dataclass(frozen=True)
class ReviewForm:
    """What the form of a review sends."""

    finding: Finding
    reason: str = field(metadata={"max": 2000})


@page.get("/break-glass")
@needs(Permit.BREAK_GLASS)
def index() -> str:
    """The form of an emergency, and my openings."""
    shown = openings(g.work, mark=text_asked("after") or None)
    return render_template(
        "pages/requests/glass.html",
        hours=g.work.parameter("break_glass_hours"),
        rows=[_row(one) for one in shown.items],
        next_url=url_for("glass.index", after=shown.next) if shown.next else None,
    )


@page.post("/break-glass")
@needs(Permit.BREAK_GLASS)
@once
@again(index)
def open_() -> Response:
    """Open a case in an emergency and go there; several cases of a person: to the opening."""
    row, cases = open_glass(g.work, asked(OpenGlass))
    if len(cases) == 1:
        return see_other("cases.one", ref=cases[0].ref)
    return see_other("glass.one", ref=row.ref)


@page.get("/break-glass/reviews")
@needs(Permit.REVIEW_BREAK_GLASS)
def reviews() -> str:
    """What the officer has to inform of and to review."""
    shown = openings(g.work, to_review=True, mark=text_asked("after") or None)
    return render_template(
        "pages/requests/reviews.html",
        rows=[_row(one) for one in shown.items],
        next_url=url_for("glass.reviews", after=shown.next) if shown.next else None,
    )


@page.get("/break-glass/<ref:ref>")
@needs(Permit.BREAK_GLASS, Permit.REVIEW_BREAK_GLASS)
def one(ref: str) -> str:
    """One opening, with what is still to do about it."""
    shown = opening(g.work, ref)
    officer = OFFICE in g.work.actor.permits
    return render_template(
        "pages/requests/opening.html",
        row=_row(shown),
        glass_=shown,
        unit=unit_name(shown.unit),
        cases=[{"number": case.number, "url": url_for("cases.one", ref=case.ref)} for case in shown.cases],
        may_end=shown.mine and shown.state is GlassState.ACTIVE,
        letter=_letter(ref) if officer and shown.informed_at is None else None,
        may_review=officer and shown.state is GlassState.OVER and not shown.mine,
        findings=options(Finding),
        finding=word(shown.finding) if shown.finding else None,
    )


@page.post("/break-glass/<ref:ref>/end")
@needs(Permit.BREAK_GLASS)
@again(one)
def end(ref: str) -> Response:
    """End it before its time."""
    end_glass(g.work, ref)
    return see_other("glass.one", ref=ref)


@page.post("/break-glass/<ref:ref>/information")
@needs(Permit.REVIEW_BREAK_GLASS)
@again(one)
def informed(ref: str) -> Response:
    """The letter to the person is on its way."""
    person_informed(g.work, ref)
    return see_other("glass.one", ref=ref)


@page.post("/break-glass/<ref:ref>/review")
@needs(Permit.REVIEW_BREAK_GLASS)
@once
@again(one)
def review(ref: str) -> Response:
    """Keep what the review found."""
    form = asked(ReviewForm)
    review_glass(g.work, ReviewGlass(ref, form.finding, form.reason))
    return see_other("glass.one", ref=ref)


def _letter(ref: str) -> dict[str, Any]:
    """The text to the person, ready in each language, theirs first."""
    to = addressee(g.work, ref)
    order = sorted(LANGUAGES, key=lambda lang: lang != to.language)
    return {
        "to": t("web.glass.inform-to", name=to.name, municipality=to.municipality or "–"),
        "texts": [
            {
                "lang": lang,
                "title": say("requests.letter.title", lang),
                "body": say(
                    "requests.letter.body",
                    lang,
                    opened=moment(to.opened_at, lang),
                    until=moment(to.until, lang),
                    unit=to.unit.name if to.unit else say("web.desk.protected", lang),
                ),
            }
            for lang in order
        ],
    }


def _row(one: GlassRow) -> dict[str, Any]:
    return {
        "url": url_for("glass.one", ref=one.ref),
        "ref": one.ref,
        "user": f"{one.user}, {unit_name(one.unit)}",
        "reason": one.reason,
        "state": {
            "label": t("web.glass.late") if one.late else word(one.state),
            "tone": "bad" if one.late else TONES.get(one.state, "neutral"),
        },
        "opened_at": one.opened_at,
        "until": one.ended_at or one.until,
        "review_due": one.review_due,
        "informed_at": one.informed_at,
    }
