"""Employers, what they look for, and who speaks to which employer for a case."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import g

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.api.asking import PageAsked, matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.cases.approaching import Approach, ContactRow, approach, contacts_of
from cii.cases.queries import case_by_ref
from cii.cases.schemas import CONTACT
from cii.cases.view import case_view
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
from cii.institutions.schemas import EMPLOYER
from cii.kernel.errors import UnknownThing
from cii.wire.answers import paged
from cii.wire.doors import needs
from cii.wire.pages import Page

blueprint = Blueprint("api-employers", __name__, url_prefix=PREFIX)


@dataclass(frozen=True)
class EmployersAsked(PageAsked):
    """Which employers; `text` is the beginning of a name or branch, `looking` those with an open need."""

    text: str | None = field(default=None, metadata={"max": 100})
    looking: bool = False


@blueprint.get("/employers")
@needs(Permit.FIND_PLACES)
@blueprint.arguments(EmployersAsked, location="query")
@blueprint.response(200, paged(EMPLOYER))
def listed(asked: EmployersAsked) -> Page[EmployerRow]:
    """Employers by name, with what they look for."""
    return employers(g.work, asked.text, asked.after, asked.limit, looking=asked.looking)


@blueprint.get("/employers/<ref:ref>")
@needs(Permit.FIND_PLACES)
@blueprint.response(200, EMPLOYER)
def one(ref: str) -> EmployerRow:
    """One employer with all its needs."""
    return employer_row(g.work, ref)


@blueprint.post("/employers")
@needs(Permit.ASSIGN_PLACEMENT)
@blueprint.arguments(AddEmployer)
@blueprint.response(201, EMPLOYER)
def added(ask: AddEmployer) -> EmployerRow:
    """Enter an employer."""
    return employer_row(g.work, add_employer(g.work, ask).ref)


@blueprint.post("/employers/<ref:ref>/needs")
@needs(Permit.ASSIGN_PLACEMENT)
@blueprint.arguments(AddNeed, given=("employer_ref",))
@blueprint.response(201, EMPLOYER)
def needed(ask: Callable[..., AddNeed], ref: str) -> EmployerRow:
    """Enter what an employer looks for."""
    add_need(g.work, ask(employer_ref=ref))
    return employer_row(g.work, ref)


@blueprint.post("/employers/<ref:ref>/needs/end")
@needs(Permit.ASSIGN_PLACEMENT)
@blueprint.arguments(EndNeed)
@blueprint.response(200, EMPLOYER)
def over(ask: EndNeed, ref: str) -> EmployerRow:
    """A need is filled or withdrawn."""
    if ask.need_ref not in {need.ref for need in employer_row(g.work, ref).needs}:
        raise UnknownThing(field="need_ref")
    end_need(g.work, ask)
    return employer_row(g.work, ref)


@blueprint.get("/cases/<ref:ref>/employers")
@needs(Permit.SEE_CASE)
@blueprint.response(200, paged(CONTACT))
def contacts(ref: str) -> Page[ContactRow]:
    """The employers approached for a case, each with its one contact; none where placements are closed."""
    return _contacts(ref)


@blueprint.post("/cases/<ref:ref>/employers")
@needs(Permit.ASSIGN_PLACEMENT)
@versioned
@blueprint.arguments(Approach, given=("case_ref", "version"))
@blueprint.response(201, paged(CONTACT))
def approached(ask: Callable[..., Approach], ref: str) -> Page[ContactRow]:
    """Keep an approach; a second unit is warned (409) and may say why it approaches nevertheless."""
    approach(g.work, ask(case_ref=ref, version=matched(ref, case_by_ref(g.work, ref).version)))
    return _contacts(ref)


def _contacts(ref: str) -> Page[ContactRow]:
    if not case_view(g.work, ref).may_read & Section.PLACEMENT:
        return Page(())
    return Page(contacts_of(g.work, case_by_ref(g.work, ref)))
