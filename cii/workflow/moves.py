"""Which moves are open to an actor now: guards commands, draws buttons, fills the inbox.

Source: house.md §4 habit 11, workflow.md §2 (built-in moves of every case).
"""

from collections.abc import Callable, Iterable, Iterator
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
    Postpone,
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
from cii.workflow.plan import plan
from cii.workflow.state import Draft, State, TaskState
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


def moves(definition: Definition, state: State, by: By) -> list[Move]:
    """The moves open to this actor now: guards each command, draws the buttons, fills the inbox."""
    return [move for way in _WAYS.values() for move in way(definition, state, by)]


def _resume(_: Definition, state: State, by: By) -> Iterator[Move]:
    if state.status == Status.SUSPENDED and _manages(by):
        yield Move("resume")


def _done(definition: Definition, state: State, by: By) -> Iterator[Move]:
    if state.status == Status.OPEN:
        visit = len(state.path)
        for task in state.tasks:
            if task.visit == visit and task.state == "open" and owns(task, by):
                yield Move("done", task.no, task.key, _outcomes(definition, task))


def answerable(state: State | Draft, event: TaskDone | Postpone) -> TaskState | None:
    """The open task of the present stage that the actor may answer with this event, or None."""
    visit, named = len(state.path), event.task
    if state.status == Status.OPEN:
        for task in state.tasks:
            if (
                named in (task.no, task.key)
                and task.visit == visit
                and task.state == "open"
                and owns(task, event.by)
            ):
                return task
    return None


def _outcomes(definition: Definition, task: TaskState) -> tuple[str, ...]:
    return plan(definition)[task.stage].tasks[task.key].outcomes


def _add(definition: Definition, state: State, by: By) -> Iterator[Move]:
    extras = plan(definition)[state.stage].extra if state.status == Status.OPEN else ()
    opened = {task.key for task in state.here if task.live} if extras else set()
    for extra in extras:
        if extra.key not in opened and (_manages(by) or extra.owner in by.roles):
            yield Move("add", key=extra.key, outcomes=extra.outcomes)


def _reassign(_: Definition, state: State, by: By) -> Iterator[Move]:
    if state.status == Status.CLOSED or (state.status == Status.SUSPENDED and not by.system):
        return
    for task in state.open_tasks:
        if _manages(by) or (owns(task, by) and "supervisor" in by.roles):
            yield Move("reassign", task.no, task.key)


def _transfer_lead(_: Definition, state: State, by: By) -> Iterator[Move]:
    if state.status == Status.OPEN and _manages(by):
        yield Move("transfer-lead")


def _suspend(_: Definition, state: State, by: By) -> Iterator[Move]:
    if state.status == Status.OPEN and _manages(by):
        yield Move("suspend")


def _close(definition: Definition, state: State, by: By) -> Iterator[Move]:
    if state.status != Status.CLOSED and _manages(by):
        yield Move("close", outcomes=definition.outcomes)


def _withdraw_consent(_: Definition, state: State, by: By) -> Iterator[Move]:
    party = by.system or bool(by.roles)
    if party and (state.status == Status.OPEN or (state.status == Status.SUSPENDED and state.consent)):
        yield Move("withdraw-consent")


def _reopen(_: Definition, state: State, by: By) -> Iterator[Move]:
    if state.status == Status.CLOSED and _manages(by):
        yield Move("reopen")


_WAYS: dict[str, Callable[[Definition, State, By], Iterator[Move]]] = {
    "resume": _resume,
    "done": _done,
    "add": _add,
    "reassign": _reassign,
    "transfer-lead": _transfer_lead,
    "suspend": _suspend,
    "close": _close,
    "withdraw-consent": _withdraw_consent,
    "reopen": _reopen,
}
"""By act: the moves of that kind that are open; a command asks for its own kind, a page for all."""


def _manages(by: By) -> bool:
    return by.system or not MANAGERS.isdisjoint(by.roles)


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
    Postpone: "postpone",
    TransferLead: "transfer-lead",
    WithdrawConsent: "withdraw-consent",
    Close: "close",
    Reopen: "reopen",
    Decided: "decide",
}


def act_of(event: Event) -> str:
    """The act's name, as in `Move.act`."""
    return _ACTS[type(event)]


def guard(definition: Definition, state: State, event: Event) -> None:
    """Let the event pass only when it is among the open moves; say all reasons else."""
    if isinstance(event, TaskDone):
        refuse(_against_answer(definition, state, event))
        return
    act = act_of(event)
    if isinstance(event, TimerFired | Decided | Postpone):
        gone = isinstance(event, Postpone) and answerable(state, event) is None
        if gone or state.status != Status.OPEN or not event.by.system:
            raise IllegalMove(state=standing(state), event=act, open=open_words(definition, state, event.by))
        return
    way = _WAYS.get(act)
    open_now = list(way(definition, state, event.by)) if way else []
    reasons: list[Refusal] = []
    match event:
        case AddTask():
            open_now = [move for move in open_now if move.key == event.key]
        case Reassign():
            open_now = [move for move in open_now if move.task == event.task]
        case Close() if event.outcome not in definition.outcomes:
            reasons.append(_unknown("outcome", event.outcome, definition.outcomes))
        case Suspend() | Reopen() if not event.reason.strip():
            reasons.append(ReasonMissing(field="reason"))
    if isinstance(event, Resume | Reopen) and not (state.consent or event.consent_renewed):
        reasons.append(ConsentMissing(field="consent_renewed"))
    if not open_now:
        reasons.insert(
            0, IllegalMove(state=standing(state), event=act, open=open_words(definition, state, event.by))
        )
    refuse(reasons)


def _against_answer(definition: Definition, state: State, event: TaskDone) -> list[Refusal]:
    """What speaks against a task being done with this outcome; a discretionary one opens as it is done."""
    held = answerable(state, event)
    if held is not None:
        known = _outcomes(definition, held)
    else:
        extra = next((one for one in _add(definition, state, event.by) if one.key == event.task), None)
        known = extra.outcomes if extra else ()
    reasons: list[Refusal] = []
    if not known:
        reasons.append(_why_not(definition, state, event))
    elif event.outcome not in known:
        reasons.append(_unknown("outcome", event.outcome, known))
    if event.closing is not None and event.closing not in definition.outcomes:
        reasons.append(_unknown("closing", event.closing, definition.outcomes))
    return reasons


def _unknown(field: str, outcome: str, known: Iterable[str]) -> Refusal:
    return UnknownOutcome(field=field, outcome=outcome, known=", ".join(known))


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
