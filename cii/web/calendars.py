"""My deadlines in my calendar: the address, which is shown once and may be revoked, and what it answers."""

from flask import Response, g, render_template, url_for
from werkzeug.wrappers import Response as Answer

from cii.access.permits import Permit
from cii.desk.deadlines import close_feed, deadlines, feed_since, icalendar, open_feed, reader_of
from cii.meetings.queries import called_to
from cii.texts.speech import say
from cii.web.base import Blueprint, see_other
from cii.web.meetings import entry
from cii.wire.doors import needs, shown_once

page = Blueprint("calendars", __name__)


@page.get("/calendar")
@needs(Permit.SEE_DESK)
def index() -> str:
    """Whether my deadlines have an address."""
    return render_template("pages/calendar/index.html", since=feed_since(g.work), address=None)


@page.post("/calendar")
@needs(Permit.SEE_DESK)
@shown_once
def subscribe() -> str:
    """A new address, shown this once; the former one no longer answers."""
    token = open_feed(g.work)
    address = g.work.settings.public_url + url_for("calendars.feed", token=token)
    return render_template("pages/calendar/index.html", since=g.work.now, address=address)


@page.post("/calendar/revoke")
@needs(Permit.SEE_DESK)
def revoke() -> Answer:
    """My address answers no more."""
    close_feed(g.work)
    return see_other("calendars.index")


@page.get("/calendar/<string:token>.ics")
def feed(token: str) -> Response:
    """The deadlines behind an address, as a calendar reads them."""
    g.work.actor = reader_of(g.work, token)
    title = say("web.calendar.name", g.work.actor.lang)
    called = [entry(one) for one in called_to(g.work)]
    said = icalendar([*deadlines(g.work), *called], g.work.now, title)
    return Response(said, content_type="text/calendar; charset=utf-8", headers={"Cache-Control": "no-store"})
