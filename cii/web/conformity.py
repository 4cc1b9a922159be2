"""The conformity of an agreement: findings by chapter, the form for a reason or an answer."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from flask import current_app, g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.queries import agreement_by_ref, agreement_view, may_write
from cii.agreements.rules import OPEN_STATES
from cii.conformity.actions import AnswerItem, JustifyFinding, answer_item, justify
from cii.conformity.queries import Checked, checked, checked_view, remedy, sentence
from cii.conformity.rules import Settled
from cii.conformity.vocabulary import Answer, Place, Severity
from cii.kernel.errors import UnknownThing
from cii.store.work import Work
from cii.web.agreement_tabs import agreement_head
from cii.web.base import Blueprint, see_other
from cii.web.choices import options, t, text_asked, word
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.reading import asked

page = Blueprint("conformity", __name__)
_TONES: Mapping[Severity, str] = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.CHECK: "info"}
_PLACES: Mapping[Place, str] = {
    Place.GOALS: "goals.index",
    Place.OWED: "owed.index",
    Place.NEGOTIATION: "negotiation.index",
    Place.TARIFFS: "tariffs.index",
    Place.WHOLE: "agreements.one",
    Place.CALL: "agreements.one",
    Place.PROVIDER: "agreements.one",
}
"""Where a finding is mended that is not mended in a part of the text."""


@page.get("/agreements/<ref:ref>/conformity", endpoint="index")
@needs(Permit.SEE_AGREEMENTS)
def conformity_page(ref: str) -> str:
    """Every finding of an agreement, by chapter of the guide."""
    return render_template("pages/conformity/index.html", **_conformity(g.work, ref))


@page.get("/agreements/<ref:ref>/conformity/finding", endpoint="one")
@needs(Permit.SEE_AGREEMENTS)
def finding_page(ref: str) -> str:
    """One finding with the form for its reason or its answer; the address names it, else the first."""
    return render_template("pages/conformity/one.html", **_finding(g.work, ref))


@page.post("/agreements/<ref:ref>/conformity/justifications")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(finding_page)
def justified(ref: str) -> Response:
    """Bear a warning for a reason."""
    require_match(ref, agreement_by_ref(g.work, ref).version)
    justify(g.work, asked(JustifyFinding, agreement_ref=ref))
    return see_other("conformity.index", ref=ref)


@page.post("/agreements/<ref:ref>/conformity/answers")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(finding_page)
def answered(ref: str) -> Response:
    """Answer an item of the checklist."""
    require_match(ref, agreement_by_ref(g.work, ref).version)
    answer_item(g.work, asked(AnswerItem, agreement_ref=ref))
    return see_other("conformity.index", ref=ref)


def _conformity(work: Work, ref: str) -> dict[str, Any]:
    view = agreement_view(work, ref)
    found = checked_view(work, view)
    may = _may_settle(work, found)
    law_first = sorted(found.findings, key=lambda one: one.finding.indication.isdigit())
    rows = [_row(found, one, may=may) for one in law_first]
    return {
        **agreement_head(work, view, "conformity"),
        "counts": [
            {"label": t("web.conformity.errors"), "value": found.counted(Severity.ERROR)},
            {"label": t("web.conformity.warnings"), "value": found.counted(Severity.WARNING)},
            {"label": t("web.conformity.checks"), "value": found.counted(Severity.CHECK)},
            {"label": t("web.conformity.settled"), "value": sum(not one.open for one in found.findings)},
        ],
        "open": len(found.open),
        "signed": found.agreement.state not in OPEN_STATES,
        "chapters": [
            {"title": word(chapter, "conformity_chapter"), "id": chapter, "rows": list(held)}
            for chapter, held in groupby(rows, key=lambda row: row["chapter"])
        ],
    }


def _finding(work: Work, ref: str) -> dict[str, Any]:
    found = checked(work, ref)
    code = request.form.get("code") or text_asked("code")
    about = request.form.get("about") or text_asked("about")
    named = (one for one in found.findings if not code or one.finding.key == (code, about))
    one = next(named, None)
    if one is None:
        raise UnknownThing(field="code")
    return {
        "agreement": found.agreement,
        "version": etag(found.agreement.ref, found.agreement.version),
        "finding": _row(found, one, may=_may_settle(work, found)),
        "answers": options(Answer, "checklist_answer"),
    }


def _row(found: Checked, one: Settled, *, may: bool) -> dict[str, Any]:
    held, lang, ref = one.finding, language.lang(), found.agreement.ref
    named = "web.conformity.indication" if held.indication.isdigit() else "web.conformity.rule"
    return {
        "chapter": held.chapter.value,
        "code": held.code,
        "about": held.about,
        "title": t(named, indication=held.indication),
        "severity": {"label": word(held.severity, "conformity_severity"), "tone": _TONES[held.severity]},
        "sentence": sentence(held).said(lang),
        "remedy": remedy(held).said(lang),
        "place": {"label": word(held.place, "conformity_place"), "url": _mended(held.place, ref)},
        "open": one.open,
        "stale": one.stale,
        "said": _said(one),
        "check": held.severity is Severity.CHECK,
        "settles": may and held.severity is not Severity.ERROR,
        "yes": may and held.severity is Severity.CHECK and one.open and bool(held.facts.get("listed", 1)),
    }


def _said(one: Settled) -> str | None:
    """The reason or answer that settles a finding, in words."""
    if one.by is None:
        return None
    if one.by.answer is None:
        return t("web.conformity.justified", wording=one.by.wording)
    return t("web.conformity.answered", answer=one.by.answer, wording=one.by.wording)


def _mended(place: Place, ref: str) -> str:
    endpoint = _PLACES.get(place, "conventions.part")
    if endpoint not in current_app.view_functions:
        return url_for("agreements.one", ref=ref)
    if place in _PLACES:
        return url_for(endpoint, ref=ref)
    return url_for(endpoint, ref=ref, name=place.value)


def _may_settle(work: Work, found: Checked) -> bool:
    held = found.agreement
    editor = Permit.EDIT_AGREEMENTS in work.actor.permits and may_write(work, held)
    return editor and held.state in OPEN_STATES


__all__ = ["page"]
