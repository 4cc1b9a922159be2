"""The federal ceiling of unemployment insurance: the statement of a year, its files, the counts entered."""

from fractions import Fraction
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.documents import csv, pdf
from cii.figures.actions_ceiling import EnterCeilingFact, enter_ceiling_fact, may_enter
from cii.figures.ceiling import (
    CeilingStatement,
    EnteredFact,
    ceiling_faults,
    ceiling_statement,
    entered_facts,
)
from cii.figures.ceiling_paper import ceiling_page, ceiling_table
from cii.figures.rules_ceiling import LEAST
from cii.figures.vocabulary import CeilingInput
from cii.kernel.errors import UnknownThing
from cii.store.work import Work
from cii.texts import formats, speech
from cii.web.base import Blueprint, see_other
from cii.web.choices import figure, options, t, word, year_asked
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.files import handed_out
from cii.wire.reading import asked

page = Blueprint("federal_ceiling", __name__)
_THOUSAND = 1000


@page.get("/budgets/federal-ceiling", endpoint="index")
@needs(Permit.SEE_BUDGETS)
def ceiling() -> str:
    """The statement of a year, and the counts from which it follows."""
    return render_template("pages/federal_ceiling/index.html", **_shown(g.work, year_asked()))


@page.post("/budgets/federal-ceiling")
@needs(Permit.EDIT_BUDGETS)
@once
@again(ceiling)
def enter() -> Response:
    """Enter a count of a year with its source."""
    ask = asked(EnterCeilingFact)
    enter_ceiling_fact(g.work, ask)
    return see_other("federal_ceiling.index", year=ask.year)


@page.get("/budgets/federal-ceiling/csv", endpoint="csv")
@needs(Permit.SEE_BUDGETS)
def as_csv() -> Response:
    """The statement as a table of codes and numbers."""
    year = year_asked()
    held = csv.write(ceiling_table(_stated(g.work, year)))
    return handed_out([held], f"cii-federal-ceiling-{year}.csv", csv.MEDIA_TYPE, len(held))


@page.get("/budgets/federal-ceiling/pdf", endpoint="pdf")
@needs(Permit.SEE_BUDGETS)
def as_pdf() -> Response:
    """The statement as a paper."""
    year, lang = year_asked(), language.lang()
    paper = ceiling_page(g.work, _stated(g.work, year), entered_facts(g.work, year), lang)
    held = pdf.case_summary(paper, created=g.work.now, lang=lang)
    return handed_out([held], f"cii-federal-ceiling-{year}.pdf", pdf.MEDIA_TYPE, len(held))


def _stated(work: Work, year: int) -> CeilingStatement:
    """The statement of a year; without its counts there is no such file."""
    if ceiling_faults(work, year):
        raise UnknownThing(field="year")
    return ceiling_statement(work, year)


def _shown(work: Work, year: int) -> dict[str, Any]:
    missing = ceiling_faults(work, year)
    lang = language.lang()
    found = None if missing else ceiling_statement(work, year)
    return {
        "year": year,
        "years": _years(work, year),
        "missing": [speech.refusal(one, lang) for one in missing],
        "statement": found,
        **(_parts(found) if found is not None else {}),
        "facts": [_fact(one) for one in entered_facts(work, year)],
        "may_enter": may_enter(work),
        "kinds": options(CeilingInput, "ceiling_input"),
        "least": LEAST[CeilingInput.JOB_SEEKERS],
    }


def _years(work: Work, chosen: int) -> list[dict[str, Any]]:
    now = work.today.year
    return [
        {
            "label": str(year),
            "url": url_for("federal_ceiling.index", year=year),
            "current": year == chosen,
            "count": None,
        }
        for year in sorted({now - 1, now, chosen})
    ]


def _parts(one: CeilingStatement) -> dict[str, Any]:
    seen = []
    if one.use is not None and one.standing is not None:
        seen = [figure("web.ceiling.left", formats.money(one.standing.left))]
    return {
        "figures_shown": [
            figure("web.ceiling.ceiling", formats.money(one.ceiling)),
            *seen,
            figure(
                "web.ceiling.national",
                formats.money(one.national),
                t("web.ceiling.national-of", share=Fraction(one.national_permille, _THOUSAND)),
            ),
        ],
        "bands": [
            {
                "band": t(
                    "web.ceiling.band",
                    over=Fraction(share.over_permille, _THOUSAND),
                    upto=Fraction(share.band.upto_permille, _THOUSAND),
                ),
                "counted": share.counted,
                "per_head": share.band.per_head,
                "amount": share.amount,
            }
            for share in one.shares
        ],
        "total": {"band": t("web.ceiling.ceiling"), "amount": one.ceiling},
        "lines": [
            {"line": row.line, "granted": row.granted, "used": row.used, "committed": row.committed}
            for row in one.lines or ()
        ],
        "whole": {
            "line": t("web.budgets.total"),
            "granted": one.use.granted,
            "used": one.use.used,
            "committed": one.use.committed,
        }
        if one.use is not None and len(one.lines or ()) > 1
        else None,
        "warnings": _warnings(one),
    }


def _warnings(one: CeilingStatement) -> list[str]:
    found = []
    if one.provisional:
        missing = one.year if one.seekers is None else one.year - 1
        found.append(t("web.ceiling.provisional", year=str(missing)))
    if one.standing is not None and one.standing.exceeding:
        found.append(t("web.ceiling.exceeding", amount=one.standing.exceeding))
    if one.standing is not None and one.standing.budget_beyond:
        found.append(t("web.ceiling.budget-beyond", amount=one.standing.budget_beyond))
    return found


def _fact(one: EnteredFact) -> dict[str, Any]:
    return {
        "kind": word(one.kind, "ceiling_input"),
        "year": str(one.year),
        "value": one.value,
        "source": one.source,
        "by": one.entered_by or t("web.journal.house"),
        "at": one.recorded_at,
        "state": {"label": t("web.ceiling.stands"), "tone": "good"}
        if one.stands
        else {"label": t("web.ceiling.replaced"), "tone": "neutral"},
        "tone": None if one.stands else "quiet",
    }
