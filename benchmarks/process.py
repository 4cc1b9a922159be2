"""Targets of the process engine: the pure step against a dictionary (workflow.md §5)."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from benchmarks.engine import WORKFLOWS
from cii.kernel.calendar import WorkingDays
from cii.kernel.clock import local_day
from cii.workflow.definition import Definition, Task, parse
from cii.workflow.events import SYSTEM, Start, TaskDone
from cii.workflow.machine import Step, due_at, moves, step
from cii.workflow.state import State
from cii.workflow.vocabulary import ROLES

Sides = tuple[Callable[[], object], Callable[[], object]]
Plain = dict[str, Any]
NOW = datetime(2026, 10, 15, 6, tzinfo=UTC)
CALENDAR = WorkingDays("NE")
UNITS = {role: (number,) for number, role in enumerate(ROLES, 1)} | {"partner": (3, 4)}
ANSWERS = 10


def network() -> Definition:
    """The network's process, as shipped."""
    return parse((WORKFLOWS / "reseau-cii.yaml").read_text(encoding="utf-8"), "reseau-cii")


def walk(definition: Definition, answers: int = ANSWERS) -> list[tuple[State, TaskDone, Step]]:
    """A case's path: the first open task is done with its first outcome, again and again."""
    took = step(definition, None, Start(), {}, NOW, CALENDAR, UNITS)
    found = []
    for _ in range(answers):
        state = took.state
        move = next(one for one in moves(definition, state, SYSTEM) if one.act == "done")
        event = TaskDone(move.task or 0, move.outcomes[0])
        took = step(definition, state, event, {}, NOW, CALENDAR, UNITS)
        found.append((state, event, took))
    return found


def pure_step() -> Sides:
    """The answers of a network case's path, against a machine that looks up what follows in a dictionary."""
    definition = network()
    path = walk(definition)
    lookup = LookUp(definition)
    for state, event, took in path:
        lookup.learn(state, event, took)
    bare = [(_plain(state), event.task, event.outcome) for state, event, _ in path]
    for asked, (_, _, took) in zip(bare, path, strict=True):
        found, records = lookup.step(*asked, NOW)
        assert found == _plain(took.state)
        assert len(records) == len(took.records)
    return (
        lambda: [step(definition, state, event, {}, NOW, CALENDAR, UNITS) for state, event, _ in path],
        lambda: [lookup.step(state, task, outcome, NOW) for state, task, outcome in bare],
    )


class LookUp:
    """What somebody would write for one path: a table of what follows an answer; no guard, no grammar.

    The state is a dictionary that is copied, each change is recorded, due dates come from a calendar worked
    out before. It brings the very states and as many records as the engine: both sides do the same work.
    """

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.table: dict[
            tuple[str, str, str, int], tuple[str | None, list[str], list[tuple[str, Any, bool]]]
        ] = {}
        self.due: dict[tuple[object, date], datetime] = {}
        for stage in definition.stages.values():
            for task in stage.tasks:
                for length in [task.due, *(rung.after for rung in task.escalate)]:
                    if length:
                        self.due[length, local_day(NOW)] = due_at(length, NOW, CALENDAR)

    def learn(self, state: State, event: TaskDone, took: Step) -> None:
        """What follows an answer, seen once: the next stage, tasks that begin, tasks that are added."""
        done = state.tasks[int(event.task) - 1]
        moved = took.state.visit != state.visit
        begins = [str(one.data["no"]) for one in took.records if one.kind == "task-opened"]
        added = [(one.key, one.unit, one.state == "open") for one in took.state.tasks[len(state.tasks) :]]
        key = (state.stage, done.key, event.outcome, len(state.open_tasks))
        self.table[key] = (took.state.stage if moved else None, begins, added)

    def step(  # noqa: C901 - a whole machine in one function
        self, state: Plain, no: int, outcome: str, now: datetime
    ) -> tuple[Plain, list[Plain]]:
        """The next state and its records."""
        task = state["tasks"][no]
        if task["state"] != "open":
            raise ValueError(no)
        to, begins, added = self.table[state["stage"], task["key"], outcome, state["open"]]
        tasks, timers, seq = dict(state["tasks"]), dict(state["timers"]), state["seq"]
        records: list[Plain] = []
        stage, entered, made, still = state["stage"], state["entered"], state["made"], state["open"] - 1

        def note(kind: str, **data: object) -> None:
            nonlocal seq
            seq += 1
            records.append({"seq": seq, "at": now, "kind": kind, "data": data})

        def ladder(task: Task, no: int) -> None:
            nonlocal made
            for rung in task.escalate:
                made += 1
                fire_at = self.due[rung.after, today]
                timers[made] = {"task": no, "fire_at": fire_at, "to": rung.to}
                note(
                    "timer-set",
                    no=made,
                    task=no,
                    fire_at=fire_at.isoformat(),
                    after=str(rung.after),
                    to=rung.to,
                )

        tasks[no] = {**task, "state": "done", "outcome": outcome, "ended_at": now}
        note("task-done", no=no, outcome=outcome)
        for number, timer in state["timers"].items():
            if timer["task"] == no:
                del timers[number]
                note("timer-gone", no=number)
        today = local_day(now) if to or begins or added else None
        for begun in begins:
            held = tasks[int(begun)]
            what = self.definition.task(stage, held["key"])
            due = self.due[what.due, today] if what.due else None
            unit = UNITS[what.for_each or what.owner][0]
            tasks[int(begun)] = {**held, "state": "open", "unit": unit, "opened_at": now, "due_at": due}
            still += 1
            note("task-opened", no=int(begun), unit=unit, due_at=due.isoformat() if due else None)
            ladder(what, int(begun))
        if to:
            note("stage-left", complete=True)
            stage, entered = to, now
            note("stage-entered", stage=to)
        for key, unit, opened in added:
            what = self.definition.task(stage, key)
            due = self.due[what.due, today] if what.due and opened else None
            number = len(tasks) + 1
            tasks[number] = {
                "key": key, "unit": unit, "state": "open" if opened else "waiting", "outcome": None,
                "opened_at": now if opened else None, "due_at": due, "ended_at": None,
            }  # fmt: skip
            still += opened
            note("task-added", key=key, unit=unit, due_at=due.isoformat() if due else None)
            if opened:
                ladder(what, number)
        new = {
            **state, "seq": seq, "stage": stage, "entered": entered, "tasks": tasks, "timers": timers,
            "made": made, "open": still,
        }  # fmt: skip
        return new, records


def _plain(state: State) -> Plain:
    return {
        "status": state.status,
        "stage": state.stage,
        "seq": state.seq,
        "entered": state.path[-1].entered,
        "made": state.timers_made,
        "open": len(state.open_tasks),
        "tasks": {
            one.no: {
                "key": one.key, "unit": one.unit, "state": one.state, "outcome": one.outcome,
                "opened_at": one.opened_at, "due_at": one.due_at, "ended_at": one.ended_at,
            }
            for one in state.tasks
        },
        "timers": {one.no: {"task": one.task, "fire_at": one.fire_at, "to": one.to} for one in state.timers},
    }  # fmt: skip
