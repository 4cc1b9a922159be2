"""Calls and direct awards that everybody may read, without an account (guide, i.40, i.42, i.43)."""

from typing import Any

from flask import g, render_template, url_for

from cii.calls.queries import published_call, published_calls, takes_offers
from cii.store.work import Work
from cii.web.base import Blueprint
from cii.web.choices import word

page = Blueprint("public_calls", __name__)


@page.get("/public/calls")
def index() -> str:
    """What is published, newest first."""
    return render_template("pages/calls/published.html", rows=_rows(g.work))


@page.get("/public/calls/<ref:ref>")
def one(ref: str) -> str:
    """Specification, requirements and criteria of one call; no offers, no points."""
    return render_template("pages/calls/public.html", **_one(g.work, ref))


def _rows(work: Work) -> list[dict[str, Any]]:
    return [
        {
            "title": {"label": call.title, "url": url_for("public_calls.one", ref=call.ref)},
            "kind": word(call.kind, "call_kind"),
            "sector": word(call.sector, "sector"),
            "published": call.published_on,
            "until": call.offers_until,
            "state": word(call.state, "call_state"),
        }
        for call in published_calls(work)
    ]


def _one(work: Work, ref: str) -> dict[str, Any]:
    found = published_call(work, ref)
    call, text = found.call, found.text
    return {
        "call": call,
        "open": takes_offers(call, work.today),
        "kind": word(call.kind, "call_kind"),
        "sector": word(call.sector, "sector"),
        "state": word(call.state, "call_state"),
        "purpose": text.aims.purpose,
        "offers": [one.content for one in text.services.offers if one.content],
        "duties": [one.wording for one in text.principles.duties if one.wording],
        "standards": [one.name for one in text.principles.standards if one.name],
        "criteria": [
            {"code": one.code, "wording": one.wording, "weight": one.weight, "evidence": one.evidence or None}
            for one in found.criteria
        ],
    }


__all__ = ["page"]
