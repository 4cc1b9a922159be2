"""Cases: the list of those I may see, one case with the sections open to me, its parties and its notes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from flask import Response, g

from cii.access.permits import Permit
from cii.api.asking import PageAsked
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.cases.actions import AddNote
from cii.cases.listing import CaseFilter, case_list
from cii.cases.schemas import CASE, CASE_ROW, NOTE, PARTY
from cii.cases.shapes import NoteView, PartyView
from cii.cases.view import case_view
from cii.cases.vocabulary import CasePath, CaseStatus
from cii.desk.noting import write_note
from cii.routing.actions import NameLead, name_lead
from cii.wire.answers import paged
from cii.wire.doors import needs
from cii.wire.lists import answer
from cii.wire.pages import Page

blueprint = Blueprint("api-cases", __name__, url_prefix=f"{PREFIX}/cases")


@dataclass(frozen=True)
class CasesAsked(PageAsked):
    """Which cases; `text` begins the name that I am shown, or a number; both days of opening are inside."""

    mine: bool = False
    my_unit: bool = False
    status: CaseStatus | None = None
    path: CasePath | None = None
    text: str | None = field(default=None, metadata={"max": 100})
    opened_from: date | None = None
    opened_until: date | None = None


@blueprint.get("")
@needs(Permit.SEE_CASE)
@blueprint.arguments(CasesAsked, location="query")
@blueprint.response(200, paged(CASE_ROW))
def listed(asked: CasesAsked) -> Response:
    """The cases in which my units have a part, the newest first."""
    shown = CaseFilter(
        asked.mine, asked.my_unit, asked.status, asked.path, asked.text, asked.opened_from, asked.opened_until
    )
    return answer(case_list(g.work, shown, asked.after, asked.limit))


@blueprint.get("/<ref:ref>")
@needs(Permit.SEE_CASE)
@blueprint.response(200, CASE)
def one(ref: str) -> Tagged:
    """A case with the sections open to me; what is not open is not there."""
    return _case(ref)


@blueprint.get("/<ref:ref>/parties")
@needs(Permit.SEE_CASE)
@blueprint.response(200, paged(PARTY))
def parties(ref: str) -> Page[PartyView]:
    """The units with a part in the case; those with a protected name are known to their members only."""
    return Page(case_view(g.work, ref).parties)


@blueprint.get("/<ref:ref>/notes")
@needs(Permit.WRITE_NOTE)
@blueprint.response(200, paged(NOTE))
def notes(ref: str) -> Page[NoteView]:
    """The internal notes of my unit, the newest first."""
    return Page(_notes(ref))


@blueprint.post("/<ref:ref>/notes")
@needs(Permit.WRITE_NOTE)
@blueprint.arguments(AddNote, given=("case_ref",))
@blueprint.response(201, paged(NOTE))
def noted(ask: type[AddNote], ref: str) -> Page[NoteView]:
    """Write a note that only my unit reads."""
    write_note(g.work, ask(case_ref=ref))  # type: ignore[call-arg]  # the text is in it
    return Page(_notes(ref))


@blueprint.post("/<ref:ref>/lead")
@needs(Permit.EDIT_COORDINATION)
@blueprint.arguments(NameLead, given=("case_ref",))
@blueprint.response(201, CASE)
def lead_named(ask: type[NameLead], ref: str) -> Tagged:
    """The coordination group names who is to lead, after a refusal."""
    name_lead(g.work, ask(case_ref=ref))  # type: ignore[call-arg]
    return _case(ref)


def _case(ref: str) -> Tagged:
    view = case_view(g.work, ref)
    return tagged(view, view.ref, view.version)


def _notes(ref: str) -> Sequence[NoteView]:
    found: Sequence[NoteView] = case_view(g.work, ref).sections.get("notes", ())
    return found
