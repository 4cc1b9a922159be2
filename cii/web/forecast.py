"""The forecast to the end of a year: per line and measure, with its method and what it rests on."""

from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.documents import csv
from cii.figures.forecast import LineForecast, MeasureForecast, YearForecast, year_forecast
from cii.figures.forecast_paper import forecast_table
from cii.figures.rules_forecast import RULE_VERSION, Rates
from cii.kernel.money import Chf
from cii.kernel.period import ONE_DAY
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint
from cii.web.choices import t, text_asked, year_asked
from cii.wire import language
from cii.wire.doors import needs
from cii.wire.files import handed_out

page = Blueprint("forecast", __name__)


@page.get("/budgets/forecast", endpoint="index")
@needs(Permit.SEE_BUDGETS)
def forecast() -> str:
    """What each line's year will come to, by measure."""
    return render_template("pages/forecast/index.html", **_shown(g.work, year_asked()))


@page.get("/budgets/forecast/csv", endpoint="csv")
@needs(Permit.SEE_BUDGETS)
def as_csv() -> Response:
    """The forecast with its rates and its method, for programs."""
    year = year_asked()
    held = csv.write(forecast_table(year_forecast(g.work, year), language.lang()))
    return handed_out([held], f"cii-forecast-{year}.csv", csv.MEDIA_TYPE, len(held))


def _shown(work: Work, year: int) -> dict[str, Any]:
    found, chosen = year_forecast(work, year), text_asked("line")
    one = next((line for line in found.lines if line.line_ref == chosen), None)
    lang = language.lang()
    return {
        "year": year,
        "years": _years(work, year),
        "rows": [_line(row) for row in found.lines],
        "lines": [{"value": row.line_ref, "label": row.line} for row in found.lines],
        "chosen": one.line_ref if one else None,
        "measures": [_measure(row) for row in (one.measures if one else ())],
        "rates": [rate for row in (one.measures if one else ()) for rate in _rates(row, row.rates)],
        "line_name": one.line if one else None,
        "inputs": _inputs(found, lang),
        "rule": RULE_VERSION,
    }


def _years(work: Work, chosen: int) -> list[dict[str, Any]]:
    now = work.today.year
    return [
        {
            "label": str(year),
            "url": url_for("forecast.index", year=year),
            "current": year == chosen,
            "count": None,
        }
        for year in sorted({now - 1, now, chosen})
    ]


def _inputs(found: YearForecast, lang: str) -> list[str]:
    last = formats.day(found.known_until - ONE_DAY, lang)
    over = found.known_until.year > found.year or found.known_until.month > 1
    return [
        t("web.forecast.known-until", last=last) if over else t("web.forecast.nothing-known"),
        t("web.forecast.least", months=found.least_months, stays=found.least_stays),
        t("web.forecast.left-out"),
    ]


def _line(row: LineForecast) -> dict[str, Any]:
    return {
        "line": row.line,
        "url": url_for("forecast.index", line=row.line_ref) + "#measures",
        "ref": row.line_ref,
        "sector": row.sector,
        "granted": row.granted,
        "delivered": row.delivered,
        "rest": row.rest,
        "total": row.total,
        "state": _state(row),
    }


def _state(row: LineForecast) -> dict[str, str]:
    beyond = row.beyond
    if row.total is None:
        return {"label": t("web.forecast.not-enough"), "tone": "neutral"}
    if beyond is None:
        return {"label": t("web.budgets.no-ceiling"), "tone": "neutral"}
    if beyond > Chf():
        return {"label": t("web.forecast.beyond", amount=beyond), "tone": "bad"}
    return {"label": t("web.forecast.left", amount=-beyond), "tone": "good"}


def _measure(row: MeasureForecast) -> dict[str, Any]:
    said = row.forecast
    return {
        "measure": f"{row.measure} · {row.title}",
        "delivered": said.delivered,
        "rest": said.rest,
        "expected": said.expected,
        "total": said.total,
        "months": row.rates.months,
        "state": {"label": t("web.forecast.not-enough"), "tone": "neutral"}
        if said.total is None
        else {"label": t("web.forecast.known"), "tone": "good"},
    }


def _rates(row: MeasureForecast, found: Rates) -> list[dict[str, Any]]:
    return [
        {
            "measure": row.measure,
            "month": t("web.forecast.all-months") if not rate.month_of_stay else str(rate.month_of_stay),
            "stays": rate.stays,
            "continuing": rate.continuing,
            "realised": rate.realised,
        }
        for rate in (*found.by_month, found.together)
        if rate.stays
    ]
