"""What the provider of an agreement hands in: dates laid down while the text is open."""

from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.queries import agreement_by_ref, agreement_view, may_write
from cii.agreements.rules import OPEN_STATES, UNBOUND
from cii.agreements.vocabulary import DeliverableKind, Frequency
from cii.conventions.drafting import DropOwed, PlanOwed, drop_owed, plan_owed
from cii.deliverables.queries import stands_of
from cii.store.work import Work
from cii.web.agreement_tabs import agreement_head
from cii.web.base import Blueprint, see_other
from cii.web.choices import clock, options, word
from cii.web.deliverables import stand_chip
from cii.wire.doors import again, needs, once
from cii.wire.etags import require_match
from cii.wire.reading import asked

page = Blueprint("owed", __name__)


@page.get("/agreements/<ref:ref>/deliverables", endpoint="index")
@needs(Permit.SEE_AGREEMENTS)
def owed_page(ref: str) -> str:
    """Every date at which something is handed in, and the form that lays down more."""
    return render_template("pages/conventions/owed.html", **_owed(g.work, ref))


@page.post("/agreements/<ref:ref>/deliverables/dates")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(owed_page)
def plan(ref: str) -> Response:
    """Lay down every date from the first one to the end of the term."""
    require_match(ref, agreement_by_ref(g.work, ref).version)
    plan_owed(g.work, asked(PlanOwed, agreement_ref=ref))
    return see_other("owed.index", ref=ref)


@page.post("/agreements/<ref:ref>/deliverables/removal")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(owed_page)
def drop(ref: str) -> Response:
    """Take a date out of the draft."""
    require_match(ref, agreement_by_ref(g.work, ref).version)
    drop_owed(g.work, asked(DropOwed, agreement_ref=ref))
    return see_other("owed.index", ref=ref)


def _owed(work: Work, ref: str) -> dict[str, Any]:
    view = agreement_view(work, ref)
    held = view.agreement
    writes = Permit.EDIT_AGREEMENTS in work.actor.permits and may_write(work, held)
    bound = held.state not in UNBOUND
    stands = stands_of(work, held.id or 0) if bound else {}
    return {
        **agreement_head(work, view, "owed"),
        "open": writes and held.state in OPEN_STATES,
        "bound": bound,
        "rows": [
            {
                "ref": one.ref,
                "kind": word(one.kind, "deliverable_kind"),
                "frequency": word(one.frequency, "frequency"),
                "clock": clock(one.due_on, done=one.received_at is not None, void=one.waived_at is not None),
                "received_at": one.received_at,
                "stand": stand_chip(stands[one.ref]) if one.ref in stands else None,
                "url": url_for("deliverables.one", ref=one.ref) if bound else None,
            }
            for one in view.deliverables
        ],
        "kinds": options(DeliverableKind, "deliverable_kind"),
        "frequencies": options(Frequency, "frequency"),
    }


__all__ = ["page"]
