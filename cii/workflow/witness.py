"""Compares the events of processes with what the journal was told of each when it happened.

The journal is chained by hashes (`cii audit verify`); an event that somebody changes, takes away or slips in
behind the engine differs from its witness there. Events without any witness are left out: those of an archive
that was loaded, and those of persons whose payloads were erased. Source: workflow.md §1 point 5.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Engine, Row, Table, bindparam, select
from sqlmodel import Session, SQLModel, col

from cii.journal.queries import written
from cii.workflow.tables import WfEvent, WfInstance

WITNESSED = ("event", "migrate_process")
"""The acts under which the journal keeps events."""

CHUNK = 500

Told = dict[str, dict[int, tuple[str, Any]]]
"""What the journal was told: by process and number, the kind of the event and its data."""


@dataclass(frozen=True, slots=True)
class Unlike:
    """An event that is not what the journal was told; `what`: changed, missing, added."""

    process: str
    seq: int
    what: str


def unlike_their_witness(engine: Engine) -> list[Unlike]:
    """Every event of a process that differs from its record in the journal, in order; empty if none."""
    with Session(engine) as session:
        found: list[Unlike] = []
        last = 0
        while chunk := session.connection().execute(_PROCESSES, {"after": last}).all():
            last = chunk[-1].id
            found += _of(session, chunk)
        return found


def _columns(rows: type[SQLModel], *names: str) -> list[Any]:
    table = cast("Table", rows.__table__)  # type: ignore[attr-defined]
    return [table.c[name] for name in names]


_PROCESSES = (
    select(*_columns(WfInstance, "id", "ref", "subject", "subject_id"))
    .where(col(WfInstance.id) > bindparam("after"))
    .order_by(col(WfInstance.id))
    .limit(CHUNK)
)
_EVENTS = (
    select(*_columns(WfEvent, "instance_id", "seq", "kind", "payload"))
    .where(col(WfEvent.instance_id).between(bindparam("first"), bindparam("last")))
    .order_by(col(WfEvent.instance_id), col(WfEvent.seq))
)


def _of(session: Session, chunk: Sequence[Row[Any]]) -> Iterator[Unlike]:
    told = _told(session, chunk)
    held: dict[int, dict[int, tuple[str, Any]]] = {}
    span = {"first": chunk[0].id, "last": chunk[-1].id}
    for instance, seq, kind, data in session.connection().execute(_EVENTS, span):
        held.setdefault(instance, {})[seq] = kind, data
    for one in chunk:
        if witness := told.get(one.ref):
            yield from _differences(one.ref, witness, held.get(one.id, {}))


def _told(session: Session, chunk: Sequence[Row[Any]]) -> Told:
    """What the journal was told of these processes; it may name others of the same subjects."""
    subjects: dict[str, list[int]] = {}
    for one in chunk:
        subjects.setdefault(one.subject, []).append(one.subject_id)
    found: Told = {}
    for subject, ids in subjects.items():
        for told in written(session, subject, ids, WITNESSED):
            numbered = found.setdefault(told["process"], {})
            numbered.update({one["seq"]: (one["kind"], one["data"]) for one in told["events"]})
    return found


def _differences(
    process: str, witness: dict[int, tuple[str, Any]], held: dict[int, tuple[str, Any]]
) -> Iterator[Unlike]:
    first = min(witness)
    for seq in sorted(witness.keys() | held.keys()):
        if seq not in held:
            yield Unlike(process, seq, "missing")
        elif seq not in witness:
            if seq > first:
                yield Unlike(process, seq, "added")
        elif held[seq] != witness[seq]:
            yield Unlike(process, seq, "changed")
