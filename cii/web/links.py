"""The public door of signed links: a question at the door, what concerns the bearer, one answer, a receipt.

Opening the address changes nothing and shows nothing about anybody: programs that follow links in mails find
a form. The right answer gives the browser a pass for half an hour, bound to this link; with it the same
address shows what the bearer may see and, once answered, the receipt. Tokens stand in the address, so that a
link works without script: no page of a link sends a referrer, no cache keeps it, no log line holds it.
"""

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Response, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from cii.access.linking import LinkClosed, live_link
from cii.access.passwords import token_hash
from cii.access.tables import SignedLink
from cii.access.vocabulary import LinkFactor, LinkPurpose
from cii.cases.vocabulary import PersonReply
from cii.documents.layout import Letter, Letterhead
from cii.documents.pdf import MEDIA_TYPE, letter
from cii.kernel.clock import local_day
from cii.kernel.errors import UnknownThing
from cii.partners.actions import enter as try_door
from cii.partners.answering import Opened, Receipt, command_of, opened
from cii.partners.answering import answer as record
from cii.partners.answering import receipt as receipt_of
from cii.partners.queries import last_day
from cii.partners.vocabulary import Rated
from cii.placements.vocabulary import RefusalReason
from cii.store.secrets import keyed_hash
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint
from cii.web.case_parts import sections_said
from cii.web.choices import options, t, word
from cii.wire import language, sessions
from cii.wire.doors import again, claims
from cii.wire.reading import asked

page = Blueprint("links", __name__)
STAY = timedelta(minutes=30)
"""How long the right answer at the door holds."""
_COOKIE = "link"
_POINTS = ("links.points-1", "links.points-2", "links.points-3", "links.points-4", "links.points-5")


@page.after_request
def _quiet(response: Response) -> Response:
    """Nothing of a link's address leaves with a click, nothing stays in a cache or an index."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@page.get("/links/<token>")
def landing(token: str) -> Any:  # noqa: ANN401 - a page, with its status where it is closed
    """The question at the door; behind it, for who has answered it, the content or the receipt."""
    try:
        if _has_pass(token):
            return _inside(token)
        return _shown("door", token, **_door(live_link(g.work, token)))
    except (LinkClosed, UnknownThing):
        return _shown("closed", token), 404


def _try(work: Work) -> None:
    token, said = (request.view_args or {}).get("token", ""), request.form.get("factor", "")[:40]
    g.link_no = try_door(work, token, said)


@page.post("/links/<token>/entry")
@claims(_try)
@again(landing)
def enter(token: str) -> Answer:
    """The bearer's answer at the door; counted before it is looked at, in a transaction of its own."""
    if g.link_no is not None:
        raise g.link_no
    settings = g.work.settings
    answer = current_app.make_response(redirect(url_for("links.landing", token=token), 303))
    until = int((g.work.now + STAY).timestamp())
    answer.set_cookie(
        sessions.cookie_name(settings, _COOKIE), f"{until}.{_mac(token, until)}", max_age=STAY, path="/",
        httponly=True, samesite="Strict", secure=settings.secure_cookies,
    )  # fmt: skip
    return answer


@page.post("/links/<token>/answer")
@again(landing)
def answer(token: str) -> Answer:
    """The bearer's answer to what they are asked; it spends the link. A second click finds the receipt."""
    if not _has_pass(token):
        raise LinkClosed
    try:
        link = live_link(g.work, token)
        record(g.work, token, asked(command_of(link)))
    except LinkClosed:
        receipt_of(g.work, token)
    return redirect(url_for("links.landing", token=token), 303)


@page.post("/links/<token>/receipt")
@again(landing)
def receipt(token: str) -> Response:
    """The receipt as PDF: what was recorded, when, under which name and number; nothing about the case."""
    if not _has_pass(token):
        raise LinkClosed
    told = receipt_of(g.work, token)
    at = told.at or g.work.now
    answer = Response(letter(_written(told, at), created=at, lang=language.lang()), mimetype=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="cii-{told.ref}.pdf"'
    return answer


def _inside(token: str) -> str:
    """What the bearer may see; once they have answered, the receipt."""
    try:
        return _shown("content", token, **_content(opened(g.work, token)))
    except LinkClosed:
        told = receipt_of(g.work, token)
        return _shown("receipt", token, receipt=told, answer=word(told.answer, "link-answer"))


def _door(link: SignedLink) -> dict[str, Any]:
    return {
        "own": link.factor is LinkFactor.BIRTH_DATE,
        "until": last_day(link),
        "action": url_for("links.enter", token=request.view_args["token"]) if request.view_args else "",
    }


def _content(found: Opened) -> dict[str, Any]:
    link = found.link
    more: dict[LinkPurpose, Callable[[], dict[str, Any]]] = {
        LinkPurpose.PLACE_ANSWER: lambda: {"refusals": options(RefusalReason, "refusal-reason")},
        LinkPurpose.CONSENT: lambda: {"data": sections_said(getattr(found.shown, "sections", 0))},
        LinkPurpose.PLAN: lambda: {"replies": options(PersonReply, "link-plan-reply")},
        LinkPurpose.SATISFACTION: lambda: {
            "rated": [(one.value, word(one)) for one in Rated],
            "points": [{"value": str(n), "label": t(key)} for n, key in enumerate(_POINTS, 1)],
        },
    }
    return {
        "purpose": link.purpose,
        "withdraws": link.subject == "consent",
        "shown": found.shown,
        "bearer": link.bearer,
        "until": last_day(link),
        **more.get(link.purpose, dict)(),
    }


def _written(told: Receipt, at: datetime) -> Letter:
    """The receipt as a letter to its bearer: words of the purpose and of the answer, no text of theirs."""
    return Letter(
        Letterhead(t("reports.canton"), t("links.office")),
        (told.bearer,),
        t("links.receipt-place"),
        local_day(at),
        t("links.receipt-title"),
        t("links.receipt-salutation"),
        (t("links.receipt-text"), t("links.receipt-remedy")),
        "",
        ((t("links.receipt-by"), ""),),
        reference=told.ref,
        facts=(
            (t("links.purpose"), word(told.purpose)),
            (t("links.recorded"), word(told.answer, "link-answer")),
            (t("links.recorded-at"), formats.moment(at, language.lang())),
        ),
    )


def _shown(name: str, token: str, **more: Any) -> str:  # noqa: ANN401
    """A page of the link; the languages lead to the same link."""
    urls = {code: url_for("links.landing", token=token, lang=code) for code in ("fr", "de", "en")}
    return render_template(f"pages/links/{name}.html", lang_urls=urls, token=token, **more)


def _has_pass(token: str) -> bool:
    held = request.cookies.get(sessions.cookie_name(g.work.settings, _COOKIE), "")[:200]
    until, _, proof = held.partition(".")
    if not until.isascii() or not until.isdigit() or len(until) > len(str(10**12)):
        return False
    fresh = int(until) > g.work.now.timestamp()
    return fresh and hmac.compare_digest(proof.encode(), _mac(token, int(until)).encode())


def _mac(token: str, until: int) -> str:
    secret = g.work.settings.secret_key.get_secret_value()
    return keyed_hash(secret, f"pass {token_hash(token)} {until}")
