"""What rows say of a folded state, and each row that says something else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlmodel import col, select

from cii.store.work import Work
from cii.workflow.state import Record, State, TaskState, fold
from cii.workflow.tables import WfEvent, WfInstance, WfTask, WfTimer
from cii.workflow.vocabulary import Stand, Status

FAR = datetime(9999, 12, 30, tzinfo=UTC)
"""The rank of a task without a due date: after all others."""

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Drift:
    """A row that is not what its events say."""

    instance_ref: str
    what: str
    expected: object
    found: object


def instance_fields(state: State) -> dict[str, Any]:
    """What the row of an instance says of this state."""
    return {
        "stage": state.stage,
        "status": Status(state.status),
        "seq": state.seq,
        "outcome": state.outcome,
        "entered_at": state.path[-1].entered,
    }


def task_fields(task: TaskState) -> dict[str, Any]:
    """What the row of a task says of it."""
    return {
        "key": task.key,
        "stage": task.stage,
        "visit": task.visit,
        "owner_role": task.role,
        "unit_id": task.unit,
        "account_id": task.assignee,
        "state": Stand(task.state),
        "outcome": task.outcome,
        "opened_at": task.opened_at,
        "due_at": task.due_at,
        "rank_at": task.due_at or FAR,
        "done_at": task.ended_at,
    }


def timer_fields(state: State) -> dict[int, dict[str, Any]]:
    """What the rows of the live timers say: frozen while the process rests."""
    running = "waiting" if state.status == Status.OPEN else "frozen"
    return {
        one.no: {
            "kind": one.kind,
            "task_number": one.task,
            "after": one.after,
            "target": one.to,
            "due_at": one.fire_at,
            "state": running,
        }
        for one in state.timers
    }


def drift(work: Work) -> list[Drift]:
    """Every row of instances, tasks and timers that differs from the fold of its events; empty if none."""
    found: list[Drift] = []
    last = 0
    while True:
        chunk = list(
            work.session.exec(
                select(WfInstance)
                .where(col(WfInstance.id) > last)
                .order_by(col(WfInstance.id))
                .limit(CHUNK)
                .execution_options(populate_existing=True)
            )
        )
        if not chunk:
            return found
        last = chunk[-1].id or 0
        found += _drift_of(work, chunk)


def _drift_of(work: Work, chunk: list[WfInstance]) -> Iterator[Drift]:
    ids = [one.id for one in chunk]
    fresh = {"populate_existing": True}
    events: dict[int, list[Record]] = {}
    for event in work.session.exec(
        select(WfEvent)
        .where(col(WfEvent.instance_id).in_(ids))
        .order_by(col(WfEvent.instance_id), col(WfEvent.seq))
    ):
        events.setdefault(event.instance_id, []).append(
            Record(event.seq, event.at, event.kind, event.payload)
        )
    tasks: dict[int, dict[int, WfTask]] = {}
    for task in work.session.exec(
        select(WfTask).where(col(WfTask.instance_id).in_(ids)).execution_options(**fresh)
    ):
        tasks.setdefault(task.instance_id, {})[task.number] = task
    timers: dict[int, dict[int, WfTimer]] = {}
    for timer in work.session.exec(
        select(WfTimer).where(col(WfTimer.instance_id).in_(ids)).execution_options(**fresh)
    ):
        if timer.state in {"waiting", "frozen"}:
            timers.setdefault(timer.instance_id, {})[timer.number] = timer
    for instance in chunk:
        key = instance.id or 0
        if key not in events:
            yield Drift(instance.ref, "events", "some", "none")
            continue
        try:
            state = fold(events[key])
        except (ValueError, KeyError) as broken:
            yield Drift(instance.ref, "events", "a whole history", str(broken))
            continue
        yield from _differences(instance.ref, "instance", instance_fields(state), instance)
        expected_tasks = {one.no: task_fields(one) for one in state.tasks}
        yield from _differing(instance.ref, "task", expected_tasks, tasks.get(key, {}))
        yield from _differing(instance.ref, "timer", timer_fields(state), timers.get(key, {}))


def _differing(
    ref: str, what: str, expected: Mapping[int, Mapping[str, object]], rows: Mapping[int, object]
) -> Iterator[Drift]:
    for no in sorted(expected.keys() | rows.keys()):
        if no not in rows or no not in expected:
            yield Drift(ref, f"{what} {no}", *(("there", "missing") if no in expected else ("none", "there")))
            continue
        yield from _differences(ref, f"{what} {no}", expected[no], rows[no])


def _differences(ref: str, what: str, expected: Mapping[str, object], row: object) -> Iterator[Drift]:
    for name, value in expected.items():
        if getattr(row, name) != value:
            yield Drift(ref, f"{what}.{name}", value, getattr(row, name))
