"""Waiting for a place: entries that anyone can put into the same order."""

from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.access.queries import case_visible, sections_on_case
from cii.access.vocabulary import Section
from cii.cases.queries import case_by_ref
from cii.institutions.queries import line_by_ref
from cii.journal.actions import wrote
from cii.kernel.digest import plain
from cii.kernel.errors import NotAllowed, UnknownThing, refuse
from cii.measures.queries import measure_by_ref
from cii.placements.rules import AlreadyWaiting, PlacementDatesUpsideDown, UrgencyUnknown, lot
from cii.placements.tables import WaitingEntry
from cii.placements.vocabulary import WaitingState
from cii.store.work import Work

URGENCIES = (1, 2, 3)
"""1 urgent, 2 usual, 3 may wait."""


@dataclass(frozen=True)
class JoinWaitingList:
    """A person waits for a place of a line in a measure."""

    case_ref: str
    measure_ref: str
    line_ref: str
    starts_on: date
    ends_on: date
    urgency: int = 2


def join_waiting_list(work: Work, ask: JoinWaitingList) -> WaitingEntry:
    """Enter the person from today on.

    Refuses: UnknownThing, NotAllowed; all at once AlreadyWaiting, PlacementDatesUpsideDown, UrgencyUnknown.
    """
    case, measure = case_by_ref(work, ask.case_ref), measure_by_ref(work, ask.measure_ref)
    line = line_by_ref(work, ask.line_ref)
    if Section.PLACEMENT not in sections_on_case(work, case.id or 0)[1]:
        raise NotAllowed
    waits = work.session.execute(
        select(col(WaitingEntry.id)).where(
            col(WaitingEntry.person_id) == case.person_id,
            col(WaitingEntry.measure_id) == measure.id,
            col(WaitingEntry.state) == WaitingState.WAITING,
        )
    ).first()
    refuse(
        [
            *([AlreadyWaiting(field="measure_ref")] if waits else []),
            *(
                [PlacementDatesUpsideDown(field="ends_on", first=ask.starts_on, last=ask.ends_on)]
                if ask.ends_on < ask.starts_on
                else []
            ),
            *([UrgencyUnknown(field="urgency")] if ask.urgency not in URGENCIES else []),
        ]
    )
    entry = WaitingEntry(
        case_id=case.id or 0,
        person_id=case.person_id,
        measure_id=measure.id or 0,
        line_id=line.id or 0,
        requested_by_unit_id=next(iter(work.actor.units), case.lead_unit_id),
        urgency=ask.urgency,
        waiting_since=work.today,
        lot=lot(measure.code, case.ref, work.today),
        starts_on=ask.starts_on,
        ends_on=ask.ends_on,
        state=WaitingState.WAITING,
        created_at=work.now,
    )
    work.session.add(entry)
    work.session.flush()
    wrote(
        work,
        "waiting.join",
        "waiting_entry",
        entry.id,
        ref=entry.ref,
        case_id=case.id,
        person_id=case.person_id,
        payload={name: plain(value) for name, value in asdict(ask).items()},
    )
    return entry


def entry_by_ref(work: Work, ref: str) -> WaitingEntry:
    """The entry, if the actor may see its case; held until the transaction ends; refuses UnknownThing."""
    entry = work.session.scalars(
        select(WaitingEntry)
        .where(
            col(WaitingEntry.ref) == ref,
            case_visible(col(WaitingEntry.case_id), work.actor, work.now, Section.PLACEMENT),
        )
        .with_for_update()
    ).first()
    if entry is None:
        raise UnknownThing(field="waiting_ref")
    return entry


def withdraw_waiting(work: Work, ref: str) -> WaitingEntry:
    """Take the person off the list; refuses UnknownThing, NotAllowed. A closed entry stays as it is."""
    entry = entry_by_ref(work, ref)
    if Section.PLACEMENT not in sections_on_case(work, entry.case_id)[1]:
        raise NotAllowed
    if entry.state is WaitingState.WAITING:
        entry.state, entry.closed_at = WaitingState.WITHDRAWN, work.now
        entry.paused_on = entry.paused_by_unit_id = None
        work.session.add(entry)
        work.session.flush()
        wrote(
            work,
            "waiting.withdraw",
            "waiting_entry",
            entry.id,
            ref=ref,
            case_id=entry.case_id,
            person_id=entry.person_id,
        )
    return entry
