"""The direct award of an agreement, published from the agreement's own page."""

from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.queries import agreement_by_ref, agreement_view
from cii.agreements.rules import OPEN_STATES
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import Award
from cii.calls.direct import PublishDirect, award_published, may_publish, publish_direct
from cii.conventions.queries import text_of
from cii.measures.queries import measures_by_id
from cii.store.work import Work
from cii.web.agreement_tabs import agreement_head
from cii.web.base import Blueprint, see_other
from cii.web.choices import t
from cii.wire.doors import again, needs, once
from cii.wire.etags import require_match
from cii.wire.reading import asked

page = Blueprint("direct_awards", __name__)
_BLANK = 3
"""Entries for further criteria."""
_MOST = 20


@page.get("/agreements/<ref:ref>/direct-award", endpoint="form")
@needs(Permit.EDIT_AGREEMENTS)
def form_page(ref: str) -> str:
    """The form, filled in from the text of the agreement."""
    return render_template("pages/calls/direct.html", **_form(g.work, ref))


@page.post("/agreements/<ref:ref>/direct-award")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(form_page)
def publish(ref: str) -> Response:
    """Publish requirements and criteria."""
    require_match(ref, agreement_by_ref(g.work, ref).version)
    call = publish_direct(g.work, asked(PublishDirect, agreement_ref=ref))
    return see_other("calls.one", ref=call.ref)


def award_link(work: Work, agreement: Agreement) -> dict[str, str] | None:
    """Where the direct award of an agreement is read or, by who may, published; None for other awards."""
    if agreement.award is not Award.DIRECT:
        return None
    held = award_published(work, agreement.id or 0)
    if held is not None:
        url = url_for("public_calls.one", ref=held.ref)
        return {"label": t("web.direct-awards.published"), "url": url}
    if Permit.EDIT_AGREEMENTS in work.actor.permits and may_publish(work, agreement):
        return {
            "label": t("web.direct-awards.title"),
            "url": url_for("direct_awards.form", ref=agreement.ref),
        }
    return None


def _form(work: Work, ref: str) -> dict[str, Any]:
    view = agreement_view(work, ref)
    held = view.agreement
    text = text_of(work, held.id or 0)
    names = measures_by_id(work, {one.measure_id for one in view.measures})
    criteria = [{"code": one.code, "wording": one.wording} for one in text.evaluation.criteria]
    fixed = bool(criteria) and held.state not in OPEN_STATES
    blank = [] if fixed else [{"code": "", "wording": ""}] * min(_BLANK, _MOST - len(criteria))
    return {
        **agreement_head(work, view, "overview"),
        "may": may_publish(work, held),
        "subject": ", ".join(sorted(one.name for one in names.values()))[:200],
        "requirements": "\n".join(one.wording for one in text.aims.requirements),
        "criteria": criteria + blank,
        "told": len(criteria),
        "fixed": fixed,
    }


__all__ = ["award_link", "page"]
