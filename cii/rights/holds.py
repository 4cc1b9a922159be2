"""Data of a person stays as it is: while a hold is in force nothing of theirs is erased or taken apart.

Only the data-protection officer sets, sees and lifts holds. Source: LPD 6 al. 4 (keeping as long as needed),
CPDT-JUNE; product.md §9.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_
from sqlalchemy import select as columns
from sqlmodel import col, select

from cii.access.naming import account_name
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, UnknownThing, refuse
from cii.people.erasing import ref_of
from cii.people.tables import Person
from cii.rights.rules_requests import SHORTEST_REASON
from cii.rights.tables_erasing import LegalHold
from cii.rights.vocabulary_erasing import HoldBasis
from cii.rights.whose import OFFICERS, acting_as, labelled, meant
from cii.store.locks import one_at_a_time
from cii.store.work import Work
from cii.wire.pages import USUAL, Page, after, page_of, place

_LIST = "holds"


class HoldReason(Refusal):
    """A hold, its end and an erasure say why, in at least `least` characters."""

    code = "hold-reason"


class HoldEndsBefore(Refusal):
    """A hold lasts at least until today."""

    code = "hold-ends-before"


class HoldOver(Refusal):
    """The hold was lifted before."""

    code, kind = "hold-over", "conflict"


@dataclass(frozen=True)
class SetHold:
    """Whose data (reference or AVS number) stays as it is, on which basis, why, until when (or open)."""

    person: str = field(metadata={"max": 40})
    basis: HoldBasis
    reason: str = field(metadata={"max": 1000})
    until: date | None = None


@dataclass(frozen=True)
class LiftHold:
    """A hold that is needed no longer, and why."""

    hold_ref: str
    reason: str = field(metadata={"max": 1000})


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold as the officers read it; without the person once they were erased."""

    ref: str
    person_ref: str
    person: str | None
    basis: HoldBasis
    reason: str
    until: date | None
    in_force: bool
    set_at: datetime
    set_by: str | None
    lifted_at: datetime | None
    lifted_by: str | None
    lift_reason: str | None


def set_hold(work: Work, ask: SetHold) -> LegalHold:
    """Hold a person's data.

    Refuses all at once: NobodyKept (or why the number is none), HoldReason, HoldEndsBefore; NotAllowed.
    """
    acting_as(work, OFFICERS)
    faults = reason_short(ask.reason)
    if ask.until is not None and ask.until < work.today:
        faults.append(HoldEndsBefore(field="until"))
    person: Person | None = None
    try:
        person = meant(work, ask.person)
    except Refusal as no:
        faults.append(no)
    refuse(faults)
    person_id = person.id or 0 if person else 0
    one_at_a_time(work.session, f"erasure {person_id}")
    row = LegalHold(
        person_id=person_id,
        basis=ask.basis,
        reason=ask.reason.strip(),
        until=ask.until,
        set_at=work.now,
        set_by=work.actor.account_id,
    )
    work.session.add(row)
    work.session.flush()
    _journal(work, "set_hold", row)
    return row


def lift_hold(work: Work, ask: LiftHold) -> LegalHold:
    """End a hold before its day; refuses at once HoldOver, HoldReason; UnknownThing, NotAllowed."""
    acting_as(work, OFFICERS)
    row = work.session.exec(
        select(LegalHold).where(col(LegalHold.ref) == ask.hold_ref).with_for_update()
    ).first()
    if row is None:
        raise UnknownThing(field="hold")
    faults = reason_short(ask.reason)
    if row.lifted_at is not None:
        faults.append(HoldOver(field="hold"))
    refuse(faults)
    row.lifted_at, row.lifted_by, row.lift_reason = work.now, work.actor.account_id, ask.reason.strip()
    work.session.add(row)
    work.session.flush()
    _journal(work, "lift_hold", row)
    return row


def held(work: Work, person_ids: Iterable[int]) -> Mapping[int, LegalHold]:
    """Holds in force today by person; of several the one that lasts longest, an open one longest of all."""
    rows = work.session.exec(
        select(LegalHold)
        .where(col(LegalHold.person_id).in_(set(person_ids)), _in_force(work.today))
        .order_by(col(LegalHold.until).is_(None), col(LegalHold.until), col(LegalHold.id))
    )
    return {row.person_id: row for row in rows}


def holds(work: Work, *, mark: str | None = None, limit: int = USUAL) -> Page[HoldRow]:
    """Every hold, the newest first; refuses NotAllowed."""
    acting_as(work, OFFICERS)
    query = _EACH
    if since := place(work.settings, _LIST, mark):
        query = query.where(after([(col(LegalHold.id), True)], since))
    rows = work.session.execute(query.order_by(col(LegalHold.id).desc()).limit(limit + 1)).all()
    page = page_of(rows, limit, work.settings, _LIST, lambda row: (row[0].id,))
    return Page(tuple(_shown(work, page.items)), page.next)


def hold_view(work: Work, ref: str) -> HoldRow:
    """One hold; refuses NotAllowed, UnknownThing."""
    acting_as(work, OFFICERS)
    found = work.session.execute(_EACH.where(col(LegalHold.ref) == ref)).all()
    if not found:
        raise UnknownThing(field="hold")
    return _shown(work, found)[0]


_EACH: Select[Any] = columns(
    LegalHold,
    ref_of(col(LegalHold.person_id)),
    account_name(col(LegalHold.set_by)),
    account_name(col(LegalHold.lifted_by)),
)
"""Holds, each with the outward name of whom it holds and the names of who set and who lifted it."""


def _shown(work: Work, found: Sequence[Any]) -> list[HoldRow]:
    """Holds as the officers read them; whose they are is a recorded read."""
    ids = {row.person_id for row, *_ in found}
    people = labelled(work, ids, "legal_hold")
    return [
        HoldRow(
            ref=row.ref,
            person_ref=person_ref,
            person=people[row.person_id].name if row.person_id in people else None,
            basis=row.basis,
            reason=row.reason,
            until=row.until,
            in_force=row.lifted_at is None and (row.until is None or row.until >= work.today),
            set_at=row.set_at,
            set_by=set_by,
            lifted_at=row.lifted_at,
            lifted_by=lifted_by,
            lift_reason=row.lift_reason,
        )
        for row, person_ref, set_by, lifted_by in found
    ]


def _in_force(today: date) -> ColumnElement[bool]:
    open_ = or_(col(LegalHold.until).is_(None), col(LegalHold.until) >= today)
    return col(LegalHold.lifted_at).is_(None) & open_


def reason_short(reason: str) -> list[Refusal]:
    """HoldReason, where a reason says too little."""
    short = len(reason.strip()) < SHORTEST_REASON
    return [HoldReason(field="reason", least=SHORTEST_REASON)] if short else []


def _journal(work: Work, act: str, row: LegalHold) -> None:
    wrote(
        work, act, "legal_hold", row.id, ref=row.ref, person_id=row.person_id,
        payload={"basis": row.basis.value, "until": row.until.isoformat() if row.until else None},
    )  # fmt: skip
