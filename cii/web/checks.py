"""Results to check months after a case was closed: the list of my units, and the answer to one."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.cases.checking import AnswerCheck, CheckRow, check_row, checks
from cii.cases.vocabulary import CasePath, ResultHolds
from cii.routing.checking import record_check
from cii.web.base import Blueprint, see_other
from cii.web.case_head import unit_name
from cii.web.choices import clock, options, t, text_asked, word
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked
from cii.workflow.queries import newest_definition

page = Blueprint("checks", __name__)


@page.get("/checks")
@needs(Permit.CLOSE_CASE)
def index() -> str:
    """The results that my units have to check, the earliest first."""
    coming = request.args.get("coming") == "yes"
    found = checks(g.work, text_asked("after") or None, due=not coming)
    kept: dict[str, Any] = {"coming": "yes"} if coming else {}
    return render_template(
        "pages/checks/index.html",
        rows=_rows(found.items),
        next_url=url_for("checks.index", **kept, after=found.next) if found.next else None,
        coming=coming,
        may_exits=Permit.END_PLACEMENT.value in g.work.actor.permits,
        done=word("check", "done") if request.args.get("done") == "check" else None,
    )


@page.get("/checks/<ref:ref>")
@needs(Permit.CLOSE_CASE)
def one(ref: str) -> str:
    """One result, and the form of its answer."""
    found = check_row(g.work, ref)
    return render_template(
        "pages/checks/one.html",
        check=_rows([found])[0] | {"ref": found.ref, "case_url": url_for("cases.one", ref=found.case_ref)},
        said=t("web.check.answered", holds=word(found.holds), day=found.holds_on, source=found.source)
        if found.holds
        else None,
        note=found.note,
        may_answer=found.holds is None and found.mine,
        answers=options(ResultHolds),
        today=g.work.today.isoformat(),
    )


@page.post("/checks/<ref:ref>")
@needs(Permit.CLOSE_CASE)
@once
@again(one)
def answered(ref: str) -> Response:
    """Say whether the result is still in place."""
    record_check(g.work, asked(AnswerCheck, check_ref=ref))
    return see_other("checks.index", done="check")


def _rows(found: Sequence[CheckRow]) -> list[dict[str, Any]]:
    outcomes = {path: _outcomes(path) for path in {one.path for one in found}}
    return [_row(one, outcomes[one.path].get(one.outcome, {})) for one in found]


def _row(one: CheckRow, outcome: Mapping[str, str]) -> dict[str, Any]:
    return {
        "case": {"label": one.number, "url": url_for("checks.one", ref=one.ref)},
        "number": one.number,
        "person": one.person.name if one.person else None,
        "unit": unit_name(one.unit),
        "outcome": outcome.get(language.lang(), one.outcome),
        "closed_on": one.closed_on,
        "due": clock(one.check_on, done=one.holds is not None),
    }


def _outcomes(path: CasePath) -> Mapping[str, Mapping[str, str]]:
    """The outcomes of a path's cases, in the words of their process."""
    return newest_definition(g.work, path.value).words
