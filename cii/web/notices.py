"""What I was told: unread first, each with its way to the matter; and how I wish to hear of it by mail."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.notices.actions import ChooseMail, choose_mail, mark_all_read, mark_read
from cii.notices.queries import notice_by_ref, notices_and_unread, preferences
from cii.notices.rules import topic_of
from cii.notices.tables import Notice
from cii.notices.vocabulary import MailWish, Topic
from cii.people.queries import label
from cii.routing.queries import open_matters
from cii.store.work import Work
from cii.texts import speech
from cii.web.base import Blueprint, may_open, see_other
from cii.web.choices import choice_asked, options, t, text_asked, word
from cii.wire import language
from cii.wire.doors import SIGNED_IN, again, needs
from cii.wire.reading import asked

page = Blueprint("notices", __name__)
READ = "read"
PLACES: Mapping[str, str] = {
    "case": "cases.one",
    "referral": "referrals.one",
    "recognition": "recognitions.one",
    "observation": "observations.one",
    "corrective": "corrections.one",
    "mandate": "mandate.one",
    "meeting": "meetings.one",
    "report": "reports.one",
    "agreement": "agreements.one",
    "evaluation": "evaluations.one",
    "deliverable": "deliverables.one",
    "provider": "providers.one",
    "appointment": "appointments.one",
    "placement": "provider.placement",
    "call_offer": "offers.one",
    "access_question": "requests.question",
    "access_request": "requests.one",
    "break_glass": "glass.one",
    "person_request": "rights.one",
    "retention": "retention.index",
    "erasure": "erasures.one",
    "budget_year": "budgets.index",
    "report_draft": "reports.index",
    "wage_grant": "wage_grants.one",
}
"""Subject of a notice → the page of the matter."""
LISTS = frozenset({"budget_year", "report_draft", "retention"})
"""Subjects that are many things at once: their page is a list."""


@page.get("/notices", endpoint="index")
@needs(SIGNED_IN)
def notices_page() -> str:
    """My notices: the unread ones, or those that were read."""
    state, topic = text_asked("state"), choice_asked(Topic, "topic")
    after = text_asked("after") or None
    found, waiting = notices_and_unread(g.work, unread=state != READ, topic=topic, mark=after)
    kept: dict[str, Any] = {"topic": topic.value if topic else None, "state": READ if state == READ else None}
    return render_template(
        "pages/notices/index.html",
        rows=rows_of(g.work, found.items),
        next_url=url_for("notices.index", **kept, after=found.next) if found.next else None,
        topics=options(Topic),
        topic=topic.value if topic else "",
        state=kept["state"],
        tabs=_tabs(kept["state"], kept["topic"], waiting),
    )


@page.get("/notices/<ref:ref>")
@needs(SIGNED_IN)
def one(ref: str) -> str:
    """One notice, as a mail leads to it, with the way to the matter."""
    (shown,) = rows_of(g.work, [notice_by_ref(g.work, ref)])
    return render_template("pages/notices/one.html", notice=shown)


@page.post("/notices/<ref:ref>/reading")
@needs(SIGNED_IN)
@again(one)
def read(ref: str) -> Response:
    """I have read it."""
    mark_read(g.work, ref)
    return see_other("notices.index")


@page.post("/notices/reading")
@needs(SIGNED_IN)
@again(notices_page)
def read_all() -> Response:
    """I have read everything."""
    mark_all_read(g.work)
    return see_other("notices.index")


@page.get("/notices/mails")
@needs(SIGNED_IN)
def mails() -> str:
    """How I wish to hear by mail, by topic."""
    held = preferences(g.work, g.work.actor.account_id or 0)
    return render_template(
        "pages/notices/mails.html",
        wishes=[{"topic": one.value, "label": word(one), "mail": wish.value} for one, wish in held.items()],
        ways=options(MailWish),
        kept=text_asked("done") == "kept",
    )


@page.post("/notices/mails")
@needs(SIGNED_IN)
@again(mails)
def choose() -> Response:
    """Keep how I wish to hear by mail."""
    choose_mail(g.work, asked(ChooseMail))
    return see_other("notices.mails", done="kept")


def rows_of(work: Work, notices: Sequence[Notice]) -> list[dict[str, Any]]:
    """Notices in the reader's words; person and matter only where they are open to the reader."""
    people = label(work, {one.person_id for one in notices if one.person_id is not None})
    known = open_matters(
        work,
        {one.subject_ref for one in notices if one.subject == "case"},
        {one.subject_ref for one in notices if one.subject == "referral"},
    )
    return [
        {
            "ref": one.ref,
            "said": sentence(one, language.lang()),
            "person": people[one.person_id].name if one.person_id in people else None,
            "topic": word(topic_of(one.kind)),
            "reader": t("web.notices.for-me" if one.account_id is not None else "web.notices.for-unit"),
            "at": one.created_at,
            "read_at": one.read_at,
            "url": url_for("notices.one", ref=one.ref),
            "matter": _matter(one, known),
        }
        for one in notices
    ]


def sentence(one: Notice, lang: str) -> str:
    """What a notice says; days and moments lie as text in its facts."""
    return speech.say(f"notice.{one.kind}", lang, **{name: _fact(held) for name, held in one.facts.items()})


def _fact(value: object) -> object:
    if not isinstance(value, str):
        return value
    for kind in (date, datetime):
        with suppress(ValueError):
            return kind.fromisoformat(value)
    return value


def _matter(one: Notice, known: Mapping[str, set[str]]) -> str | None:
    place = PLACES.get(one.subject)
    if place is None or not may_open(place, g.work.actor):
        return None
    if one.subject in known and one.subject_ref not in known[one.subject]:
        return None
    if one.subject in LISTS:
        return url_for(place)
    return url_for(place, ref=one.subject_ref)


def _tabs(state: str | None, topic: str | None, waiting: int) -> list[dict[str, Any]]:
    return [
        {
            "label": t("web.notices.read" if one else "web.notices.unread"),
            "url": url_for("notices.index", state=one, topic=topic),
            "current": state == one,
            "count": None if one else waiting,
        }
        for one in (None, READ)
    ]
