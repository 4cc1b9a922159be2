"""Notes as one writes them: colleagues who are named are told, the draft goes."""

from collections.abc import Iterable
from dataclasses import replace

from sqlmodel import col, select

from cii.access.queries import members_of, sections_on_case
from cii.access.seated import actors
from cii.access.vocabulary import Section
from cii.cases.actions import AddNote, add_note
from cii.cases.noting import CorrectNote, correct_note, former_ids
from cii.cases.queries import case_by_id
from cii.cases.tables import CaseFile, CaseNote
from cii.desk.drafting import discard_draft
from cii.desk.rules import mentioned
from cii.desk.tables import Mention
from cii.desk.vocabulary import DraftPlace
from cii.notices.actions import tell
from cii.store.work import Work


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
