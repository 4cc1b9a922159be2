"""Writes what one change has brought to many processes: the rows of a step, a statement for all of them.

What a row says comes from `projection`, as for a single step (`keeping`); only the way into the database
differs. Source: workflow.md §5 (Core in bulk paths).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy import select as columns
from sqlmodel import SQLModel, col

from cii.journal.actions import wrote
from cii.store.columns import new_ref
from cii.store.work import Work
from cii.workflow.definition import Definition
from cii.workflow.keeping import stored
from cii.workflow.projection import instance_fields, task_fields, timer_fields
from cii.workflow.state import Record, State, TaskState
from cii.workflow.tables import WfEvent, WfInstance, WfTask, WfTimer


@dataclass(frozen=True, slots=True)
class Changed:
    """A running process, its state before and after, and the one record between."""

    instance: WfInstance
    before: State
    after: State
    record: Record


def keep_all(
    work: Work, changes: Sequence[Changed], definition_id: int, definition: Definition, act: str
) -> None:
    """Write the change of each process under its new definition: event, instance, tasks, timers, journal.

    None of them closes or ends a task as done; the caller holds the rows of the instances.
    """
    _write(work, WfEvent, new=[_event(work, one) for one in changes])
    _write(
        work,
        WfInstance,
        old=[
            {"id": one.instance.id, "definition_id": definition_id, **instance_fields(one.after)}
            for one in changes
        ],
    )
    _keep_tasks(work, changes, definition)
    _keep_timers(work, changes)
    for one in changes:
        wrote(
            work,
            act,
            one.instance.subject,
            one.instance.subject_id,
            ref=one.instance.subject_ref,
            person_id=one.instance.person_id,
            payload={
                "process": one.instance.ref,
                "events": [{"seq": one.record.seq, "kind": one.record.kind, "data": stored(one.record.data)}],
            },
        )


def _event(work: Work, one: Changed) -> dict[str, Any]:
    return {
        "instance_id": one.instance.id,
        "seq": one.record.seq,
        "kind": one.record.kind,
        "payload": stored(one.record.data),
        "actor_account_id": work.actor.account_id,
        "unit_id": next(iter(work.actor.units), None),
        "at": one.record.at,
    }


def _keep_tasks(work: Work, changes: Sequence[Changed], definition: Definition) -> None:
    rows = _ids(work, WfTask, (one.instance.id or 0 for one in changes))
    old: list[dict[str, Any]] = []
    new: list[dict[str, Any]] = []
    for one in changes:
        for no, task in enumerate(one.after.tasks):
            if no >= len(one.before.tasks):
                new.append(_new_task(one.instance, task, definition))
            elif task != one.before.tasks[no]:
                fields = {"id": rows[one.instance.id or 0, task.no], **task_fields(task)}
                old.append(fields | _decides(task, definition) if task.live else fields)
    _write(work, WfTask, new=new, old=[one for one in old if "decides" in one])
    _write(work, WfTask, old=[one for one in old if "decides" not in one])


def _decides(task: TaskState, definition: Definition) -> dict[str, Any]:
    return {"decides": len(definition.task(task.stage, task.key).outcomes) > 1}


def _new_task(instance: WfInstance, task: TaskState, definition: Definition) -> dict[str, Any]:
    return {
        "ref": new_ref(),
        "instance_id": instance.id,
        "number": task.no,
        "subject": instance.subject,
        "subject_id": instance.subject_id,
        "subject_ref": instance.subject_ref,
        "person_id": instance.person_id,
        "done_by": None,
        **_decides(task, definition),
        **task_fields(task),
    }


def _keep_timers(work: Work, changes: Sequence[Changed]) -> None:
    rows = _ids(work, WfTimer, (one.instance.id or 0 for one in changes))
    old: list[dict[str, Any]] = []
    new: list[dict[str, Any]] = []
    gone: list[dict[str, Any]] = []
    for one in changes:
        key = one.instance.id or 0
        before, after = timer_fields(one.before), timer_fields(one.after)
        for number, fields in after.items():
            if number not in before:
                new.append({"instance_id": key, "number": number, "settled_at": None, **fields})
            elif fields != before[number]:
                old.append({"id": rows[key, number], **fields})
        gone += [
            {"id": rows[key, number], "state": "cancelled", "settled_at": work.now}
            for number in before
            if number not in after
        ]
    _write(work, WfTimer, new=new, old=old)
    _write(work, WfTimer, old=gone)


def _ids(work: Work, table: type[WfTask | WfTimer], ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """The ids of these rows by instance and number."""
    found = work.session.execute(
        columns(col(table.id), col(table.instance_id), col(table.number)).where(
            col(table.instance_id).in_(list(ids))
        )
    )
    return {(instance, number): key for key, instance, number in found}


def _write(
    work: Work,
    table: type[SQLModel],
    *,
    new: Sequence[dict[str, Any]] = (),
    old: Sequence[dict[str, Any]] = (),
) -> None:
    if new:
        work.session.execute(insert(table), new)
    if old:
        work.session.execute(update(table), old)
