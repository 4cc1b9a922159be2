"""The state of one process as plain values, and the records from which it can be folded again.

Every change is a `Record` with plain data; `apply` is the only function that changes a state, and
`fold(records) == state` holds by construction: it needs neither the definition nor the calendar of that day.
Source: workflow.md §1 points 2 and 5.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from cii.workflow.vocabulary import Stand, Status

UnitRef = int | str
"""A unit as the caller names it: a row's id or a code."""

Roles = Mapping[str, tuple[UnitRef, ...]]
"""Which units hold each role of the case now."""


@dataclass(frozen=True, slots=True)
class TaskState:
    """One task of a process; `no` is its number, `visit` the entry into the stage for which it counts."""

    no: int
    key: str
    stage: str
    visit: int
    role: str
    unit: UnitRef | None
    state: str
    opened_at: datetime | None = None
    due_at: datetime | None = None
    outcome: str | None = None
    assignee: UnitRef | None = None
    ended_at: datetime | None = None

    @property
    def live(self) -> bool:
        """Whether the task is still to be done."""
        return self.state in {Stand.OPEN, Stand.WAITING}


@dataclass(frozen=True, slots=True)
class TimerState:
    """A moment at which something happens by itself: `escalate` a task or `timeout` a stage, `to` whom."""

    no: int
    kind: str
    task: int | None
    fire_at: datetime
    after: str
    to: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One entry into a stage; `complete` tells whether it was left with its work done, None while inside."""

    stage: str
    entered: datetime
    left: datetime | None = None
    complete: bool | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Where a process stands; `seq` counts its records, `known` holds the outputs of decisions taken."""

    definition: str
    version: int
    seq: int = 0
    status: str = Status.OPEN
    tasks: tuple[TaskState, ...] = ()
    timers: tuple[TimerState, ...] = ()
    path: tuple[Visit, ...] = ()
    outcome: str | None = None
    consent: bool = True
    suspended_at: datetime | None = None
    known: Mapping[str, object] = field(default_factory=dict, hash=False)
    timers_made: int = 0

    @property
    def stage(self) -> str:
        """The stage of the process now."""
        return self.path[-1].stage if self.path else ""

    @property
    def visit(self) -> int:
        """The number of the present entry into a stage, from 1."""
        return len(self.path)

    @property
    def here(self) -> tuple[TaskState, ...]:
        """The tasks that count for the present stage, done ones included."""
        return tuple(one for one in self.tasks if one.visit == self.visit)

    @property
    def open_tasks(self) -> tuple[TaskState, ...]:
        """The tasks that somebody has to do now."""
        return tuple(one for one in self.tasks if one.state == Stand.OPEN)

    def task(self, no: int) -> TaskState | None:
        """The task of that number, or None; numbers run from 1 without a hole."""
        return self.tasks[no - 1] if 1 <= no <= len(self.tasks) else None

    def timer(self, no: int) -> TimerState | None:
        """The live timer of that number, or None."""
        return next((one for one in self.timers if one.no == no), None)


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that happened, as plain data (moments in ISO form), in the order of `seq`."""

    seq: int
    at: datetime
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)


def fold(records: Iterable[Record]) -> State:
    """The state after these records, from the first on."""
    state: State | None = None
    for record in records:
        state = apply(state, record)
    if state is None:
        raise ValueError("a process without records has no state")
    return state


def apply(state: State | None, record: Record) -> State:
    """The state after one more record."""
    data = record.data
    if state is None:
        if record.kind != "started":
            raise ValueError(f"a process starts with started, not with {record.kind}")
        return State(data["definition"], data["version"], seq=record.seq)
    if record.seq != state.seq + 1:
        raise ValueError(f"record {record.seq} does not follow {state.seq}")
    return replace(state, seq=record.seq, **_CHANGES[record.kind](state, data, record.at))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _with(state: State, no: int, /, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of TaskState
    return {"tasks": tuple(replace(one, **changes) if one.no == no else one for one in state.tasks)}


def _entered(state: State, data: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    visit = state.visit + 1
    kept = set(data["kept"])
    return {
        "path": (*state.path, Visit(data["stage"], at)),
        "tasks": tuple(replace(one, visit=visit) if one.no in kept else one for one in state.tasks),
    }


def _left(state: State, data: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    return {"path": (*state.path[:-1], replace(state.path[-1], left=at, complete=data["complete"]))}


def _added(state: State, data: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    task = TaskState(
        no=len(state.tasks) + 1,
        key=data["key"],
        stage=state.stage,
        visit=state.visit,
        role=data["role"],
        unit=data["unit"],
        state=data["state"],
        opened_at=at if data["state"] == Stand.OPEN else None,
        due_at=_moment(data["due_at"]),
    )
    return {"tasks": (*state.tasks, task)}


def _opened(state: State, data: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    return _with(
        state,
        data["no"],
        state=Stand.OPEN.value,
        unit=data["unit"],
        opened_at=at,
        due_at=_moment(data["due_at"]),
    )


def _moved(state: State, data: Mapping[str, Any], _: datetime) -> dict[str, Any]:
    return _with(
        state, data["no"], unit=data["unit"], assignee=data["assignee"], due_at=_moment(data["due_at"])
    )


def _timer_set(state: State, data: Mapping[str, Any], _: datetime) -> dict[str, Any]:
    timer = TimerState(
        data["no"],
        data["kind"],
        data["task"],
        datetime.fromisoformat(data["fire_at"]),
        data["after"],
        data["to"],
    )
    others = tuple(one for one in state.timers if one.no != timer.no)
    return {"timers": (*others, timer), "timers_made": max(state.timers_made, timer.no)}


def _suspended(_: State, data: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    return {"status": Status.SUSPENDED.value, "suspended_at": at, "consent": data["consent"]}


_CHANGES: dict[str, Callable[[State, Mapping[str, Any], datetime], dict[str, Any]]] = {
    "stage-entered": _entered,
    "stage-left": _left,
    "task-added": _added,
    "task-opened": _opened,
    "task-moved": _moved,
    "task-done": lambda s, d, at: _with(
        s, d["no"], state=Stand.DONE.value, outcome=d["outcome"], ended_at=at
    ),
    "task-cancelled": lambda s, d, at: _with(s, d["no"], state=Stand.CANCELLED.value, ended_at=at),
    "timer-set": _timer_set,
    "timer-gone": lambda s, d, _: {"timers": tuple(one for one in s.timers if one.no != d["no"])},
    "escalated": lambda *_: {},
    "lead-moved": lambda *_: {},
    "consent-withdrawn": lambda *_: {"consent": False},
    "suspended": _suspended,
    "resumed": lambda *_: {"status": Status.OPEN.value, "suspended_at": None, "consent": True},
    "decided": lambda s, d, _: {"known": {**s.known, **d["outputs"]}},
    "closed": lambda _, d, __: {"status": Status.CLOSED.value, "outcome": d["outcome"], "suspended_at": None},
    "reopened": lambda *_: {"status": Status.OPEN.value, "outcome": None, "consent": True},
}
