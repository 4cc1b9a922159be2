"""Processes played as they would have run: the engine's own pure step at moments of the past.

What results are the records that the engine would have kept; rows are derived from the folded state by the
engine's own projection, so that fold and rows agree by construction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cii.decisions.decision import Decision
from cii.decisions.decision import decide as decide_by
from cii.decisions.rulebook import Table
from cii.demo.sheet import Sheet
from cii.files.vocabulary import LANGUAGES
from cii.kernel.calendar import WorkingDays
from cii.workflow.definition import Definition
from cii.workflow.events import Decide, Decided, Effect, End, Event, Start, TimerFired
from cii.workflow.keeping import stored
from cii.workflow.machine import step
from cii.workflow.projection import instance_fields, task_fields, timer_fields
from cii.workflow.state import Record, State
from cii.workflow.vocabulary import Stand, Status


@dataclass(frozen=True, slots=True)
class Rules:
    """The published files that stories run by: rows' ids beside what was read of them."""

    definitions: Mapping[str, tuple[int, Definition]]
    tables: Mapping[str, tuple[tuple[int, Table], ...]]
    """By name, each version with its row, in the order of their validity."""

    def table_on(self, name: str, at: datetime) -> tuple[int, Table]:
        """The version of a table in force at a moment; the first one for moments before any."""
        day = at.date()
        found = [one for one in self.tables[name] if one[1].valid_from <= day]
        return found[-1] if found else self.tables[name][0]


@dataclass
class Story:
    """One process in the making; `roles` are the units that hold each role, `by_unit` who works there."""

    rules: Rules
    name: str
    roles: dict[str, tuple[int, ...]]
    calendar: WorkingDays
    by_unit: Mapping[int, int]
    records: list[tuple[Record, int | None]] = field(default_factory=list)
    state: State | None = None
    fired: set[int] = field(default_factory=set)
    decisions: list[tuple[int, Decision, datetime, int | None, Mapping[str, Any]]] = field(
        default_factory=list
    )
    ended: str | None = None

    @property
    def definition(self) -> Definition:
        """The process as published."""
        return self.rules.definitions[self.name][1]

    @property
    def open(self) -> bool:
        """Whether the process still runs."""
        return self.state is not None and self.state.status != Status.CLOSED

    def play(
        self, event: Event, at: datetime, unit: int | None = None, facts: Mapping[str, Any] | None = None
    ) -> None:
        """One event of a unit at a moment, after the timers that came due before it."""
        if self.state is not None:
            self.wait(at)
        self._step(event, at, unit, facts or {})

    def begin(self, at: datetime, unit: int | None, facts: Mapping[str, Any]) -> None:
        """Start the process."""
        self._step(Start(), at, unit, facts)

    def wait(self, until: datetime) -> None:
        """Let time pass: timers due by then fire in their order, as the sweep would have done."""
        while self.state is not None and self.state.status == Status.OPEN and self.state.timers:
            first = min(self.state.timers, key=lambda one: (one.fire_at, one.no))
            if first.fire_at >= until:
                return
            self.fired.add(first.no)
            self._step(TimerFired(first.no), first.fire_at + timedelta(minutes=1), None, {})

    def _step(self, event: Event, at: datetime, unit: int | None, facts: Mapping[str, Any]) -> None:
        took = step(self.definition, self.state, event, facts, at, self.calendar, self.roles)
        self.state = took.state
        self.records += [(record, unit) for record in took.records]
        for effect in took.effects:
            self._see_to(effect, at, unit, facts)

    def _see_to(self, effect: Effect, at: datetime, unit: int | None, facts: Mapping[str, Any]) -> None:
        match effect:
            case Decide(table):
                self.decide(table, facts, at, unit)
            case End(outcome):
                self.ended = outcome

    def decide(
        self,
        table: str,
        facts: Mapping[str, Any],
        at: datetime,
        unit: int | None,
        source: Mapping[str, Any] | None = None,
    ) -> Decision:
        """Ask a table and keep the answer, as a step of the process where it runs already."""
        row, read = self.rules.table_on(table, at)
        answer = decide_by(read, read.relevant(facts))
        self.decisions.append((row, answer, at, unit, source or {"kind": "process", "on": at.date()}))
        if self.state is not None:
            self._step(Decided(table, answer.outputs, answer.rules), at, unit, facts)
        return answer

    def put(self, sheet: Sheet, subject_id: int, subject_ref: str, person_id: int, kind: str = "case") -> int:
        """Write the process as rows: instance, parts, events, tasks, timers, decisions. Returns its id."""
        state = self.state
        if state is None:
            raise ValueError("the story has not begun")
        started, last = self.records[0][0].at, self.records[-1][0].at
        subject: dict[str, Any] = {"subject": kind, "subject_id": subject_id, "person_id": person_id}
        instance = sheet.put(
            "wf_instance",
            definition_id=self.rules.definitions[self.name][0],
            **subject,
            subject_ref=subject_ref,
            started_at=started,
            closed_at=last if state.status == Status.CLOSED else None,
            **instance_fields(state),
        )
        for role, units in self.roles.items():
            for position, holder in enumerate(dict.fromkeys(units)):
                sheet.put("wf_part", instance_id=instance, role=role, unit_id=holder, position=position)
        for record, unit in self.records:
            sheet.put(
                "wf_event",
                instance_id=instance,
                seq=record.seq,
                kind=record.kind,
                payload={name: stored(value) for name, value in record.data.items()},
                actor_account_id=self.by_unit.get(unit) if unit else None,
                unit_id=unit,
                at=record.at,
            )
        for task in state.tasks:
            fields = task_fields(task)
            done_by = self.by_unit.get(fields["unit_id"]) if task.state == Stand.DONE else None
            sheet.put(
                "wf_task",
                instance_id=instance,
                number=task.no,
                decides=len(self.definition.task(task.stage, task.key).outcomes) > 1,
                done_by=done_by,
                **subject,
                subject_ref=subject_ref,
                **fields,
            )
        self._put_timers(sheet, instance, state)
        for row, answer, at, decider, source in self.decisions:
            put_decision(
                sheet,
                row,
                answer,
                at,
                account_id=self.by_unit.get(decider) if decider else None,
                case_id=subject_id if kind == "case" else None,
                sources=dict.fromkeys(answer.used, source),
                **subject,
            )
        return instance

    def _put_timers(self, sheet: Sheet, instance: int, state: State) -> None:
        live = timer_fields(state)
        made: dict[int, dict[str, Any]] = {}
        gone: dict[int, datetime] = {}
        for record, _ in self.records:
            if record.kind == "timer-set":
                made[record.data["no"]] = dict(record.data)
            elif record.kind == "timer-gone":
                gone[record.data["no"]] = record.at
        for number, data in made.items():
            if number in live:
                sheet.put("wf_timer", instance_id=instance, number=number, **live[number])
                continue
            sheet.put(
                "wf_timer",
                instance_id=instance,
                number=number,
                kind=data["kind"],
                task_number=data["task"],
                after=data["after"],
                target=data["to"],
                due_at=datetime.fromisoformat(data["fire_at"]),
                state="fired" if number in self.fired else "cancelled",
                settled_at=gone.get(number),
            )


def put_decision(
    sheet: Sheet,
    table_id: int,
    answer: Decision,
    at: datetime,
    *,
    subject: str,
    subject_id: int,
    person_id: int | None,
    case_id: int | None = None,
    account_id: int | None = None,
    sources: Mapping[str, Mapping[str, Any]] | None = None,
) -> int:
    """Write an answer of a decision table as the engine keeps it; returns its id."""
    explained = {lang: answer.explain(lang) for lang in LANGUAGES}
    return sheet.put(
        "wf_decision",
        table_id=table_id,
        subject=subject,
        subject_id=subject_id,
        person_id=person_id,
        case_id=case_id,
        inputs={name: stored(value) for name, value in answer.used.items()},
        sources={name: stored(one) for name, one in (sources or {}).items() if name in answer.used},
        outputs=stored(answer.outputs),
        rules=list(answer.rules),
        why=[{lang: explained[lang][place] for lang in LANGUAGES} for place in range(len(answer.why))],
        digest=answer.digest,
        at=at,
        account_id=account_id,
    )
