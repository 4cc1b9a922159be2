"""Two rows turn out to be one person: everything of the old follows to the new, and can be taken back.

Each room names the rows that follow (`take_over.py`), moved in one statement per table, and says first why
they could not; all reasons come at once. Append-only rows keep what they say: only their link to the person
may move, which the guards of these tables allow (`store.guards`). The journal stays as it was written. What
moved is kept in `person_merge`; the undo puts back exactly these rows, and is refused, naming the tables,
when one of them says something else by now. Rows written after the merge stay with the new person.

Nobody gains sight of a case: a case keeps its own grants, and a grant on the person opens the person only.
Each unit goes on seeing what it typed itself. Source: product.md §0 row 5; house.md §2.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import ModuleType

from sqlmodel import col, select

from cii.access import take_over as access
from cii.access.queries import person_visible
from cii.cases import take_over as cases
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, UnknownThing, refuse
from cii.notices import take_over as notices
from cii.partners import take_over as partners
from cii.people import take_over as people
from cii.people.queries import person_by_ref
from cii.placements import take_over as placements
from cii.requests import take_over as requests
from cii.rights import take_over as rights
from cii.rights.holds import held
from cii.rights.rules_requests import SHORTEST_REASON
from cii.rights.tables_merging import PersonMerge
from cii.routing import take_over as routing
from cii.store.locks import one_at_a_time
from cii.store.moving import Moved, changed, move, put_back, together
from cii.store.work import Work
from cii.workflow import take_over as workflow

ROOMS: tuple[ModuleType, ...] = (
    people, access, notices, workflow, cases, placements, routing, requests, partners, rights,
)  # fmt: skip
"""Every room with rows of a person. One name each."""
NUMBER = "person"
"""Where a merge keeps that the AVS number was handed on: it is a value of the row itself."""


class SamePerson(Refusal):
    """The two are one row already."""

    code = "merge-same-person"


class MergeReason(Refusal):
    """A merge and its undo say why, in at least `least` characters."""

    code = "merge-reason"


class MergedSince(Refusal):
    """What moved has changed since: `count` rows of `table`."""

    code, kind = "merge-changed-since", "conflict"


class MergeUndone(Refusal):
    """The merge was taken back before."""

    code, kind = "merge-undone", "conflict"


class MergeHeld(Refusal):
    """The person's data is held: it stays together."""

    code, kind = "merge-held", "conflict"


@dataclass(frozen=True)
class MergePersons:
    """The old row, the row that stays, and why both are one person."""

    old_ref: str
    new_ref: str
    reason: str = field(metadata={"max": 1000})


@dataclass(frozen=True)
class UnmergePersons:
    """A merge that was a mistake, and why."""

    merge_ref: str
    reason: str = field(metadata={"max": 1000})


def merge(work: Work, old_ref: str, new_ref: str, reason: str) -> PersonMerge:
    """Let everything of the old person follow to the new one; both must be open to the actor.

    Refuses UnknownThing; with all reasons at once: MergeReason, SamePerson, TwoNumbers, PlacesOverlap,
    DetectedTwice.
    """
    old, new = person_by_ref(work, old_ref), person_by_ref(work, new_ref)
    old_id, new_id = old.id or 0, new.id or 0
    one_at_a_time(work.session, f"merge {min(old_id, new_id)}")
    one_at_a_time(work.session, f"merge {max(old_id, new_id)}")
    faults = _reason_faults(reason)
    if old_id == new_id:
        faults.append(SamePerson(field="old_ref"))
    else:
        faults += [
            clash
            for room in ROOMS
            if hasattr(room, "clashes")
            for clash in room.clashes(work, old_id, new_id)
        ]
    refuse(faults)
    moved = together(move(work.session, room.ROWS, old_id, new_id) for room in ROOMS)
    if people.hand_number(work, old_id, new_id):
        moved[NUMBER] = {str(old_id): ""}
    row = PersonMerge(
        old_person_id=old_id,
        new_person_id=new_id,
        reason=reason.strip(),
        moved=moved,
        at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(row)
    work.session.flush()
    _journal(work, "merge_persons", row)
    return row


def unmerge(work: Work, merge_ref: str, reason: str) -> PersonMerge:
    """Take a merge back: exactly the rows that went return.

    Refuses UnknownThing (also when the person is not open to the actor); with all reasons at once:
    MergeReason, MergeHeld, MergeUndone, MergedSince for each table.
    """
    row = _merge(work, merge_ref)
    one_at_a_time(work.session, f"merge {row.new_person_id}")
    work.session.refresh(row)
    faults = _reason_faults(reason)
    if held(work, [row.new_person_id]):
        faults.append(MergeHeld(field="merge_ref"))
    if row.undone_at is not None:
        refuse([*faults, MergeUndone(field="merge_ref", undone_at=row.undone_at)])
    moved: Moved = row.moved
    faults += [
        MergedSince(field="merge_ref", table=table, count=count)
        for room in ROOMS
        for table, count in changed(work.session, room.ROWS, moved, row.new_person_id).items()
    ]
    if NUMBER in moved and not people.has_number(work, row.new_person_id):
        faults.append(MergedSince(field="merge_ref", table=NUMBER, count=1))
    refuse(faults)
    for room in ROOMS:
        put_back(work.session, room.ROWS, moved, row.old_person_id)
    if NUMBER in moved:
        people.hand_number(work, row.new_person_id, row.old_person_id)
    row.undone_at, row.undone_by, row.undo_reason = work.now, work.actor.account_id, reason.strip()
    work.session.add(row)
    work.session.flush()
    _journal(work, "unmerge_persons", row)
    return row


def merges(work: Work, person_id: int) -> Sequence[PersonMerge]:
    """The merges into a person whom the caller has found open to the actor, newest first."""
    return work.session.exec(
        select(PersonMerge)
        .where(col(PersonMerge.new_person_id) == person_id)
        .order_by(col(PersonMerge.id).desc())
    ).all()


def _merge(work: Work, ref: str) -> PersonMerge:
    found = work.session.exec(
        select(PersonMerge).where(
            col(PersonMerge.ref) == ref,
            person_visible(col(PersonMerge.new_person_id), work.actor, work.now),
        )
    ).first()
    if found is None:
        raise UnknownThing(field="merge_ref")
    return found


def _reason_faults(reason: str) -> list[Refusal]:
    short = len(reason.strip()) < SHORTEST_REASON
    return [MergeReason(field="reason", least=SHORTEST_REASON)] if short else []


def _journal(work: Work, act: str, row: PersonMerge) -> None:
    """One entry for each of the two, so that either file tells it."""
    for person_id, other_id in (
        (row.new_person_id, row.old_person_id),
        (row.old_person_id, row.new_person_id),
    ):
        wrote(
            work,
            act,
            "person_merge",
            row.id,
            ref=row.ref,
            person_id=person_id,
            payload={"other": other_id, "moved": {table: len(rows) for table, rows in row.moved.items()}},
        )
