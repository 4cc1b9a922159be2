"""What approved rounds have given a case, and why: on the case's own page, other cases in numbers only."""

from typing import Any

from flask import g, render_template

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.allocation.explaining import explain
from cii.allocation.needing import needed
from cii.kernel.errors import NotAllowed
from cii.rounds.queries import contents
from cii.rounds.queries_pages import CaseResult, approved_run, case_results, measures_named, open_rounds_with
from cii.rounds.vocabulary import Standing
from cii.store.work import Work
from cii.web.base import Blueprint
from cii.web.case_head import case_page, head
from cii.web.choices import t, text_asked
from cii.web.round_cases import observed
from cii.web.round_explained import explained, needs_said
from cii.web.round_words import closed_shown, standing_chip, stay_said, term_of, why_said
from cii.wire.doors import needs

page = Blueprint("case_rounds", __name__)


@page.get("/cases/<ref:ref>/rounds", endpoint="index")
@needs(Permit.SEE_CASE)
def of_case(ref: str) -> str:
    """The approved rounds in which the case was, with the explanation of each result."""
    work: Work = g.work
    shown = case_page(ref, "placements")
    if not shown.view.may_read & Section.PLACEMENT:
        raise NotAllowed
    wanted = text_asked("needed")
    return render_template(
        "pages/cases/rounds.html",
        **head(shown, "placements"),
        under_way=[
            t("web.rounds.of-case.open", title=title) for title in open_rounds_with(work, shown.case_id)
        ],
        results=[_result(work, one, wanted) for one in case_results(work, shown.case_id)],
    )


def _result(work: Work, one: CaseResult, wanted: str) -> dict[str, Any]:
    problem, found = contents(approved_run(work, one.round_id, one.run))
    row = one.row
    shown: dict[str, Any] = {
        "ref": one.round_ref,
        "title": one.title,
        "term": term_of(one.starts_on, one.ends_on),
        "approved": one.approved_at,
        "standing": standing_chip(row.standing),
        "stay": stay_said(row),
        "urgency": row.urgency,
        "since": row.waiting_since,
        "lot": row.lot,
        "seed": one.seed,
        "closed": closed_shown(row.refused, observed=observed(work, row)),
        "left_out": row.standing is Standing.LEFT_OUT,
        "why": why_said(row) if row.standing is Standing.LEFT_OUT else None,
        "sentences": [],
        "ways": [],
        "may_ask": False,
        "needed": None,
    }
    if row.standing is Standing.LEFT_OUT:
        return shown
    key = problem.candidates[problem.by_rank[row.position - 1]].key
    named = measures_named(work, {each.measure for each in problem.measures})
    names = {code: name for code, (_, name) in named.items()}
    asked = row.standing is Standing.UNPLACED and wanted == one.round_ref
    return shown | {
        **explained(explain(problem, found, key), names),
        "may_ask": row.standing is Standing.UNPLACED and not asked,
        "needed": needs_said(needed(problem, found, key), names) if asked else None,
    }
