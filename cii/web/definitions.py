"""The rules of the house, to read: decision tables with their proof, processes as a drawing and as a list."""

from typing import Any

from flask import Response, g, render_template, url_for

from cii.access.permits import Permit
from cii.drawing.bpmn import bpmn
from cii.drawing.diagram import steps
from cii.drawing.wording import outcome, role, task_title
from cii.files.reading import say
from cii.store.work import Work
from cii.web.base import Blueprint, may_open
from cii.web.choices import fallback, number_asked, t
from cii.web.drawings import drawing
from cii.web.tables import proof_of, rulebook
from cii.web.trying import trial
from cii.wire import language
from cii.wire.doors import needs
from cii.workflow import library

page = Blueprint("definitions", __name__)


@page.get("/definitions", endpoint="index")
@needs(Permit.SEE_WORKFLOWS)
def definitions_page() -> str:
    """All tables and processes."""
    return render_template("pages/definitions/index.html", **_library(g.work))


@page.get("/definitions/tables/<name>/<int:version>")
@needs(Permit.SEE_WORKFLOWS)
def decision_table(name: str, version: int) -> tuple[str, int]:
    """One version of a decision table with its proof, to be tried with facts of one's own."""
    held = library.table(g.work, name, version)
    tried = trial(held)
    page_ = render_template(
        "pages/definitions/table.html", table=rulebook(held), proof=proof_of(held), tried=tried
    )
    return page_, 422 if tried["errors"] else 200


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
    answer = Response(
        bpmn(held, language.lang(), library.titles_asked(g.work, held)), mimetype="application/xml"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{held.id}-{held.version}.bpmn"'
    return answer


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
    tables = library.titles_asked(work, held)
    told = steps(held, None, lang, tables=tables)
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
        "facts": ", ".join(
            fallback(f"web.definitions.fact.{fact}", outcome(held, fact, lang)) for fact in held.facts
        ),
        "owners": [
            {"role": role(key, lang), "tasks": list(dict.fromkeys(tasks))} for key, tasks in owners.items()
        ],
        "tables": [say(title, lang, key) for key, title in tables.items()],
        "open_url": url_for("standing.process", name=name, version=held.version)
        if may_open("standing.process", work.actor)
        else None,
        "bpmn_url": url_for("definitions.process_bpmn", name=name, version=held.version),
        **drawing(told, held, lang),
    }  # fmt: skip
