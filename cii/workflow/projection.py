"""What rows say of a folded state, and each row that says something else."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Row, Select, Table, bindparam, column, select, table
from sqlmodel import SQLModel, col

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


_INSTANCE_SAYS = ("stage", "status", "seq", "outcome", "entered_at")
_TASK_SAYS = (
    "key", "stage", "visit", "owner_role", "unit_id", "account_id", "state", "outcome", "opened_at", "due_at",
    "rank_at", "done_at",
)  # fmt: skip
_TIMER_SAYS = ("kind", "task_number", "after", "target", "due_at", "state")


def _columns(rows: type[SQLModel], *names: str) -> Select[Any]:
    table = cast("Table", rows.__table__)  # type: ignore[attr-defined]
    return select(*(table.c[name] for name in names))


def _span(rows: type[SQLModel], *names: str) -> Select[Any]:
    """These columns of the rows of a run of instances, in order."""
    found = _columns(rows, "instance_id", *names)
    first, second = found.selected_columns[0], found.selected_columns[1]
    return found.where(first.between(bindparam("first"), bindparam("last"))).order_by(first, second)


_PERSON = table("person", column("id"), column("erased_at"))
_OF_ERASED = (
    select(_PERSON.c.id)
    .where(_PERSON.c.id == col(WfInstance.person_id), _PERSON.c.erased_at.is_not(None))
    .correlate(cast("Table", WfInstance.__table__))  # type: ignore[attr-defined]
    .exists()
)
"""What happened to somebody who was erased is told no more: their processes are not folded."""
_CHUNK = (
    _columns(WfInstance, "id", "ref", *_INSTANCE_SAYS)
    .where(col(WfInstance.id) > bindparam("after"), ~_OF_ERASED)
    .order_by(col(WfInstance.id))
    .limit(CHUNK)
)
_EVENTS = _span(WfEvent, "seq", "at", "kind", "payload")
_TASKS = _span(WfTask, "number", *_TASK_SAYS)
_TIMERS = _span(WfTimer, "number", *_TIMER_SAYS).where(col(WfTimer.state).in_(("waiting", "frozen")))


def drift(work: Work) -> list[Drift]:
    """Every row of instances, tasks and timers that differs from the fold of its events; empty if none.

    Processes of erased persons are left out: of their events only words of the process are kept.
    """
    work.session.flush()
    found: list[Drift] = []
    last = 0
    while chunk := work.session.connection().execute(_CHUNK, {"after": last}).all():
        found += _drift_of(work, chunk, {"first": chunk[0].id, "last": chunk[-1].id})
        last = chunk[-1].id
    return found


def _drift_of(work: Work, chunk: Sequence[Row[Any]], span: Mapping[str, int]) -> Iterator[Drift]:
    read = work.session.connection().execute
    events: dict[int, list[Record]] = {}
    for instance, *record in read(_EVENTS, span):
        events.setdefault(instance, []).append(Record(*record))
    tasks, timers = _by_number(read(_TASKS, span)), _by_number(read(_TIMERS, span))
    for row in chunk:
        key, ref, *says = tuple(row)
        try:
            state = fold(events.get(key, ()))
        except (ValueError, KeyError) as broken:
            whole = key in events
            yield Drift(ref, "events", *(("a whole history", str(broken)) if whole else ("some", "none")))
            continue
        yield from _differences(ref, "instance", instance_fields(state), says)
        yield from _differing(
            ref, "task", {one.no: task_fields(one) for one in state.tasks}, tasks.get(key, {})
        )
        yield from _differing(ref, "timer", timer_fields(state), timers.get(key, {}))


def _by_number(rows: Iterable[Sequence[Any]]) -> dict[int, dict[int, list[Any]]]:
    """What rows say, by instance and number."""
    found: dict[int, dict[int, list[Any]]] = {}
    for instance, number, *says in rows:
        found.setdefault(instance, {})[number] = says
    return found


def _differing(
    ref: str, what: str, expected: Mapping[int, Mapping[str, object]], rows: Mapping[int, Sequence[object]]
) -> Iterator[Drift]:
    for no in sorted(expected.keys() | rows.keys()):
        if no not in rows or no not in expected:
            yield Drift(ref, f"{what} {no}", *(("there", "missing") if no in expected else ("none", "there")))
            continue
        yield from _differences(ref, f"{what} {no}", expected[no], rows[no])


def _differences(
    ref: str, what: str, expected: Mapping[str, object], says: Sequence[object]
) -> Iterator[Drift]:
    """What a row says otherwise; its values come in the order of the expected ones."""
    if list(expected.values()) != says:
        for (name, value), held in zip(expected.items(), says, strict=True):
            if held != value:
                yield Drift(ref, f"{what}.{name}", value, held)
