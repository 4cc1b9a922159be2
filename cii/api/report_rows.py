"""The kept rows that a figure of a frozen report is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.reports.drilling import drilled
from cii.wire.answers import only
from cii.wire.doors import needs

blueprint = Blueprint("api-report-rows", __name__, url_prefix=f"{PREFIX}/reports")


@dataclass(frozen=True)
class FigureAsked:
    """Which figure: where it stands in the values, as `lines.ATELIER/LACI.exits`."""

    path: str = field(metadata={"max": 200})


@dataclass(frozen=True)
class RowsShown:
    """The rows of one table; `others`: so many more are of stays that I do not see."""

    path: str
    table: str
    rows: list[Mapping[str, Any]]
    others: int


@blueprint.get("/<ref:ref>/rows")
@needs(Permit.SEE_REPORTS)
@blueprint.arguments(FigureAsked, location="query")
@blueprint.response(200, only(RowsShown, "path", "table", "rows", "others", called="ReportRowsAnswer"))
def rows(asked: FigureAsked, ref: str) -> RowsShown:
    """The rows of a figure as they were frozen: of stays, those that I see; of a hidden number, none."""
    found = drilled(g.work, ref, asked.path)
    return RowsShown(found.path, found.table, list(found.rows), found.others)
