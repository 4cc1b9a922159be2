"""The forecast of needs and the fairness view: as JSON, and as files for programs."""

from dataclasses import dataclass
from datetime import date

from flask import Response, g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.documents import csv
from cii.documents.table import Table
from cii.figures.fairness import FairnessFigures, fairness_figures, fairness_period
from cii.figures.fairness_paper import fairness_table
from cii.figures.needs import NeedsFigures, needs_figures, quarter_told
from cii.figures.needs_paper import needs_table
from cii.wire.answers import answer_schema
from cii.wire.doors import needs

blueprint = Blueprint("api-needs", __name__, url_prefix=PREFIX)


@dataclass(frozen=True)
class QuarterAsked:
    """The last quarter that is known, `2026-Q3`; else the last one that is over."""

    quarter: str | None = None


@dataclass(frozen=True)
class MonthsAsked:
    """Whole months that are over, from `first` to `last`; else the twelve to the last one that is over."""

    first: date | None = None
    last: date | None = None


@blueprint.get("/needs")
@needs(Permit.SEE_FIGURES)
@blueprint.arguments(QuarterAsked, location="query")
@blueprint.response(200, answer_schema(NeedsFigures))
def foreseen(asked: QuarterAsked) -> NeedsFigures:
    """Requests for places by target group and quarter, what is foreseen, and the places beside it."""
    return needs_figures(g.work, quarter_told(g.work, asked.quarter))


@blueprint.get("/needs/csv")
@needs(Permit.SEE_FIGURES)
@blueprint.arguments(QuarterAsked, location="query")
@blueprint.response(200)
def foreseen_file(asked: QuarterAsked) -> Response:
    """The same as a CSV file: group, quarter, figure, value; an empty value is not known or suppressed."""
    return _file(needs_table(needs_figures(g.work, quarter_told(g.work, asked.quarter))))


@blueprint.get("/fairness")
@needs(Permit.SEE_FIGURES)
@blueprint.arguments(MonthsAsked, location="query")
@blueprint.response(200, answer_schema(FairnessFigures))
def fair(asked: MonthsAsked) -> FairnessFigures:
    """Persons placed and waiting, and for how long, by what they have in common; null is not told."""
    return fairness_figures(g.work, *fairness_period(g.work, asked.first, asked.last))


@blueprint.get("/fairness/csv")
@needs(Permit.SEE_FIGURES)
@blueprint.arguments(MonthsAsked, location="query")
@blueprint.response(200)
def fair_file(asked: MonthsAsked) -> Response:
    """The same as a CSV file, one row per group of persons."""
    return _file(fairness_table(fairness_figures(g.work, *fairness_period(g.work, asked.first, asked.last))))


def _file(table: Table) -> Response:
    answer = Response(csv.write(table), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="cii-{table.title}.csv"'
    return answer
