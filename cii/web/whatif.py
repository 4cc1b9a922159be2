"""What a draft of a decision table would change: form, counts, who would be routed otherwise."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Response, g, render_template, request, url_for

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.decisions.rulebook import Table
from cii.decisions.whatif import Effect, Said, Verdict
from cii.documents.csv import write
from cii.documents.table import Column as Head
from cii.documents.table import Table as CsvTable
from cii.institutions.queries import shown_units
from cii.routing.whatif import CaseRow, Facts, Flow, Report, WhatIf, uploaded, what_if
from cii.texts import formats
from cii.web.base import Blueprint
from cii.web.case_head import unit_name
from cii.web.choices import t
from cii.web.tables import value_of
from cii.wire import language
from cii.wire.doors import again, needs
from cii.wire.reading import asked
from cii.workflow.queries import table_on

page = Blueprint("whatif", __name__)


@dataclass(frozen=True)
class DraftForm:
    """What the form sends: the draft's text, the day of the version it is held against, which facts."""

    draft: str = field(default="", metadata={"max": 200_000})
    on: date | None = None
    facts: Facts = Facts.STORED
    form: str = ""


@page.get("/definitions/tables/<name>/what-if")
@needs(Permit.TRY_RULES)
def draft(name: str) -> str:
    """The form, filled with the version in force, ready to be changed."""
    return _page(name, None)


@page.post("/definitions/tables/<name>/what-if")
@needs(Permit.TRY_RULES)
@again(draft)
def result(name: str) -> str | Response:
    """What the draft would change; as a page, or as a file of all cases that may be seen."""
    form, file = asked(DraftForm), request.files.get("file")
    text = uploaded(file.read()) if file and file.filename else form.draft
    whole = form.form == "csv"
    found = what_if(
        g.work,
        WhatIf(name, text.replace("\r\n", "\n"), None, form.on, form.facts),
        **({"listed": None} if whole else {}),
    )
    g.work.saw("case", [one.id for one in (*found.moved, *found.unsaid)], int(Section.PLAN))
    return _file(found) if whole else _page(name, found, text)


def _page(name: str, found: Report | None, text: str | None = None) -> str:
    row, held = table_on(g.work, name, g.work.today)
    lang = language.lang()
    return render_template(
        "pages/definitions/whatif.html",
        name=name,
        version=held.version,
        title=held.title.get(lang, name),
        source=row.source if text is None else text,
        on=request.form.get("on", ""),
        facts=[{"value": one.value, "label": t(f"web.whatif.facts.{one.value}")} for one in Facts],
        chosen=request.form.get("facts", Facts.STORED.value),
        result=_told(found) if found else None,
    )


def _told(found: Report) -> dict[str, Any]:
    units = shown_units(g.work, {one.unit_id for one in (*found.moved, *found.unsaid)})
    names = {id_: unit_name(label) for id_, label in units.items()}
    effects = found.effects
    return {
        "figures": [
            {"label": t(f"web.whatif.{key}"), "value": value, "note": None, "url": None}
            for key, value in (
                ("moved", _count(found, effects[Effect.MOVED])),
                ("same", _count(found, effects[Effect.SAME])),
                ("other-reason", _count(found, effects[Effect.OTHER_REASON])),
                ("unsaid", _count(found, effects[Effect.UNSAID])),
                ("undecided", formats.number(found.undecided, language.lang())),
            )
        ],
        "flows": [_flow(found, one) for one in found.flows],
        "silences": [_flow(found, one) for one in found.silences],
        "moved": [_row(found, one, names) for one in found.moved],
        "unsaid": [_row(found, one, names) for one in found.unsaid],
        "exact": found.exact,
        "versions": t("web.whatif.versions", now=found.now.version, draft=found.draft.version),
    }


def _count(found: Report, cases: int) -> str:
    """A count as it may be told: whole, or "at least" where some of the cases are closed to the reader."""
    said = formats.number(cases, language.lang())
    return said if found.exact else t("web.whatif.at-least" if cases else "web.whatif.few", cases=said)


def _flow(found: Report, one: Flow) -> dict[str, Any]:
    same = (one.before.verdict, one.before.outcomes) == (one.after.verdict, one.after.outcomes)
    return {
        "before": _said(found.now, one.before),
        "after": _said(found.draft, one.after),
        "cases": _count(found, one.cases),
        "change": t("web.whatif.stays") if same else t("web.whatif.moves"),
    }


def _row(found: Report, one: CaseRow, units: dict[int, str]) -> dict[str, Any]:
    lang, before, after = language.lang(), one.compared.before, one.compared.after
    return {
        "number": one.number,
        "url": url_for("cases.decisions", ref=one.ref),
        "unit": units.get(one.unit_id, t("web.desk.protected")),
        "before": _with_rules(_said(found.now, before), before),
        "after": _with_rules(_said(found.draft, after), after),
        "why": one.why(found.draft, lang) or _said(found.draft, after),
    }


def _with_rules(text: str, said: Said) -> str:
    return f"{text} ({', '.join(said.rules)})" if said.rules and said.verdict is Verdict.ANSWER else text


def _said(table: Table, said: Said) -> str:
    """What a version says, in the reader's words."""
    columns = {one.name: one for one in (*table.inputs, *table.outputs)}
    lang = language.lang()
    match said.verdict:
        case Verdict.ANSWER:
            return "; ".join(
                ", ".join(value_of(columns.get(name), value) for name, value in one) for one in said.outcomes
            )
        case Verdict.MISSING | Verdict.UNFIT:
            names = ", ".join(
                columns[one].title.get(lang, one) if one in columns else one for one in said.facts
            )
            return t(f"web.whatif.{said.verdict.value}", facts=names)
    return t(f"web.whatif.{said.verdict.value}", rules=", ".join(said.rules))


def _file(found: Report) -> Response:
    told = _told(found)
    heads = ("number", "unit", "before", "after", "why")
    table = CsvTable(
        t("web.whatif.title"),
        tuple(Head(t(f"web.whatif.column.{head}")) for head in heads),
        [tuple(row[head] for head in heads) for row in (*told["moved"], *told["unsaid"])],
    )
    answer = Response(write(table), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.draft.id}-what-if.csv"'
    return answer
