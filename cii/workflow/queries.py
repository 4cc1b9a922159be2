"""Reads of the engine: definitions, tables, states, moves, tasks, events; lists are in `inbox`.

A state is folded from its events: one home of the truth, some 40 records a case. The rows of instances, tasks
and timers are what lists and sweeps read; `projection.drift` names each that differs from the fold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, exists, or_
from sqlalchemy import select as from_tables
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import manager_of_class, set_committed_value
from sqlalchemy.orm.util import identity_key
from sqlmodel import SQLModel, col, select

from cii.decisions.domain import Domain, day, duration, number
from cii.decisions.rulebook import NoTableInForce, parse_table
from cii.decisions.rulebook import Table as Rules
from cii.kernel.errors import UnknownThing
from cii.store.ready import Ready
from cii.store.work import Work
from cii.workflow.definition import Definition, parse
from cii.workflow.events import SYSTEM, By
from cii.workflow.moves import Move, moves
from cii.workflow.state import Record, State, fold
from cii.workflow.tables import (
    WfDefinition,
    WfEvent,
    WfInstance,
    WfPart,
    WfTable,
    WfTask,
)


@lru_cache(maxsize=512)
def parsed(source: str, name: str) -> Definition:
    """A process out of its published text, read once."""
    return parse(source, name)


@lru_cache(maxsize=512)
def parsed_table(source: str, name: str) -> Rules:
    """A decision table out of its published text, read once."""
    return parse_table(source, name)


_READ: dict[str, Definition] = {}
"""Processes by the digest of their text, which is the same text wherever it was published."""


def _of(rows: type[SQLModel]) -> Table:
    return cast("Table", rows.__table__)  # type: ignore[attr-defined]


def _columns(rows: type[SQLModel], *names: str) -> Select[Any]:
    """These columns of the rows of one instance, straight from the table."""
    table = _of(rows)
    return from_tables(*(table.c[name] for name in names)).where(table.c.instance_id == bindparam("instance"))


_RECORDS = Ready(_columns(WfEvent, "seq", "at", "kind", "payload").order_by(_of(WfEvent).c.seq))
_PARTS = Ready(_columns(WfPart, "role", "unit_id").order_by(_of(WfPart).c.role, _of(WfPart).c.position))

_BY_ID = Ready(from_tables(*_of(WfInstance).c).where(_of(WfInstance).c.id == bindparam("instance")))

_BY_SUBJECT = (
    select(WfInstance)
    .where(col(WfInstance.subject) == bindparam("subject"), col(WfInstance.subject_id) == bindparam("number"))
    .order_by(col(WfInstance.closed_at).is_not(None), col(WfInstance.id).desc())
    .limit(1)
)

_COLUMNS = tuple(column.name for column in _of(WfInstance).c)
_SAYS = tuple(column.name for column in _of(WfInstance).c if column.name != "id")
"""What the row of an instance says."""

_LOCKED = Ready(
    from_tables(*(_of(WfInstance).c[name] for name in _SAYS), _of(WfDefinition).c.digest)
    .join_from(_of(WfInstance), _of(WfDefinition), _of(WfDefinition).c.id == _of(WfInstance).c.definition_id)
    .where(_of(WfInstance).c.id == bindparam("instance"))
    .with_for_update(of=_of(WfInstance))
)

_NEWEST = (
    from_tables(col(WfDefinition.id), col(WfDefinition.digest))
    .where(col(WfDefinition.name) == bindparam("name"))
    .order_by(col(WfDefinition.version).desc())
    .limit(1)
)
_DIGEST = select(col(WfDefinition.digest)).where(col(WfDefinition.id) == bindparam("definition"))


def definitions_read(work: Work, wanted: Mapping[int, str]) -> dict[int, Definition]:
    """Published processes by their rows, given as id → digest; those read before cost no query."""
    unread = [one for one, digest in wanted.items() if digest not in _READ]
    if unread:
        for row in work.session.exec(select(WfDefinition).where(col(WfDefinition.id).in_(unread))):
            _READ[row.digest] = parsed(row.source, f"{row.name} {row.version}")
    return {one: _READ[digest] for one, digest in wanted.items()}


def newest_definition(work: Work, name: str) -> Definition:
    """The process as published last, in one statement; refuses UnknownThing."""
    found: Any = work.session.connection().execute(_NEWEST, {"name": name}).first()
    if found is None:
        raise UnknownThing(what=name)
    return definitions_read(work, {found.id: found.digest})[found.id]


def definition_row(work: Work, name: str) -> WfDefinition:
    """The newest published version of a process; refuses UnknownThing."""
    found = work.session.exec(
        select(WfDefinition)
        .where(col(WfDefinition.name) == name)
        .order_by(col(WfDefinition.version).desc())
        .limit(1)
    ).first()
    if found is None:
        raise UnknownThing(what=name)
    return found


def definition_of(work: Work, definition_id: int) -> Definition:
    """A published process by its row; its text is read once."""
    digest = work.session.connection().execute(_DIGEST, {"definition": definition_id}).scalar_one()
    return definitions_read(work, {definition_id: digest})[definition_id]


def table_on(work: Work, name: str, at: date) -> tuple[WfTable, Rules]:
    """The decision table in force on a day, as row and as table; refuses NoTableInForce."""
    row = work.session.exec(
        select(WfTable)
        .where(
            col(WfTable.name) == name,
            col(WfTable.valid_from) <= at,
            or_(col(WfTable.valid_to).is_(None), col(WfTable.valid_to) >= at),
        )
        .order_by(col(WfTable.valid_from).desc(), col(WfTable.version).desc())
        .limit(1)
    ).first()
    if row is None:
        raise NoTableInForce(table=name, on=at)
    return row, parsed_table(row.source, f"{row.name} {row.version}")


def state_of(work: Work, instance: WfInstance, definition: Definition | None = None) -> State:
    """Where an instance stands, folded from its events; `definition`: its own, where the caller has it."""
    records = _RECORDS.read(work.session.connection(), {"instance": instance.id})
    state = fold(Record(*one) for one in records)
    return revived(definition or definition_of(work, instance.definition_id), state)


def revived(definition: Definition, state: State) -> State:
    """The state with what decisions have answered as values of their domains again (JSON holds texts)."""
    if not state.known:
        return state
    known = {name: _value(definition.facts.get(name), held) for name, held in state.known.items()}
    return replace(state, known=known)


def _value(domain: Domain | None, held: object) -> object:
    if domain is None or not isinstance(held, str) or domain.kind == "text":
        return held
    read = {"date": day, "number": number, "months": duration, "days": duration}.get(domain.kind)
    return read(held) if read else held


def locked(work: Work, instance_id: int) -> tuple[WfInstance, Definition]:
    """An instance as it is now and its process, held until the transaction ends.

    On SQLite whoever writes holds the whole database.
    """
    work.session.flush()
    ((*says, digest),) = _LOCKED.read(work.session.connection(), {"instance": instance_id})
    instance = instance_by_id(work, instance_id)
    held = vars(instance)
    for name, value in zip(_SAYS, says, strict=True):
        if name not in held or held[name] != value:
            set_committed_value(instance, name, value)
    definition = _READ.get(digest) or definition_of(work, instance.definition_id)
    return instance, definition


def roles_of(work: Work, instance_id: int) -> dict[str, tuple[int, ...]]:
    """Which units hold each role of an instance now."""
    roles: dict[str, tuple[int, ...]] = {}
    work.session.flush()
    for role, unit in _PARTS.read(work.session.connection(), {"instance": instance_id}):
        roles[role] = (*roles.get(role, ()), unit)
    return roles


def acting(work: Work, roles: Mapping[str, tuple[Any, ...]]) -> By:
    """The actor as the engine sees it: the roles that its units hold; the house itself may do everything."""
    actor = work.actor
    if actor.account_id is None and not actor.seats and not actor.links:
        return SYSTEM
    mine = frozenset(actor.units)
    held = {role for role, units in roles.items() if mine.intersection(units)}
    if held and actor.has_role("supervisor"):
        held.add("supervisor")
    return By(frozenset(held), mine)


def moves_for(work: Work, instance: WfInstance) -> list[Move]:
    """The moves open to the actor now; they guard the commands and draw the buttons."""
    by = acting(work, roles_of(work, instance.id or 0))
    definition = definition_of(work, instance.definition_id)
    return moves(definition, state_of(work, instance, definition), by)


def instance_for(work: Work, subject: str, subject_id: int) -> WfInstance | None:
    """The running process of a subject, else its last one, else None."""
    asked = {"subject": subject, "number": subject_id}
    return work.session.execute(_BY_SUBJECT, asked).scalar_one_or_none()


def instance_by_id(work: Work, instance_id: int) -> WfInstance:
    """An instance by its row; whoever calls has seen that its subject may be seen."""
    held = work.session.identity_map.get(identity_key(WfInstance, instance_id))
    if held is None:
        rows = _BY_ID.read(work.session.connection(), {"instance": instance_id})
        if not rows:
            raise NoResultFound
        held = _kept(work, rows[0])
    return held


def _kept(work: Work, says: Sequence[Any]) -> WfInstance:
    """The row of an instance as the object that this transaction holds of it."""
    instance: WfInstance = manager_of_class(WfInstance).new_instance()
    vars(instance).update(zip(_COLUMNS, says, strict=True))
    make_transient_to_detached(instance)
    work.session.add(instance)
    return instance


def events_of(work: Work, instance: WfInstance) -> list[WfEvent]:
    """What happened to an instance, in order."""
    return list(
        work.session.exec(
            select(WfEvent).where(col(WfEvent.instance_id) == instance.id).order_by(col(WfEvent.seq))
        )
    )


def tasks_of(work: Work, instance: WfInstance) -> list[WfTask]:
    """All tasks of an instance, in the order in which they came."""
    return list(
        work.session.exec(
            select(WfTask).where(col(WfTask.instance_id) == instance.id).order_by(col(WfTask.number))
        )
    )


def task_by_ref(work: Work, ref: str) -> WfTask:
    """A task of the actor's units or assigned to the actor; the house sees all. Refuses UnknownThing."""
    query = select(WfTask).where(col(WfTask.ref) == ref)
    if not acting(work, {}).system:
        query = query.where(
            or_(
                col(WfTask.unit_id).in_(work.actor.units),
                col(WfTask.account_id) == work.actor.account_id,
                exists().where(
                    col(WfPart.instance_id) == col(WfTask.instance_id),
                    col(WfPart.role).in_(("lead", "coordination")),
                    col(WfPart.unit_id).in_(work.actor.units),
                ),
            )
        )
    found = work.session.exec(query).first()
    if found is None:
        raise UnknownThing(what="task")
    return found
