"""Writes journal entries, in the transaction of their cause; the sealer chains them afterwards."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Table, delete, insert
from sqlmodel import col

from cii.journal import chain
from cii.journal.tables import JournalEntry, JournalPayload, JournalSubject
from cii.store.ready import Ready
from cii.store.work import Work


def _of(rows: Any) -> Table:  # noqa: ANN401 - SQLModel does not tell of its tables
    table: Table = rows.__table__
    return table


_ENTRY = Ready(
    insert(_of(JournalEntry)).returning(col(JournalEntry.id)),
    (
        "at", "account_id", "actor", "unit_id", "action", "kind", "ref", "objects", "sections", "basis",
        "correlation", "payload_digest",
    ),
)  # fmt: skip
_PAYLOAD = Ready(insert(_of(JournalPayload)), ("entry_id", "salt", "payload"))
_SUBJECT = Ready(insert(_of(JournalSubject)), ("kind", "object_id", "entry_id"))
"""Written with every act of the house, straight to the tables: each act would pay for the detour."""
_AT_ONCE = 10_000


def wrote(
    work: Work,
    action: str,
    kind: str,
    id_: int | None,
    *,
    ref: str | None = None,
    case_id: int | None = None,
    person_id: int | None = None,
    unit_id: int | None = None,
    basis: str | None = None,
    payload: Mapping[str, object] | None = None,
) -> int:
    """Record an act on an object, with the case and person it concerns; returns the entry's id.

    `unit_id` is the unit for which the actor acts; left out, the first of their seats. `payload` holds what
    was written, as plain values.
    """
    subjects = [(kind, id_), ("case", case_id), ("person", person_id)]
    return _enter(
        work,
        action,
        kind,
        [(name, one) for name, one in subjects if one is not None],
        ref=ref,
        unit_id=unit_id,
        basis=basis,
        payload=payload,
    )


def read_rows(work: Work) -> int:
    """Write down what this request has shown: one entry per kind and basis; returns how many.

    The door calls it before the answer leaves; if it fails, no data leaves.
    """
    grouped: dict[tuple[str, str | None], tuple[set[int], int]] = {}
    for seen in work.seen:
        ids, sections = grouped.get((seen.kind, seen.basis), (set(), 0))
        grouped[seen.kind, seen.basis] = (ids | set(seen.ids), sections | seen.sections)
    for (kind, basis), (ids, sections) in grouped.items():
        _enter(work, "read", kind, [(kind, one) for one in sorted(ids)], basis=basis, sections=sections)
    work.seen.clear()
    return len(grouped)


def refused(
    work: Work, action: str, kind: str, code: str, *, ref: str | None = None, id_: int | None = None
) -> int:
    """Record an attempt that was refused, with the code of its (first) reason."""
    subjects = [] if id_ is None else [(kind, id_)]
    return _enter(work, "refused", kind, subjects, ref=ref, payload={"action": action, "code": code})


def forget_payloads(work: Work, entry_ids: Iterable[int]) -> int:
    """Erase what entries held, payload and salt; the entries stay and the chain stays valid."""
    ids, gone = list(entry_ids), 0
    for at in range(0, len(ids), _AT_ONCE):
        wanted = delete(JournalPayload).where(col(JournalPayload.entry_id).in_(ids[at : at + _AT_ONCE]))
        gone += work.session.connection().execute(wanted).rowcount
    work.session.expire_all()
    return gone


def _enter(  # noqa: PLR0917 - the private end of three callers
    work: Work,
    action: str,
    kind: str,
    subjects: list[tuple[str, int]],
    ref: str | None = None,
    unit_id: int | None = None,
    basis: str | None = None,
    payload: Mapping[str, object] | None = None,
    sections: int = 0,
) -> int:
    subjects = list(dict.fromkeys(subjects))
    salt, body, digest = chain.salted(payload) if payload is not None else ("", "", None)
    written = work.session.connection()
    entry = {
        "at": work.now,
        "account_id": work.actor.account_id,
        "actor": work.actor.name,
        "unit_id": unit_id if unit_id is not None else next(iter(work.actor.units), None),
        "action": action,
        "kind": kind,
        "ref": ref,
        "objects": " ".join(f"{name}:{one}" for name, one in subjects),
        "sections": int(sections),
        "basis": basis,
        "correlation": work.correlation,
        "payload_digest": digest,
    }
    entry_id: int = _ENTRY.read(written, entry)[0][0]
    if digest is not None:
        _PAYLOAD.write(written, [{"entry_id": entry_id, "salt": salt, "payload": body}])
    if subjects:
        _SUBJECT.write(
            written, [{"kind": name, "object_id": one, "entry_id": entry_id} for name, one in subjects]
        )
    return entry_id
