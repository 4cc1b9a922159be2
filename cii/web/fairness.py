"""The fairness view: who was given a place, who waits and for how long, by what persons have in common."""

from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.documents import csv, xlsx
from cii.figures.fairness import FairnessFigures, fairness_figures, fairness_period
from cii.figures.fairness_paper import fairness_table
from cii.figures.rules_fairness import Days, Dimension, FairRow
from cii.texts import formats
from cii.web.base import Blueprint
from cii.web.choices import fallback, optional_day, t, word
from cii.wire import language
from cii.wire.doors import needs
from cii.wire.files import handed_out

page = Blueprint("fairness", __name__)


@page.get("/fairness")
@needs(Permit.SEE_FIGURES)
def index() -> str:
    """The persons of a period, together and by each dimension."""
    return render_template("pages/fairness/index.html", **_shown(_figures()))


@page.get("/fairness/csv", endpoint="csv")
@needs(Permit.SEE_FIGURES)
def as_csv() -> Response:
    """The figures for programs."""
    found = _figures()
    held = csv.write(fairness_table(found))
    return handed_out([held], f"cii-fairness-{found.first}-{found.last}.csv", csv.MEDIA_TYPE, len(held))


@page.get("/fairness/xlsx", endpoint="xlsx")
@needs(Permit.SEE_FIGURES)
def as_xlsx() -> Response:
    """The same as a workbook."""
    found = _figures()
    held = xlsx.workbook([fairness_table(found)], g.work.now)
    return handed_out([held], f"cii-fairness-{found.first}-{found.last}.xlsx", xlsx.MEDIA_TYPE, len(held))


def _figures() -> FairnessFigures:
    return fairness_figures(g.work, *fairness_period(g.work, optional_day("first"), optional_day("last")))


def _shown(found: FairnessFigures) -> dict[str, Any]:
    first, last = found.first.isoformat(), found.last.isoformat()
    return {
        "found": found,
        "whole": _large(found.whole),
        "parts": [
            {
                "id": one.value,
                "title": word(one, "fairness-dimension"),
                "head": _capital(word(one, "fairness-dimension")),
                "rows": [_row(one, row) for row in found.by[one.value]],
            }
            for one in Dimension
        ],
        "csv_url": url_for("fairness.csv", first=first, last=last),
        "xlsx_url": url_for("fairness.xlsx", first=first, last=last),
    }


def _large(one: FairRow) -> list[dict[str, Any]]:
    def large(name: str, value: str, note: str | None = None) -> dict[str, Any]:
        return {"label": t(name), "value": value, "note": note, "url": None}

    share = None if one.percent is None else t("web.fairness.share-of", percent=one.percent)
    return [
        large("web.fairness.total", _few(one.total)),
        large("web.fairness.placed", _few(one.placed), share),
        large("web.fairness.waiting", _few(one.waiting)),
        large("web.fairness.until-placed", _days(one.until_placed)),
        large("web.fairness.so-far", _days(one.so_far)),
    ]


def _row(dimension: Dimension, one: FairRow) -> dict[str, Any]:
    return {
        "group": _group(dimension, one.group),
        "placed": _few(one.placed),
        "waiting": _few(one.waiting),
        "gone": _few(one.gone),
        "total": _few(one.total),
        "percent": None if one.percent is None else f"{one.percent} %",
        "until_placed": _days(one.until_placed),
        "so_far": _days(one.so_far),
    }


def _group(dimension: Dimension, name: str) -> str:
    own = fallback(f"word.fairness-group.{name}", "")
    if own:
        return own
    if dimension is Dimension.LANGUAGE:
        return fallback(f"web.language.{name}", name)
    return name if dimension is Dimension.REGION else _capital(word(name, dimension.value))


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]


def _few(count: int | None) -> str:
    return t("web.process.few") if count is None else formats.number(count, language.lang())


def _days(held: Days | None) -> str:
    """Days in the middle, and on average."""
    return "–" if held is None else t("web.fairness.days", median=held.median, mean=held.mean)
