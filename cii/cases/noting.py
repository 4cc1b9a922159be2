"""The notes of a unit: read with what they were before, written anew by their author.

A note that is corrected stays: the correction is a new row that names it. Source: product.md §10.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from cii.access.queries import account_names, sections_on_case
from cii.access.vocabulary import Section
from cii.cases.acts import acting_unit, need
from cii.cases.queries import case_by_ref
from cii.cases.rules import CaseClosed, TextMissing
from cii.cases.tables import CaseNote
from cii.cases.vocabulary import CaseStatus
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, UnknownThing
from cii.store.work import Work


class NoteOfAnother(Refusal):
    """Only who wrote a note corrects it."""

    code, kind = "note-of-another", "forbidden"


class NoteCorrected(Refusal):
    """The note was corrected in the meantime; the correction is what stands."""

    code, kind = "note-corrected", "conflict"


@dataclass(frozen=True)
class CorrectNote:
    """A note of mine, written anew; what it said before is kept."""

    case_ref: str
    note_ref: str
    text: str = field(metadata={"max": 8000})


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note as it stands, its author, and what it said before (the newest first)."""

    ref: str
    text: str
    who: str | None
    at: datetime
    mine: bool
    earlier: tuple["NoteLine", ...] = ()


def notes_in(work: Work, ref: str) -> tuple[NoteLine, ...]:
    """The notes of my units in the case, the newest first; none where notes are not open. Journalled."""
    case = case_by_ref(work, ref)
    if not sections_on_case(work, case.id or 0)[0] & Section.NOTES:
        return ()
    rows = work.session.exec(
        select(CaseNote)
        .where(col(CaseNote.case_id) == case.id, col(CaseNote.unit_id).in_(work.actor.units))
        .order_by(col(CaseNote.id).desc())
    ).all()
    names = account_names(work, {one.account_id for one in rows if one.account_id is not None})
    work.saw("case", [case.id or 0], int(Section.NOTES))
    by_id = {one.id: one for one in rows}
    replaced = {one.replaces for one in rows}
    return tuple(_line(work, one, by_id, names) for one in rows if one.id not in replaced)


def _line(
    work: Work, note: CaseNote, by_id: Mapping[int | None, CaseNote], names: Mapping[int, str]
) -> NoteLine:
    earlier: list[NoteLine] = []
    former = by_id.get(note.replaces)
    while former is not None:
        earlier.append(_shown(work, former, names, ()))
        former = by_id.get(former.replaces)
    return _shown(work, note, names, earlier)


def _shown(work: Work, note: CaseNote, names: Mapping[int, str], earlier: Sequence[NoteLine]) -> NoteLine:
    mine = note.account_id is not None and note.account_id == work.actor.account_id
    return NoteLine(note.ref, note.text, names.get(note.account_id or 0), note.at, mine, tuple(earlier))


def correct_note(work: Work, ask: CorrectNote) -> CaseNote:
    """Write a note of mine anew.

    Refuses: UnknownThing (no note of my unit in this case), SectionNotYours, NoPart, CaseClosed, TextMissing,
    NoteOfAnother, NoteCorrected (of two at the same moment one wins).
    """
    case = case_by_ref(work, ask.case_ref)
    need(work, case, Section.NOTES)
    unit = acting_unit(work, case)
    former = work.session.exec(
        select(CaseNote).where(
            col(CaseNote.ref) == ask.note_ref,
            col(CaseNote.case_id) == case.id,
            col(CaseNote.unit_id).in_(work.actor.units),
        )
    ).first()
    if former is None:
        raise UnknownThing(field="note")
    if former.account_id is None or former.account_id != work.actor.account_id:
        raise NoteOfAnother
    if case.status is CaseStatus.CLOSED:
        raise CaseClosed(number=case.number, open="reopen")
    if not ask.text.strip():
        raise TextMissing(field="text")
    note = CaseNote(
        case_id=case.id or 0, unit_id=former.unit_id, account_id=work.actor.account_id, text=ask.text,
        at=work.now, replaces=former.id,
    )  # fmt: skip
    try:
        with work.session.begin_nested():
            work.session.add(note)
            work.session.flush()
    except IntegrityError as clash:
        raise NoteCorrected from clash
    wrote(work, "correct_note", "case", case.id, ref=case.ref, person_id=case.person_id, unit_id=unit)
    return note


def former_ids(work: Work, note: CaseNote) -> list[int]:
    """The rows that a note has replaced, the newest first."""
    found: list[int] = []
    before = note.replaces
    while before is not None:
        found.append(before)
        before = work.session.exec(select(CaseNote.replaces).where(col(CaseNote.id) == before)).first()
    return found
