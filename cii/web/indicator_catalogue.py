"""The catalogue of indicators: what each figure means, of what it is a part, who enters it where and when."""

from typing import Any

from flask import g, render_template, url_for

from cii.access.permits import Permit
from cii.indicators.queries import definitions, versions
from cii.indicators.rules import Published
from cii.indicators.vocabulary import IndicatorField
from cii.store.work import Work
from cii.web.base import Blueprint
from cii.web.choices import Option, day_asked, t, word
from cii.wire import language
from cii.wire.doors import needs

page = Blueprint("indicator_catalogue", __name__)
READERS = (Permit.SEE_MEASURES, Permit.SEE_AGREEMENTS, Permit.SEE_FIGURES)


@page.get("/indicators")
@needs(*READERS)
def index() -> str:
    """The definitions that hold on a day, by what they tell of."""
    day = day_asked()
    held = sorted(definitions(g.work, day).values(), key=lambda one: _said(one.name))
    return render_template(
        "pages/indicators/index.html",
        day_shown=day,
        fields=[
            {
                "key": one.value,
                "title": word(one, "indicator_field"),
                "rows": [_row(each) for each in held if each.field is one],
            }
            for one in IndicatorField
        ],
    )


@page.get("/indicators/<code>")
@needs(*READERS)
def one(code: str) -> str:
    """One definition in every version."""
    found = versions(g.work, code)
    return render_template(
        "pages/indicators/one.html",
        title=_said(found[0].name),
        versions=[
            {
                "title": t("web.indicators.version-from", n=each.version, day=each.valid_from),
                "facts": _facts(each),
            }
            for each in found
        ],
    )


def definition_options(work: Work) -> list[Option]:
    """The definitions of today as choices, by what they tell of and by name."""
    held = definitions(work).values()
    order = {one: place for place, one in enumerate(IndicatorField)}
    return [
        {"value": one.code, "label": f"{word(one.field, 'indicator_field')} · {_said(one.name)}"}
        for one in sorted(held, key=lambda one: (order[one.field], _said(one.name)))
    ]


def definition_name(work: Work, code: str) -> str:
    """What a definition is called today; the code itself where none is published under it."""
    found = definitions(work).get(code)
    return _said(found.name) if found else code


def _row(one: Published) -> dict[str, Any]:
    return {
        "url": url_for("indicator_catalogue.one", code=one.code),
        "name": _said(one.name),
        "definition": _said(one.definition),
        "denominator": _said(one.denominator),
        "unit": f"{word(one.unit, 'indicator_unit')}, {word(one.direction, 'better')}",
        "entered": _entered(one),
        "version": one.version,
    }


def _facts(one: Published) -> list[dict[str, str]]:
    told = {
        t("web.indicators.code"): one.code,
        t("web.indicators.field"): word(one.field, "indicator_field"),
        t("web.indicators.definition"): _said(one.definition),
        t("web.indicators.denominator"): _said(one.denominator),
        t("web.indicators.unit"): word(one.unit, "indicator_unit"),
        t("web.indicators.better"): word(one.direction, "better"),
        t("web.indicators.value"): t("web.indicators.computed" if one.computed else "web.indicators.typed"),
        t("web.indicators.entered"): _entered(one),
        t("web.indicators.source"): one.source,
    }
    return [{"label": label, "value": value} for label, value in told.items()]


def _entered(one: Published) -> str:
    """Who, where, when."""
    said = (
        word(one.by, "entered_by"),
        word(one.where, "entered_in"),
        word(one.when, "entered_when"),
    )
    return " · ".join(said)


def _said(title: dict[str, str]) -> str:
    return title.get(language.lang()) or title["fr"]
