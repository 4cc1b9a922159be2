"""What an agreement aims at: objectives with rank or weight.

And the indicators by which they are measured.
"""

from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.goals import GaugeWish
from cii.agreements.queries import AgreementView, agreement_by_ref, agreement_view, may_write
from cii.agreements.rules import OPEN_STATES
from cii.agreements.tables import Objective
from cii.conventions.drafting import DropGoal, SetGoal, drop_goal, set_goal
from cii.conventions.queries import text_of
from cii.conventions.vocabulary import EvaluationMode
from cii.indicators.queries import definitions
from cii.kernel.errors import UnknownThing
from cii.store.work import Work
from cii.web.agreement_tabs import agreement_head
from cii.web.base import Blueprint, see_other
from cii.web.choices import text_asked, word
from cii.web.goal_units import as_kept, as_said
from cii.web.indicator_catalogue import definition_name, definition_options
from cii.web.indicators import measured
from cii.web.part_forms import drawn
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.etags import require_match
from cii.wire.forms import load_form
from cii.wire.reading import asked

page = Blueprint("goals", __name__)


@page.get("/agreements/<ref:ref>/objectives", endpoint="index")
@needs(Permit.SEE_AGREEMENTS)
def goals_page(ref: str) -> str:
    """The objectives by level, with their weight, and the indicators of each."""
    return render_template("pages/conventions/goals.html", **_goals(g.work, ref))


@page.get("/agreements/<ref:ref>/objectives/form", endpoint="form")
@needs(Permit.EDIT_AGREEMENTS)
def goal_form(ref: str) -> str:
    """The form of an objective: a new one, or the one that the address names."""
    return render_template("pages/conventions/goal.html", **_form(g.work, ref))


@page.post("/agreements/<ref:ref>/objectives")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(goal_form)
def keep(ref: str) -> Response:
    """Set an objective with its indicators."""
    require_match(ref, agreement_by_ref(g.work, ref).version)
    set_goal(g.work, load_form(SetGoal, as_kept(request.form), {"agreement_ref": ref}))
    return see_other("goals.index", ref=ref)


@page.post("/agreements/<ref:ref>/objectives/removal")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(goals_page)
def drop(ref: str) -> Response:
    """Take an objective out of the draft."""
    require_match(ref, agreement_by_ref(g.work, ref).version)
    drop_goal(g.work, asked(DropGoal, agreement_ref=ref))
    return see_other("goals.index", ref=ref)


def _goals(work: Work, ref: str) -> dict[str, Any]:
    view = agreement_view(work, ref)
    mode = text_of(work, view.agreement.id or 0).evaluation.mode
    weights = [one.weight for one in view.objectives if one.weight is not None]
    return {
        **agreement_head(work, view, "goals"),
        "open": _open(work, view),
        "mode": word(mode, "evaluation_mode") if mode else None,
        "weights": sum(weights) if mode is EvaluationMode.WEIGHTED or weights else None,
        "goals": [_goal(view, one) for one in view.objectives],
    }


def _goal(view: AgreementView, goal: Objective) -> dict[str, Any]:
    lang = language.lang()
    return {
        "ref": goal.ref,
        "wording": goal.wording,
        "told": [
            word(goal.level, "objective_level"),
            word(goal.kind, "objective_kind"),
            word(goal.standing, "standing"),
        ],
        "owner": goal.owner,
        "rank": goal.rank,
        "weight": goal.weight,
        "basic": goal.basic,
        "gauges": [
            {
                "code": one.code,
                "title": one.title.get(lang) or next(iter(one.title.values()), one.code),
                "defined": _defined(g.work, one.source),
                "sense": word(one.direction, "direction"),
                "target": measured(one.target, one.unit),
                "minimum": measured(one.minimum, one.unit) if one.minimum is not None else None,
                "interruptions": word(one.interruptions, "interruptions") if one.interruptions else None,
            }
            for one in view.indicators
            if one.objective_id == goal.id
        ],
    }


def _defined(work: Work, source: str) -> dict[str, str] | None:
    """The definition that an indicator names; none where it names none of the catalogue."""
    if source not in definitions(work):
        return None
    return {
        "label": definition_name(work, source),
        "url": url_for("indicator_catalogue.one", code=source),
    }


def _form(work: Work, ref: str) -> dict[str, Any]:
    view = agreement_view(work, ref)
    named = text_asked("goal_ref")
    goal = next((one for one in view.objectives if one.ref == named), None)
    if named and goal is None:
        raise UnknownThing(field="goal_ref")
    sources = {"source": definition_options(work)}
    fields = drawn(SetGoal, _as_set(view, goal) if goal else None, "goal", sources)
    for one in fields:
        if one["as"] == "rows" and not g.get("reasons"):
            one["rows"] = as_said(one["rows"])
    return {
        **agreement_head(work, view, "goals"),
        "open": _open(work, view),
        "fields": [one for one in fields if one["name"] not in {"agreement_ref", "goal_ref"}],
        "goal_ref": goal.ref if goal is not None else "",
    }


def _as_set(view: AgreementView, goal: Objective) -> SetGoal:
    """The objective as the wish that would set it."""
    lang = view.agreement.lang
    gauges = tuple(
        GaugeWish(
            one.code, one.title.get(lang) or one.code, one.unit, one.direction, one.target, one.source,
            one.minimum, one.interruptions,
        )
        for one in view.indicators
        if one.objective_id == goal.id
    )  # fmt: skip
    return SetGoal(
        view.agreement.ref, goal.level, goal.wording, goal.owner, goal.kind, goal.standing, goal.rank,
        goal.weight, goal.basic, gauges, goal.ref,
    )  # fmt: skip


def _open(work: Work, view: AgreementView) -> bool:
    held = view.agreement
    return (
        held.state in OPEN_STATES and may_write(work, held) and Permit.EDIT_AGREEMENTS in work.actor.permits
    )


__all__ = ["page"]
