"""The pure step of a process: state and event in; next state, effects, records out, or every no.

No clock, no database, no eval: facts, moment, calendar and the units of each role are handed in.
Source: workflow.md §1-§2; how the words of the grammar are meant where it is silent: `run`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cii.kernel.calendar import WorkingDays
from cii.kernel.moves import IllegalMove
from cii.workflow.definition import Definition
from cii.workflow.delays import due_at
from cii.workflow.events import (
    AddTask,
    Close,
    ConsentWithdrawn,
    Decided,
    Effect,
    Event,
    LeadAlreadyThere,
    LeadMoved,
    Postpone,
    Reassign,
    Reopen,
    Resume,
    StaleSeq,
    Start,
    Suspend,
    TaskDone,
    TimerFired,
    TransferLead,
    UnknownOutcome,
    WithdrawConsent,
)
from cii.workflow.moves import Move, act_of, guard, moves, open_words, standing
from cii.workflow.run import Run
from cii.workflow.state import Draft, Record, Roles, State, fold
from cii.workflow.vocabulary import Status

__all__ = ["Move", "Record", "State", "Step", "due_at", "fold", "moves", "step"]


@dataclass(frozen=True, slots=True)
class Step:
    """What a step brings: the next state, what follows outside, and the records to keep."""

    state: State
    effects: tuple[Effect, ...]
    records: tuple[Record, ...]


def step(  # noqa: PLR0917 - the order of the house's contract
    definition: Definition,
    state: State | None,
    event: Event,
    facts: Mapping[str, object],
    now: datetime,
    calendar: WorkingDays,
    roles: Roles,
    *,
    expected: int | None = None,
) -> Step:
    """The next state with its effects and records; a process begins with `state=None` and `Start`.

    `expected` is the `seq` the actor has seen. Refuses, all reasons at once: StaleSeq, IllegalMove (with the
    moves open), WrongInstitution, UnknownOutcome, ClosingMissing, RoleUnfilled, MissingFacts, NoWayOn,
    TimerGone, TimerEarly, ReasonMissing, ConsentMissing, LeadAlreadyThere.
    """
    if state is None:
        if not isinstance(event, Start):
            raise IllegalMove(state="-", event=act_of(event), open="start")
        began = Record(1, now, "started", {"definition": definition.id, "version": definition.version})
        run = Run(definition, Draft.begun(began), facts, now, calendar, roles)
        run.records.append(began)
        run.enter(definition.start)
    else:
        if expected is not None and expected != state.seq:
            raise StaleSeq(expected=expected, found=state.seq)
        guard(definition, state, event)
        run = Run(definition, Draft(state), facts, now, calendar, roles)
        _play(run, state, event)
    return Step(run.draft.state(), tuple(run.effects), tuple(run.records))


def _play(run: Run, state: State, event: Event) -> None:  # noqa: C901, PLR0912 - one case per event
    match event:
        case TaskDone():
            run.finish(event)
        case AddTask(key):
            run.add(run.plan.tasks[key], wait=False)
        case TimerFired(timer):
            run.fire(timer)
        case Suspend():
            run.rest(consent=True, reason=event.reason)
        case WithdrawConsent():
            run.effects.append(ConsentWithdrawn())
            if state.status == Status.OPEN:
                run.rest(consent=False, reason="consent withdrawn")
            else:
                run.note("consent-withdrawn")
        case Resume():
            run.go_on()
        case Reassign():
            task = state.tasks[event.task - 1]
            run.move(task, task.unit if event.unit is None else event.unit, event.assignee, task.due_at)
        case Postpone():
            run.postpone(event)
        case TransferLead(to):
            if run.roles.get("lead", ())[:1] == (to,):
                raise LeadAlreadyThere(field="to", to=to)
            run.note("lead-moved", to=to)
            run.effects.append(LeadMoved(to))
            for task in state.open_tasks:
                if task.role == "lead":
                    run.move(task, to, None, task.due_at)
        case Close(outcome):
            run.leave(complete=False)
            end = run.definition.end_for(outcome)
            if end is None:
                raise UnknownOutcome(
                    field="outcome", outcome=outcome, known=", ".join(run.definition.outcomes)
                )
            run.enter(end, outcome)
        case Reopen():
            run.note("reopened", reason=event.reason)
            ends = {key for key, stage in run.definition.stages.items() if stage.end is not None}
            run.enter(next(visit.stage for visit in reversed(state.path) if visit.stage not in ends))
        case Decided():
            run.note("decided", table=event.table, outputs=dict(event.outputs), rules=list(event.rules))
        case _:
            raise IllegalMove(
                state=standing(state), event=act_of(event), open=open_words(run.definition, state, event.by)
            )
