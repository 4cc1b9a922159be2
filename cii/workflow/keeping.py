"""Writes what a step has brought: events, rows of instance, tasks, timers and parts, one journal entry.

The rows go straight to the tables, only what has changed: the step knows what was there before, so nothing is
read again. Objects that this transaction has read already are told what their rows say now.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, insert, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import SQLModel, col, delete

from cii.decisions.domain import shown
from cii.journal.actions import wrote
from cii.kernel.money import Chf
from cii.store.columns import new_ref
from cii.store.ready import Ready
from cii.store.work import Work
from cii.workflow.definition import Definition
from cii.workflow.events import Effect, Event, TimerFired
from cii.workflow.machine import Step
from cii.workflow.projection import instance_fields, task_fields, timer_fields
from cii.workflow.queries import revived, roles_of
from cii.workflow.state import Record, State
from cii.workflow.tables import WfEvent, WfInstance, WfPart, WfTask, WfTimer
from cii.workflow.vocabulary import Stand, Status

Fields = dict[str, Any]


def _of(rows: type[SQLModel]) -> Table:
    return cast("Table", rows.__table__)  # type: ignore[attr-defined]


def _add(rows: type[SQLModel], *without: str) -> Ready:
    """The statement that adds rows, all columns named but these."""
    table = _of(rows)
    return Ready(insert(table), (column.name for column in table.c if column.name not in without))


_EVENTS, _TASKS = _add(WfEvent), _add(WfTask, "id")
_TIMERS = _add(WfTimer, "id", "settled_at", "failure", "retry_at")


@dataclass(frozen=True, slots=True)
class Fired:
    """What a step has done: the instance with its new `seq`, effects left to the caller, new state."""

    instance: WfInstance
    effects: tuple[Effect, ...]
    state: State
    records: tuple[Record, ...]


def keep(
    work: Work,
    instance: WfInstance,
    definition: Definition,
    *,
    before: State | None,
    took: Step,
    event: Event | None,
    act: str = "event",
) -> Fired:
    """Write what a step has brought: events, rows, journal (under `act`)."""
    work.session.flush()
    unit = next((one for one in work.actor.units), None)
    account = work.actor.account_id
    told = [
        {"seq": one.seq, "kind": one.kind, "data": {name: stored(held) for name, held in one.data.items()}}
        for one in took.records
    ]
    written = work.session.connection()
    _EVENTS.write(
        written,
        [
            {
                "instance_id": instance.id, "seq": one["seq"], "kind": one["kind"], "payload": one["data"],
                "actor_account_id": account, "unit_id": unit, "at": work.now,
            }
            for one in told
        ],
    )  # fmt: skip
    _keep_instance(work, written, instance, took.state)
    _keep_tasks(work, written, instance, definition, before, took.state)
    _keep_timers(work, written, instance, before, took.state, event)
    wrote(
        work,
        act,
        instance.subject,
        instance.subject_id,
        ref=instance.subject_ref,
        person_id=instance.person_id,
        payload={"process": instance.ref, "events": told},
    )
    return Fired(instance, took.effects, revived(definition, took.state), took.records)


def _keep_instance(work: Work, written: Connection, instance: WfInstance, state: State) -> None:
    closed = state.status == Status.CLOSED
    says = {**instance_fields(state), "closed_at": (instance.closed_at or work.now) if closed else None}
    changed = {name: value for name, value in says.items() if getattr(instance, name) != value}
    if changed:
        statement = _change(WfInstance, ("id",), tuple(sorted(changed)))
        statement.write(written, [{"at_id": instance.id, **changed}])
        for name, value in changed.items():
            set_committed_value(instance, name, value)


def _keep_tasks(  # noqa: PLR0917 - the private end of one caller
    work: Work,
    written: Connection,
    instance: WfInstance,
    definition: Definition,
    before: State | None,
    state: State,
) -> None:
    old = before.tasks if before else ()
    new: list[Fields] = []
    changes: dict[int, Fields] = {}
    for place, one in enumerate(state.tasks):
        if place < len(old) and old[place] == one:
            continue
        says = task_fields(one)
        if one.live or place >= len(old):
            says["decides"] = len(definition.task(one.stage, one.key).outcomes) > 1
        ended = one.state == Stand.DONE and (place >= len(old) or old[place].state != Stand.DONE)
        if place >= len(old):
            new.append(
                {
                    "ref": new_ref(), "instance_id": instance.id, "number": one.no,
                    "subject": instance.subject, "subject_id": instance.subject_id,
                    "subject_ref": instance.subject_ref, "person_id": instance.person_id,
                    "done_by": work.actor.account_id if ended else None, **says,
                }
            )  # fmt: skip
            continue
        was = task_fields(old[place])
        changed = {name: value for name, value in says.items() if name not in was or was[name] != value}
        changes[one.no] = changed | ({"done_by": work.actor.account_id} if ended else {})
    if new:
        _TASKS.write(written, new)
    _write(work, written, WfTask, instance, changes)


def _keep_timers(  # noqa: PLR0917 - the private end of one caller
    work: Work,
    written: Connection,
    instance: WfInstance,
    before: State | None,
    state: State,
    event: Event | None,
) -> None:
    if before and before.timers == state.timers and before.status == state.status:
        return
    was, live = timer_fields(before) if before else {}, timer_fields(state)
    new = [
        {"instance_id": instance.id, "number": number, "failures": 0, **fields}
        for number, fields in live.items()
        if number not in was
    ]
    changes: dict[int, Fields] = {}
    for number, fields in was.items():
        if number not in live:
            mine = isinstance(event, TimerFired) and event.timer == number
            changes[number] = {"state": "fired" if mine else "cancelled", "settled_at": work.now}
            continue
        changed = {name: value for name, value in live[number].items() if fields[name] != value}
        changes[number] = changed | ({"retry_at": None} if "due_at" in changed else {})
    if new:
        _TIMERS.write(written, new)
    _write(work, written, WfTimer, instance, changes)


def _write(
    work: Work,
    written: Connection,
    table: type[WfTask | WfTimer],
    instance: WfInstance,
    changes: Mapping[int, Fields],
) -> None:
    """Change rows of an instance by their numbers: one statement for those that change alike."""
    alike: dict[tuple[str, ...], list[Fields]] = {}
    for number, fields in changes.items():
        if fields:
            row = {"at_instance_id": instance.id, "at_number": number, **fields}
            alike.setdefault(tuple(sorted(fields)), []).append(row)
    for names, rows in alike.items():
        _change(table, ("instance_id", "number"), names).write(written, rows)
    if alike:
        for held in list(work.session.identity_map.values()):
            if isinstance(held, table) and held.instance_id == instance.id:
                for name, value in changes.get(held.number, {}).items():
                    set_committed_value(held, name, value)


@cache
def _change(rows: type[SQLModel], where: tuple[str, ...], names: tuple[str, ...]) -> Ready:
    """The statement that changes these columns of a row found by those."""
    table = _of(rows)
    found = (table.c[name] == bindparam(f"at_{name}") for name in where)
    return Ready(update(table).where(*found).values({name: bindparam(name) for name in names}))


def keep_parts(work: Work, instance: WfInstance, held: Mapping[str, tuple[int, ...]]) -> None:
    """Keep who holds which role now; rows change only when the roles have changed."""
    if held == roles_of(work, instance.id or 0):
        return
    work.session.exec(delete(WfPart).where(col(WfPart.instance_id) == instance.id))
    for role, units in held.items():
        for position, unit in enumerate(dict.fromkeys(units)):
            work.session.add(WfPart(instance_id=instance.id or 0, role=role, unit_id=unit, position=position))
    work.session.flush()


def stored(value: object) -> Any:  # noqa: ANN401 - plain values of JSON
    """A fact or record in JSON's terms: money as centimes, dates and durations as files write them."""
    if value is None or isinstance(value, str | int):
        return value
    match value:
        case Chf():
            return value.centimes
        case Mapping():
            return {str(name): stored(held) for name, held in value.items()}
        case list() | tuple():
            return [stored(one) for one in value]
    return shown(value)
