"""By how many places an agreement lets a line go beyond its quota: read by all, stated while it is open."""

from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.actions import AgreeMargin, agree_margin
from cii.agreements.queries import agreement_by_ref, agreement_view, may_write
from cii.agreements.rules import OPEN_STATES
from cii.institutions.queries import lines_by_id
from cii.measures.queries import measures_by_id
from cii.store.work import Work
from cii.web.agreement_tabs import state_chip
from cii.web.base import Blueprint, see_other
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.reading import asked

page = Blueprint("margins", __name__)


@page.get("/agreements/<ref:ref>/margins", endpoint="index")
@needs(Permit.SEE_AGREEMENTS)
def margins_page(ref: str) -> str:
    """The margin of each measure and line that the agreement buys, and the form while its text is open."""
    return render_template("pages/agreements/margins.html", **_margins(g.work, ref))


@page.post("/agreements/<ref:ref>/margins")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(margins_page)
def agree(ref: str) -> Response:
    """State the margin of one measure and line."""
    require_match(ref, agreement_by_ref(g.work, ref).version)
    agree_margin(g.work, asked(AgreeMargin, agreement_ref=ref))
    return see_other("margins.index", ref=ref)


def _margins(work: Work, ref: str) -> dict[str, Any]:
    view = agreement_view(work, ref)
    held = view.agreement
    measures = measures_by_id(work, {one.measure_id for one in view.measures})
    named = lines_by_id(work, {one.line_id for one in view.measures})
    editor = Permit.EDIT_AGREEMENTS in work.actor.permits and may_write(work, held)
    return {
        "agreement": held,
        "state": state_chip(held.state),
        "version": etag(ref, held.version),
        "rows": [
            {
                "measure": measures[one.measure_id].name,
                "line": named[one.line_id].code,
                "overbooking": one.overbooking,
            }
            for one in view.measures
        ],
        "measures": [
            {"value": one.ref, "label": one.name} for one in sorted(measures.values(), key=lambda m: m.code)
        ],
        "lines": [
            {"value": one.ref, "label": f"{one.code}, {one.name}"}
            for one in sorted(named.values(), key=lambda line: line.code)
        ],
        "open": editor and held.state in OPEN_STATES,
        "signed": held.state not in OPEN_STATES,
    }


__all__ = ["page"]
