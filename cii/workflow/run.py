"""One step in the making: stages, tasks, timers and rests, each change noted as a record.

Rules beyond the grammar, decided here:
- A stage left before it was complete (an outcome with `!`, a timeout, a closing) is resumed at its re-entry:
  tasks done stay done, but the one whose outcome ended it and those not done open anew. A stage that was
  completed starts anew.
- A discretionary task never holds a stage back; it may be done straight away, which opens and ends it in one
  step.
- A `for_each` task opens one task per unit of the role at the moment it opens; with no unit it is skipped.
- A task that comes `after` one that was skipped, or after a discretionary one nobody opened, is not held up.
Source: workflow.md §1-§2.
"""

from collections.abc import Container, Mapping
from datetime import date, datetime, timedelta

from cii.decisions.domain import MissingFacts
from cii.kernel.calendar import WorkingDays
from cii.kernel.clock import local_day
from cii.kernel.errors import Refusal, refuse
from cii.workflow.definition import Condition, Definition, Stage, Task
from cii.workflow.delays import due_on, end_of, shifted
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
    Postpone,
    RoleUnfilled,
    TaskDone,
    TimerEarly,
    TimerGone,
    UnknownOutcome,
)
from cii.workflow.moves import answerable
from cii.workflow.plan import plan
from cii.workflow.state import LIVE, Draft, Record, Roles, TaskState, TimerState, UnitRef
from cii.workflow.vocabulary import Length

_ENDLESS = 50
"""More stages than that in one step are a process that runs in circles."""

_WAITS = {True: "waiting", False: "open"}


class Run:
    """One step in the making; every change goes through `note`, so that the records are the state."""

    def __init__(  # noqa: PLR0917 - the order of `step`
        self,
        definition: Definition,
        draft: Draft,
        facts: Mapping[str, object],
        now: datetime,
        calendar: WorkingDays,
        roles: Roles,
    ) -> None:
        self.definition, self.draft, self.facts, self.now = definition, draft, facts, now
        self.calendar, self.roles = calendar, roles
        self.plans = plan(definition)
        self.plan = self.plans[draft.path[-1].stage if draft.path else definition.start]
        self.records: list[Record] = []
        self.effects: list[Effect] = []
        self.closing: str | None = None
        self.entered = 0
        self.today: date | None = None

    def due(self, length: Length) -> datetime:
        """When a delay that begins now runs out."""
        if self.today is None:
            self.today = local_day(self.now)
        return due_on(length, self.today, self.calendar)

    def note(self, kind: str, /, **data: object) -> None:
        """Keep a record and let it change the draft."""
        record = Record(self.draft.seq + 1, self.now, kind, data)
        self.draft.take(record)
        self.records.append(record)

    # Stages

    def enter(self, key: str, outcome: str | None = None) -> None:
        """Enter a stage, open its tasks and timers; go on at once where nothing is to be done."""
        self.entered += 1
        if self.entered > _ENDLESS:
            raise NoWayOn(stage=key, outcomes="")
        kept = self._kept(key)
        self.note("stage-entered", stage=key, kept=[task.no for task in kept])
        self.plan = self.plans[key]
        self.effects.append(EnterStage(key))
        stage, _, required, *_ = self.plan
        self.effects += [Ask(name, argument) for name, argument in stage.on_enter]
        if stage.end is not None:
            self._end(stage, outcome)
            return
        done = {(task.key, task.unit) for task in kept}
        keys = {task.key for task in kept}
        refuse(no for task in required if task.key not in keys and (no := self._unfilled(task)) is not None)
        for task in required:
            if task.for_each or task.key not in keys:
                self.add(task, wait=bool(task.after) and not self._finished(task.after), done=done)
        if stage.timeout:
            self.set_timer("timeout", None, stage.timeout.after, stage.timeout.to)
        self.progress()

    def _kept(self, key: str) -> list[TaskState]:
        """What was done at the last visit and still counts, where that visit was not completed."""
        path = self.draft.path
        visit = next((at for at in range(len(path), 0, -1) if path[at - 1].stage == key), 0)
        if not visit or path[visit - 1].complete is not False:
            return []
        tasks = self.plans[key].tasks
        return [
            one
            for one in self.draft.tasks
            if one.visit == visit
            and one.state == "done"
            and (task := tasks.get(one.key)) is not None
            and one.outcome not in task.ending
        ]

    def leave(self, *, complete: bool) -> None:
        """Leave the stage: what is not done is cancelled, timers too."""
        for task in self.draft.here():
            if task.live:
                self._cancel(task)
        for no in list(self.draft.timers):
            self._drop(no)
        self.note("stage-left", complete=complete)

    def progress(self) -> None:
        """Open what waited, and go on when the stage is complete."""
        if self.plan.ordered:
            tasks = self.plan.tasks
            for task in self.draft.here():
                if task.state == "waiting" and self._finished(tasks[task.key].after, absent=True):
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
        stage, keys = self.plan.stage, self.plan.keys
        if not keys:
            return stage.timeout is None
        visit, live, done = len(self.draft.path), 0, 0
        for task in self.draft.tasks:
            if task.visit == visit and task.key in keys:
                if task.state == "done":
                    done += 1
                elif task.state != "cancelled":
                    live += 1
        return not live or (stage.quorum > 0 and done >= stage.quorum)

    def _finished(self, keys: tuple[str, ...], *, absent: bool = False) -> bool:
        """Whether these tasks hold nobody up; `absent` ones (skipped, not wished for) count as told."""
        visit, found = len(self.draft.path), set()
        for task in self.draft.tasks:
            if task.visit == visit and task.key in keys:
                if task.state in LIVE:
                    return False
                found.add(task.key)
        return absent or len(found) == len(keys)

    def _way(self) -> tuple[str, str | None]:
        missing: list[str] = []
        for way in self.plan.stage.next:
            holds = way.when is None or self._holds(way.when, missing)
            if missing:
                raise MissingFacts(missing, self.definition.id)
            if holds:
                return way.to, way.decide
        said = ", ".join(f"{task.key}={task.outcome}" for task in self.draft.here() if task.outcome)
        raise NoWayOn(stage=self.draft.stage, outcomes=said)

    def _holds(self, when: Condition, missing: list[str]) -> bool:
        if when.cell is not None:
            known = {**self.draft.known, **self.facts}
            if when.fact not in known:
                missing.append(when.fact)
                return False
            return when.cell.holds(self.definition.facts[when.fact].normal(when.fact, known[when.fact]))
        required = self.plan.keys
        done = [task for task in self.draft.here() if task.state == "done"]
        hits = sum(task.outcome == when.outcome for task in done)
        if when.how == "all":
            return hits > 0 and all(task.outcome == when.outcome for task in done if task.key in required)
        return hits >= max(when.count, 1)

    # Tasks and timers

    def _unfilled(self, task: Task) -> Refusal | None:
        if task.for_each or self.roles.get(task.owner):
            return None
        return RoleUnfilled(field="roles", role=task.owner, task=task.key)

    def add(self, task: Task, *, wait: bool, done: Container[tuple[str, UnitRef | None]] = ()) -> None:
        """A new task, waiting or open; one per unit for a `for_each` task that opens.

        `done`: key and unit of those that have spoken already.
        """
        refuse(one for one in [self._unfilled(task)] if one)
        role = task.for_each or task.owner
        units: tuple[UnitRef | None, ...] = self.roles.get(role, ())
        if not task.for_each:
            self._put(task, role, units[0], wait=wait)
            return
        missing = [unit for unit in dict.fromkeys(units) if (task.key, unit) not in done]
        if wait and (missing or not units):
            self._put(task, role, None, wait=True)
            return
        for unit in missing:
            self._put(task, role, unit, wait=False)

    def _put(self, task: Task, role: str, unit: UnitRef | None, *, wait: bool) -> None:
        due = self.due(task.due).isoformat() if task.due and not wait else None
        self.note("task-added", key=task.key, role=role, unit=unit, state=_WAITS[wait], due_at=due)
        made = self.draft.tasks[-1]
        self.effects.append(OpenTask(made))
        if not wait:
            self._ladder(task, made.no)

    def _begin(self, held: TaskState) -> None:
        task = self.plan.tasks[held.key]
        units: tuple[UnitRef, ...] = self.roles.get(held.role, ())
        if not units and not task.for_each:
            raise RoleUnfilled(field="roles", role=held.role, task=held.key)
        if task.for_each:
            spoken = {one.unit for one in self.draft.here() if one.key == held.key and one.no != held.no}
            units = tuple(unit for unit in dict.fromkeys(units) if unit not in spoken)
        if not units:
            self._cancel(held)
            return
        due = self.due(task.due).isoformat() if task.due else None
        self.note("task-opened", no=held.no, unit=units[0], due_at=due)
        self.effects.append(MoveTask(self.draft.tasks[held.no - 1]))
        self._ladder(task, held.no)
        for unit in units[1:] if task.for_each else ():
            self._put(task, held.role, unit, wait=False)

    def _cancel(self, task: TaskState) -> None:
        self.note("task-cancelled", no=task.no)
        self.effects.append(CloseTask(self.draft.tasks[task.no - 1]))

    def _ladder(self, task: Task, no: int) -> None:
        for rung in task.escalate:
            self.set_timer("escalate", no, rung.after, rung.to)

    def set_timer(self, kind: str, task: int | None, after: Length, to: str) -> None:
        """Start a timer."""
        self._time(TimerState(self.draft.timers_made + 1, kind, task, self.due(after), str(after), to))

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

    def _drop(self, no: int) -> None:
        self.note("timer-gone", no=no)
        self.effects.append(CancelTimer(no))

    def finish(self, event: TaskDone) -> None:
        """A task is done; the stage ends at once, goes on, or waits for the others."""
        self.closing = event.closing
        held = self._meant(event)
        self.note("task-done", no=held.no, outcome=event.outcome)
        self.effects.append(CloseTask(self.draft.tasks[held.no - 1]))
        for timer in list(self.draft.timers.values()):
            if timer.task == held.no:
                self._drop(timer.no)
        if event.outcome in self.plan.tasks[held.key].ending:
            way = self._way()
            self.leave(complete=False)
            self._take(*way)
        else:
            self.progress()

    def _meant(self, event: TaskDone) -> TaskState:
        held = answerable(self.draft, event)
        if held is None:
            self.add(self.plan.tasks[str(event.task)], wait=False)
            return self.draft.tasks[-1]
        return held

    def fire(self, no: int) -> None:
        """A timer has come due: tell somebody, or leave the stage.

        The step is taken now, when people learn of it, and delays that begin with it run from now; the
        record keeps the moment that was due, which after a downtime lies before.
        """
        timer = self.draft.timers.get(no)
        if timer is None:
            raise TimerGone(timer=no)
        if timer.fire_at > self.now:
            raise TimerEarly(timer=no, at=timer.fire_at)
        self.note("timer-gone", no=no, was_due=timer.fire_at.isoformat())
        self.effects.append(CancelTimer(no))
        if timer.kind == "timeout":
            self.leave(complete=False)
            self.enter(timer.to)
        else:
            self.note("escalated", task=timer.task, to=timer.to)
            self.effects.append(Escalate(self.draft.tasks[(timer.task or 1) - 1], timer.to))

    def postpone(self, event: Postpone) -> None:
        """A task and its reminders move to another day, all by as many days."""
        held = answerable(self.draft, event)
        if held is None:
            return
        self.move(held, held.unit, held.assignee, end_of(event.on))
        by = event.on - local_day(held.due_at) if held.due_at else timedelta()
        for timer in list(self.draft.timers.values()):
            if timer.task == held.no:
                self._time(timer._replace(fire_at=end_of(local_day(timer.fire_at) + by)))

    # Rest

    def rest(self, *, consent: bool, reason: str) -> None:
        """Everything stands still; the timers stay in the state but run no more."""
        self.note("suspended", consent=consent, reason=reason)
        self.effects += [CancelTimer(no) for no in self.draft.timers]

    def go_on(self) -> None:
        """Each delay has the time it had left when the rest began."""
        since = self.draft.suspended_at or self.now
        self.note("resumed")
        for task in list(self.draft.tasks):
            length = self.plans[task.stage].tasks[task.key].due if task.state == "open" else None
            if task.due_at and length:
                self.move(
                    task,
                    task.unit,
                    task.assignee,
                    shifted(task.due_at, since, self.now, length.unit, self.calendar),
                )
        for timer in list(self.draft.timers.values()):
            length = Length.parse(timer.after)
            moment = shifted(timer.fire_at, since, self.now, length.unit if length else "d", self.calendar)
            self._time(timer._replace(fire_at=moment))

    def move(
        self, task: TaskState, unit: UnitRef | None, assignee: UnitRef | None, due: datetime | None
    ) -> None:
        """A task with another unit, person or due moment."""
        self.note(
            "task-moved", no=task.no, unit=unit, assignee=assignee, due_at=due.isoformat() if due else None
        )
        self.effects.append(MoveTask(self.draft.tasks[task.no - 1]))
