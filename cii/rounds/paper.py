"""The report of an approved round: as PDF for people, as workbook and as table for programs.

It tells cases by their place in the order, no number and no name: whoever reads it, it is the same. Whoever
knows a case's reference finds its row by its lot, which the seed draws. Nothing is issued that the verifier
finds wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from cii.access.queries import account_names
from cii.documents import csv, pdf, xlsx
from cii.documents.layout import CaseSummary, Letterhead
from cii.documents.table import Table
from cii.kernel.errors import UnknownThing
from cii.rounds.computing import checked
from cii.rounds.paper_tables import Round, facts_table, lists, sections
from cii.rounds.queries import contents, round_by_ref, run_of
from cii.rounds.queries_pages import every_candidate, measures_named, pins_told
from cii.rounds.rules import RoundNotApproved
from cii.rounds.vocabulary import RoundState
from cii.store.work import Work
from cii.texts import formats
from cii.texts.speech import say

MEDIA: Mapping[str, str] = {
    "pdf": pdf.MEDIA_TYPE,
    "xlsx": xlsx.MEDIA_TYPE,
    "csv": csv.MEDIA_TYPE,
    "json": "application/json",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A file, its name and its type."""

    name: str
    content: bytes
    media_type: str


def report(work: Work, ref: str, form: str, lang: str) -> Paper:
    """The report as `pdf`, `xlsx`, `csv` or `json`; the same bytes each time, dated by the approval.

    Refuses: UnknownThing, RoundNotApproved, RoundNotVerified.
    """
    if form not in MEDIA:
        raise UnknownThing(field="form")
    held = round_of(work, ref)
    at = held.round.approved_at or work.now
    if form == "csv":
        content = csv.write(lists(held, lang)[0])
    elif form == "json":
        content = orjson.dumps([_plain(table) for table in (facts_table(held, lang), *lists(held, lang))])
    elif form == "xlsx":
        sheets = [facts_table(held, lang), *lists(held, lang)]
        content = xlsx.workbook(sheets, at, {"title": held.round.title})
    else:
        page = CaseSummary(
            Letterhead(say("reports.canton", lang), say("web.rounds.paper.office", lang)),
            say("web.rounds.paper.title", lang, title=held.round.title),
            [(str(name), str(value)) for name, value in facts_table(held, lang).rows],
            sections(held, lang),
            say("web.rounds.paper.dated", lang, at=formats.moment(at, lang)),
            say("web.rounds.paper.nobody", lang),
        )
        content = pdf.case_summary(page, created=at, lang=lang)
    name = f"tour-{held.round.starts_on.isoformat()}-{held.round.ref}.{form}"
    return Paper(name, content, MEDIA[form])


def _plain(table: Table) -> dict[str, object]:
    """A table for programs: each cell as in CSV."""
    return {
        "title": table.title,
        "columns": [one.title for one in table.columns],
        "rows": [[csv.written(cell) for cell in row] for row in table.rows],
    }


def round_of(work: Work, ref: str) -> Round:
    """Everything that the report tells of an approved round; refuses as `report`."""
    held = round_by_ref(work, ref)
    if held.state is not RoundState.APPROVED:
        raise RoundNotApproved(field="round_ref")
    run = run_of(work, held.id or 0, held.approved_run)
    if run is None:
        raise UnknownThing(field="run")
    problem, found = contents(run)
    checked(problem, found)
    hands = {held.opened_by, run.computed_by, held.approved_by or 0}
    named = measures_named(work, {one.measure for one in problem.measures})
    return Round(
        held,
        run,
        problem,
        found,
        tuple(every_candidate(work, run.id or 0)),
        tuple(one for one in pins_told(work, held.id or 0, run.id) if one.withdrawn_at is None),
        {code: name for code, (_, name) in named.items()},
        account_names(work, hands),
    )
