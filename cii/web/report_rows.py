"""From a figure of a frozen report to the rows that it is made of."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import g, render_template

from cii.access.permits import Permit
from cii.kernel.money import Chf
from cii.kernel.span import Span
from cii.reports.drilling import drilled
from cii.reports.queries import issue_by_ref, issue_values
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint
from cii.web.choices import fallback, t, text_asked
from cii.web.report_figures import figure_labels
from cii.wire import language
from cii.wire.doors import needs

page = Blueprint("report_rows", __name__)
_DAYS = frozenset({"starts_on", "started_on", "last", "ended_on", "first", "since"})
_ISO_DAY = 10
_FIRST = ("ref", "stay", "measure", "line", "agreement", "code", "month", "first", "started_on")
"""Fields that stand before the others, which follow as they were kept."""
_NUMBERS = frozenset({"places", "counted", "present", "absent", "amount", "urgency"})


@page.get("/reports/<ref:ref>/rows", endpoint="index")
@needs(Permit.SEE_REPORTS)
def rows_page(ref: str) -> str:
    """The rows of the figure asked for, or the choice of one."""
    return render_template("pages/reports/rows.html", **_rows(g.work, ref))


def _rows(work: Work, ref: str) -> dict[str, Any]:
    issue = issue_by_ref(work, ref)
    labels = figure_labels(issue, issue_values(work, issue))
    path = text_asked("path")
    found = drilled(work, ref, path) if path else None
    rows = found.rows if found else ()
    told = dict.fromkeys(name for row in rows for name, held in row.items() if held is not None)
    fields = sorted(told, key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))
    return {
        "issue": issue,
        "quarter": formats.span(Span.parse(issue.period), language.lang()),
        "path": path,
        "figures": [
            {"value": "", "label": t("web.reports.rows.choose")},
            *({"value": one, "label": label} for one, label in labels.items()),
        ],
        "others": found.others if found else 0,
        "columns": [
            {
                "key": name,
                "label": fallback(f"web.reports.rows.{name.replace('_', '-')}", name),
                **({"kind": "figure"} if name in _NUMBERS else {}),
            }
            for name in fields
        ],
        "rows": [{name: _cell(name, row.get(name)) for name in fields} for row in rows],
        "title": labels.get(path, ""),
    }


def _cell(name: str, held: Any) -> str | None:  # noqa: ANN401 - a plain value
    """A field as people read it: sums in francs, days as days, the rest as it was kept."""
    lang = language.lang()
    if held is None or held == "":
        return None
    if name == "amount":
        return formats.francs(Chf(held))
    if name in _DAYS and len(held) == _ISO_DAY:
        return formats.day(date.fromisoformat(held), lang)
    if name == "exit_type":
        return fallback(f"word.exit-type.{held}", held)
    return _parts(name, held, lang) if isinstance(held, Mapping | list) else _word(held)


def _word(held: object) -> str:
    if isinstance(held, bool):
        return t("common.yes" if held else "common.no")
    return str(held)


def _parts(name: str, held: Mapping[str, Any] | list[Any], lang: str) -> str:
    """Several values in one cell: a text in the reader's language, stages with their sums, others as is."""
    if isinstance(held, list):
        return ", ".join(str(one) for one in held if one is not None)
    if name == "stages":
        sums = (f"{stage} {formats.francs(Chf(centimes))}" for stage, centimes in sorted(held.items()))
        return ", ".join(sums)
    return held.get(lang) or ", ".join(f"{key} {one}" for key, one in sorted(held.items()))
