"""Notes as one writes them: a draft is kept while typing, colleagues who are named are told."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from cii.access.queries import members_of, sections_on_case
from cii.access.seated import actors
from cii.access.vocabulary import Section
from cii.cases.actions import AddNote, add_note
from cii.cases.acts import need
from cii.cases.noting import CorrectNote, correct_note, former_ids
from cii.cases.queries import case_by_id, case_by_ref
from cii.cases.tables import CaseFile, CaseNote
from cii.desk.rules import mentioned
from cii.desk.tables import Draft, Mention
from cii.desk.vocabulary import DraftPlace
from cii.notices.actions import tell
from cii.store.work import Work


@dataclass(frozen=True)
class SaveDraft:
    """What stands in a form of a case while it is being written; empty: nothing any more."""

    case_ref: str
    place: DraftPlace
    text: str = field(default="", metadata={"max": 8000})


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as its page brings it back."""

    text: str
    saved_at: datetime


def save_draft(work: Work, ask: SaveDraft) -> None:
    """Keep what the actor is writing, in place of what was kept before.

    Nobody else reads it. It outlives the session and goes when the note is sent or emptied. Refuses:
    UnknownThing, SectionNotYours.
    """
    case = case_by_ref(work, ask.case_ref)
    need(work, case, Section.NOTES)
    if work.actor.account_id is None:
        return
    if not ask.text.strip():
        discard_draft(work, case.id or 0, ask.place)
        return
    kept = work.session.execute(
        update(Draft)
        .where(*_mine(work, case.id or 0, ask.place))
        .values(text=ask.text, saved_at=work.now)
        .returning(col(Draft.id))
        .execution_options(synchronize_session=False)
    ).first()
    if kept is not None:
        return
    row = Draft(
        account_id=work.actor.account_id,
        case_id=case.id or 0,
        place=ask.place,
        text=ask.text,
        saved_at=work.now,
    )
    try:
        with work.session.begin_nested():
            work.session.add(row)
            work.session.flush()
    except IntegrityError:
        """Two windows saved at the same moment; the other's text is kept until the next keystroke."""


def kept_draft(work: Work, case_id: int, place: DraftPlace) -> Kept | None:
    """What the actor has written there and not sent yet; the caller has shown the case."""
    row = work.session.execute(
        select(col(Draft.text), col(Draft.saved_at)).where(*_mine(work, case_id, place))
    ).first()
    return Kept(row[0], row[1]) if row is not None else None


def discard_draft(work: Work, case_id: int, place: DraftPlace) -> None:
    """The draft was sent or emptied."""
    work.session.execute(
        delete(Draft).where(*_mine(work, case_id, place)).execution_options(synchronize_session=False)
    )


def _mine(work: Work, case_id: int, place: DraftPlace) -> tuple[Any, ...]:
    return (
        col(Draft.account_id) == (work.actor.account_id or 0),
        col(Draft.case_id) == case_id,
        col(Draft.place) == place,
    )


def write_note(work: Work, ask: AddNote) -> CaseNote:
    """Keep a note, tell the colleagues whom it names, let the draft go; refuses what `add_note` refuses."""
    return _sent(work, add_note(work, ask))


def rewrite_note(work: Work, ask: CorrectNote) -> CaseNote:
    """Correct a note of mine and tell whoever it names anew; refuses what `correct_note` refuses."""
    return _sent(work, correct_note(work, ask))


def _sent(work: Work, note: CaseNote) -> CaseNote:
    case = case_by_id(work, note.case_id)
    if note.replaces is None:
        discard_draft(work, case.id or 0, DraftPlace.NOTE)
    for account_id in _readers(work, case, note):
        work.session.add(
            Mention(
                note_id=note.id or 0, account_id=account_id, by_account_id=work.actor.account_id, at=work.now
            )
        )
        tell(
            work,
            account_id=account_id,
            kind="mentioned",
            subject="case",
            subject_ref=case.ref,
            person_id=case.person_id,
            number=case.number,
        )
    work.session.flush()
    return note


def _readers(work: Work, case: CaseFile, note: CaseNote) -> list[int]:
    """Of the members of the note's unit those whom it names, who may read it and were not named before."""
    members = {one.id or 0: one.name for one in members_of(work, note.unit_id)}
    named = mentioned(note.text, members) - {work.actor.account_id}
    former = former_ids(work, note)
    told = set(work.session.exec(select(Mention.account_id).where(col(Mention.note_id).in_(former))))
    return _may_read(work, case, named - told)


def _may_read(work: Work, case: CaseFile, account_ids: Iterable[int]) -> list[int]:
    """Of these accounts those to whom the notes of the case are open."""
    return [
        id_
        for id_, actor in sorted(actors(work, account_ids).items())
        if sections_on_case(replace(work, actor=actor, seen=[]), case.id or 0)[0] & Section.NOTES
    ]


def colleagues(work: Work) -> list[str]:
    """The names that a note of mine may call: members of my units, without me."""
    found = {one.id or 0: one.name for unit in work.actor.units for one in members_of(work, unit)}
    found.pop(work.actor.account_id or 0, None)
    return sorted(found.values())
