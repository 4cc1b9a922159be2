"""Settings: where the rules, the journal, the accounts and the help are, each for those who may open it."""

from typing import Any

from flask import g, render_template, url_for

from cii.store.work import Work
from cii.web.base import Blueprint, may_open
from cii.web.catcher import caught
from cii.web.choices import t
from cii.wire.doors import SIGNED_IN, needs
from cii.wire.public import PUBLIC

page = Blueprint("settings", __name__)
_PLACES = (
    ("news.index", "web.news.title", "web.news.lead"),
    ("absences.index", "web.absences.title", "web.absences.lead"),
    ("load.index", "web.load.title", "web.load.lead"),
    ("calendars.index", "web.calendar.title", "web.calendar.lead"),
    ("notices.index", "web.notices.title", "web.notices.place"),
    ("notices.mails", "web.notices.mails", "web.notices.mails-place"),
    ("outbox.index", "web.outbox.title", "web.outbox.lead"),
    ("jobs.index", "web.jobs.title", "web.jobs.lead"),
    ("catcher.index", "web.catcher.title", "web.catcher.lead"),
    ("definitions.index", "web.definitions.title", "web.definitions.lead"),
    ("journal.index", "web.journal.title", "web.journal.lead"),
    ("erasures.index", "web.erasures.many", "web.erasures.lead"),
    ("accounts.index", "web.accounts.title", "web.accounts.lead"),
    ("help.index", "web.help.title", "web.help.lead"),
    ("openapi.page", "web.api.title", "web.api.lead"),
)
"""Endpoint, key of the title, key of what one finds there."""


@page.get("/settings", endpoint="index")
@needs(SIGNED_IN)
def settings_page() -> str:
    """The places of the house that belong to no daily task."""
    return render_template("pages/settings/index.html", places=_places(g.work))


def _places(work: Work) -> list[dict[str, Any]]:
    return [
        {"title": t(title), "lead": t(lead), "url": url_for(endpoint)}
        for endpoint, title, lead in _PLACES
        if (endpoint in PUBLIC or may_open(endpoint, work.actor))
        and (endpoint != "catcher.index" or caught(work.settings))
    ]
