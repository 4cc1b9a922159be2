"""The rules of the house, to read: decision tables with their proof, processes as a drawing and as a list."""

from typing import Any

from flask import g, render_template
from markupsafe import Markup

from cii.access.permits import Permit
from cii.store.work import Work
from cii.web.base import Blueprint
from cii.web.choices import fallback, t
from cii.web.tables import proof_of, rulebook
from cii.wire import language
from cii.wire.doors import needs
from cii.workflow import library
from cii.workflow.diagram import steps, svg

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
    """One process, drawn and as a list."""
    return render_template("pages/definitions/process.html", **_process(g.work, name))


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
    held, published_at = library.process(work, name)
    lang = language.lang()
    return {
        "title": held.title.get(lang, held.id),
        "version": held.version,
        "published_at": published_at,
        "drawing": Markup(svg(held, None, lang)),  # noqa: S704 - our own drawing, every text in it escaped
        "steps": steps(held, None, lang),
    }
