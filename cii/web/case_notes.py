"""The notes of a case, which my unit writes and reads, and the history of the case."""

from dataclasses import dataclass, field
from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.cases.actions import AddNote
from cii.cases.noting import CorrectNote, notes_in
from cii.cases.vocabulary import CaseStatus
from cii.desk.noting import colleagues, rewrite_note, write_note
from cii.desk.vocabulary import DraftPlace
from cii.web import visits
from cii.web.base import Blueprint, see_other
from cii.web.case_head import case_page, head
from cii.web.choices import text_asked
from cii.web.drafts import drafted
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("case_notes", __name__)


@dataclass(frozen=True)
class Correction:
    """A note as its form sends it anew."""

    text: str = field(metadata={"max": 8000})


@page.get("/cases/<ref:ref>/notes", endpoint="index")
@needs(Permit.SEE_CASE)
def notes(ref: str) -> str:
    """The internal notes of my unit, with what I was writing."""
    shown = case_page(ref, "notes")
    visits.keep_visit(shown)
    may_write = bool(shown.view.may_write & Section.NOTES) and shown.view.status is CaseStatus.OPEN
    writes = may_write and Permit.WRITE_NOTE.value in g.work.actor.permits
    return render_template(
        "pages/cases/notes.html",
        **head(shown, "notes"),
        notes=notes_in(g.work, ref),
        may_write=writes,
        drafts=drafted(shown.view, shown.case_id, DraftPlace.NOTE, open_=writes),
        colleagues=colleagues(g.work) if writes else [],
        correcting=text_asked("correct"),
    )


@page.post("/cases/<ref:ref>/notes")
@needs(Permit.WRITE_NOTE)
@once
@again(notes)
def write(ref: str) -> Response:
    """Keep an internal note; whom it names is told, its draft goes."""
    write_note(g.work, asked(AddNote, case_ref=ref))
    return see_other("case_notes.index", ref=ref, done="noted")


def _again(ref: str, note: str) -> str:  # noqa: ARG001 - the address of the act
    return notes(ref)


@page.post("/cases/<ref:ref>/notes/<ref:note>")
@needs(Permit.WRITE_NOTE)
@once
@again(_again)
def correct(ref: str, note: str) -> Response:
    """Write a note of mine anew; what it said is kept."""
    rewrite_note(g.work, CorrectNote(ref, note, asked(Correction).text))
    return see_other("case_notes.index", ref=ref, done="noted")


@page.get("/cases/<ref:ref>/timeline")
@needs(Permit.SEE_CASE)
def timeline(ref: str) -> str:
    """What happened, newest first, by kind."""
    shown = case_page(ref, "timeline")
    visits.keep_visit(shown)
    told: dict[str, Any] = visits.history(shown)
    return render_template("pages/cases/timeline.html", **head(shown, "timeline"), **told)
