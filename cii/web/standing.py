"""Where the open cases stand: each process with its total, and its stages drawn with their numbers."""

from typing import Any

from flask import g, render_template, url_for

from cii.access.permits import Permit
from cii.drawing.counting import counted
from cii.figures.processes import process_figures
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint, may_open
from cii.web.choices import fallback, number_asked, t, text_asked
from cii.web.drawings import drawing
from cii.wire import language
from cii.wire.doors import needs
from cii.workflow import library

page = Blueprint("standing", __name__)


@page.get("/definitions/open", endpoint="index")
@needs(Permit.SEE_FIGURES)
def standing_page() -> str:
    """Every process and version with its open cases."""
    return render_template("pages/definitions/standing.html", **_overview(g.work))


@page.get("/definitions/processes/<name>/open")
@needs(Permit.SEE_FIGURES)
def process(name: str) -> str:
    """Where the open cases of a version of a process stand."""
    return render_template("pages/definitions/open.html", **_open(g.work, name))


def _overview(work: Work) -> dict[str, Any]:
    lang = language.lang()
    rows = []
    for one in library.processes(work):
        for held in library.process_versions(work, one.name):
            total = process_figures(work, one.name, held.version).total
            rows.append(
                {
                    "title": one.title.get(lang, one.name),
                    "subject": fallback(f"web.definitions.subject.{one.subject}", one.subject),
                    "version": held.version,
                    "open": t("web.process.few") if total is None else formats.number(total, lang),
                    "url": url_for("standing.process", name=one.name, version=held.version),
                }
            )
    return {"rows": rows}


def _open(work: Work, name: str) -> dict[str, Any]:
    own, lang = text_asked("who") == "unit", language.lang()
    figures = process_figures(work, name, number_asked("version") or None, own=own)
    held = figures.definition
    tabs = [
        {"label": t(f"web.process.who.{key or 'all'}"), "current": own is (key == "unit"), "count": None,
         "url": url_for("standing.process", name=name, version=held.version, who=key or None)}
        for key in ("", "unit")
    ]  # fmt: skip
    others = [
        {"version": one.version,
         "url": url_for("standing.process", name=name, version=one.version, who="unit" if own else None)}
        for one in library.process_versions(work, name)
        if one.version != held.version
    ]  # fmt: skip
    return {
        "title": held.title.get(lang, held.id),
        "version": held.version,
        "others": others,
        "total": figures.total,
        "minimum": figures.minimum,
        "tabs": tabs,
        "process_url": url_for("definitions.process", name=name, version=held.version)
        if may_open("definitions.process", work.actor)
        else None,
        **drawing(counted(held, figures.stages, lang, library.titles_asked(work, held)), held, lang),
    }
