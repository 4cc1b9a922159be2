"""Values that people enter for the indicators of an agreement: what was entered, and the form."""

from typing import Any

from flask import g, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.queries import agreement_view
from cii.agreements.tables import Indicator
from cii.agreements.vocabulary import IndicatorUnit
from cii.figures.actions import RecordIndicator, record_indicator
from cii.figures.entered import EnteredValue, entered_indicators, entered_values
from cii.figures.rules import Value
from cii.store.work import Work
from cii.texts import formats
from cii.web.agreement_tabs import agreement_head
from cii.web.base import Blueprint, see_other
from cii.web.choices import t
from cii.web.goal_units import in_centimes
from cii.web.indicators import told
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.forms import load_form

page = Blueprint("indicator_values", __name__)
WRITERS = (Permit.EDIT_AGREEMENTS, Permit.RECORD_ATTENDANCE)


@page.get("/agreements/<ref:ref>/indicator-values", endpoint="index")
@needs(*WRITERS)
def values(ref: str) -> str:
    """What was entered, and the form for the next value."""
    return render_template("pages/indicators/values.html", **_values(g.work, ref))


@page.post("/agreements/<ref:ref>/indicator-values")
@needs(*WRITERS)
@once
@again(values)
def enter(ref: str) -> Response:
    """Enter a value, or correct one; its numerator is typed in francs where the indicator counts francs."""
    form, named = MultiDict(request.form), {one.code: one for one in entered_indicators(g.work, ref)}
    found = named.get(form.get("code", ""))
    if found is not None and found.unit is IndicatorUnit.FRANCS:
        form["numerator"] = in_centimes(form.get("numerator", ""))
    record_indicator(g.work, load_form(RecordIndicator, form, {"agreement_ref": ref}))
    return see_other("indicator_values.index", ref=ref)


def _values(work: Work, ref: str) -> dict[str, Any]:
    indicators = entered_indicators(work, ref)
    by_code = {one.code: one for one in indicators}
    held = entered_values(work, indicators)
    return {
        **agreement_head(work, agreement_view(work, ref), "goals"),
        "choices": [{"value": one.code, "label": _title(one)} for one in indicators],
        "standing": [
            {"value": one.ref, "label": _said(one, by_code[one.code])} for one in held if not one.corrected
        ],
        "rows": [
            {
                "title": _title(by_code[one.code]),
                "day": one.effective_on,
                "value": told(Value(one.numerator, one.denominator), by_code[one.code].unit),
                "people": one.people,
                "source": one.source,
                "at": one.recorded_at,
                "state": {
                    "label": t("web.indicators.corrected" if one.corrected else "web.indicators.holds"),
                    "tone": "neutral" if one.corrected else "good",
                },
            }
            for one in held
        ],
    }


def _title(one: Indicator) -> str:
    return one.title.get(language.lang()) or next(iter(one.title.values()), one.code)


def _said(one: EnteredValue, indicator: Indicator) -> str:
    day = formats.day(one.effective_on, language.lang())
    return f"{_title(indicator)}, {day}, {told(Value(one.numerator, one.denominator), indicator.unit)}"
