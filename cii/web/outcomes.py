"""Schemes of pay by outcome: the list, one with its formula as a table, its money and subcontractors."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.queries import account_names
from cii.agreements.queries import agreement_view, agreements_by_id, agreements_list
from cii.institutions.queries import lines_by_id, shown_units
from cii.kernel.period import next_month
from cii.outcomes.actions import (
    AddSubcontractor,
    DecideSchemeBudget,
    DraftFormula,
    EndSubcontractor,
    FormulaLine,
    MakeScheme,
    add_subcontractor,
    decide_scheme_budget,
    draft_formula,
    end_subcontractor,
    make_scheme,
    publish_formula,
)
from cii.outcomes.queries import (
    SchemeView,
    category_rows,
    formula,
    may_write,
    scheme_by_ref,
    scheme_view,
    schemes_list,
)
from cii.outcomes.rules import Line
from cii.outcomes.rules_written import read_formula, written_formula
from cii.outcomes.tables import SchemeVersion
from cii.outcomes.vocabulary import PROFILES, Measured
from cii.store.work import Work
from cii.web.base import Blueprint, may_open, see_other
from cii.web.choices import number_asked, t, word
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.reading import asked

page = Blueprint("outcomes", __name__)
_PAGE = 50
TABS = (
    ("schemes", "outcomes.index", "web.outcomes.schemes"),
    ("claims", "outcome_claims.index", "web.outcomes.claims"),
    ("categories", "outcome_categories.index", "web.outcomes.categories"),
)

THRESHOLDS: Mapping[Measured, str] = {
    Measured.START: "web.outcomes.threshold.start",
    Measured.STAY_MONTHS: "web.outcomes.threshold.months",
    Measured.CONTRACT_MONTHS: "web.outcomes.threshold.months",
    Measured.TRAINING: "web.outcomes.threshold.start",
    Measured.ATTESTED: "web.outcomes.threshold.points",
}
"""How a threshold is told, by what is measured."""


@dataclass(frozen=True)
class AskScheme:
    """Which scheme is made: agreement and line as one choice, and its title."""

    payer: str
    title: str


@dataclass(frozen=True)
class WriteFormula:
    """A formula as it is written on the page, and the day from which it is to count."""

    valid_from: date
    lines: str


@page.get("/outcomes", endpoint="index")
@needs(Permit.SEE_OUTCOMES)
def schemes_page() -> str:
    """The schemes that one may see."""
    return render_template("pages/outcomes/index.html", **_list(g.work))


@page.get("/outcomes/new")
@needs(Permit.EDIT_SCHEMES)
def new() -> str:
    """The form that makes a scheme for an agreement."""
    return render_template("pages/outcomes/new.html", payers=_payers(g.work))


@page.post("/outcomes/new")
@needs(Permit.EDIT_SCHEMES)
@once
@again(new)
def make() -> Response:
    """Make a scheme for an agreement."""
    ask = asked(AskScheme)
    agreement, _, line = ask.payer.partition(".")
    return see_other("outcomes.scheme", ref=make_scheme(g.work, MakeScheme(agreement, line, ask.title)).ref)


@page.get("/outcomes/schemes/<ref:ref>")
@needs(Permit.SEE_OUTCOMES)
def scheme(ref: str) -> str:
    """One scheme: what it pays for whom, since when, out of which money."""
    return render_template("pages/outcomes/scheme.html", **_scheme(g.work, ref))


@page.post("/outcomes/schemes/<ref:ref>/draft")
@needs(Permit.EDIT_SCHEMES)
@once
@again(scheme)
def draft(ref: str) -> Response:
    """Write a formula down as a draft."""
    _fresh(g.work, ref)
    ask = asked(WriteFormula)
    lines = tuple(
        FormulaLine(one.category, one.kpi, one.measured, one.hold_months, one.threshold, one.amount)
        for one in read_formula(ask.lines, _readable())
    )
    draft_formula(g.work, DraftFormula(ref, ask.valid_from, lines))
    return see_other("outcomes.scheme", ref=ref)


@page.post("/outcomes/schemes/<ref:ref>/publication")
@needs(Permit.EDIT_SCHEMES, Permit.PAY_OUTCOME)
@once
@again(scheme)
def publish(ref: str) -> Response:
    """Put in force what somebody else has drafted."""
    _fresh(g.work, ref)
    publish_formula(g.work, ref)
    return see_other("outcomes.scheme", ref=ref)


@page.post("/outcomes/schemes/<ref:ref>/budget")
@needs(Permit.PAY_OUTCOME)
@once
@again(scheme)
def budget(ref: str) -> Response:
    """Bind a year's money for the scheme, or give it back."""
    decide_scheme_budget(g.work, asked(DecideSchemeBudget, scheme_ref=ref))
    return see_other("outcomes.scheme", ref=ref)


@page.post("/outcomes/schemes/<ref:ref>/subcontractors")
@needs(Permit.EDIT_SCHEMES)
@once
@again(scheme)
def subcontract(ref: str) -> Response:
    """Record a subcontractor of the provider."""
    add_subcontractor(g.work, asked(AddSubcontractor, scheme_ref=ref))
    return see_other("outcomes.scheme", ref=ref)


@page.post("/outcomes/schemes/<ref:ref>/subcontractors/end")
@needs(Permit.EDIT_SCHEMES)
@once
@again(scheme)
def stop_subcontract(ref: str) -> Response:
    """End a subcontractor's part."""
    end_subcontractor(g.work, asked(EndSubcontractor, scheme_ref=ref))
    return see_other("outcomes.scheme", ref=ref)


def tabs(current: str) -> list[dict[str, Any]]:
    """The pages of pay by outcome that the reader may open."""
    return [
        {"label": t(title), "url": url_for(endpoint), "current": key == current, "count": None}
        for key, endpoint, title in TABS
        if may_open(endpoint, g.work.actor)
    ]


def category_names(work: Work, day: date) -> dict[str, str]:
    """What each category is called on a day, by its code."""
    return {one.code: one.title for one in category_rows(work, day)}


def formula_rows(lines: Iterable[Line], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """A formula as a table that is read from left to right; `names` of the categories, by code."""
    return [
        {
            "category": f"{one.category} · {names[one.category]}" if one.category in names else one.category,
            "kpi": one.kpi,
            "measured": word(one.measured, "measured"),
            "threshold": t(THRESHOLDS[one.measured], n=one.threshold),
            "hold": t("web.outcomes.hold", n=one.hold_months) if one.hold_months else None,
            "amount": one.amount,
        }
        for one in lines
    ]


def _fresh(work: Work, ref: str) -> None:
    require_match(ref, scheme_by_ref(work, ref).version)


def _readable() -> dict[str, Measured]:
    """What may be measured, by its word and by its key."""
    return {word(one, "measured").lower(): one for one in Measured} | {one.value: one for one in Measured}


def _list(work: Work) -> dict[str, Any]:
    found = schemes_list(work, after=number_asked("after"), limit=_PAGE + 1)
    kept = found[:_PAGE]
    agreements = agreements_by_id(work, {row.agreement_id for row in kept})
    return {
        "tabs": tabs("schemes"),
        "rows": [
            {
                "title": row.title,
                "agreement": agreements[row.agreement_id].number,
                "line": row.line,
                "since": row.since,
                "url": url_for("outcomes.scheme", ref=row.ref),
            }
            for row in kept
        ],
        "next_mark": kept[-1].id if len(found) > _PAGE else None,
        "may_make": Permit.EDIT_SCHEMES in work.actor.permits,
    }


def _payers(work: Work) -> list[dict[str, str]]:
    payers = []
    for row in agreements_list(work, limit=200):
        if row.profile in PROFILES:
            bought = lines_by_id(work, {one.line_id for one in agreement_view(work, row.ref).measures})
            payers += [
                {"value": f"{row.ref}.{one.ref}", "label": f"{row.number} · {one.code}"}
                for one in bought.values()
            ]
    return payers


def _scheme(work: Work, ref: str) -> dict[str, Any]:
    view = scheme_view(work, ref)
    held = view.scheme
    agreement = agreements_by_id(work, [held.agreement_id])[held.agreement_id]
    provider = agreement_view(work, agreement.ref).provider if _sees_agreement(work) else None
    label = shown_units(work, [provider.unit_id]).get(provider.unit_id) if provider else None
    own, permits = may_write(work, held), work.actor.permits
    may_edit = own and Permit.EDIT_SCHEMES in permits
    names = account_names(
        work, {by for one in view.versions for by in (one.prepared_by, one.published_by) if by}
    )
    mine = view.draft is not None and view.draft.prepared_by == work.actor.account_id
    return {
        "tabs": tabs("schemes"),
        "scheme": held,
        "version": etag(ref, held.version),
        "agreement": agreement,
        "provider": label.name if label else None,
        "line": lines_by_id(work, [held.line_id])[held.line_id],
        "in_force": _version(work, view.in_force),
        "draft": _version(work, view.draft),
        "versions": [_history(one, names) for one in view.versions],
        "years": [
            {"year": str(one.year), "decided": one.decided, "used": one.used, "left": one.left}
            for one in view.years
        ],
        "subcontractors": _subcontractors(view),
        "running": [
            {"value": one.ref, "label": one.name} for one in view.subcontractors if one.valid_to is None
        ],
        "may_edit": may_edit,
        "may_publish": view.draft is not None and own and not mine and _publishes(permits),
        "own_draft": mine and own,
        "may_pay": own and Permit.PAY_OUTCOME in permits,
        "may_simulate": bool(view.versions) and may_open("outcome_simulation.one", work.actor),
        "written": _written(view),
        "next_month": next_month(work.today).isoformat(),
        "this_year": work.today.year,
        "measured": ", ".join(word(one, "measured") for one in Measured),
    }


def _publishes(permits: frozenset[str]) -> bool:
    return bool(permits & {Permit.EDIT_SCHEMES, Permit.PAY_OUTCOME})


def _sees_agreement(work: Work) -> bool:
    return Permit.SEE_AGREEMENTS in work.actor.permits


def _version(work: Work, version: SchemeVersion | None) -> dict[str, Any] | None:
    if version is None:
        return None
    names = category_names(work, version.valid_from)
    rows = formula_rows(formula(version), names)
    return {"number": version.number, "from": version.valid_from, "rows": rows}


def _history(version: SchemeVersion, names: Mapping[int, str]) -> dict[str, Any]:
    published = version.published_at is not None
    return {
        "number": str(version.number),
        "from": version.valid_from,
        "prepared": names.get(version.prepared_by),
        "published": names.get(version.published_by or 0),
        "at": version.published_at,
        "state": {
            "label": t("web.outcomes.published" if published else "web.outcomes.draft"),
            "tone": "good" if published else "info",
        },
    }


def _subcontractors(view: SchemeView) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "share": Fraction(one.share_permille, 1000),
            "from": one.valid_from,
            "until": one.valid_to,
        }
        for one in view.subcontractors
    ]


def _written(view: SchemeView) -> str:
    """What the field of the formula begins with: the draft, or what is in force."""
    begun = view.draft or view.in_force
    return written_formula(formula(begun), {one: word(one, "measured") for one in Measured}) if begun else ""
