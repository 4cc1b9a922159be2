"""The programmes in numbers: a page for each, with its period, its ways on and what lies behind a number."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.cases.vocabulary import CasePath
from cii.documents import csv
from cii.documents.table import Column, Table
from cii.figures.period_parts import Part, wider
from cii.figures.programmes import PROTECTED, ProgrammeFigures, lines, period_told, programme_figures
from cii.kernel.errors import UnknownThing
from cii.kernel.period import Period, Quarter, month_of, year_of
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint, may_open
from cii.web.choices import optional_day, t, word
from cii.wire import language
from cii.wire.doors import needs
from cii.workflow.definition import Definition
from cii.workflow.library import process

page = Blueprint("programmes", __name__)


@page.get("/programmes")
@needs(Permit.SEE_FIGURES)
def index() -> str:
    """The four programmes of this year, each with the way to its page."""
    first, last = _period(g.work)
    rows = [_row(programme_figures(g.work, one, first, last, brief=True)) for one in CasePath]
    return render_template("pages/programmes/index.html", rows=rows, first=first, last=last)


@page.get("/programmes/<programme>")
@needs(Permit.SEE_FIGURES)
def one(programme: str) -> str:
    """One programme for a period: who came, where they stand, how long each step took."""
    found = _figures(g.work, programme)
    return render_template("pages/programmes/one.html", **_shown(g.work, found))


@page.get("/programmes/<programme>/export.csv")
@needs(Permit.SEE_FIGURES)
def export(programme: str) -> Response:
    """The figures of the page as a file."""
    found = _figures(g.work, programme)
    columns = (
        Column(t("web.programme.file.part")),
        Column(t("web.programme.file.name")),
        Column(t("web.programme.file.value"), "value"),
    )
    table = Table(found.programme.value, columns, lines(found))
    answer = Response(csv.write(table), mimetype="text/csv")
    name = f"{found.programme.value}_{found.first}_{found.last}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _period(work: Work) -> tuple[date, date]:
    """The period in the address; without one, this year as far as the reader is told of it."""
    return period_told(work, optional_day("first"), optional_day("last"))


def _figures(work: Work, name: str) -> ProgrammeFigures:
    try:
        programme = CasePath(name)
    except ValueError:
        raise UnknownThing(field="programme") from None
    return programme_figures(work, programme, *_period(work), optional_day("stand"))


def _number(value: int | None) -> str:
    return t("web.process.few") if value is None else formats.number(value, language.lang())


def _row(found: ProgrammeFigures) -> dict[str, Any]:
    days: dict[str, Any] = {"first": found.first.isoformat(), "last": found.last.isoformat()}
    return {
        "name": _title(found.programme),
        "url": url_for("programmes.one", programme=found.programme.value, **days),
        "announced": _number(found.announced),
        "open": _number(found.open),
        "closed": _number(found.closed),
    }


def _shown(work: Work, found: ProgrammeFigures) -> dict[str, Any]:
    definition, _ = process(work, found.programme.value)
    days: dict[str, Any] = {"first": found.first, "last": found.last, "stand": found.stand}
    around = wider(found.first, found.last, found.stand)
    path = found.programme.value
    cases = may_open("cases.index", work.actor)
    return {
        "title": _title(found.programme),
        "found": found,
        "youth": found.programme is CasePath.YOUTH,
        "parts": [
            {
                "name": _period_said(part),
                "url": url_for(
                    "programmes.one", programme=path, first=part.first, last=part.last, stand=found.stand
                ),
                "announced": _number(part.announced),
                "open": _number(part.open),
                "closed": _number(part.closed),
            }
            for part in found.parts
        ],
        "wider_url": url_for(
            "programmes.one", programme=path, first=around.start, last=around.last, stand=found.stand
        )
        if around
        else None,
        "figures": _large(found, cases=_of_period(found) if cases else None, today=work.today),
        "outcomes": [
            {"name": _word(definition, name), "number": _number(number)}
            for name, number in found.outcomes.items()
        ],
        "reasons": [
            {"name": word(name, "youth-reason"), "number": _number(number)}
            for name, number in found.reasons.items()
        ],
        "steps": [
            {
                "name": f"{_stage(definition, step.stage)} → {_stage(definition, step.following)}",
                "cases": step.cases,
                "days": step.median_days,
            }
            for step in found.steps
        ],
        "referrals": [
            {
                "name": t("web.desk.protected") if one.institution == PROTECTED else one.institution,
                "accepted": _number(one.accepted),
                "declined": _number(one.declined),
                "redirected": _number(one.redirected),
            }
            for one in found.referrals
        ],
        "file_url": url_for("programmes.export", programme=path, **days),
        "cases_url": url_for("cases.index", **_of_period(found)) if cases else None,
    }


def _of_period(found: ProgrammeFigures) -> dict[str, Any]:
    """The list of cases of this programme that were opened in the period, as its address says it."""
    return {
        "path": found.programme.value,
        "opened_from": found.first.isoformat(),
        "opened_until": found.last.isoformat(),
    }


def _large(found: ProgrammeFigures, *, cases: Mapping[str, Any] | None, today: date) -> list[dict[str, Any]]:
    """The large numbers; behind them the cases of the period that are open to the reader, as of today."""

    def one(name: str, value: str, url: str | None = None, note: str | None = None) -> dict[str, Any]:
        return {"label": t(name), "value": value, "note": note, "url": url}

    def held(name: str, value: int | None, status: str | None = None) -> dict[str, Any]:
        url = None if cases is None else url_for("cases.index", **cases, status=status)
        moved_on = url is not None and status is not None and found.stand < today
        return one(name, _number(value), url, t("web.programme.list-of-today") if moved_on else None)

    large = [
        held("web.programme.announced", found.announced),
        held("web.programme.open", found.open, "open"),
        held("web.programme.closed", found.closed, "closed"),
    ]
    if found.programme is CasePath.YOUTH:
        share = found.solution_percent
        note = None if share is None else t("web.programme.rate", percent=share)
        large += [
            one("web.programme.solutions", _number(found.solutions), note=note),
            one("web.programme.out-of-criteria", _number(found.out_of_criteria)),
        ]
    return large


def _title(programme: CasePath) -> str:
    """The programme as a heading says it, with a capital."""
    said = word(programme)
    return said[:1].upper() + said[1:]


def _period_said(part: Part) -> str:
    """A part by its name: the year, the quarter, the month; else its days."""
    lang, days = language.lang(), Period.through(part.first, part.last)
    if days == year_of(part.first):
        return str(part.first.year)
    if days == Quarter.of(part.first).period:
        return formats.quarter(Quarter.of(part.first), lang)
    return formats.month(part.first, lang) if days == month_of(part.first) else formats.period(days, lang)


def _word(definition: Definition, name: str) -> str:
    said = definition.words.get(name)
    return said.get(language.lang(), name) if said else name


def _stage(definition: Definition, name: str) -> str:
    stage = definition.stages.get(name)
    return stage.title.get(language.lang(), name) if stage else name
