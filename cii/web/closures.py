"""The days on which an agreement's measures are closed and cost nothing; stating some while it is open."""

from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.actions import AddClosure, add_closure
from cii.agreements.queries import agreement_by_ref, agreement_view, may_write
from cii.agreements.rules import OPEN_STATES
from cii.measures.queries import measures_by_id
from cii.store.work import Work
from cii.web.agreement_tabs import state_chip
from cii.web.base import Blueprint, see_other
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.reading import asked

page = Blueprint("closures", __name__)


@page.get("/agreements/<ref:ref>/closures", endpoint="index")
@needs(Permit.SEE_AGREEMENTS)
def closures_page(ref: str) -> str:
    """The closing days by measure, and the form while the agreement's text is open."""
    return render_template("pages/tariffs/closures.html", **_closures(g.work, ref))


@page.post("/agreements/<ref:ref>/closures")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(closures_page)
def add(ref: str) -> Response:
    """State closing days of a measure."""
    require_match(ref, agreement_by_ref(g.work, ref).version)
    add_closure(g.work, asked(AddClosure, agreement_ref=ref))
    return see_other("closures.index", ref=ref)


def _closures(work: Work, ref: str) -> dict[str, Any]:
    view = agreement_view(work, ref)
    held = view.agreement
    measures = measures_by_id(work, {one.measure_id for one in view.measures})
    editor = Permit.EDIT_AGREEMENTS in work.actor.permits and may_write(work, held)
    return {
        "agreement": held,
        "state": state_chip(held.state),
        "version": etag(ref, held.version),
        "rows": [
            {
                "measure": measures[one.measure_id].name,
                "from": one.starts_on,
                "until": one.ends_on,
                "reason": one.reason,
            }
            for one in view.closures
        ],
        "measures": [
            {"value": one.ref, "label": one.name} for one in sorted(measures.values(), key=lambda m: m.code)
        ],
        "open": editor and held.state in OPEN_STATES,
        "signed": held.state not in OPEN_STATES,
    }
