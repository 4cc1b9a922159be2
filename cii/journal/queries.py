"""Reads of the journal: is the chain whole, and what happened around a person or a case."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, String, and_, bindparam, or_, type_coerce
from sqlalchemy import select as columns
from sqlmodel import Session, col, func, select

from cii.journal import chain
from cii.journal.sealing import LINKED, seal_folder, seal_mac, unsealed, written_moment
from cii.journal.tables import JournalEntry, JournalPayload, JournalSeal, JournalSubject
from cii.store.ready import Ready
from cii.store.settings import Settings
from cii.store.work import Work

CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, at which number of the chain.

    `what`: changed, missing, payload_changed, cut_off, seal_changed, seal_missing, subjects_changed.
    """

    seq: int
    what: str
    entry_id: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a verification: how many entries are chained, how many wait, the first fault if any."""

    ok: bool
    entries: int
    unsealed: int
    seals: int
    erased_payloads: int
    first_fault: Fault | None = None


_CHAINED = Ready(
    columns(
        col(JournalEntry.seq),
        col(JournalEntry.hash),
        col(JournalEntry.id),
        type_coerce(col(JournalEntry.at), String),
        *LINKED[1:],
        col(JournalPayload.salt),
        col(JournalPayload.payload),
    )
    .join(JournalPayload, col(JournalPayload.entry_id) == col(JournalEntry.id), isouter=True)
    .where(col(JournalEntry.seq) > bindparam("after"), col(JournalEntry.seq) <= bindparam("upto"))
    .order_by(col(JournalEntry.seq)),
    ("after", "upto"),
)
"""The chain as the driver gives it, moments as the driver writes them: millions of rows go through here."""
_SEQ, _HASH, _ID, _AT, _OBJECTS, _DIGEST, _SALT, _BODY = 0, 1, 2, 3, 10, 14, 15, 16


_written = (
    select(col(JournalPayload.payload))
    .join(JournalEntry, col(JournalEntry.id) == col(JournalPayload.entry_id))
    .join(JournalSubject, col(JournalSubject.entry_id) == col(JournalEntry.id))
    .where(
        col(JournalSubject.kind) == bindparam("kind"),
        col(JournalSubject.object_id).in_(bindparam("ids", expanding=True)),
        col(JournalEntry.action).in_(bindparam("actions", expanding=True)),
    )
    .order_by(col(JournalEntry.id))
)


def written(
    session: Session, kind: str, ids: Sequence[int], actions: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """What was written of these objects under these acts, oldest first; erased payloads are left out."""
    given = {"kind": kind, "ids": list(ids), "actions": list(actions)}
    for payload in session.connection().execute(_written, given).scalars():
        yield json.loads(payload)


def verify(engine: Engine, settings: Settings) -> Verdict:
    """Recompute the chain from its first link; finds any entry changed, deleted, moved or cut off.

    Seals of the second place are compared with the chain, so that a chain that was rebuilt or shortened is
    found as well. An erased payload is no fault (it is counted). Entries not sealed yet are counted, not
    verified: `seal` them first.
    """
    key = chain.chain_key(settings.journal_key.get_secret_value())
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
        with Session(connection) as session:
            exported, fault = _exported_seals(key, settings)
            kept = {row.seq: row.hash for row in session.exec(select(JournalSeal))}
            walk = _Walk(key, expected=kept | exported)
            found = fault or _missing_seal(kept, exported) or walk.through(session)
            waiting = unsealed(session)
    return Verdict(found is None, walk.seq, waiting, len(exported), walk.erased, found)


def _missing_seal(kept: Mapping[int, str], exported: Mapping[int, str]) -> Fault | None:
    for seq, hash_ in exported.items():
        if kept.get(seq, hash_) != hash_:
            return Fault(seq, "seal_changed")
        if seq not in kept:
            return Fault(seq, "cut_off")
    missing = sorted(kept.keys() - exported.keys())
    return Fault(missing[0], "seal_missing") if missing else None


class _Walk:
    """One pass over the chain: where it stands and what it has counted."""

    def __init__(self, key: bytes, expected: Mapping[int, str]) -> None:
        self.key, self.expected = key, expected
        self.seq, self.prev, self.erased, self.subjects = 0, chain.GENESIS, 0, 0

    def through(self, session: Session) -> Fault | None:
        """Walk to the end; the first fault, or None."""
        connection = session.connection()
        while rows := _CHAINED.read(connection, {"after": self.seq, "upto": self.seq + CHUNK}):
            if fault := self._chunk(rows):
                return fault
        last = session.exec(select(func.max(col(JournalEntry.seq)))).one()
        if (last or 0) > self.seq:
            return Fault(self.seq + 1, "missing")
        beyond = [seq for seq in self.expected if seq > self.seq]
        if beyond:
            return Fault(min(beyond), "cut_off")
        counted = session.exec(
            select(func.count())
            .select_from(JournalSubject)
            .join(JournalEntry, col(JournalEntry.id) == col(JournalSubject.entry_id))
            .where(col(JournalEntry.seq).is_not(None))
        ).one()
        return None if counted == self.subjects else Fault(self.seq, "subjects_changed")

    def _chunk(self, rows: Sequence[Sequence[Any]]) -> Fault | None:
        """Rows in order: the next number, the link that follows from the last, the payload as sealed."""
        key, seq, prev, subjects, erased = self.key, self.seq, self.prev, 0, 0
        expected, link, digest_of = self.expected, chain.link, chain.payload_digest
        for row in rows:
            if row[_SEQ] != seq + 1:
                return Fault(seq + 1, "missing")
            seq += 1
            prev = link(key, prev, (seq, row[_ID], written_moment(row[_AT]), *row[_AT + 1 : _SALT]))
            if prev != row[_HASH]:
                return Fault(seq, "changed", row[_ID])
            if seq in expected and expected[seq] != prev:
                return Fault(seq, "seal_changed", row[_ID])
            if row[_OBJECTS]:
                subjects += row[_OBJECTS].count(" ") + 1
            if row[_BODY] is None:
                erased += row[_DIGEST] is not None
            elif digest_of(row[_SALT], row[_BODY]) != row[_DIGEST]:
                return Fault(seq, "payload_changed", row[_ID])
        self.seq, self.prev = seq, prev
        self.subjects += subjects
        self.erased += erased
        return None


def _exported_seals(key: bytes, settings: Settings) -> tuple[dict[int, str], Fault | None]:
    seals: dict[int, str] = {}
    for file in sorted(seal_folder(settings).glob("[0-9]*.json")):
        try:
            body = json.loads(file.read_text(encoding="utf-8"))
            mac = body.pop("mac")
            seq, hash_ = int(body["seq"]), str(body["hash"])
        except (ValueError, KeyError, AttributeError):
            return seals, Fault(int(file.stem), "seal_changed")
        if mac != seal_mac(key, body):
            return seals, Fault(seq, "seal_changed")
        seals[seq] = hash_
    return seals, None


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One entry as people read it; `payload` is None when there was none or when it was erased."""

    id: int
    at: datetime
    actor: str
    account_id: int | None
    unit_id: int | None
    action: str
    kind: str
    ref: str | None
    sections: int
    basis: str | None
    payload: dict[str, Any] | None


def history(
    work: Work,
    *,
    case_ids: Sequence[int] = (),
    person_ids: Sequence[int] = (),
    actions: Sequence[str] = (),
    before: int | None = None,
    limit: int = 50,
) -> list[HistoryRow]:
    """What was done and read around these cases and persons, newest first; `before` is the last id of a page.

    The caller has established that the actor may see them (their own case, the person's file, the officer).
    """
    concerned: list[ColumnElement[bool]] = [
        and_(col(JournalSubject.kind) == kind, col(JournalSubject.object_id).in_(ids))
        for kind, ids in (("case", case_ids), ("person", person_ids))
        if ids
    ]
    entries = select(JournalSubject.entry_id).where(or_(*concerned)) if concerned else None
    wanted = (
        select(JournalEntry, JournalPayload.payload)
        .join(JournalPayload, col(JournalPayload.entry_id) == col(JournalEntry.id), isouter=True)
        .order_by(col(JournalEntry.id).desc())
        .limit(limit)
    )
    if entries is not None:
        wanted = wanted.where(col(JournalEntry.id).in_(entries))
    if actions:
        wanted = wanted.where(col(JournalEntry.action).in_(actions))
    if before is not None:
        wanted = wanted.where(col(JournalEntry.id) < before)
    return [
        HistoryRow(
            entry.id or 0, entry.at, entry.actor, entry.account_id, entry.unit_id, entry.action, entry.kind,
            entry.ref, entry.sections, entry.basis, json.loads(payload) if payload else None,
        )
        for entry, payload in work.session.exec(wanted)
    ]  # fmt: skip
