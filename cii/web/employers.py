"""Employers: the list with what they look for, one employer, and who speaks to which employer for a case."""

from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.cases.approaching import Approach, approach, contacts_of
from cii.cases.queries import case_by_ref
from cii.cases.vocabulary import CaseStatus
from cii.institutions.employers import (
    AddEmployer,
    AddNeed,
    EmployerRow,
    EndNeed,
    add_employer,
    add_need,
    employer_row,
    employers,
    end_need,
)
from cii.web.base import Blueprint, see_other
from cii.web.case_head import case_page, head, unit_name
from cii.web.choices import t, text_asked, word
from cii.web.versions import seen_version
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("employers", __name__)
DONE = frozenset({"employer", "need", "need-over"})
MOST = 200
"""Employers offered in the form of a case; a longer list is searched first."""


@page.get("/employers")
@needs(Permit.FIND_PLACES)
def index() -> str:
    """Employers by name, with what they look for."""
    text, looking = text_asked("q"), request.args.get("looking") == "yes"
    found = employers(g.work, text or None, text_asked("after") or None, looking=looking)
    asked_for = (("q", text), ("looking", "yes" if looking else ""))
    kept: dict[str, Any] = {name: said for name, said in asked_for if said}
    return render_template(
        "pages/employers/index.html",
        rows=[_row(one) for one in found.items],
        next_url=url_for("employers.index", **kept, after=found.next) if found.next else None,
        chosen={"q": text, "looking": looking},
        filtered=bool(kept),
        may_add=_permitted(Permit.ASSIGN_PLACEMENT),
    )


@page.get("/employers/new")
@needs(Permit.ASSIGN_PLACEMENT)
def new() -> str:
    """The form of an employer."""
    return render_template("pages/employers/new.html")


@page.post("/employers/new")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@again(new)
def added() -> Response:
    """Enter an employer."""
    return see_other("employers.one", ref=add_employer(g.work, asked(AddEmployer)).ref, done="employer")


@page.get("/employers/<ref:ref>")
@needs(Permit.FIND_PLACES)
def one(ref: str) -> str:
    """One employer with all its needs."""
    row, said = employer_row(g.work, ref), request.args.get("done", "")
    return render_template(
        "pages/employers/one.html",
        employer=row,
        needs=[
            {
                "ref": need.ref,
                "need": need.need,
                "wanted": need.wanted,
                "since": need.since,
                "until": need.until,
                "unit": unit_name(need.unit),
            }
            for need in row.needs
        ],
        may_add=_permitted(Permit.ASSIGN_PLACEMENT),
        done=word(said, "done") if said in DONE else None,
    )


@page.post("/employers/<ref:ref>")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@again(one)
def needed(ref: str) -> Response:
    """Enter what the employer looks for."""
    add_need(g.work, asked(AddNeed, employer_ref=ref))
    return see_other("employers.one", ref=ref, done="need")


@page.post("/employers/<ref:ref>/over")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@again(one)
def over(ref: str) -> Response:
    """A need is filled or withdrawn."""
    end_need(g.work, asked(EndNeed))
    return see_other("employers.one", ref=ref, done="need-over")


@page.get("/cases/<ref:ref>/employers")
@needs(Permit.SEE_CASE)
def of_case(ref: str) -> str:
    """The employers of a case, who speaks to each, and the form of an approach."""
    shown = case_page(ref, "placements")
    found = employers(g.work, text_asked("q") or None, limit=MOST)
    open_now = shown.view.status is CaseStatus.OPEN
    return render_template(
        "pages/employers/case.html",
        **head(shown, "placements"),
        contacts=[
            {
                "employer": one.employer,
                "place": one.place,
                "url": url_for("employers.one", ref=one.employer_ref)
                if _permitted(Permit.FIND_PLACES)
                else None,
                "who": ", ".join(part for part in (one.name, unit_name(one.unit)) if part),
                "since": one.since,
                "approaches": [
                    {
                        "on": said.approached_on,
                        "unit": unit_name(said.unit),
                        "subject": said.subject,
                        "spoke_to": said.spoke_to,
                        "why": said.override_reason,
                    }
                    for said in one.approaches
                ],
            }
            for one in contacts_of(g.work, case_by_ref(g.work, ref))
        ],
        choices=[{"value": one.ref, "label": f"{one.name}, {one.place}"} for one in found.items],
        may_approach=open_now and _permitted(Permit.ASSIGN_PLACEMENT),
        kept=word("approach", "done") if request.args.get("done") == "approach" else None,
    )


@page.post("/cases/<ref:ref>/employers")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@again(of_case)
def approached(ref: str) -> Response:
    """Keep an approach; a second unit is warned and says why."""
    case_page(ref, "placements")
    approach(g.work, asked(Approach, case_ref=ref, version=seen_version(ref)))
    return see_other("employers.of_case", ref=ref, done="approach")


def _row(one: EmployerRow) -> dict[str, Any]:
    return {
        "name": {"label": one.name, "url": url_for("employers.one", ref=one.ref)},
        "branch": one.branch,
        "place": f"{one.postcode} {one.place}",
        "needs": " · ".join(t("web.employer.need-said", need=need.need, n=need.wanted) for need in one.needs)
        or None,
    }


def _permitted(permit: Permit) -> bool:
    return permit.value in g.work.actor.permits
