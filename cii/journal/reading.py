"""The journal as the officer and the auditor read it: filtered, newest first, with the state of the chain."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    bindparam,
    literal,
    literal_column,
    true,
    union_all,
)
from sqlalchemy import select as columns
from sqlmodel import col, func, select

from cii.journal.queries import HistoryRow
from cii.journal.tables import JournalEntry, JournalPayload, JournalSeal, JournalSubject
from cii.kernel.clock import local_midnight
from cii.kernel.period import ONE_DAY
from cii.store.ready import Ready
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """What to show of the journal; None shows all. Days are Swiss days, both inside.

    `case` and `person` are outward names: all that concerns them, whatever it was done to.
    """

    action: str | None = None
    kind: str | None = None
    actor: str | None = None
    ref: str | None = None
    first: date | None = None
    last: date | None = None
    unit_id: int | None = None
    case: str | None = None
    person: str | None = None


def entries(
    work: Work, shown: JournalFilter, *, before: int | None = None, limit: int = 50
) -> list[HistoryRow]:
    """Entries that pass the filter, newest first; `before` is the last id of the page above.

    The caller has a permit for the whole journal (officer, auditor).
    """
    connection, values = work.session.connection(), {"before": before or _PAST_THE_LAST, "rows": limit}
    conditions = _conditions(shown)
    rows: Any = (
        connection.execute(_list(*conditions), values) if conditions else _ALL.read(connection, values)
    )
    told = ((*row[:-1], json.loads(row[-1]) if row[-1] else None) for row in rows)
    return [HistoryRow(*row) for row in told]


_SHOWN: tuple[Any, ...] = (
    col(JournalEntry.id),
    col(JournalEntry.at),
    col(JournalEntry.actor),
    col(JournalEntry.account_id),
    col(JournalEntry.unit_id),
    col(JournalEntry.action),
    col(JournalEntry.kind),
    col(JournalEntry.ref),
    col(JournalEntry.sections),
    col(JournalEntry.basis),
    col(JournalPayload.payload),
)


def _list(*conditions: ColumnElement[bool]) -> Select[Any]:
    """The statement of the entries under these conditions and before one of them, the newest first."""
    before = col(JournalEntry.id) < bindparam("before", None, type_=BigInteger())
    return (
        columns(*_SHOWN)
        .join(JournalPayload, col(JournalPayload.entry_id) == col(JournalEntry.id), isouter=True)
        .where(before, *conditions)
        .order_by(col(JournalEntry.id).desc())
        .limit(bindparam("rows", None, type_=Integer()))
        .offset(literal_column("0"))
    )


_ALL = Ready(_list(), ("before", "rows"))
"""All entries: how the journal is opened."""
_PAST_THE_LAST = 2**63 - 1
"""No entry has this number."""


def _conditions(shown: JournalFilter) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if shown.action:
        found.append(col(JournalEntry.action) == shown.action)
    if shown.kind:
        found.append(col(JournalEntry.kind) == shown.kind)
    if shown.actor:
        found.append(func.lower(col(JournalEntry.actor)).contains(shown.actor.lower(), autoescape=True))
    if shown.ref:
        found.append(col(JournalEntry.ref) == shown.ref)
    if shown.first:
        found.append(col(JournalEntry.at) >= local_midnight(shown.first))
    if shown.last:
        found.append(col(JournalEntry.at) < local_midnight(shown.last + ONE_DAY))
    if shown.unit_id is not None:
        found.append(col(JournalEntry.unit_id) == shown.unit_id)
    found += [_concerns(kind, ref) for kind, ref in (("case", shown.case), ("person", shown.person)) if ref]
    return found


def _concerns(kind: str, ref: str) -> ColumnElement[bool]:
    """Entries about the object that the journal itself knows by this outward name."""
    named = (
        select(JournalSubject.object_id)
        .join(JournalEntry, col(JournalEntry.id) == col(JournalSubject.entry_id))
        .where(col(JournalEntry.ref) == ref, col(JournalEntry.kind) == kind, col(JournalSubject.kind) == kind)
    )
    about = select(JournalSubject.entry_id).where(
        col(JournalSubject.kind) == kind, col(JournalSubject.object_id).in_(named)
    )
    return col(JournalEntry.id).in_(about)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who has read: for which unit, how often, from when to when, which sections, on which bases."""

    actor: str
    unit_id: int | None
    times: int
    first: datetime
    last: datetime
    sections: int
    bases: tuple[str, ...]


def readers(work: Work, *, case: str | None = None, person: str | None = None) -> list[Reader]:
    """Who has read this case or person, by outward name, who came last first; nobody when none is named.

    The caller has a permit for the whole journal.
    """
    if not case and not person:
        return []
    rows = work.session.connection().execute(
        columns(
            col(JournalEntry.actor),
            col(JournalEntry.account_id),
            col(JournalEntry.unit_id),
            col(JournalEntry.at),
            col(JournalEntry.sections),
            col(JournalEntry.basis),
        )
        .where(*_conditions(JournalFilter(action="read", case=case, person=person)))
        .order_by(col(JournalEntry.id))
    )
    found: dict[tuple[int | None, int | None], Reader] = {}
    for actor, account, unit, at, sections, basis in rows:
        known = found.get((account, unit))
        bases = (*(known.bases if known else ()), *([basis] if basis else []))
        found[account, unit] = Reader(
            actor, unit, (known.times if known else 0) + 1, known.first if known else at, at,
            (known.sections if known else 0) | sections, tuple(dict.fromkeys(bases)),
        )  # fmt: skip
    return sorted(found.values(), key=lambda one: one.last, reverse=True)


@dataclass(frozen=True, slots=True)
class JournalWords:
    """The actions and kinds that occur, for the choices of a filter."""

    actions: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChainState:
    """How far the journal is sealed: entries in all, those that wait for the sealer, the last seal."""

    entries: int
    waiting: int
    last_seal: datetime | None


def words_and_chain(work: Work) -> tuple[JournalWords, ChainState]:
    """The actions and kinds that occur in the journal, in order, and how far it is sealed; one statement."""
    actions: Any = columns(literal("action").label("held"), col(JournalEntry.action).label("word")).distinct()
    kinds = columns(literal("kind"), col(JournalEntry.kind)).distinct()
    used = union_all(actions, kinds).subquery("used")
    entries_ = columns(func.count()).select_from(JournalEntry)
    waiting = entries_.where(col(JournalEntry.seq).is_(None))
    last = columns(col(JournalSeal.at)).order_by(col(JournalSeal.id).desc()).limit(1)
    state = columns(
        entries_.scalar_subquery().label("entries"),
        waiting.scalar_subquery().label("waiting"),
        last.scalar_subquery().label("last_seal"),
    ).subquery("state")
    rows = (
        work.session.connection()
        .execute(columns(*state.c, *used.c).join_from(state, used, true(), isouter=True))
        .all()
    )
    words = {
        name: tuple(sorted(word for *_, held, word in rows if held == name)) for name in ("action", "kind")
    }
    return JournalWords(words["action"], words["kind"]), ChainState(*rows[0][:3])
