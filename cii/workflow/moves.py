"""Which moves are open to an actor now: guards commands, draws buttons, fills the inbox.

Source: house.md §4 habit 11, workflow.md §2 (built-in moves of every case).
"""

from dataclasses import dataclass

from cii.kernel.errors import Refusal, refuse
from cii.kernel.moves import IllegalMove
from cii.workflow.definition import Definition
from cii.workflow.events import (
    AddTask,
    By,
    Close,
    ConsentMissing,
    Decided,
    Event,
    ReasonMissing,
    Reassign,
    Reopen,
    Resume,
    Start,
    Suspend,
    TaskDone,
    TimerFired,
    TransferLead,
    UnknownOutcome,
    WithdrawConsent,
    WrongInstitution,
)
from cii.workflow.state import State, TaskState
from cii.workflow.vocabulary import MANAGERS, Stand, Status


@dataclass(frozen=True, slots=True)
class Move:
    """A move open to an actor now: `act`, for tasks its number, key and possible outcomes."""

    act: str
    task: int | None = None
    key: str = ""
    outcomes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.act} {self.key}".strip()


def moves(  # noqa: C901 - one line per kind of move
    definition: Definition, state: State, by: By
) -> list[Move]:
    """The moves open to this actor now: guards each command, draws the buttons, fills the inbox."""
    manages = by.system or bool(by.roles & MANAGERS)
    party = by.system or bool(by.roles)
    found: list[Move] = []
    if state.status == Status.CLOSED:
        return [Move("reopen")] if manages else []
    if state.status == Status.SUSPENDED:
        if manages:
            found += [Move("resume"), Move("close", outcomes=definition.outcomes)]
        if by.system:
            found += [Move("reassign", task.no, task.key) for task in state.open_tasks]
        return [*found, Move("withdraw-consent")] if party and state.consent else found
    stage = definition.stages[state.stage]
    for task in state.here:
        if task.state == Stand.OPEN and owns(task, by):
            found.append(Move("done", task.no, task.key, definition.task(stage.key, task.key).outcomes))
    opened = {task.key for task in state.here if task.live}
    for extra in stage.tasks:
        if extra.discretionary and extra.key not in opened and (manages or extra.owner in by.roles):
            found.append(Move("add", key=extra.key, outcomes=extra.outcomes))
    for task in state.open_tasks:
        if manages or (owns(task, by) and "supervisor" in by.roles):
            found.append(Move("reassign", task.no, task.key))
    if manages:
        found += [Move("transfer-lead"), Move("suspend"), Move("close", outcomes=definition.outcomes)]
    if party:
        found.append(Move("withdraw-consent"))
    return found


def owns(task: TaskState, by: By) -> bool:
    """Whether the actor does this task: his unit holds it, or while no unit does, his role."""
    if by.system:
        return True
    return task.unit in by.units if task.unit is not None and by.units else task.role in by.roles


_ACTS: dict[type[object], str] = {
    Start: "start",
    TaskDone: "done",
    AddTask: "add",
    TimerFired: "fire",
    Suspend: "suspend",
    Resume: "resume",
    Reassign: "reassign",
    TransferLead: "transfer-lead",
    WithdrawConsent: "withdraw-consent",
    Close: "close",
    Reopen: "reopen",
    Decided: "decide",
}


def act_of(event: Event) -> str:
    """The act's name, as in `Move.act`."""
    return _ACTS[type(event)]


def guard(  # noqa: C901 - one case per event
    definition: Definition, state: State, event: Event
) -> None:
    """Let the event pass only when it is among the open moves; say all reasons else."""
    act = act_of(event)
    if isinstance(event, TimerFired | Decided):
        if state.status != Status.OPEN or not event.by.system:
            raise IllegalMove(state=standing(state), event=act, open=open_words(definition, state, event.by))
        return
    open_now = [move for move in moves(definition, state, event.by) if move.act == act]
    reasons: list[Refusal] = []
    match event:
        case TaskDone():
            fitting = [move for move in open_now if event.task in {move.task, move.key}]
            fitting = fitting or [
                one
                for one in moves(definition, state, event.by)
                if one.act == "add" and one.key == event.task
            ]
            if not fitting:
                reasons.append(_why_not(definition, state, event))
            elif event.outcome not in fitting[0].outcomes:
                reasons.append(
                    UnknownOutcome(
                        field="outcome", outcome=event.outcome, known=", ".join(fitting[0].outcomes)
                    )
                )
            if event.closing is not None and event.closing not in definition.outcomes:
                reasons.append(
                    UnknownOutcome(
                        field="closing", outcome=event.closing, known=", ".join(definition.outcomes)
                    )
                )
        case AddTask():
            open_now = [move for move in open_now if move.key == event.key]
        case Reassign():
            open_now = [move for move in open_now if move.task == event.task]
        case Close() if event.outcome not in definition.outcomes:
            reasons.append(
                UnknownOutcome(field="outcome", outcome=event.outcome, known=", ".join(definition.outcomes))
            )
        case Suspend() | Reopen() if not event.reason.strip():
            reasons.append(ReasonMissing(field="reason"))
        case Resume() if not state.consent and not event.consent_renewed:
            reasons.append(ConsentMissing(field="consent_renewed"))
    if not open_now and not isinstance(event, TaskDone):
        reasons.insert(
            0, IllegalMove(state=standing(state), event=act, open=open_words(definition, state, event.by))
        )
    refuse(reasons)


def _why_not(definition: Definition, state: State, event: TaskDone) -> Refusal:
    for task in state.here:
        if event.task in {task.no, task.key} and task.state == Stand.OPEN and state.status == Status.OPEN:
            return WrongInstitution(task=task.key, role=task.role)
    held = state.task(event.task) if isinstance(event.task, int) else None
    name = held.key if held else event.task
    return IllegalMove(
        state=standing(state), event=f"done {name}", open=open_words(definition, state, event.by)
    )


def standing(state: State) -> str:
    """The stage, and whether the process rests or is closed."""
    return state.stage if state.status == Status.OPEN else f"{state.stage} ({state.status})"


def open_words(definition: Definition, state: State, by: By) -> str:
    """The moves open to the actor, as a refusal lists them."""
    return ", ".join(dict.fromkeys(map(str, moves(definition, state, by))))
