"""Writes what a step has brought: events, rows of instance, tasks, timers and parts, one journal entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert
from sqlmodel import col, delete, select

from cii.journal.actions import wrote
from cii.kernel.money import Chf
from cii.store.work import Work
from cii.workflow.definition import Definition
from cii.workflow.domain import shown
from cii.workflow.events import Effect, Event, TimerFired
from cii.workflow.machine import Step
from cii.workflow.projection import instance_fields, task_fields, timer_fields
from cii.workflow.queries import revived, roles_of
from cii.workflow.state import Record, State
from cii.workflow.tables import WfEvent, WfInstance, WfPart, WfTask, WfTimer
from cii.workflow.vocabulary import Stand, Status

_EVENTS = insert(cast("Table", WfEvent.__table__))  # type: ignore[attr-defined]


_TASKS = select(WfTask).where(
    col(WfTask.instance_id) == bindparam("instance"),
    col(WfTask.number).in_(bindparam("numbers", expanding=True)),
)
_TIMERS = select(WfTimer).where(
    col(WfTimer.instance_id) == bindparam("instance"), col(WfTimer.state).in_(("waiting", "frozen"))
)


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
    unit = next((one for one in work.actor.units), None)
    account = work.actor.account_id
    told = [
        {"seq": one.seq, "kind": one.kind, "data": {name: stored(held) for name, held in one.data.items()}}
        for one in took.records
    ]
    work.session.connection().execute(
        _EVENTS,
        [
            {
                "instance_id": instance.id, "seq": one["seq"], "kind": one["kind"], "payload": one["data"],
                "actor_account_id": account, "unit_id": unit, "at": work.now,
            }
            for one in told
        ],
    )  # fmt: skip
    for name, value in instance_fields(took.state).items():
        setattr(instance, name, value)
    closed = took.state.status == Status.CLOSED
    instance.closed_at = (instance.closed_at or work.now) if closed else None
    _keep_tasks(work, instance, definition, before, took.state)
    _keep_timers(work, instance, before, took.state, event)
    wrote(
        work,
        act,
        instance.subject,
        instance.subject_id,
        ref=instance.subject_ref,
        person_id=instance.person_id,
        payload={"process": instance.ref, "events": told},
    )
    work.session.flush()
    return Fired(instance, took.effects, revived(definition, took.state), took.records)


def _keep_tasks(
    work: Work, instance: WfInstance, definition: Definition, before: State | None, state: State
) -> None:
    old = {one.no: one for one in before.tasks} if before else {}
    changed = [one for one in state.tasks if old.get(one.no) != one]
    known = {
        row.number: row
        for row in work.session.execute(
            _TASKS, {"instance": instance.id, "numbers": [one.no for one in changed]}
        ).scalars()
    }
    for one in changed:
        row = known.get(one.no)
        if row is None:
            row = WfTask(
                instance_id=instance.id or 0,
                number=one.no,
                subject=instance.subject,
                subject_id=instance.subject_id,
                subject_ref=instance.subject_ref,
                person_id=instance.person_id,
                **task_fields(one),
            )
        for name, value in task_fields(one).items():
            setattr(row, name, value)
        if one.live or row.id is None:
            row.decides = len(definition.task(one.stage, one.key).outcomes) > 1
        if one.state == Stand.DONE and row.done_by is None:
            row.done_by = work.actor.account_id
        work.session.add(row)


def _keep_timers(
    work: Work, instance: WfInstance, before: State | None, state: State, event: Event | None
) -> None:
    live = timer_fields(state)
    if live == (timer_fields(before) if before else {}):
        return
    known = {row.number: row for row in work.session.execute(_TIMERS, {"instance": instance.id}).scalars()}
    for number, fields in live.items():
        row = known.pop(number, None) or WfTimer(instance_id=instance.id or 0, number=number, **fields)
        if row.due_at != fields["due_at"]:
            row.retry_at = None
        for name, value in fields.items():
            setattr(row, name, value)
        work.session.add(row)
    for row in known.values():
        if row.state in {"waiting", "frozen"}:
            mine = isinstance(event, TimerFired) and event.timer == row.number
            row.state, row.settled_at = ("fired" if mine else "cancelled"), work.now
            work.session.add(row)


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
    match value:
        case None | bool() | int() | str():
            return value
        case Chf():
            return value.centimes
        case Mapping():
            return {str(name): stored(held) for name, held in value.items()}
        case list() | tuple():
            return [stored(one) for one in value]
    return shown(value)
