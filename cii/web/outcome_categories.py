"""Categories of clients: how they are told, which placements have which, how their shares drift."""

from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.kernel.period import Quarter
from cii.outcomes.actions_categories import SetCategory, TellCategory, set_category, tell_category
from cii.outcomes.past import drift
from cii.outcomes.places import placements_under
from cii.outcomes.queries import category_rows, schemes_list
from cii.people.queries import label
from cii.store.work import Work
from cii.web.base import Blueprint, see_other
from cii.web.choices import called, number_asked, t, text_asked
from cii.web.outcome_simulation import mix_rows
from cii.web.outcomes import tabs
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("outcome_categories", __name__)
_PAGE = 50


@page.get("/outcomes/categories", endpoint="index")
@needs(Permit.SET_CATEGORY, Permit.EDIT_SCHEMES, Permit.SIMULATE_OUTCOMES)
def categories_page() -> str:
    """How categories are told, which placements have which, and how the shares move."""
    return render_template("pages/outcomes/categories.html", **_shown(g.work))


@page.post("/outcomes/categories")
@needs(Permit.EDIT_SCHEMES)
@once
@again(categories_page)
def tell() -> Response:
    """Tell a category from a day on."""
    tell_category(g.work, asked(TellCategory))
    return see_other("outcome_categories.index")


@page.post("/outcomes/categories/placements")
@needs(Permit.SET_CATEGORY)
@once
@again(categories_page)
def put() -> Response:
    """Set the category of a placement."""
    set_category(g.work, asked(SetCategory))
    return see_other("outcome_categories.index")


def _shown(work: Work) -> dict[str, Any]:
    told, permits = category_rows(work, work.today), work.actor.permits
    may_set = Permit.SET_CATEGORY in permits
    placed = placements_under(work, after=number_asked("after"), limit=_PAGE + 1) if may_set else []
    kept = placed[:_PAGE]
    people = label(work, {row.person_id for row in kept})
    names = {row.placement_ref: called(people, row) for row in kept}
    return {
        "tabs": tabs("categories"),
        "told": [
            {
                "code": one.code,
                "title": one.title,
                "criteria": one.criteria,
                "content": one.content,
                "from": one.valid_from,
            }
            for one in told
        ],
        "may_tell": Permit.EDIT_SCHEMES in permits,
        "may_set": may_set,
        "rows": [
            {
                "person": names[row.placement_ref],
                "from": row.starts_on,
                "until": row.ends_on,
                "scheme": row.title,
                "category": _chip(row.category),
                "since": row.since,
                "reason": row.reason,
            }
            for row in kept
        ],
        "next_url": url_for("outcome_categories.index", after=kept[-1].placement_id)
        if len(placed) > _PAGE
        else None,
        "places": [
            {"value": row.placement_ref, "label": f"{names[row.placement_ref]} · {row.starts_on:%d.%m.%Y}"}
            for row in kept
        ],
        "categories": [{"value": one.code, "label": f"{one.code} · {one.title}"} for one in told],
        **_drift(work),
    }


def _chip(category: str | None) -> dict[str, str]:
    if category is None:
        return {"label": t("web.outcomes.uncategorised"), "tone": "warn"}
    return {"label": category, "tone": "neutral"}


def _drift(work: Work) -> dict[str, Any]:
    """How the shares of one scheme's line moved from the quarter before to the one asked for."""
    schemes = schemes_list(work, limit=200)
    ref, text = text_asked("scheme"), text_asked("quarter")
    chosen = next((one for one in schemes if one.ref == ref), schemes[0] if schemes else None)
    quarter = Quarter.parse(text) if text else Quarter.of(work.today)
    points = work.parameter("category_drift_points", quarter.period.last)
    spans = quarter.previous.period, quarter.period
    found = drift(work, chosen.line_id, *spans, points) if chosen else ()
    return {
        "schemes": [{"value": one.ref, "label": one.title} for one in schemes],
        "chosen": chosen.ref if chosen else None,
        "quarter": str(quarter),
        "before": str(quarter.previous),
        "drift": mix_rows(found),
        "drifting": any(part.marked for part in found),
        "points": points,
    }
