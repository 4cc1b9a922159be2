"""The forecast of needs: who will ask for a place, by target group, beside the places there are."""

from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.documents import csv, xlsx
from cii.figures.needs import (
    ALL,
    GroupNeeds,
    NeedsFigures,
    QuarterToCome,
    needs_figures,
    quarter_told,
)
from cii.figures.needs_paper import needs_table
from cii.kernel.period import Quarter
from cii.texts import formats
from cii.web.base import Blueprint
from cii.web.choices import t, text_asked, word
from cii.wire import language
from cii.wire.doors import needs
from cii.wire.files import handed_out

page = Blueprint("needs", __name__)
_SHOWN = 8
"""Past quarters that the page shows side by side, and may start from."""


@page.get("/needs")
@needs(Permit.SEE_FIGURES)
def index() -> str:
    """What is expected of the next four quarters, from those that are over."""
    return render_template("pages/needs/index.html", **_shown(_figures()))


@page.get("/needs/csv", endpoint="csv")
@needs(Permit.SEE_FIGURES)
def as_csv() -> Response:
    """The forecast with its method, for programs."""
    found = _figures()
    held = csv.write(needs_table(found))
    return handed_out([held], f"cii-needs-{found.quarters[-1]}.csv", csv.MEDIA_TYPE, len(held))


@page.get("/needs/xlsx", endpoint="xlsx")
@needs(Permit.SEE_FIGURES)
def as_xlsx() -> Response:
    """The same as a workbook."""
    found = _figures()
    held = xlsx.workbook([needs_table(found)], g.work.now)
    return handed_out([held], f"cii-needs-{found.quarters[-1]}.xlsx", xlsx.MEDIA_TYPE, len(held))


def _figures() -> NeedsFigures:
    return needs_figures(g.work, quarter_told(g.work, text_asked("quarter")))


def _shown(found: NeedsFigures) -> dict[str, Any]:
    last = found.quarters[-1]
    return {
        "found": found,
        "quarter": last,
        "stand": found.stand,
        "quarters": _quarters(),
        "next": [_ahead(one, one.ahead[0]) for one in found.groups if one.ahead],
        "next_name": _name(found.groups[0].ahead[0].quarter) if found.groups[0].ahead else None,
        "ahead": [
            {**_ahead(one, quarter), "quarter": _name(quarter.quarter)}
            for one in found.groups
            for quarter in one.ahead[1:]
        ],
        "columns_past": [{"key": one, "label": _name(one)} for one in found.quarters[-_SHOWN:]],
        "past": [_past(found, one) for one in found.groups],
        "methods": [_method(one) for one in found.groups if one.method is not None],
        "tried": found.tried,
    }


def _quarters() -> list[dict[str, str]]:
    """The last eight quarters that are over, the newest first."""
    one, found = Quarter.of(g.work.today), []
    for _ in range(_SHOWN):
        one = one.previous
        found.append({"value": str(one), "label": str(one)})
    return found


def _name(written: str) -> str:
    return formats.quarter(Quarter.parse(written), language.lang())


def _group(name: str) -> str:
    said = t("web.needs.all") if name == ALL else word(name, "target-group")
    return said[:1].upper() + said[1:]


def _few(count: int | None) -> str:
    return t("web.process.few") if count is None else formats.number(count, language.lang())


def _between(middle: int | None, low: int | None, high: int | None, otherwise: str) -> str:
    """A number with its bounds, where they are known."""
    if middle is None:
        return t(otherwise)
    lang = language.lang()
    if low is None or high is None:
        return formats.number(middle, lang)
    bounds = [formats.number(one, lang) for one in (middle, low, high)]
    return t("web.needs.between", middle=bounds[0], low=bounds[1], high=bounds[2])


def _ahead(group: GroupNeeds, one: QuarterToCome) -> dict[str, Any]:
    return {
        "group": _group(group.group),
        "waiting": _few(group.waiting),
        "expected": _between(one.expected, one.low, one.high, "web.process.few"),
        "needed": _between(one.needed, one.needed_low, one.needed_high, "web.needs.not-known"),
        "places": one.places,
        "planned": one.planned,
        "state": _state(one),
    }


def _state(one: QuarterToCome) -> dict[str, str]:
    if one.needed is None:
        return {"label": t("web.needs.not-known"), "tone": "neutral"}
    if one.needed > one.places:
        return {"label": t("web.needs.missing", n=one.needed - one.places), "tone": "bad"}
    if one.needed_high is not None and one.needed_high > one.places:
        return {"label": t("web.needs.tight"), "tone": "warn"}
    return {"label": t("web.needs.enough"), "tone": "good"}


def _past(found: NeedsFigures, one: GroupNeeds) -> dict[str, Any]:
    counts = zip(found.quarters, one.counts, strict=True)
    return {
        "group": _group(one.group),
        "stay": one.stay_days,
        **{quarter: _few(count) for quarter, count in counts},
    }


def _method(one: GroupNeeds) -> dict[str, Any]:
    return {"group": _group(one.group), "method": word(str(one.method), "needs-method"), **one.errors}
