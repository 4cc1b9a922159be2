"""One step in the making: stages, tasks, timers and rests, each change noted as a record.

Rules beyond the grammar, decided here:
- A stage left before it was complete (an outcome with `!`, a timeout, a closing) is resumed at its re-entry:
  tasks done stay done, but the one whose outcome ended it and those not done open anew. A stage that was
  completed starts anew.
- A discretionary task never holds a stage back; it may be done straight away, which opens and ends it in one
  step.
- A `for_each` task opens one task per unit of the role at the moment it opens; with no unit it is skipped.
- After a rest, what is due has the time that was left: working days for `wd`, calendar days else. Overdue
  stays overdue.
- Due is the end of that day in Switzerland (23:59:59).
Source: workflow.md §1-§2.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from cii.kernel.calendar import WorkingDays
from cii.kernel.clock import local_day, local_midnight
from cii.kernel.errors import Refusal, refuse
from cii.kernel.period import ONE_DAY, next_month
from cii.workflow.definition import Condition, Definition, Stage, Task
from cii.workflow.domain import MissingFacts
from cii.workflow.events import (
    Ask,
    CancelTimer,
    CloseTask,
    ClosingMissing,
    Decide,
    Effect,
    End,
    EnterStage,
    Escalate,
    MoveTask,
    NoWayOn,
    OpenTask,
    OpenTimer,
    RoleUnfilled,
    TaskDone,
    TimerEarly,
    TimerGone,
    UnknownOutcome,
)
from cii.workflow.moves import owns
from cii.workflow.state import Record, Roles, State, TaskState, TimerState, UnitRef, apply
from cii.workflow.vocabulary import Length, Stand

_ENDLESS = 50
"""More stages than that in one step are a process that runs in circles."""


def due_at(length: Length, now: datetime, calendar: WorkingDays) -> datetime:
    """The end of the day, in Switzerland, on which a delay that begins now runs out."""
    today = local_day(now)
    match length.unit:
        case "wd":
            last = calendar.after(today, length.count)
        case "m":
            last = _months_later(today, length.count)
        case _:
            last = today + timedelta(days=length.count)
    return _end_of(last)


def _end_of(day: date) -> datetime:
    return local_midnight(day + ONE_DAY) - timedelta(seconds=1)


def _months_later(day: date, count: int) -> date:
    first = day.replace(day=1)
    for _ in range(count):
        first = next_month(first)
    return min(first + timedelta(days=day.day - 1), next_month(first) - ONE_DAY)


class Run:
    """One step in the making; every change goes through `note`, so that the records are the state."""

    def __init__(  # noqa: PLR0917 - the order of `step`
        self,
        definition: Definition,
        state: State | None,
        facts: Mapping[str, object],
        now: datetime,
        calendar: WorkingDays,
        roles: Roles,
    ) -> None:
        self.definition, self.now_state, self.facts, self.now = definition, state, facts, now
        self.calendar, self.roles = calendar, roles
        self.records: list[Record] = []
        self.effects: list[Effect] = []
        self.closing: str | None = None
        self.entered = 0

    @property
    def state(self) -> State:
        """The state so far."""
        if self.now_state is None:  # pragma: no cover - `step` notes "started" first
            raise ValueError("the process has not started")
        return self.now_state

    @property
    def stage(self) -> Stage:
        """The stage of the process so far."""
        return self.definition.stages[self.state.stage]

    def note(self, kind: str, /, **data: object) -> None:
        """Keep a record and let it change the state."""
        record = Record((self.now_state.seq if self.now_state else 0) + 1, self.now, kind, data)
        self.now_state = apply(self.now_state, record)
        self.records.append(record)

    # Stages

    def enter(self, key: str, outcome: str | None = None) -> None:
        """Enter a stage, open its tasks and timers; go on at once where nothing is to be done."""
        self.entered += 1
        if self.entered > _ENDLESS:
            raise NoWayOn(stage=key, outcomes="")
        before = next((one for one in reversed(self.state.path) if one.stage == key), None)
        kept: list[int] = []
        if before is not None and before.complete is False:
            visit = max(at for at, one in enumerate(self.state.path, 1) if one.stage == key)
            kept = [
                task.no
                for task in self.state.tasks
                if task.visit == visit
                and task.state == Stand.DONE
                and task.outcome not in self.definition.task(key, task.key).ending
            ]
        self.note("stage-entered", stage=key, kept=kept)
        self.effects.append(EnterStage(key))
        stage = self.stage
        self.effects += [Ask(name, argument) for name, argument in stage.on_enter]
        if stage.end is not None:
            self._end(stage, outcome)
            return
        done = {self.state.tasks[no - 1].key for no in kept}
        missing = [self._unfilled(task) for task in stage.required if task.key not in done]
        refuse(one for one in missing if one)
        for task in stage.required:
            if task.key not in done:
                self.add(task, wait=bool(task.after) and not self._finished(task.after))
        if stage.timeout:
            self.set_timer("timeout", None, stage.timeout.after, stage.timeout.to)
        self.progress()

    def leave(self, *, complete: bool) -> None:
        """Leave the stage: what is not done is cancelled, timers too."""
        for task in self.state.here:
            if task.live:
                self.note("task-cancelled", no=task.no)
                self.effects.append(CloseTask(self.state.tasks[task.no - 1]))
        for timer in self.state.timers:
            self._drop(timer)
        self.note("stage-left", complete=complete)

    def progress(self) -> None:
        """Open what waited, and go on when the stage is complete."""
        for task in self.state.here:
            if task.state == Stand.WAITING and self._finished(
                self.definition.task(task.stage, task.key).after
            ):
                self._begin(task)
        if self._complete():
            way = self._way()
            self.leave(complete=True)
            self._take(*way)

    def _take(self, to: str, decide: str | None) -> None:
        if decide:
            self.effects.append(Decide(decide))
        self.enter(to, self.closing)

    def _end(self, stage: Stage, outcome: str | None) -> None:
        known = stage.end or ()
        if outcome is None and len(known) > 1:
            raise ClosingMissing(field="closing", known=", ".join(known))
        if outcome is not None and outcome not in known:
            raise UnknownOutcome(field="closing", outcome=outcome, known=", ".join(known))
        self.note("closed", outcome=outcome or known[0])
        self.effects.append(End(outcome or known[0]))

    def _complete(self) -> bool:
        stage = self.stage
        required = {task.key for task in stage.required}
        if not required:
            return stage.timeout is None
        mine = [task for task in self.state.here if task.key in required and task.state != Stand.CANCELLED]
        live = sum(task.live for task in mine)
        wanted = stage.quorum if stage.complete in {"any", "quorum"} else len(mine)
        return len(mine) - live >= wanted or not live

    def _finished(self, keys: tuple[str, ...]) -> bool:
        here = self.state.here
        return all(
            (found := [task for task in here if task.key == key]) and not any(task.live for task in found)
            for key in keys
        )

    def _way(self) -> tuple[str, str | None]:
        missing: list[str] = []
        for way in self.stage.next:
            holds = way.when is None or self._holds(way.when, missing)
            if missing:
                raise MissingFacts(missing, self.definition.id)
            if holds:
                return way.to, way.decide
        said = ", ".join(f"{task.key}={task.outcome}" for task in self.state.here if task.outcome)
        raise NoWayOn(stage=self.stage.key, outcomes=said)

    def _holds(self, when: Condition, missing: list[str]) -> bool:
        if when.cell is not None:
            known = {**self.state.known, **self.facts}
            if when.fact not in known:
                missing.append(when.fact)
                return False
            return when.cell.holds(self.definition.facts[when.fact].normal(when.fact, known[when.fact]))
        required = {task.key for task in self.stage.required}
        done = [task for task in self.state.here if task.state == Stand.DONE]
        hits = sum(task.outcome == when.outcome for task in done)
        if when.how == "all":
            return hits > 0 and all(task.outcome == when.outcome for task in done if task.key in required)
        return hits >= max(when.count, 1)

    # Tasks and timers

    def _unfilled(self, task: Task) -> Refusal | None:
        if task.for_each or self.roles.get(task.owner):
            return None
        return RoleUnfilled(field="roles", role=task.owner, task=task.key)

    def add(self, task: Task | None, *, wait: bool) -> None:
        """A new task, waiting or open; one per unit for a `for_each` task that opens."""
        if task is None:  # pragma: no cover - the guard has looked
            raise KeyError("no such task")
        refuse(one for one in [self._unfilled(task)] if one)
        role = task.for_each or task.owner
        units: tuple[UnitRef | None, ...] = self.roles.get(role, ())
        if wait:
            self._put(task, role, None if task.for_each else units[0], wait=True)
            return
        for unit in units if task.for_each else units[:1]:
            self._put(task, role, unit, wait=False)

    def _put(self, task: Task, role: str, unit: UnitRef | None, *, wait: bool) -> None:
        due = due_at(task.due, self.now, self.calendar).isoformat() if task.due and not wait else None
        self.note(
            "task-added",
            key=task.key,
            role=role,
            unit=unit,
            state=(Stand.WAITING if wait else Stand.OPEN).value,
            due_at=due,
        )
        self.effects.append(OpenTask(self.state.tasks[-1]))
        if not wait:
            self._ladder(task, self.state.tasks[-1].no)

    def _begin(self, held: TaskState) -> None:
        task = self.definition.task(held.stage, held.key)
        units = self.roles.get(held.role, ())
        if not units:
            if not task.for_each:
                raise RoleUnfilled(field="roles", role=held.role, task=held.key)
            self.note("task-cancelled", no=held.no)
            self.effects.append(CloseTask(self.state.tasks[held.no - 1]))
            return
        due = due_at(task.due, self.now, self.calendar).isoformat() if task.due else None
        self.note("task-opened", no=held.no, unit=units[0], due_at=due)
        self.effects.append(MoveTask(self.state.tasks[held.no - 1]))
        self._ladder(task, held.no)
        for unit in units[1:] if task.for_each else ():
            self._put(task, held.role, unit, wait=False)

    def _ladder(self, task: Task, no: int) -> None:
        for rung in task.escalate:
            self.set_timer("escalate", no, rung.after, rung.to)

    def set_timer(self, kind: str, task: int | None, after: Length, to: str) -> None:
        """Start a timer."""
        self._time(
            TimerState(
                self.state.timers_made + 1, kind, task, due_at(after, self.now, self.calendar), str(after), to
            )
        )

    def _time(self, timer: TimerState) -> None:
        self.note(
            "timer-set",
            no=timer.no,
            kind=timer.kind,
            task=timer.task,
            fire_at=timer.fire_at.isoformat(),
            after=timer.after,
            to=timer.to,
        )
        self.effects.append(OpenTimer(timer))

    def _drop(self, timer: TimerState) -> None:
        self.note("timer-gone", no=timer.no)
        self.effects.append(CancelTimer(timer.no))

    def finish(self, event: TaskDone) -> None:
        """A task is done; the stage ends at once, goes on, or waits for the others."""
        self.closing = event.closing
        held = self._meant(event)
        task = self.definition.task(held.stage, held.key)
        self.note("task-done", no=held.no, outcome=event.outcome)
        self.effects.append(CloseTask(self.state.tasks[held.no - 1]))
        for timer in self.state.timers:
            if timer.task == held.no:
                self._drop(timer)
        if event.outcome in task.ending:
            way = self._way()
            self.leave(complete=False)
            self._take(*way)
        else:
            self.progress()

    def _meant(self, event: TaskDone) -> TaskState:
        for task in self.state.here:
            if task.state == Stand.OPEN and event.task in {task.no, task.key} and owns(task, event.by):
                return task
        self.add(self.stage.task(str(event.task)), wait=False)
        return self.state.tasks[-1]

    def fire(self, no: int) -> None:
        """A timer has come due: tell somebody, or leave the stage."""
        timer = self.state.timer(no)
        if timer is None:
            raise TimerGone(timer=no)
        if timer.fire_at > self.now:
            raise TimerEarly(timer=no, at=timer.fire_at)
        self._drop(timer)
        if timer.kind == "timeout":
            self.leave(complete=False)
            self.enter(timer.to)
        else:
            self.note("escalated", task=timer.task, to=timer.to)
            self.effects.append(Escalate(self.state.tasks[(timer.task or 1) - 1], timer.to))

    # Rest

    def rest(self, *, consent: bool, reason: str) -> None:
        """Everything stands still; the timers stay in the state but run no more."""
        self.note("suspended", consent=consent, reason=reason)
        self.effects += [CancelTimer(timer.no) for timer in self.state.timers]

    def go_on(self) -> None:
        """Each delay has the time it had left when the rest began."""
        since = self.state.suspended_at or self.now
        self.note("resumed")
        for task in self.state.open_tasks:
            length = self.definition.task(task.stage, task.key).due
            if task.due_at and length:
                self.move(task, task.unit, task.assignee, self._shifted(task.due_at, since, length.unit))
        for timer in self.state.timers:
            length = Length.parse(timer.after)
            moment = self._shifted(timer.fire_at, since, length.unit if length else "d")
            self._time(TimerState(timer.no, timer.kind, timer.task, moment, timer.after, timer.to))

    def _shifted(self, moment: datetime, since: datetime, unit: str) -> datetime:
        if moment <= since:
            return moment
        began, last, today = local_day(since), local_day(moment), local_day(self.now)
        if unit == "wd":
            return _end_of(self.calendar.after(today, self.calendar.between(began + ONE_DAY, last + ONE_DAY)))
        return _end_of(last + (today - began))

    def move(
        self, task: TaskState, unit: UnitRef | None, assignee: UnitRef | None, due: datetime | None
    ) -> None:
        """A task with another unit, person or due moment."""
        self.note(
            "task-moved", no=task.no, unit=unit, assignee=assignee, due_at=due.isoformat() if due else None
        )
        self.effects.append(MoveTask(self.state.tasks[task.no - 1]))
