"""The books of a year: closed for good, begun with opening balances, told to the state accounts."""

from dataclasses import dataclass
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.queries import agreements_by_id
from cii.budgets.actions import CloseYear, close_books
from cii.budgets.actions_opening import ImportOpening, OpeningImported, import_opening
from cii.budgets.postings import (
    PostingsAsked,
    PostingsForm,
    dictionary,
    pieces_of,
    postings_file,
    postings_sums,
)
from cii.budgets.queries import positions, positions_by_agreement
from cii.budgets.rules_opening import OPENING_COLUMNS
from cii.budgets.vocabulary import Stage, YearState
from cii.documents import csv, xlsx
from cii.institutions.queries import lines_by_id
from cii.kernel.money import Chf
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint, may_open, see_other
from cii.web.budget_steering import position_here
from cii.web.choices import figure, optional_day, t, text_asked
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.files import handed_out
from cii.wire.reading import asked, sent_file

page = Blueprint("budget_books", __name__)
_ON_THE_WAY = (Stage.COMMITTED, Stage.ACCRUED, Stage.INVOICED)


@dataclass(frozen=True)
class ImportForm:
    """Whether the file is only tried."""

    dry_run: bool = False


@page.get("/budgets/<ref:ref>/<int:year>/closing")
@needs(Permit.EDIT_BUDGETS)
def closing(ref: str, year: int) -> str:
    """What still stands in the way of closing a year, and the button once nothing does."""
    return render_template("pages/budget_steering/closing.html", **_closing(g.work, ref, year))


@page.post("/budgets/<ref:ref>/<int:year>/closing")
@needs(Permit.EDIT_BUDGETS)
@once
@again(closing)
def close(ref: str, year: int) -> Response:
    """Close the books of a year for good."""
    close_books(g.work, CloseYear(ref, year))
    return see_other("budgets.line", ref=ref, year=year)


@page.get("/budgets/opening")
@needs(Permit.EDIT_BUDGETS)
def opening() -> str:
    """The form for a file of opening balances, with every fault of the file that was refused."""
    return _opening_page(None)


@page.post("/budgets/opening")
@needs(Permit.EDIT_BUDGETS)
@once
@again(opening)
def bring_in() -> str:
    """Read the file; show what it brought, or would bring."""
    form, file = asked(ImportForm), sent_file()
    ask = ImportOpening(file.name, file.content, form.dry_run)
    return _opening_page(import_opening(g.work, ask), dry_run=form.dry_run)


@page.get("/budgets/postings")
@needs(Permit.SEE_BUDGETS)
def postings() -> str:
    """How many postings a period has, what its columns mean, and the files to take."""
    return render_template("pages/budget_steering/postings.html", **_postings(g.work))


@page.get("/budgets/postings.csv")
@needs(Permit.SEE_BUDGETS)
def postings_csv() -> Response:
    """The postings of a period as CSV."""
    return _sent(PostingsForm.CSV, csv.MEDIA_TYPE)


@page.get("/budgets/postings.xlsx")
@needs(Permit.SEE_BUDGETS)
def postings_xlsx() -> Response:
    """The postings of a period as a workbook, with the dictionary of its columns."""
    return _sent(PostingsForm.XLSX, xlsx.MEDIA_TYPE)


def _sent(form: PostingsForm, media_type: str) -> Response:
    ask = _period(g.work)
    file = postings_file(g.work, ask, form, language.lang())
    return handed_out(pieces_of(file), f"cii-{ask.first}-{ask.last}.{form.value}", media_type)


def _period(work: Work) -> PostingsAsked:
    first = optional_day("first") or work.today.replace(day=1)
    return PostingsAsked(first, optional_day("last") or work.today, text_asked("line") or None)


def _postings(work: Work) -> dict[str, Any]:
    ask = _period(work)
    found = postings_sums(work, ask)
    mine = lines_by_id(work, {one.line_id for one in positions(work, work.today.year)})
    return {
        "first": ask.first,
        "last": ask.last,
        "chosen": ask.line_ref or "",
        "lines": [
            {"value": one.ref, "label": one.code} for one in sorted(mine.values(), key=lambda one: one.code)
        ],
        "figures_shown": [
            figure("web.postings.count", formats.number(found.count, language.lang())),
            figure("web.postings.sum", formats.money(found.amount)),
        ],
        "files": [
            {"label": t(f"web.postings.{form.value}"), "url": _file_url(form, ask)} for form in PostingsForm
        ],
        "columns": [{"column": row[0], "meaning": row[1]} for row in dictionary(language.lang()).rows],
    }


def _file_url(form: PostingsForm, ask: PostingsAsked) -> str:
    asked_for: dict[str, Any] = {"first": ask.first, "last": ask.last, "line": ask.line_ref}
    return url_for(f"budget_books.postings_{form.value}", **asked_for)


def _opening_page(result: OpeningImported | None, *, dry_run: bool = False) -> str:
    heads = {one.name: one.titles[0] for one in OPENING_COLUMNS}
    faults = [
        {
            "line": no.facts.get("line"),
            "column": heads.get(no.field, no.field),
            "found": no.facts.get("found"),
            "reason": no.text,
        }
        for no in (g.get("reasons") or ())
        if "line" in no.facts and no.field
    ]
    return render_template(
        "pages/budget_steering/opening.html",
        faults=faults,
        result={"rows": result.rows, "repeated": result.rows > 0 and not result.added} if result else None,
        brought=result,
        dry_run=dry_run,
        headers=", ".join(one.titles[0] for one in OPENING_COLUMNS),
    )


def _closing(work: Work, ref: str, year: int) -> dict[str, Any]:
    named, position = position_here(work, ref, year)
    held = [
        row
        for row in positions_by_agreement(work, year)
        if row.line_id == position.line_id and any(int(getattr(row, one.value)) for one in _ON_THE_WAY)
    ]
    agreements = agreements_by_id(work, [row.agreement_id for row in held])
    opens = may_open("agreements.one", work.actor)
    return {
        "line": named,
        "year": year,
        "closed": position.state is YearState.CLOSED,
        "rows": [
            {
                "number": agreements[row.agreement_id].number,
                "url": url_for("agreements.one", ref=agreements[row.agreement_id].ref) if opens else None,
                "movements": url_for(
                    "budgets.line", ref=ref, year=year, agreement=agreements[row.agreement_id].ref,
                    _anchor="movements",
                ),
                **{one.value: Chf(int(getattr(row, one.value))) for one in _ON_THE_WAY},
            }
            for row in held
        ],
    }  # fmt: skip
