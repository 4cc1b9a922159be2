"""The journal as the officer and the auditor read it: filtered, newest first, with the state of the chain."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from cii.journal.queries import HistoryRow
from cii.journal.tables import JournalEntry, JournalPayload, JournalSeal
from cii.kernel.clock import local_midnight
from cii.kernel.period import ONE_DAY
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """What to show of the journal; None shows all. Days are Swiss days, both inside."""

    action: str | None = None
    kind: str | None = None
    actor: str | None = None
    ref: str | None = None
    first: date | None = None
    last: date | None = None


def entries(
    work: Work, shown: JournalFilter, *, before: int | None = None, limit: int = 50
) -> list[HistoryRow]:
    """Entries that pass the filter, newest first; `before` is the last id of the page above.

    The caller has a permit for the whole journal (officer, auditor).
    """
    wanted = (
        select(JournalEntry, JournalPayload.payload)
        .join(JournalPayload, col(JournalPayload.entry_id) == col(JournalEntry.id), isouter=True)
        .where(*_conditions(shown))
        .order_by(col(JournalEntry.id).desc())
        .limit(limit)
    )
    if before:
        wanted = wanted.where(col(JournalEntry.id) < before)
    return [
        HistoryRow(
            entry.id or 0, entry.at, entry.actor, entry.account_id, entry.unit_id, entry.action, entry.kind,
            entry.ref, entry.sections, entry.basis, json.loads(payload) if payload else None,
        )
        for entry, payload in work.session.exec(wanted)
    ]  # fmt: skip


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
    return found


@dataclass(frozen=True, slots=True)
class JournalWords:
    """The actions and kinds that occur, for the choices of a filter."""

    actions: tuple[str, ...]
    kinds: tuple[str, ...]


def words_used(work: Work) -> JournalWords:
    """The actions and kinds that occur in the journal, in order."""
    actions = work.session.exec(select(JournalEntry.action).distinct().order_by(col(JournalEntry.action)))
    kinds = work.session.exec(select(JournalEntry.kind).distinct().order_by(col(JournalEntry.kind)))
    return JournalWords(tuple(actions), tuple(kinds))


@dataclass(frozen=True, slots=True)
class ChainState:
    """How far the journal is sealed: entries in all, those that wait for the sealer, the last seal."""

    entries: int
    waiting: int
    last_seal: datetime | None


def chain_state(work: Work) -> ChainState:
    """How far the journal is sealed."""
    count = work.session.exec(select(func.count()).select_from(JournalEntry)).one()
    waiting = work.session.exec(
        select(func.count()).select_from(JournalEntry).where(col(JournalEntry.seq).is_(None))
    ).one()
    seal = work.session.exec(select(JournalSeal).order_by(col(JournalSeal.id).desc()).limit(1)).first()
    return ChainState(count, waiting, seal.at if seal else None)
