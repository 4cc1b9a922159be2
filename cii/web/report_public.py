"""A report goes out: to members of the bodies, and to everybody under a decision of the GP CII."""

from flask import Response as FlaskResponse
from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.reports.files import MEDIA_TYPES
from cii.reports.public import ask_publication, render_public
from cii.reports.queries import format_of, issue_by_ref
from cii.reports.sending import SendReport, send_report
from cii.web.base import Blueprint, see_other
from cii.web.reports import issue_shown
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.files import handed_out
from cii.wire.reading import asked

page = Blueprint("report_public", __name__)


def _page(ref: str) -> str:
    return render_template("pages/reports/one.html", **issue_shown(g.work, ref))


@page.post("/reports/<ref:ref>/publication")
@needs(Permit.EDIT_COORDINATION)
@once
@again(_page)
def ask(ref: str) -> Response:
    """Lay the publication before the next meeting of the GP CII."""
    ask_publication(g.work, ref)
    return see_other("reports.one", ref=ref)


@page.post("/reports/<ref:ref>/sendings")
@needs(Permit.FREEZE_REPORTS)
@once
@again(_page)
def send(ref: str) -> Response:
    """Send it to members of the bodies."""
    send_report(g.work, asked(SendReport, report_ref=ref))
    return see_other("reports.one", ref=ref, _anchor="sending")


@page.get("/reports/<ref:ref>/public/<form>")
@needs(Permit.FREEZE_REPORTS, Permit.DECIDE_STEERING)
def file(ref: str, form: str) -> FlaskResponse:
    """A file for everybody."""
    issue, lang = issue_by_ref(g.work, ref), language.lang()
    data = render_public(g.work, ref, form, lang)
    kept = format_of(form, lang)
    return handed_out([data], f"cii-{issue.kind}-{issue.period}-public.{kept}", MEDIA_TYPES[kept])
