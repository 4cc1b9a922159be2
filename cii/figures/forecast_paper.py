"""The forecast as a table for programs: sums, rates and, in words, the method."""

from cii.documents.table import Cell, Column, Table
from cii.figures.forecast import MeasureForecast, YearForecast
from cii.figures.rules_forecast import RULE_VERSION
from cii.kernel.period import ONE_DAY
from cii.texts.speech import say

_HEADS = (
    "line", "measure", "figure", "month_of_stay", "value",
)  # fmt: skip


def forecast_table(found: YearForecast, lang: str) -> Table:
    """One row per figure; an expected sum that is not known is empty. The method stands in the first rows."""
    rows: list[tuple[Cell, ...]] = [
        ("", "", "rule", None, RULE_VERSION),
        ("", "", "method", None, say("web.forecast.method", lang)),
        ("", "", "year", None, found.year),
        ("", "", "known_through", None, found.known_until - ONE_DAY),
        ("", "", "least_months", None, found.least_months),
        ("", "", "least_stays", None, found.least_stays),
    ]
    for line in found.lines:
        rows += [
            (line.line, "", "granted", None, line.granted),
            (line.line, "", "delivered", None, line.delivered),
            (line.line, "", "rest", None, line.rest),
            (line.line, "", "delivered_without_stay", None, line.other_delivered),
            (line.line, "", "rest_without_stay", None, line.other_rest),
            (line.line, "", "forecast", None, line.total),
            (line.line, "", "beyond_budget", None, line.beyond),
        ]
        for one in line.measures:
            rows += _measure(one)
    return Table(f"forecast-{found.year}", [Column(head, "value") for head in _HEADS], rows)


def _measure(one: MeasureForecast) -> list[tuple[Cell, ...]]:
    head, said = (one.line, one.measure), one.forecast
    rows: list[tuple[Cell, ...]] = [
        (*head, "delivered", None, said.delivered),
        (*head, "rest", None, said.rest),
        (*head, "expected", None, said.expected),
        (*head, "forecast", None, said.total),
        (*head, "months_known", None, one.rates.months),
    ]
    for rate in (*one.rates.by_month, one.rates.together):
        if rate.stays:
            rows += [
                (*head, "stays", rate.month_of_stay, rate.stays),
                (*head, "continuing", rate.month_of_stay, rate.continuing),
                (*head, "realised", rate.month_of_stay, rate.realised),
            ]
    return rows
