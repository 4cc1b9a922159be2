"""The state of one process as plain values, and the records from which it can be folded again.

Every change is a `Record` with plain data, and `Draft.take` is the only function that changes a state: a step
and a fold both go through it, so that `fold(records) == state` holds by construction. It needs neither the
definition nor the calendar of that day. Small values are named tuples: a step makes some twenty of them.
Source: workflow.md §1 points 2 and 5.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from cii.workflow.vocabulary import Stand, Status

UnitRef = int | str
"""A unit as the caller names it: a row's id or a code."""

Roles = Mapping[str, tuple[UnitRef, ...]]
"""Which units hold each role of the case now."""

LIVE = frozenset({Stand.OPEN.value, Stand.WAITING.value})


class TaskState(NamedTuple):
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
        return self.state in LIVE


class TimerState(NamedTuple):
    """A moment at which something happens by itself: `escalate` a task or `timeout` a stage, `to` whom."""

    no: int
    kind: str
    task: int | None
    fire_at: datetime
    after: str
    to: str


class Visit(NamedTuple):
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


class Record(NamedTuple):
    """One thing that happened, as plain data (moments in ISO form), in the order of `seq`."""

    seq: int
    at: datetime
    kind: str
    data: Mapping[str, Any] = {}


def fold(records: Iterable[Record]) -> State:
    """The state after these records, from the first on."""
    draft: Draft | None = None
    for record in records:
        if draft is None:
            draft = Draft.begun(record)
        else:
            draft.take(record)
    if draft is None:
        raise ValueError("a process without records has no state")
    return draft.state()


class Draft:
    """A state in the making: the same fields, open to change by records only."""

    __slots__ = (
        "consent", "definition", "known", "outcome", "path", "seq", "status", "suspended_at", "tasks",
        "timers", "timers_made", "version",
    )  # fmt: skip

    def __init__(self, state: State) -> None:
        self.definition, self.version, self.seq, self.status = (
            state.definition, state.version, state.seq, state.status
        )  # fmt: skip
        self.tasks, self.path = list(state.tasks), list(state.path)
        self.timers = {one.no: one for one in state.timers}
        self.outcome, self.consent, self.suspended_at = state.outcome, state.consent, state.suspended_at
        self.known, self.timers_made = state.known, state.timers_made

    @classmethod
    def begun(cls, record: Record) -> "Draft":
        """The draft of a process after its first record."""
        if record.kind != "started":
            raise ValueError(f"a process starts with started, not with {record.kind}")
        return cls(State(record.data["definition"], record.data["version"], seq=record.seq))

    def take(self, record: Record) -> None:
        """Change by one more record; it must follow the last."""
        if record.seq != self.seq + 1:
            raise ValueError(f"record {record.seq} does not follow {self.seq}")
        self.seq = record.seq
        _CHANGES[record.kind](self, record.data, record.at)

    def state(self) -> State:
        """The state reached."""
        return State(
            self.definition,
            self.version,
            self.seq,
            self.status,
            tuple(self.tasks),
            tuple(self.timers.values()),
            tuple(self.path),
            self.outcome,
            self.consent,
            self.suspended_at,
            self.known,
            self.timers_made,
        )

    @property
    def stage(self) -> str:
        """The stage of the process so far."""
        return self.path[-1].stage

    def here(self) -> list[TaskState]:
        """The tasks that count for the present stage, done ones included."""
        visit = len(self.path)
        return [one for one in self.tasks if one.visit == visit]

    def change(self, no: int, /, **changes: Any) -> None:  # noqa: ANN401 - fields of TaskState
        """Another look of one task."""
        self.tasks[no - 1] = self.tasks[no - 1]._replace(**changes)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _entered(draft: Draft, data: Mapping[str, Any], at: datetime) -> None:
    draft.path.append(Visit(data["stage"], at))
    for no in data["kept"]:
        draft.change(no, visit=len(draft.path))


def _left(draft: Draft, data: Mapping[str, Any], at: datetime) -> None:
    draft.path[-1] = draft.path[-1]._replace(left=at, complete=data["complete"])


def _added(draft: Draft, data: Mapping[str, Any], at: datetime) -> None:
    task = TaskState(
        no=len(draft.tasks) + 1,
        key=data["key"],
        stage=draft.stage,
        visit=len(draft.path),
        role=data["role"],
        unit=data["unit"],
        state=data["state"],
        opened_at=at if data["state"] == "open" else None,
        due_at=_moment(data["due_at"]),
    )
    draft.tasks.append(task)


def _opened(draft: Draft, data: Mapping[str, Any], at: datetime) -> None:
    draft.change(data["no"], state="open", unit=data["unit"], opened_at=at, due_at=_moment(data["due_at"]))


def _moved(draft: Draft, data: Mapping[str, Any], _: datetime) -> None:
    draft.change(data["no"], unit=data["unit"], assignee=data["assignee"], due_at=_moment(data["due_at"]))


def _done(draft: Draft, data: Mapping[str, Any], at: datetime) -> None:
    draft.change(data["no"], state="done", outcome=data["outcome"], ended_at=at)


def _cancelled(draft: Draft, data: Mapping[str, Any], at: datetime) -> None:
    draft.change(data["no"], state="cancelled", ended_at=at)


def _timer_set(draft: Draft, data: Mapping[str, Any], _: datetime) -> None:
    no: int = data["no"]
    draft.timers.pop(no, None)
    moment = datetime.fromisoformat(data["fire_at"])
    draft.timers[no] = TimerState(no, data["kind"], data["task"], moment, data["after"], data["to"])
    draft.timers_made = max(draft.timers_made, no)


def _timer_gone(draft: Draft, data: Mapping[str, Any], _: datetime) -> None:
    draft.timers.pop(data["no"], None)


def _suspended(draft: Draft, data: Mapping[str, Any], at: datetime) -> None:
    draft.status, draft.suspended_at, draft.consent = "suspended", at, data["consent"]


def _resumed(draft: Draft, _: Mapping[str, Any], __: datetime) -> None:
    draft.status, draft.suspended_at, draft.consent = "open", None, True


def _consent_withdrawn(draft: Draft, _: Mapping[str, Any], __: datetime) -> None:
    draft.consent = False


def _decided(draft: Draft, data: Mapping[str, Any], _: datetime) -> None:
    draft.known = {**draft.known, **data["outputs"]}


def _closed(draft: Draft, data: Mapping[str, Any], _: datetime) -> None:
    draft.status, draft.outcome, draft.suspended_at = "closed", data["outcome"], None


def _reopened(draft: Draft, _: Mapping[str, Any], __: datetime) -> None:
    draft.status, draft.outcome, draft.consent = "open", None, True


def _migrated(draft: Draft, data: Mapping[str, Any], at: datetime) -> None:
    """Another version of the definition: its names for stages and tasks, vanished tasks end, then the rest.

    `stages`, `tasks` (by number) and `roles` (by number) hold new names; `known` facts given by default;
    `then` the changes that follow, as records without number.
    """
    draft.definition, draft.version = data["definition"], data["version"]
    stages, keys, roles = data["stages"], data["tasks"], data["roles"]
    draft.path = [one._replace(stage=stages.get(one.stage, one.stage)) for one in draft.path]
    for task in draft.tasks:
        no = str(task.no)
        draft.change(
            task.no,
            stage=stages.get(task.stage, task.stage),
            key=keys.get(no, task.key),
            role=roles.get(no, task.role),
        )
    draft.known = {**data["known"], **draft.known}
    for no in data["cancelled"]:
        _cancelled(draft, {"no": no}, at)
    for change in data["then"]:
        _CHANGES[change["kind"]](draft, change["data"], at)


def _only_told(_: Draft, __: Mapping[str, Any], ___: datetime) -> None:
    """A record that people read and that changes nothing."""


_CHANGES: dict[str, Callable[[Draft, Mapping[str, Any], datetime], None]] = {
    "stage-entered": _entered,
    "stage-left": _left,
    "task-added": _added,
    "task-opened": _opened,
    "task-moved": _moved,
    "task-done": _done,
    "task-cancelled": _cancelled,
    "timer-set": _timer_set,
    "timer-gone": _timer_gone,
    "escalated": _only_told,
    "lead-moved": _only_told,
    "consent-withdrawn": _consent_withdrawn,
    "suspended": _suspended,
    "resumed": _resumed,
    "decided": _decided,
    "closed": _closed,
    "reopened": _reopened,
    "migrated": _migrated,
}
