"""The programmes in numbers: as JSON, and as a file for people."""

from dataclasses import dataclass
from datetime import date

from flask import Response, g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.cases.vocabulary import CasePath
from cii.documents import csv
from cii.documents.table import Column, Table
from cii.figures.programmes import ProgrammeFigures, lines, period_told, programme_figures
from cii.kernel.errors import UnknownThing
from cii.wire.answers import answer_schema
from cii.wire.doors import needs

blueprint = Blueprint("api-programmes", __name__, url_prefix=f"{PREFIX}/programmes")
FIGURES = answer_schema(ProgrammeFigures)


@dataclass(frozen=True)
class PeriodAsked:
    """Cases opened from `first` to `last`, at the end of `stand` (or `last`); else this year until today.

    Readers outside the coordination group are told of whole months that are over.
    """

    first: date | None = None
    last: date | None = None
    stand: date | None = None


@blueprint.get("/<programme>")
@needs(Permit.SEE_FIGURES)
@blueprint.arguments(PeriodAsked, location="query")
@blueprint.response(200, FIGURES)
def shown(asked: PeriodAsked, programme: str) -> ProgrammeFigures:
    """The figures of a programme for a period; null where they would tell of too few persons of others."""
    return _figures(asked, programme)


@blueprint.get("/<programme>/csv")
@needs(Permit.SEE_FIGURES)
@blueprint.arguments(PeriodAsked, location="query")
@blueprint.response(200)
def file(asked: PeriodAsked, programme: str) -> Response:
    """The same figures as a CSV file: part, name, value; an empty value is a suppressed one."""
    found = _figures(asked, programme)
    columns = (Column("part"), Column("name"), Column("value", "value"))
    answer = Response(csv.write(Table(found.programme.value, columns, lines(found))), mimetype="text/csv")
    name = f"{found.programme.value}_{found.first}_{found.last}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _figures(asked: PeriodAsked, name: str) -> ProgrammeFigures:
    try:
        programme = CasePath(name)
    except ValueError:
        raise UnknownThing(field="programme") from None
    return programme_figures(g.work, programme, *period_told(g.work, asked.first, asked.last), asked.stand)
