"""The rules of the house, to read: decision tables with their proof, processes as a drawing and as a list."""

from collections.abc import Sequence
from typing import Any

from flask import Response, g, render_template, url_for
from markupsafe import Markup

from cii.access.permits import Permit
from cii.cases.queries import shown_units
from cii.figures.processes import process_figures
from cii.store.work import Work
from cii.web.base import Blueprint, may_open
from cii.web.case_head import CasePage, case_page, head
from cii.web.choices import fallback, number_asked, t, text_asked
from cii.web.tables import proof_of, rulebook
from cii.wire import language
from cii.wire.doors import needs
from cii.workflow import library
from cii.workflow.bpmn import bpmn
from cii.workflow.counting import counted
from cii.workflow.definition import Definition
from cii.workflow.diagram import NARROW, WIDE, StageStep, sheets, steps
from cii.workflow.diagram import title as drawing_title
from cii.workflow.telling import Units
from cii.workflow.wording import outcome, role, task_title

page = Blueprint("definitions", __name__)


@page.get("/definitions", endpoint="index")
@needs(Permit.SEE_WORKFLOWS)
def definitions_page() -> str:
    """All tables and processes."""
    return render_template("pages/definitions/index.html", **_library(g.work))


@page.get("/definitions/tables/<name>/<int:version>")
@needs(Permit.SEE_WORKFLOWS)
def decision_table(name: str, version: int) -> str:
    """One version of a decision table with its proof."""
    held = library.table(g.work, name, version)
    return render_template("pages/definitions/table.html", table=rulebook(held), proof=proof_of(held))


@page.get("/definitions/processes/<name>")
@needs(Permit.SEE_WORKFLOWS)
def process(name: str) -> str:
    """One process, the newest version or the one asked for, drawn and as a list."""
    return render_template("pages/definitions/process.html", **_process(g.work, name))


@page.get("/definitions/processes/<name>/bpmn")
@needs(Permit.SEE_WORKFLOWS)
def process_bpmn(name: str) -> Response:
    """The same as a BPMN file."""
    held, _ = library.process(g.work, name, number_asked("version") or None)
    answer = Response(bpmn(held, language.lang()), mimetype="application/xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{held.id}-{held.version}.bpmn"'
    return answer


@page.get("/definitions/processes/<name>/open")
@needs(Permit.SEE_FIGURES)
def process_open(name: str) -> str:
    """Where the open cases of a process stand."""
    return render_template("pages/definitions/open.html", **_open(g.work, name))


@page.get("/cases/<ref:ref>/process")
@needs(Permit.SEE_CASE)
def case_process(ref: str) -> str:
    """Where a case stands in its process, drawn with the version that it began with, and as a list."""
    shown = case_page(ref, "one")
    return render_template("pages/cases/process.html", **head(shown, "one"), **_case_drawing(g.work, shown))


def _library(work: Work) -> dict[str, Any]:
    lang = language.lang()
    return {
        "processes": [
            {
                "name": one.name,
                "title": one.title.get(lang, one.name),
                "subject": fallback(f"web.definitions.subject.{one.subject}", one.subject),
                "version": one.version,
                "stages": one.stages,
                "published_at": one.published_at,
            }
            for one in library.processes(work)
        ],
        "tables": [
            {
                "name": one.name,
                "title": one.title.get(lang, one.name),
                "version": one.version,
                "valid_from": one.valid_from,
                "valid_to": one.valid_to,
                "rules": one.rules,
                "state": {"label": t("web.definitions.in-force"), "tone": "good"} if one.in_force else None,
            }
            for one in library.tables(work, work.today)
        ],
    }


def _process(work: Work, name: str) -> dict[str, Any]:
    held, published_at = library.process(work, name, number_asked("version") or None)
    lang = language.lang()
    versions = library.process_versions(work, name)
    told = steps(held, None, lang)
    asked = next(one for one in versions if one.version == held.version)
    owners: dict[str, list[str]] = {}
    for stage in held.stages.values():
        for task in stage.tasks:
            owners.setdefault(task.for_each or task.owner, []).append(task_title(task, lang))
    return {
        "title": held.title.get(lang, held.id),
        "name": held.id,
        "version": held.version,
        "published_at": published_at,
        "newest": versions[0].version,
        "versions": [
            {"version": one.version, "published_at": one.published_at, "current": one.version == held.version,
             "url": url_for("definitions.process", name=name, version=one.version)}
            for one in versions
        ],
        "legal_basis": ", ".join(held.legal_basis),
        "sources": " ".join(asked.remarks),
        "digest": held.digest,
        "facts": ", ".join(outcome(held, fact, lang) for fact in held.facts),
        "owners": [
            {"role": role(key, lang), "tasks": list(dict.fromkeys(tasks))} for key, tasks in owners.items()
        ],
        "tables": _tables_asked(held),
        "open_url": url_for("definitions.process_open", name=name, version=held.version)
        if may_open("definitions.process_open", work.actor)
        else None,
        "bpmn_url": url_for("definitions.process_bpmn", name=name, version=held.version),
        **drawing(told, held, lang),
    }  # fmt: skip


def _tables_asked(held: Definition) -> list[str]:
    """The decision tables that the process asks on its ways."""
    return list(dict.fromkeys(way.decide for one in held.stages.values() for way in one.next if way.decide))


def _open(work: Work, name: str) -> dict[str, Any]:
    own, lang = text_asked("who") == "unit", language.lang()
    figures = process_figures(work, name, number_asked("version") or None, own=own)
    held = figures.definition
    tabs = [
        {"label": t(f"web.process.who.{key or 'all'}"), "current": own is (key == "unit"), "count": None,
         "url": url_for("definitions.process_open", name=name, version=held.version, who=key or None)}
        for key in ("", "unit")
    ]  # fmt: skip
    return {
        "title": held.title.get(lang, held.id),
        "version": held.version,
        "total": figures.total,
        "minimum": figures.minimum,
        "tabs": tabs,
        "process_url": url_for("definitions.process", name=name, version=held.version)
        if may_open("definitions.process", work.actor)
        else None,
        **drawing(counted(held, figures.stages, lang), held, lang),
    }


def _case_drawing(work: Work, shown: CasePage) -> dict[str, Any]:
    """The drawing of the case; none for one from before the product, which has no process."""
    if shown.process is None:
        return {"drawing_title": None, "told": []}
    held, state, lang = shown.process.definition, shown.process.state, language.lang()
    seen = shown_units(work, {one.unit for one in state.tasks if isinstance(one.unit, int)})
    units: Units = {unit: label.name for unit, label in seen.items()}
    older = []
    if any(visit.stage not in held.stages for visit in state.path):
        numbers = [
            one.version for one in library.process_versions(work, held.id) if one.version < held.version
        ]
        older = [library.process(work, held.id, number)[0] for number in numbers]
    made = drawing(steps(held, state, lang, work.now, units=units, older=older), held, lang)
    return {"told": made.pop("steps"), **made}


def drawing(told: Sequence[StageStep], held: Definition, lang: str) -> dict[str, Any]:
    """What `parts/drawing.html` needs: the drawing for a narrow and a wide screen, and the list."""
    name = drawing_title(held, lang)
    return {
        "drawing_title": name,
        "narrow": [Markup(one) for one in sheets(told, name, NARROW)],  # noqa: S704 - every text in it escaped
        "wide": [Markup(one) for one in sheets(told, name, WIDE)],  # noqa: S704
        "steps": told,
    }
