"""The evaluation of an agreement's years: opened, commented by the provider, reviewed, final."""

from collections.abc import Sequence
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.queries import AgreementView, agreement_view, may_write
from cii.agreements.rules import OPEN_STATES
from cii.agreements.vocabulary import Direction, IndicatorUnit
from cii.coordination.queries import correctives_of
from cii.evaluations.actions import (
    AnalyseMisses,
    CommentEvaluation,
    CorrectMiss,
    FinishEvaluation,
    PrefillEvaluation,
    ReviewEvaluation,
    analyse,
    comment,
    correct,
    finish,
    prefill,
    review,
)
from cii.evaluations.queries import (
    EvaluationShown,
    agreement_evaluated,
    evaluation_by_ref,
    evaluation_shown,
    evaluations_of,
    renewal_advice,
)
from cii.evaluations.rules import exits_held
from cii.evaluations.tables import Evaluation
from cii.evaluations.vocabulary import (
    DURABLE,
    DYNAMIC,
    EvaluatedBy,
    EvaluationMove,
    EvaluationState,
    Judgement,
)
from cii.figures.rules import Value
from cii.figures.vocabulary import Light
from cii.meetings.growth import ProposePlaces, propose_places
from cii.store.work import Work
from cii.texts import formats
from cii.web.agreement_tabs import agreement_head
from cii.web.base import Blueprint, see_other
from cii.web.choices import options, t, word
from cii.web.corrections import corrective_chip
from cii.web.indicators import light_of, measured, told
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.forms import load_form
from cii.wire.reading import asked

page = Blueprint("evaluations", __name__)
_TONES = {
    EvaluationState.PREFILLED: "info",
    EvaluationState.COMMENTED: "warn",
    EvaluationState.REVIEWED: "warn",
    EvaluationState.FINAL: "good",
}
_JUDGED = {Judgement.REACHED: "good", Judgement.PARTLY: "warn", Judgement.MISSED: "bad"}


@page.get("/agreements/<ref:ref>/evaluations", endpoint="index")
@needs(Permit.SEE_AGREEMENTS)
def evaluations_page(ref: str) -> str:
    """The evaluated years of an agreement, what they advise, and the form that opens a year."""
    return render_template("pages/evaluations/index.html", **_years(g.work, ref))


@page.post("/agreements/<ref:ref>/evaluations")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(evaluations_page)
def open_year(ref: str) -> Response:
    """Freeze the figures of a year and lay them before the provider."""
    made = prefill(g.work, asked(PrefillEvaluation, agreement_ref=ref))
    return see_other("evaluations.one", ref=made.ref)


@page.post("/agreements/<ref:ref>/more-places")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(evaluations_page)
def grow(ref: str) -> Response:
    """Propose more places to the GP CII."""
    propose_places(g.work, asked(ProposePlaces, agreement_ref=ref))
    return see_other("evaluations.index", ref=ref)


@page.get("/evaluations/<ref:ref>", endpoint="one")
@needs(Permit.SEE_AGREEMENTS)
def evaluation_page(ref: str) -> str:
    """One year: figures, objectives, what both sides said, and what is to be done."""
    return render_template("pages/evaluations/one.html", **_year(g.work, ref))


@page.post("/evaluations/<ref:ref>/comment")
@needs(Permit.SEE_PARTICIPANTS)
@once
@again(evaluation_page)
def say(ref: str) -> Response:
    """Comment for the provider."""
    _fresh(ref)
    comment(g.work, asked(CommentEvaluation, evaluation_ref=ref))
    return see_other("evaluations.one", ref=ref)


@page.post("/evaluations/<ref:ref>/review")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(evaluation_page)
def judge(ref: str) -> Response:
    """Judge the year; what was left blank is judged by its figures."""
    _fresh(ref)
    review(g.work, load_form(ReviewEvaluation, _said(), {"evaluation_ref": ref}))
    return see_other("evaluations.one", ref=ref)


@page.post("/evaluations/<ref:ref>/final")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(evaluation_page)
def make_final(ref: str) -> Response:
    """Make it final, as the second person."""
    _fresh(ref)
    finish(g.work, FinishEvaluation(ref))
    return see_other("evaluations.one", ref=ref)


@page.post("/evaluations/<ref:ref>/analyses")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(evaluation_page)
def analysed(ref: str) -> Response:
    """Write down causes and actions."""
    _fresh(ref)
    analyse(g.work, asked(AnalyseMisses, evaluation_ref=ref))
    return see_other("evaluations.one", ref=ref)


@page.post("/evaluations/<ref:ref>/corrections")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(evaluation_page)
def corrected(ref: str) -> Response:
    """Begin a corrective measure about something missed."""
    _fresh(ref)
    correct(g.work, asked(CorrectMiss, evaluation_ref=ref))
    return see_other("evaluations.one", ref=ref)


def _fresh(ref: str) -> None:
    require_match(ref, evaluation_by_ref(g.work, ref).version)


def _said() -> ImmutableMultiDict[str, str]:
    """The form without the entries in which nobody has said anything: their code is there in any case."""
    silent = {
        name.removesuffix("code")
        for name in request.form
        if name.endswith("-code")
        and not any(
            request.form.get(name.removesuffix("code") + one, "").strip() for one in ("judgement", "wording")
        )
    }
    kept = [one for one in request.form.items(multi=True) if not one[0].startswith(tuple(silent))]
    return ImmutableMultiDict(kept if silent else request.form.items(multi=True))


def _years(work: Work, ref: str) -> dict[str, Any]:
    view = agreement_view(work, ref)
    held = evaluations_of(work, ref)
    writes = Permit.EDIT_AGREEMENTS in work.actor.permits and may_write(work, view.agreement)
    opened = view.agreement.state not in OPEN_STATES
    advised = renewal_advice(work, ref)
    titles = {one.code: one.title.get(language.lang()) or one.code for one in view.indicators}
    return {
        **agreement_head(work, view, "evaluations"),
        "rows": [_row(one) for one in held],
        "may_open": writes and opened,
        "years": [{"value": str(one), "label": str(one)} for one in _open_years(work, view, held)],
        "advice": word(advised.stand, "renewal_stand") if _of_the_house(work) else None,
        "advised_year": advised.year,
        "missed": [titles.get(one, _trajectory(one) or one) for one in advised.missed],
        "analyse_first": advised.stand == "analyse_first",
        "may_grow": writes and advised.stand == "renew_and_grow",
    }


def _open_years(work: Work, view: AgreementView, held: Sequence[Evaluation]) -> list[int]:
    first, taken = view.agreement.valid_from.year, {one.year for one in held}
    last = min(work.today.year, (view.agreement.valid_to or work.today).year)
    return [one for one in range(last, first - 1, -1) if one not in taken]


def _of_the_house(work: Work) -> bool:
    """Whether the reader is no provider: advice and corrective measures are not laid before it."""
    return Permit.SEE_FIGURES in work.actor.permits


def _row(one: Evaluation) -> dict[str, Any]:
    return {
        "year": str(one.year),
        "url": url_for("evaluations.one", ref=one.ref),
        "state": _chip(one.state),
        "comment_until": one.comment_until,
        "known_at": one.known_at,
        "final_at": one.final_at,
    }


def _chip(state: EvaluationState) -> dict[str, str]:
    return {"label": word(state, "evaluation_state"), "tone": _TONES[state]}


def _year(work: Work, ref: str) -> dict[str, Any]:
    held = evaluation_by_ref(work, ref)
    agreement = agreement_evaluated(work, held)
    shown = evaluation_shown(work, held)
    items = [_item(shown, at, one) for at, one in enumerate(_judgeable(shown))]
    permitted = Permit.EDIT_AGREEMENTS in work.actor.permits
    moves = shown.moves if permitted else tuple(one for one in shown.moves if one is EvaluationMove.COMMENT)
    named = {one["code"]: one["title"] for one in items}
    return {
        **agreement_head(work, agreement_view(work, agreement.ref), "evaluations"),
        "evaluation": shown,
        "edition": etag(ref, held.version),
        "chip": _chip(held.state),
        "items": items,
        "aims": [
            {
                "wording": one.aim.wording,
                "rank": one.aim.rank,
                "weight": t("web.evaluations.percent", n=one.aim.weight)
                if one.aim.weight is not None
                else None,
                "basic": t("web.evaluations.basic") if one.aim.basic else None,
                "reached": _reached(one.reached),
            }
            for one in shown.attained.aims
        ],
        "exits": _exits(shown),
        "missed": [{"value": one, "label": named.get(one, one)} for one in shown.missed],
        "may": {one.value: one in moves for one in EvaluationMove},
        "judgements": options(Judgement, "judgement"),
        "corrections": _corrections(work, held, permitted=_of_the_house(work)),
        "waits": held.state is EvaluationState.PREFILLED and not moves,
    }


def _judgeable(shown: EvaluationShown) -> list[tuple[EvaluatedBy, str]]:
    """What the review may judge: indicators, trajectory, then the criteria that were agreed."""
    held = [(one.kind, one.code) for one in shown.items if one.kind is not EvaluatedBy.CRITERION]
    return held + [(EvaluatedBy.CRITERION, code) for code in shown.criteria]


def _item(shown: EvaluationShown, at: int, one: tuple[EvaluatedBy, str]) -> dict[str, Any]:
    kind, code = one
    item = next((held for held in shown.items if held.code == code), None)
    figure = next((held for held in shown.figures if held["code"] == code), None)
    return {
        "at": at,
        "code": code,
        "kind": word(kind, "evaluated_by"),
        "title": _title(shown, code, figure),
        "light": light_of(item.light if item else Light.NONE) if kind is not EvaluatedBy.CRITERION else None,
        "judgement": {"label": word(item.judgement, "judgement"), "tone": _JUDGED[item.judgement]}
        if item and item.judgement
        else None,
        "wording": item.wording if item else None,
        **_figure(figure),
    }


def _title(shown: EvaluationShown, code: str, figure: Any) -> str:  # noqa: ANN401 - frozen JSON
    if figure is not None:
        return str(figure["title"].get(language.lang()) or code)
    return _trajectory(code) or shown.criteria.get(code, code)


def _trajectory(code: str) -> str | None:
    match code:
        case "exits_durable":
            return t("web.evaluations.trajectory.exits_durable")
        case "exits_dynamic":
            return t("web.evaluations.trajectory.exits_dynamic")
    return None


def _figure(figure: Any) -> dict[str, Any]:  # noqa: ANN401 - frozen JSON
    """Value, target and minimum as they were frozen."""
    if figure is None:
        return {"value": None, "target": None, "minimum": None, "sense": None}
    unit = IndicatorUnit(figure["unit"])
    value = Value(**figure["value"]) if figure["value"] else None
    return {
        "value": told(value, unit),
        "target": measured(figure["target"], unit),
        "minimum": measured(figure["minimum"], unit) if figure["minimum"] is not None else None,
        "sense": word(Direction(figure["direction"]), "direction"),
    }


def _reached(reached: bool | None) -> dict[str, str]:  # noqa: FBT001 - of an objective
    if reached is None:
        return {"label": t("web.evaluations.unjudged"), "tone": "neutral"}
    return {"label": t("web.evaluations.reached"), "tone": "good"} if reached else {
        "label": t("web.evaluations.missed"), "tone": "bad",
    }  # fmt: skip


def _exits(shown: EvaluationShown) -> list[dict[str, Any]]:
    """The exits of a French agreement against the goals of its year."""
    if not shown.exits:
        return []
    kept = shown.exits
    held = exits_held(kept["by_class"], kept["durable_goal"], kept["dynamic_goal"])
    lang, whole = language.lang(), sum(kept["by_class"].values())
    return [
        {
            "title": _trajectory(code),
            "value": formats.percent(value, lang) if value is not None else None,
            "of": whole,
            "goal": measured(goal, IndicatorUnit.PERCENT),
            "light": light_of(held.lights[code]),
        }
        for code, value, goal in (
            (DURABLE, held.durable, held.durable_goal),
            (DYNAMIC, held.dynamic, held.dynamic_goal),
        )
    ]


def _corrections(work: Work, held: Evaluation, *, permitted: bool) -> list[dict[str, Any]]:
    if not permitted:
        return []
    opens = Permit.SEE_COORDINATION in work.actor.permits
    return [
        {
            "wording": one.wording,
            "url": url_for("corrections.one", ref=one.ref) if opens else None,
            "observed_on": one.observed_on,
            "due_on": one.due_on,
            "state": corrective_chip(one.state),
        }
        for one in correctives_of(work, held.agreement_id)
    ]


__all__ = ["page"]
