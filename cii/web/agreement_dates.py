"""The dates of my agreements with their clocks, on one page and for a calendar."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.dates import agreement_dates, owed_ahead
from cii.desk.deadlines import Deadline, icalendar
from cii.store.work import Work
from cii.web.base import Blueprint
from cii.web.choices import clock, t, word
from cii.wire.doors import needs
from cii.wire.files import handed_out

page = Blueprint("agreement_dates", __name__)
_AHEAD = timedelta(days=366)
"""Deliverables are listed a year ahead; those that are late, whatever their age."""
_EVER = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Coming:
    """A date of an agreement in words of the reader's language; `mark` names it among all dates."""

    mark: str
    agreement_ref: str
    number: str
    what: str
    due_on: date


@page.get("/agreement-dates")
@needs(Permit.SEE_AGREEMENTS)
def index() -> str:
    """Ends, last days for a notice, talks on prices and deliverables still to come in, the nearest first."""
    return render_template("pages/agreement_dates/index.html", rows=[_row(one) for one in _coming(g.work)])


@page.get("/agreement-dates/calendar.ics", endpoint="calendar")
@needs(Permit.SEE_AGREEMENTS)
def as_calendar() -> Response:
    """The same for a calendar, as whole days."""
    rows = [Deadline(one.mark, one.number, one.what, one.due_on) for one in _coming(g.work)]
    held = icalendar(rows, g.work.now, t("web.agreement-dates.title")).encode()
    return handed_out([held], f"cii-agreement-dates-{g.work.today}.ics", "text/calendar", len(held))


def _coming(work: Work) -> list[Coming]:
    """Every date ahead of the agreements in force that the reader may see, with what is late."""
    found = [
        Coming(
            f"{one.ref}-{one.date.kind.value}-{one.date.due_on:%Y%m%d}",
            one.ref,
            one.number,
            word(one.date.kind, "date_kind"),
            one.date.due_on,
        )
        for one in agreement_dates(work, work.today)
    ]
    found += [
        Coming(owed.ref, owed.agreement_ref, owed.number, word(owed.kind, "deliverable_kind"), owed.due_on)
        for owed in owed_ahead(work, _EVER, work.today + _AHEAD)
    ]
    return sorted(found, key=lambda one: (one.due_on, one.number, one.what))


def _row(one: Coming) -> dict[str, Any]:
    return {"ref": one.agreement_ref, "number": one.number, "what": one.what, "clock": clock(one.due_on)}


__all__ = ["page"]
