"""The catalogue of indicators, and the values that people enter for those of an agreement."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.figures.actions import RecordIndicator, record_indicator
from cii.figures.entered import EnteredValue, entered_indicators, entered_values
from cii.figures.schemas import RECORDED
from cii.figures.tables import IndicatorEntry
from cii.indicators.queries import definitions, versions
from cii.indicators.rules import Published
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page

blueprint = Blueprint("api-indicators", __name__, url_prefix=PREFIX)
READERS = (Permit.SEE_MEASURES, Permit.SEE_AGREEMENTS, Permit.SEE_FIGURES)
DEFINITION = only(
    Published, "code", "version", "valid_from", "field", "unit", "direction", "computed", "by",
    "where", "when", "name", "definition", "denominator", "source", called="IndicatorDefinitionAnswer",
)  # fmt: skip

WRITERS = (Permit.EDIT_AGREEMENTS, Permit.RECORD_ATTENDANCE)
ENTERED = only(
    EnteredValue, "ref", "code", "effective_on", "numerator", "denominator", "people", "source",
    "recorded_at", "corrected", called="EnteredValueAnswer",
)  # fmt: skip


@dataclass(frozen=True)
class DefinitionsAsked:
    """On which day they hold; today when left out."""

    day: date | None = None


@blueprint.get("/indicators")
@needs(*READERS)
@blueprint.arguments(DefinitionsAsked, location="query")
@blueprint.response(200, paged(DEFINITION))
def catalogue(ask: DefinitionsAsked) -> Page[Published]:
    """One definition per code, by code: the version that holds on the day."""
    held = definitions(g.work, ask.day)
    return Page([held[code] for code in sorted(held)])


@blueprint.get("/indicators/<code>")
@needs(*READERS)
@blueprint.response(200, paged(DEFINITION))
def history(code: str) -> Page[Published]:
    """Every version of one definition, the newest first."""
    return Page(list(versions(g.work, code)))


@blueprint.get("/agreements/<ref:ref>/indicator-values")
@needs(*WRITERS)
@blueprint.response(200, paged(ENTERED))
def entries(ref: str) -> Page[EnteredValue]:
    """What people entered for the indicators of an agreement, corrected values too; francs in centimes."""
    return Page(entered_values(g.work, entered_indicators(g.work, ref)))


@blueprint.post("/agreements/<ref:ref>/indicator-values")
@needs(*WRITERS)
@once
@blueprint.arguments(RecordIndicator, given=("agreement_ref",))
@blueprint.response(201, RECORDED)
def enter(ask: Callable[..., RecordIndicator], ref: str) -> IndicatorEntry:
    """Enter a value, `numerator` of `denominator`; `replaces_ref` names the value that it corrects."""
    return record_indicator(g.work, ask(agreement_ref=ref))
