"""One case under another version of its process: how it would stand there, or every reason why it stays.

A migration changes names, owners and delays; it never moves a case along. Where nothing would be left to do
in the stage, the case stays, and people end the stage under the old version. All that changes is one record
`migrated`, from which the state is folded like from any other. Source: workflow.md §1 point 4.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cii.decisions.domain import shown
from cii.files.reading import say
from cii.kernel.calendar import WorkingDays
from cii.kernel.errors import Refusal
from cii.workflow.definition import Definition, Task
from cii.workflow.delays import due_at
from cii.workflow.events import Effect, RoleUnfilled
from cii.workflow.migration import Plan, default_value
from cii.workflow.run import Run
from cii.workflow.state import Draft, Record, Roles, State, TaskState, UnitRef


class StageUnmapped(Refusal):
    """The stage in which the case stands has no successor in the new version."""

    code, kind = "migration-stage-unmapped", "conflict"


class TaskUnmapped(Refusal):
    """An open task has no successor in the new version, and the plan does not say what becomes of it."""

    code, kind = "migration-task-unmapped", "conflict"


class OutcomeGone(Refusal):
    """A task of the present stage was done with an outcome that the new version does not know."""

    code, kind = "migration-outcome-gone", "conflict"


class StageOver(Refusal):
    """In the new version nothing would be left to do in the stage: somebody has to end it first."""

    code, kind = "migration-stage-over", "conflict"


class FactAsked(Refusal):
    """The new version needs a fact that the case does not have."""

    code, kind = "migration-fact-asked", "conflict"


@dataclass(frozen=True, slots=True)
class Moved:
    """How a case stands under the new version: its one record, the state, what follows outside."""

    record: Record
    state: State
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why a case stays on its version."""

    reasons: tuple[Refusal, ...]


@dataclass(slots=True)
class _Change:
    """What the names of the plan make of the tasks of a case; tasks by number, as JSON writes them."""

    keys: dict[str, str]
    roles: dict[str, str]
    cancelled: list[int]
    units: dict[int, UnitRef]
    reasons: list[Refusal]


def plan_for(  # noqa: PLR0917 - as `step`
    state: State,
    plan: Plan,
    old: Definition,
    new: Definition,
    facts: Mapping[str, object],
    now: datetime,
    calendar: WorkingDays,
    roles: Roles,
) -> Moved | Blocked:
    """The case under the new version, or all reasons why it stays. Pure: nothing is changed."""
    stage = plan.stage_in(new, state.stage)
    if stage is None:
        return Blocked((StageUnmapped(stage=_stage_words(old, state.stage)),))
    if new.stages[stage].end is not None:
        return Blocked((StageOver(stage=_stage_words(old, state.stage)),))
    change = _names(state, plan, new, roles)
    known = _facts(state, plan, new, facts, change.reasons)
    if change.reasons:
        return Blocked(tuple(change.reasons))
    data: dict[str, Any] = {
        "definition": new.id,
        "version": new.version,
        "from": plan.from_version,
        "plan": plan.digest,
        "why": dict(plan.why),
        "stage": stage,
        "stages": {one: other for one, other in plan.stages.items() if other in new.stages},
        "tasks": change.keys,
        "roles": change.roles,
        "cancelled": change.cancelled,
        "reasons": {
            str(no): dict(plan.vanished[state.tasks[no - 1].stage, state.tasks[no - 1].key])
            for no in change.cancelled
        },
        "known": known,
        "then": [],
    }
    draft = Draft(state)
    draft.take(Record(state.seq + 1, now, "migrated", data))
    run = _Arrival(new, draft, facts, state.suspended_at or now, calendar, roles)
    try:
        over = run.arrive(change, _covered(state, plan, old, new), restart=plan.restart)
    except Refusal as no:
        return Blocked(no.reasons)
    if over:
        return Blocked((StageOver(stage=_stage_words(old, state.stage)),))
    data = {**data, "then": [{"kind": one.kind, "data": dict(one.data)} for one in run.records]}
    record, draft = Record(state.seq + 1, now, "migrated", data), Draft(state)
    draft.take(record)
    return Moved(record, draft.state(), tuple(run.effects))


def _names(state: State, plan: Plan, new: Definition, roles: Roles) -> _Change:
    change = _Change({}, {}, [], {}, [])
    for task in state.tasks:
        to = plan.task_in(new, task.stage, task.key)
        if task.visit == state.visit and task.live:
            _live(change, task, to, plan, roles)
        elif task.visit == state.visit and task.outcome and to and task.outcome not in to.outcomes:
            change.reasons.append(
                OutcomeGone(task=_task_words(task, to), outcome=task.outcome, known=", ".join(to.outcomes))
            )
        if to is not None and to.key != task.key and task.no not in change.cancelled:
            change.keys[str(task.no)] = to.key
    return change


def _live(change: _Change, task: TaskState, to: Task | None, plan: Plan, roles: Roles) -> None:
    """A task still to be done: cancelled, blocked for want of a successor, or carried over."""
    if (task.stage, task.key) in plan.vanished:
        change.cancelled.append(task.no)
        return
    if to is None:
        change.reasons.append(TaskUnmapped(task=f"{task.stage}.{task.key}", no=task.no))
        return
    role = to.for_each or to.owner
    if role == task.role:
        return
    units = roles.get(role, ())
    if not units:
        change.reasons.append(RoleUnfilled(field="roles", role=role, task=to.key))
        return
    change.roles[str(task.no)] = role
    if task.unit is not None and task.unit != units[0]:
        change.units[task.no] = units[0]


def _facts(
    state: State, plan: Plan, new: Definition, facts: Mapping[str, object], reasons: list[Refusal]
) -> dict[str, Any]:
    """The defaults that the case takes along, in the terms of JSON; what is asked and not known blocks."""
    known: dict[str, Any] = {}
    for name, fact in plan.facts.items():
        if name in state.known or name in facts:
            continue
        if fact.default is None:
            reasons.append(FactAsked(field=name, fact=name, question=say(fact.ask, "fr", name)))
            continue
        value = default_value(new.facts[name], name, fact.default)
        known[name] = value if isinstance(value, bool | int | str) else shown(value)
    return known


def _covered(state: State, plan: Plan, old: Definition, new: Definition) -> frozenset[str]:
    """The keys in the new stage of what the old stage asked for already; the others open on arrival."""
    found = set()
    for task in old.stages[state.stage].required:
        to = plan.task_in(new, state.stage, task.key)
        if to is not None and (state.stage, task.key) not in plan.vanished:
            found.add(to.key)
    return frozenset(found)


class _Arrival(Run):
    """The run of a case that has just changed its version: its delays and what is new to be done."""

    def arrive(self, change: _Change, covered: frozenset[str], *, restart: bool) -> bool:
        """Settle timers, units and new tasks; True when nothing is left to do in the stage."""
        self._settle_timers(change, restart=restart)
        for no, unit in change.units.items():
            self.move(self.draft.tasks[no - 1], unit, None, self.draft.tasks[no - 1].due_at)
        if restart:
            self._restart()
        here = {one.key for one in self.draft.here() if one.state != "cancelled"}
        for task in self.plan.required:
            if task.key not in covered | here:
                self.add(task, wait=bool(task.after) and not self._finished(task.after))
        for held in self.draft.here():
            if held.state == "waiting" and self._finished(self.plan.tasks[held.key].after, absent=True):
                self._begin(held)
        return self._complete()

    def _settle_timers(self, change: _Change, *, restart: bool) -> None:
        timeout = self.plan.stage.timeout
        for timer in list(self.draft.timers.values()):
            if restart or timer.task in change.cancelled or (timer.kind == "timeout" and timeout is None):
                self._drop(timer.no)
            elif timer.kind == "timeout" and timeout is not None and timer.to != timeout.to:
                self._time(timer._replace(to=timeout.to))
        if timeout and not any(timer.kind == "timeout" for timer in self.draft.timers.values()):
            self.set_timer("timeout", None, timeout.after, timeout.to)

    def _restart(self) -> None:
        for held in self.draft.here():
            if held.state == "open":
                task = self.plan.tasks[held.key]
                due = due_at(task.due, self.now, self.calendar) if task.due else None
                self.move(held, held.unit, held.assignee, due)
                self._ladder(task, held.no)


def _stage_words(definition: Definition, key: str) -> str:
    return say(definition.stages[key].title, "fr", key)


def _task_words(task: TaskState, to: Task) -> str:
    return say(to.title, "fr", task.key)
