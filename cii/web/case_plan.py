"""The plan beyond its proposal: the person's word, what becomes of an action, two versions side by side."""

from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.cases.carrying import MarkAction, RecordWord, mark_action, record_word
from cii.cases.plan_view import ActionChange, plan_changes
from cii.cases.shapes import PartView, PlanView
from cii.cases.vocabulary import ActionState, PersonReply, PlanState
from cii.institutions.queries import UnitLabel
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import UnknownThing
from cii.web import case_parts
from cii.web.base import Blueprint, see_other
from cii.web.case_head import CasePage, case_page, head, unit_name
from cii.web.choices import number_asked, options, t, word
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("case_plan", __name__)


@page.get("/cases/<ref:ref>/plan/person")
@needs(Permit.SEE_CASE)
def person(ref: str) -> str:
    """What the person says to the plan that is proposed."""
    shown = case_page(ref, "plan")
    waits = next((one for one in _plans(shown) if one.state is PlanState.PROPOSED and not one.person), None)
    return _show(
        "person",
        shown,
        plan=case_parts.plan_of(g.work, waits) if waits else None,
        may_record=waits is not None and _may(shown, Permit.RECORD_CONSENT),
        replies=options(PersonReply),
    )


@page.post("/cases/<ref:ref>/plan/person")
@needs(Permit.RECORD_CONSENT)
@once
@again(person)
def word_kept(ref: str) -> Response:
    """Record the person's answer from the signed paper."""
    case_page(ref, "plan")
    record_word(g.work, asked(RecordWord))
    return see_other("cases.plan", ref=ref, done="person-word")


@page.get("/cases/<ref:ref>/plan/actions/<ref:action>")
@needs(Permit.SEE_CASE)
def action(ref: str, action: str) -> str:
    """One action of the plan with its course."""
    shown = case_page(ref, "plan")
    plan, part = _action(shown, action)
    mine = part.mine or any(one.mine and one.role == "lead" for one in shown.view.parties)
    return _show(
        "action",
        shown,
        action=case_parts.action_of(g.work, part, going=plan.state is PlanState.AGREED),
        course=[_said(one) for one in reversed(part.progress)],
        may_mark=mine and plan.state is PlanState.AGREED and _may(shown, Permit.ANSWER_PLAN),
        states=[one for one in options(ActionState) if one["value"] != part.state.value],
    )


@page.post("/cases/<ref:ref>/plan/actions/<ref:action>")
@needs(Permit.ANSWER_PLAN)
@once
@again(action)
def marked(ref: str, action: str) -> Response:
    """Say what became of the action."""
    case_page(ref, "plan")
    mark_action(g.work, asked(MarkAction, action_ref=action))
    return see_other("cases.plan", ref=ref, done="action-marked")


@page.get("/cases/<ref:ref>/plan/compare")
@needs(Permit.SEE_CASE)
def compare(ref: str) -> str:
    """Two versions of the plan side by side, by default the last two."""
    shown = case_page(ref, "plan")
    plans = {one.version: one for one in _plans(shown)}
    versions = sorted(plans)
    after = plans.get(number_asked("after") or 0) or (plans[versions[-1]] if versions else None)
    earlier = [one for one in versions if after is not None and one < after.version]
    before = plans.get(number_asked("before") or 0) or (plans[earlier[-1]] if earlier else None)
    pair = (before, after) if before and after and before is not after else None
    return _show(
        "compare",
        shown,
        versions=[
            {"value": str(one), "label": t("web.plan.version", version=one)} for one in reversed(versions)
        ],
        before=before,
        after=after,
        focus=t("web.plan.compare-focus", before=pair[0].focus, after=pair[1].focus)
        if pair and pair[0].focus != pair[1].focus
        else None,
        rows=[_difference(one) for one in plan_changes(*pair)] if pair else None,
    )


def _plans(shown: CasePage) -> tuple[PlanView, ...]:
    found: tuple[PlanView, ...] = shown.view.sections["plan"].plans
    return found


def _action(shown: CasePage, ref: str) -> tuple[PlanView, PartView]:
    for plan in _plans(shown):
        for part in plan.parts:
            if part.ref == ref:
                return plan, part
    raise UnknownThing(field="action")


def _said(one: Any) -> dict[str, Any]:  # noqa: ANN401 - a ProgressView
    return {
        "at": one.at,
        "who": one.name,
        "institution": one.unit.institution if one.unit else None,
        "title": t("web.plan.since", state=word(one.state), day=one.effective_on),
        "body": one.reason,
        "url": None,
        "new": False,
    }


def _difference(one: ActionChange) -> dict[str, Any]:
    tones = {"added": "good", "dropped": "bad", "changed": "warn"}
    return {
        "goal": one.goal,
        "action": one.action,
        "change": {"label": word(one.change, "plan-change"), "tone": tones.get(one.change, "neutral")},
        "what": " · ".join(
            t(
                "web.plan.compare-field",
                field=word(name, "plan-field"),
                before=_told(name, before),
                after=_told(name, after),
            )
            for name, before, after in one.fields
        ),
    }


def _told(name: str, value: object) -> object:
    """A value of an action as people read it."""
    if name == "unit":
        return unit_name(value if isinstance(value, UnitLabel) else None)
    if isinstance(value, Sector):
        return word(value)
    if value is None:
        return t("web.plan.no-cost") if name == "payer" else "–"
    return value


def _may(shown: CasePage, permit: Permit) -> bool:
    return permit.value in g.work.actor.permits and bool(shown.view.may_write & Section.PLAN)


def _show(name: str, shown: CasePage, **more: Any) -> str:  # noqa: ANN401 - names of the page's template
    back = url_for("cases.plan", ref=shown.view.ref)
    return render_template(f"pages/case_plan/{name}.html", **head(shown, "plan"), back=back, **more)
