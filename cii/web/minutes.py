"""Minutes and decisions of a meeting that was held: written in Word, filed as PDF, distributed, adopted."""

from flask import Response as FlaskResponse
from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.documents import docx
from cii.documents.store import PDF
from cii.meetings.actions_decisions import TakeDecision, take_decision
from cii.meetings.actions_minutes import (
    AdoptMinutes,
    DistributeMinutes,
    ImportMinutes,
    adopt_minutes,
    distribute_minutes,
    import_minutes,
)
from cii.meetings.minutes_paper import minutes_docx
from cii.meetings.queries import meeting_by_ref, paper_bytes
from cii.web.base import Blueprint, see_other
from cii.web.meeting_shown import fresh, shown
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.files import handed_out
from cii.wire.reading import asked, sent_file

page = Blueprint("minutes", __name__)
READERS = (Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING, Permit.FREEZE_REPORTS)
ACTS = (Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)


def _page(ref: str) -> str:
    return render_template("pages/meetings/one.html", **shown(g.work, ref))


@page.get("/coordination/meetings/<ref:ref>/minutes.docx")
@needs(*READERS)
def template(ref: str) -> FlaskResponse:
    """The minutes to complete in Word: who was there, items with what was said, decisions."""
    held = meeting_by_ref(g.work, ref)
    data = minutes_docx(g.work, held, language.lang())
    return handed_out([data], f"cii-{held.planned_on}-{ref}.docx", docx.MEDIA_TYPE)


@page.get("/coordination/meetings/<ref:ref>/minutes.pdf")
@needs(*READERS)
def paper(ref: str) -> FlaskResponse:
    """The final minutes."""
    held = meeting_by_ref(g.work, ref)
    return handed_out([paper_bytes(g.work, held)], f"cii-{held.planned_on}-{ref}.pdf", PDF)


@page.post("/coordination/meetings/<ref:ref>/minutes")
@needs(*ACTS)
@once
@again(_page)
def file(ref: str) -> Response:
    """File the final minutes."""
    fresh(ref)
    ask, sent = asked(ImportMinutes, meeting_ref=ref), sent_file()
    import_minutes(g.work, ask, sent.content, sent.media_type)
    return see_other("meetings.one", ref=ref, _anchor="minutes")


@page.post("/coordination/meetings/<ref:ref>/distribution")
@needs(*ACTS)
@once
@again(_page)
def distribute(ref: str) -> Response:
    """Send them to every member."""
    fresh(ref)
    distribute_minutes(g.work, asked(DistributeMinutes, meeting_ref=ref))
    return see_other("meetings.one", ref=ref, _anchor="minutes")


@page.post("/coordination/meetings/<ref:ref>/adoption")
@needs(*ACTS)
@once
@again(_page)
def adopt(ref: str) -> Response:
    """Adopt them."""
    fresh(ref)
    adopt_minutes(g.work, asked(AdoptMinutes, meeting_ref=ref))
    return see_other("meetings.one", ref=ref, _anchor="minutes")


@page.post("/coordination/meetings/<ref:ref>/decisions")
@needs(*ACTS)
@once
@again(_page)
def decide(ref: str) -> Response:
    """Record a decision."""
    take_decision(g.work, asked(TakeDecision, meeting_ref=ref))
    return see_other("meetings.one", ref=ref, _anchor="decisions")
