"""The catalogue of indicators: definitions in force on a day, and every version of one."""

from dataclasses import dataclass
from datetime import date

from flask import g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.indicators.queries import definitions, versions
from cii.indicators.rules import Published
from cii.wire.answers import only, paged
from cii.wire.doors import needs
from cii.wire.pages import Page

blueprint = Blueprint("api-indicators", __name__, url_prefix=f"{PREFIX}/indicators")
READERS = (Permit.SEE_MEASURES, Permit.SEE_AGREEMENTS, Permit.SEE_FIGURES)
DEFINITION = only(
    Published, "code", "version", "valid_from", "field", "unit", "direction", "computed", "by",
    "where", "when", "name", "definition", "denominator", "source", called="IndicatorDefinitionAnswer",
)  # fmt: skip


@dataclass(frozen=True)
class DefinitionsAsked:
    """On which day they hold; today when left out."""

    day: date | None = None


@blueprint.get("")
@needs(*READERS)
@blueprint.arguments(DefinitionsAsked, location="query")
@blueprint.response(200, paged(DEFINITION))
def catalogue(ask: DefinitionsAsked) -> Page[Published]:
    """One definition per code, by code: the version that holds on the day."""
    held = definitions(g.work, ask.day)
    return Page([held[code] for code in sorted(held)])


@blueprint.get("/<code>")
@needs(*READERS)
@blueprint.response(200, paged(DEFINITION))
def history(code: str) -> Page[Published]:
    """Every version of one definition, the newest first."""
    return Page(list(versions(g.work, code)))
