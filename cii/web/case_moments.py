"""The common grid at two moments: what each institution said then, and what it says now."""

from typing import Any

from flask import g, render_template, url_for

from cii.access.permits import Permit
from cii.cases.grid_view import grid_compared, moment_of
from cii.cases.shapes import EntryView, GridLine
from cii.web.base import Blueprint
from cii.web.case_grid import answer_word
from cii.web.case_head import CasePage, case_page, head, unit_name
from cii.web.choices import optional_day, t, word
from cii.wire import language
from cii.wire.doors import needs

page = Blueprint("case_moments", __name__)
_TONES = {"new": "good", "changed": "warn", "expired": "warn"}


@page.get("/cases/<ref:ref>/grid/compare")
@needs(Permit.SEE_CASE)
def compare(ref: str) -> str:
    """The grid on two days, by default at the last signature (else the opening of the case) and today."""
    shown = case_page(ref, "grid")
    rounds = _rounds(shown)
    usual = rounds[0]["day"] if rounds else moment_of(shown.view.opened_at)
    before, after = optional_day("before") or usual, optional_day("after") or g.work.today
    before, after = sorted((before, after))
    found = grid_compared(g.work, ref, before, after)
    lang = language.lang()
    rows = [
        {
            "item": one.line.title.get(lang, one.line.item),
            "unit": unit_name(pair.unit),
            "then": _said(one.line, pair.before, lang),
            "now": _said(one.line, pair.after, lang),
            "change": {"label": word(pair.change, "grid-change"), "tone": _TONES.get(pair.change, "neutral")},
            "tone": None if pair.change == "same" else "differs",
        }
        for one in found
        for pair in one.pairs
    ]
    return render_template(
        "pages/case_moments/compare.html",
        **head(shown, "grid"),
        back=url_for("cases.grid", ref=ref),
        before=before,
        after=after,
        rounds=rounds,
        rows=rows,
    )


def _rounds(shown: CasePage) -> list[dict[str, Any]]:
    """The signed rounds of assessment, the newest first, each with the way to it."""
    plan = shown.view.sections.get("plan")
    return [
        {
            "day": moment_of(one.signed_at),
            "label": t("web.grid.compare-round", round=one.round, day=moment_of(one.signed_at)),
            "url": url_for(
                "case_moments.compare", ref=shown.view.ref, before=moment_of(one.signed_at).isoformat()
            ),
        }
        for one in (plan.rounds if plan else ())
        if one.signed_at is not None
    ]


def _said(line: GridLine, entry: EntryView | None, lang: str) -> str | None:
    if entry is None:
        return None
    told = answer_word(line.kind, entry.value, line.values, line.high, line.unit, lang)
    if entry.expired and entry.valid_until is not None:
        return f"{told} ({t('web.grid.expired', day=entry.valid_until)})"
    return told
