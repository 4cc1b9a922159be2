"""The dates of my agreements with their clocks, on one page and for a calendar."""

from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.conventions.dates import ComingDate, coming
from cii.desk.deadlines import Deadline, icalendar
from cii.web.base import Blueprint
from cii.web.choices import clock, t, word
from cii.wire.doors import needs
from cii.wire.files import handed_out

page = Blueprint("agreement_dates", __name__)


@page.get("/agreement-dates")
@needs(Permit.SEE_AGREEMENTS)
def index() -> str:
    """Ends, notices, options, talks on prices and deliverables still to come in, the nearest first."""
    return render_template("pages/agreement_dates/index.html", rows=[_row(one) for one in coming(g.work)])


@page.get("/agreement-dates/calendar.ics", endpoint="calendar")
@needs(Permit.SEE_AGREEMENTS)
def as_calendar() -> Response:
    """The same for a calendar, as whole days."""
    rows = [Deadline(one.mark, one.number, date_word(one), one.due_on) for one in coming(g.work)]
    held = icalendar(rows, g.work.now, t("web.agreement-dates.title")).encode()
    return handed_out([held], f"cii-agreement-dates-{g.work.today}.ics", "text/calendar", len(held))


def date_word(one: ComingDate) -> str:
    """What falls on the date, in the reader's language."""
    return word(one.kind, "date_kind") if one.kind else word(one.deliverable or "", "deliverable_kind")


def _row(one: ComingDate) -> dict[str, Any]:
    what = date_word(one)
    return {"ref": one.agreement_ref, "number": one.number, "what": what, "clock": clock(one.due_on)}


__all__ = ["date_word", "page"]
