"""The forecast to the end of a year, per line and measure, with the rates it rests on."""

from dataclasses import dataclass, field
from datetime import date

from flask import g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.figures.forecast import LineForecast, MeasureForecast, year_forecast
from cii.figures.rules_forecast import RULE_VERSION, Rate
from cii.kernel.money import Chf
from cii.kernel.period import ONE_DAY
from cii.wire.answers import only
from cii.wire.doors import needs

blueprint = Blueprint("api-forecast", __name__, url_prefix=f"{PREFIX}/forecast")


@dataclass(frozen=True)
class ForecastAsked:
    """Which year; the present one when left out."""

    year: int | None = field(default=None, metadata={"min": 1990, "max": 2200})


@dataclass(frozen=True)
class RateShown:
    """What was seen of a month of stay (0: all together); the parts are exact fractions."""

    month_of_stay: int
    stays: int
    continuing: str
    realised: str


@dataclass(frozen=True)
class MeasureForecastShown:
    """A measure of a line; expected and total are null while too few months are known."""

    measure: str
    title: str
    delivered: Chf
    rest: Chf
    expected: Chf | None
    total: Chf | None
    months_known: int
    rates: tuple[RateShown, ...]


@dataclass(frozen=True)
class LineForecastShown:
    """A line; `beyond` is what the forecast exceeds the budget by, negative while there is room."""

    line_ref: str
    line: str
    sector: str
    granted: Chf
    hard: bool
    delivered: Chf
    rest: Chf
    total: Chf | None
    beyond: Chf | None
    delivered_without_stay: Chf
    rest_without_stay: Chf
    measures: tuple[MeasureForecastShown, ...]


@dataclass(frozen=True)
class ForecastShown:
    """The forecast of a year as known now, by rule version; `known_through` is the last day that is known."""

    year: int
    rule: str
    known_through: date
    least_months: int
    least_stays: int
    lines: tuple[LineForecastShown, ...]


RATE = only(RateShown, "month_of_stay", "stays", "continuing", "realised", called="ForecastRateAnswer")
MEASURE = only(
    MeasureForecastShown, "measure", "title", "delivered", "rest", "expected", "total", "months_known",
    rates=RATE, called="MeasureForecastAnswer",
)  # fmt: skip
LINE = only(
    LineForecastShown, "line_ref", "line", "sector", "granted", "hard", "delivered", "rest", "total",
    "beyond", "delivered_without_stay", "rest_without_stay", measures=MEASURE, called="LineForecastAnswer",
)  # fmt: skip
FORECAST = only(
    ForecastShown, "year", "rule", "known_through", "least_months", "least_stays", lines=LINE,
    called="ForecastAnswer",
)  # fmt: skip


@blueprint.get("")
@needs(Permit.SEE_BUDGETS)
@blueprint.arguments(ForecastAsked, location="query")
@blueprint.response(200, FORECAST)
def foreseen(asked: ForecastAsked) -> ForecastShown:
    """What the year of each line that I may read will come to."""
    found = year_forecast(g.work, asked.year or g.work.today.year)
    return ForecastShown(
        found.year,
        RULE_VERSION,
        found.known_until - ONE_DAY,
        found.least_months,
        found.least_stays,
        tuple(_line(one) for one in found.lines),
    )


def _line(one: LineForecast) -> LineForecastShown:
    return LineForecastShown(
        one.line_ref, one.line, one.sector, one.granted, one.hard, one.delivered, one.rest, one.total,
        one.beyond, one.other_delivered, one.other_rest, tuple(_measure(part) for part in one.measures),
    )  # fmt: skip


def _measure(one: MeasureForecast) -> MeasureForecastShown:
    said = one.forecast
    return MeasureForecastShown(
        one.measure,
        one.title,
        said.delivered,
        said.rest,
        said.expected,
        said.total,
        one.rates.months,
        tuple(_rate(rate) for rate in (*one.rates.by_month, one.rates.together)),
    )


def _rate(one: Rate) -> RateShown:
    return RateShown(one.month_of_stay, one.stays, str(one.continuing), str(one.realised))
