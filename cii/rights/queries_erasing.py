"""Reads of erasures: what is prepared, what was decided, what went; for those who prepare and decide."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import select as columns
from sqlmodel import col, func, select

from cii.access.naming import account_name
from cii.access.vocabulary import Role
from cii.kernel.errors import UnknownThing
from cii.people.erasing import ref_of
from cii.rights.erasing import ROWS
from cii.rights.tables_erasing import Erasure, ErasureCertificate, ErasureFile
from cii.rights.vocabulary_erasing import ErasureGround, ErasureState
from cii.rights.whose import DECIDERS, OFFICERS, acting_as, labelled
from cii.store.work import Work
from cii.wire.pages import USUAL, Page, after, page_of, place

_LIST = "erasures"
_ROOMS = {one.table.name: one.model.__module__.split(".")[1] for one in ROWS} | {
    "person": "people", "journal_payload": "journal", "outbox": "store", "idempotency_record": "wire",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gone:
    """Rows of a table that go or went; `part`: the room that keeps them."""

    part: str
    table: str
    rows: int


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """An erasure; `person` for an officer, until it is done. `gone`: what would go, then what went."""

    ref: str
    state: ErasureState
    ground: ErasureGround
    reason: str
    person_ref: str
    person: str | None
    prepared_at: datetime
    prepared_by: str | None
    prepared_as: Role
    decided_at: datetime | None
    decided_by: str | None
    decided_as: Role | None
    decision_reason: str | None
    gone: tuple[Gone, ...]
    digest: str | None
    files_left: int
    mine: bool


def erasures(work: Work, *, mark: str | None = None, limit: int = USUAL) -> Page[ErasureRow]:
    """Every erasure, the newest first; refuses NotAllowed."""
    acting_as(work, DECIDERS)
    query = _EACH
    if since := place(work.settings, _LIST, mark):
        query = query.where(after([(col(Erasure.id), True)], since))
    rows = work.session.execute(query.order_by(col(Erasure.id).desc()).limit(limit + 1)).all()
    page = page_of(rows, limit, work.settings, _LIST, lambda row: (row[0].id,))
    return Page(tuple(_shown(work, page.items)), page.next)


def erasure_view(work: Work, ref: str) -> ErasureRow:
    """One erasure; refuses NotAllowed, UnknownThing."""
    acting_as(work, DECIDERS)
    found = work.session.execute(_EACH.where(col(Erasure.ref) == ref)).all()
    if not found:
        raise UnknownThing(field="erasure")
    return _shown(work, found)[0]


def whose(work: Work, ref: str) -> tuple[int, ErasureGround]:
    """Whom an erasure is about, and on which ground; for whoever has opened it."""
    row = work.session.exec(select(Erasure).where(col(Erasure.ref) == ref)).one()
    return row.whose_id, row.ground


def parts(counts: Mapping[str, int]) -> tuple[Gone, ...]:
    """Counts by table with the room of each, in the order of rooms and tables."""
    found = [Gone(_ROOMS[table], table, rows) for table, rows in counts.items()]
    return tuple(sorted(found, key=lambda one: (one.part, one.table)))


_LEFT = (
    columns(func.count())
    .where(col(ErasureFile.erasure_id) == col(Erasure.id))
    .correlate(Erasure)
    .scalar_subquery()
)
_EACH: Select[Any] = columns(
    Erasure,
    ErasureCertificate,
    _LEFT,
    ref_of(col(Erasure.whose_id)),
    account_name(col(Erasure.prepared_by)),
    account_name(col(Erasure.decided_by)),
).join_from(Erasure, ErasureCertificate, col(ErasureCertificate.erasure_id) == col(Erasure.id), isouter=True)
"""Erasures with their certificate, where they have one, how many files are left, and the names."""


def _shown(work: Work, found: Sequence[Any]) -> list[ErasureRow]:
    people = _names(work, {row.whose_id for row, *_ in found})
    return [
        ErasureRow(
            ref=row.ref,
            state=state_of(row),
            ground=row.ground,
            reason=row.reason,
            person_ref=person_ref,
            person=people.get(row.whose_id),
            prepared_at=row.prepared_at,
            prepared_by=prepared_by,
            prepared_as=Role(row.prepared_as),
            decided_at=row.decided_at,
            decided_by=decided_by,
            decided_as=Role(row.decided_as) if row.decided_as else None,
            decision_reason=row.decision_reason,
            gone=parts(done.counts if done else row.planned),
            digest=done.digest if done else None,
            files_left=left,
            mine=row.prepared_by == work.actor.account_id,
        )
        for row, done, left, person_ref, prepared_by, decided_by in found
    ]


def state_of(row: Erasure) -> ErasureState:
    """Where an erasure stands."""
    if row.decided_at is None:
        return ErasureState.PREPARED
    return ErasureState.DONE if row.approved else ErasureState.REJECTED


def _names(work: Work, ids: Collection[int]) -> dict[int, str]:
    """Names for an officer, a recorded read; an administrator decides without."""
    if acting_as(work, DECIDERS) not in OFFICERS:
        return {}
    return {id_: one.name for id_, one in labelled(work, ids, "erasure").items()}
