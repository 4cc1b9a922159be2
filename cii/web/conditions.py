"""The conditions of access of a measure: every version of its table; the next one, tried and published."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import g, render_template, request
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.files.reading import MAX_CHARACTERS
from cii.measures.actions import PublishRule, publish_rule
from cii.measures.eligibility import read_table, typed_table
from cii.measures.queries import measure_by_ref, measure_held, rules_of
from cii.measures.tables import Measure, MeasureRule
from cii.store.settings import HOUSE
from cii.store.work import Work
from cii.web.base import Blueprint, see_other
from cii.web.choices import t
from cii.web.tables import proof_of, rulebook
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.reading import asked, sent_file_if_any

page = Blueprint("conditions", __name__)
_MODEL = HOUSE / "workflows" / "decisions" / "measure-eligibility.md"
"""The table from which a measure without one starts."""


@dataclass(frozen=True)
class Typed:
    """What the form sends: the text of the table, and from which day on it is to decide."""

    source: str = field(default="", metadata={"max": MAX_CHARACTERS})
    valid_from: date | None = None


@page.get("/measures/<ref:ref>/conditions", endpoint="index")
@needs(Permit.SEE_MEASURES)
def conditions_page(ref: str) -> str:
    """Every version of the table; for who keeps the catalogue, the form with the text in force."""
    return _page(g.work, ref)


@page.post("/measures/<ref:ref>/conditions")
@needs(Permit.EDIT_MEASURES)
@once
@again(conditions_page)
def publish(ref: str) -> Response:
    """Publish the next version."""
    require_match(ref, measure_held(g.work, ref).version)
    typed = asked(Typed)
    publish_rule(g.work, PublishRule(ref, _text(typed), typed.valid_from or g.work.today))
    return see_other("conditions.index", ref=ref)


@page.post("/measures/<ref:ref>/conditions/check")
@needs(Permit.EDIT_MEASURES)
@again(conditions_page)
def check(ref: str) -> str:
    """The text as it would be read, with its proof; nothing is saved."""
    return _page(g.work, ref, _text(asked(Typed)))


def _text(typed: Typed) -> str:
    """The file where one was chosen, else what stands in the field."""
    file = sent_file_if_any()
    return file.content.decode("utf-8", "replace") if file else typed.source


def _page(work: Work, ref: str, source: str | None = None) -> str:
    measure = measure_by_ref(work, ref)
    rules = rules_of(work, measure.id or 0)
    now = next((one for one in sorted(rules, key=_order, reverse=True) if one.valid_from <= work.today), None)
    tried = typed_table(source, f"{measure.code}.md", "source") if source is not None else None
    if tried is not None:
        work.saw("measure", [measure.id or 0], 0)
    shown = read_table(now.source, measure.code) if now else None
    return render_template(
        "pages/measures/conditions.html",
        measure=measure,
        version=etag(ref, measure.version),
        versions=[_version(one, now, work) for one in rules],
        rule=rulebook(shown) if shown else None,
        tried={"table": rulebook(tried), "proof": proof_of(tried)} if tried else None,
        source=source if source is not None else now.source if now else _model(measure),
        day=request.form.get("valid_from") or work.today.isoformat(),
        may_edit=Permit.EDIT_MEASURES in work.actor.permits,
    )


def _model(measure: Measure) -> str:
    return _MODEL.read_text(encoding="utf-8").replace(
        "table: measure-eligibility", f"table: {measure.code.lower()}"
    )


def _order(row: MeasureRule) -> tuple[date, int]:
    return row.valid_from, row.version


def _version(row: MeasureRule, now: MeasureRule | None, work: Work) -> dict[str, Any]:
    return {
        "version": row.version,
        "valid_from": row.valid_from,
        "recorded": row.recorded_at.date(),
        "digest": row.digest[:12],
        "standing": _standing(row, now, work.today),
    }


def _standing(row: MeasureRule, now: MeasureRule | None, today: date) -> dict[str, str]:
    if now is not None and row.id == now.id:
        return {"label": t("web.definitions.in-force"), "tone": "good"}
    if row.valid_from > today:
        return {"label": t("web.conditions.to-come"), "tone": "info"}
    return {"label": t("web.catalogue.replaced"), "tone": "neutral"}


__all__ = ["page"]
