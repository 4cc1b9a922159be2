"""Acts on minutes: the final paper comes in as a PDF, goes out to the members, is adopted."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from cii.coordination.members import members
from cii.coordination.vocabulary import Standing
from cii.documents.cleaning import clean
from cii.documents.keeping import keep, sweep
from cii.documents.store import PDF, sniff
from cii.kernel.moves import move
from cii.meetings.actions import kept, noted, of_own_body, step
from cii.meetings.queries import folder, paper_of
from cii.meetings.rules import MINUTES_MOVES, MeetingNotHeld, MinutesNotPdf
from cii.meetings.tables import Meeting, MinutesPaper
from cii.meetings.vocabulary import MeetingEvent, MeetingState, MinutesState
from cii.notices.actions import tell
from cii.store.work import Work


@dataclass(frozen=True)
class ImportMinutes:
    """The final minutes of a meeting come in as a PDF."""

    meeting_ref: str


def import_minutes(work: Work, ask: ImportMinutes, data: bytes, claimed: str | None = None) -> MinutesPaper:
    """Keep the final minutes; a corrected paper follows the one before, which stays.

    What the file says about its maker is cut out. Refuses: UnknownThing, NotAllowed, MeetingNotHeld,
    IllegalMove (adopted), MinutesNotPdf, EmptyFile, FileTooLarge, UnsupportedFile, LockedFile.
    """
    row = _held(work, ask.meeting_ref)
    state = move(MINUTES_MOVES, row.minutes_state, MeetingEvent.IMPORT_MINUTES)
    if sniff(data, claimed) != PDF:
        raise MinutesNotPdf(field="file")
    before = paper_of(work, row)
    file = keep(work, folder(work), clean(data, PDF).data, PDF)
    made = MinutesPaper(
        meeting_id=row.id or 0,
        sequence=before.sequence + 1 if before else 1,
        sha256=file.sha256,
        size=file.size,
        media_type=file.media_type,
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(made)
    _moved(work, row, MeetingEvent.IMPORT_MINUTES, state, ask)
    return made


@dataclass(frozen=True)
class DistributeMinutes:
    """The final minutes go out to every member, those by invitation always among them (rule 3)."""

    meeting_ref: str


def distribute_minutes(work: Work, ask: DistributeMinutes) -> int:
    """Tell every member where the minutes are; returns how many were told.

    Refuses: UnknownThing, NotAllowed, MeetingNotHeld, IllegalMove (no paper, or distributed already).
    """
    row = _held(work, ask.meeting_ref)
    state = move(MINUTES_MOVES, row.minutes_state, MeetingEvent.DISTRIBUTE)
    _moved(work, row, MeetingEvent.DISTRIBUTE, state, ask)
    seats = members(work, row.body, work.today)
    readers = [one.account_id for one in seats if one.standing is not Standing.GUEST and one.account_id]
    for one in readers:
        tell(
            work, account_id=one, kind="meeting-minutes", subject="meeting", subject_ref=row.ref,
            day=row.held_on,
        )  # fmt: skip
    return len(readers)


@dataclass(frozen=True)
class AdoptMinutes:
    """The body adopts the minutes of an earlier meeting: they no longer change."""

    meeting_ref: str


def adopt_minutes(work: Work, ask: AdoptMinutes) -> Meeting:
    """Adopt the minutes. Refuses: UnknownThing, NotAllowed, MeetingNotHeld, IllegalMove (not distributed)."""
    row = _held(work, ask.meeting_ref)
    state = move(MINUTES_MOVES, row.minutes_state, MeetingEvent.ADOPT)
    _moved(work, row, MeetingEvent.ADOPT, state, ask)
    return row


def sweep_minutes(work: Work) -> int:
    """Erase the bytes that no paper names: what a killed process has left; returns how many."""

    def named(hashes: Collection[str]) -> set[str]:
        return set(work.session.exec(select(MinutesPaper.sha256).where(col(MinutesPaper.sha256).in_(hashes))))

    return sweep(work, folder(work), named)


def _held(work: Work, ref: str) -> Meeting:
    row = of_own_body(work, ref)
    if row.state is not MeetingState.HELD:
        raise MeetingNotHeld
    return row


def _moved(work: Work, row: Meeting, event: MeetingEvent, state: MinutesState, ask: Any) -> None:  # noqa: ANN401
    row.minutes_state = state
    kept(work, row)
    step(work, row, event)
    noted(work, f"meeting.{event.value}", row, ask)
