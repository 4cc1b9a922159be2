"""What may happen to a process (events), what follows outside it (effects), and why it may not (refusals).

Effects are data; the caller writes rows, sends mail and asks tables. Source: workflow.md §1 points 1 and 7,
§2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from cii.kernel.errors import Refusal
from cii.workflow.state import TaskState, TimerState, UnitRef


@dataclass(frozen=True, slots=True)
class By:
    """Who acts: the roles he holds in this case and his units; `system` for the house's own jobs."""

    roles: frozenset[str] = frozenset()
    units: frozenset[UnitRef] = frozenset()
    system: bool = False


SYSTEM = By(system=True)


@dataclass(frozen=True, slots=True)
class Start:
    """The process begins."""

    by: By = SYSTEM


@dataclass(frozen=True, slots=True)
class TaskDone:
    """A task is done with an outcome.

    `task`: its number, or its key (then the actor's own task of that name).
    `closing`: the outcome of the whole process, where this step ends it and several are possible.
    """

    task: int | str
    outcome: str
    by: By = SYSTEM
    closing: str | None = None


@dataclass(frozen=True, slots=True)
class AddTask:
    """A discretionary task of the present stage is opened."""

    key: str
    by: By = SYSTEM


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer has come due."""

    timer: int
    by: By = SYSTEM


@dataclass(frozen=True, slots=True)
class Suspend:
    """The process rests: its timers freeze."""

    reason: str
    by: By = SYSTEM


@dataclass(frozen=True, slots=True)
class Resume:
    """The process goes on with the time that was left; after a withdrawal only with a new consent."""

    by: By = SYSTEM
    consent_renewed: bool = False


@dataclass(frozen=True, slots=True)
class Reassign:
    """An open task goes to another person, or to another unit as well."""

    task: int
    assignee: UnitRef | None
    by: By = SYSTEM
    unit: UnitRef | None = None


@dataclass(frozen=True, slots=True)
class Postpone:
    """An open task is due on another day, as agreed outside the process; only the house says so.

    Reminders still to come keep their distance to the due day; one that came does not come again.
    """

    task: int | str
    on: date
    by: By = SYSTEM


@dataclass(frozen=True, slots=True)
class TransferLead:
    """The lead goes to another unit, with its open tasks."""

    to: UnitRef
    by: By = SYSTEM


@dataclass(frozen=True, slots=True)
class WithdrawConsent:
    """The person withdraws the consent: the process stops at once."""

    by: By = SYSTEM


@dataclass(frozen=True, slots=True)
class Close:
    """The process is closed with an outcome, wherever it stands."""

    outcome: str
    by: By = SYSTEM


@dataclass(frozen=True, slots=True)
class Reopen:
    """A closed process is taken up again in its last stage; after a withdrawal only with a new consent."""

    reason: str
    by: By = SYSTEM
    consent_renewed: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision table has answered; its outputs are facts from now on."""

    table: str
    outputs: Mapping[str, object] = field(hash=False)
    rules: tuple[str, ...] = ()
    by: By = SYSTEM


Event = (
    Start
    | TaskDone
    | AddTask
    | TimerFired
    | Suspend
    | Resume
    | Reassign
    | Postpone
    | TransferLead
    | WithdrawConsent
    | Close
    | Reopen
    | Decided
)


# Effects


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task is there: waiting for another, or open and due."""

    task: TaskState


@dataclass(frozen=True, slots=True)
class MoveTask:
    """A task has another unit, person, due moment or has begun to be open."""

    task: TaskState


@dataclass(frozen=True, slots=True)
class CloseTask:
    """A task is done or cancelled."""

    task: TaskState


@dataclass(frozen=True, slots=True)
class OpenTimer:
    """A timer runs; also after a rest, with its new moment."""

    timer: TimerState


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """A timer runs no more: its task ended, it fired, or the process rests."""

    timer: int


@dataclass(frozen=True, slots=True)
class EnterStage:
    """The process has entered a stage."""

    stage: str


@dataclass(frozen=True, slots=True)
class Escalate:
    """Somebody is to be told that a task stays open."""

    task: TaskState
    to: str


@dataclass(frozen=True, slots=True)
class Decide:
    """A decision table is to be asked."""

    table: str


@dataclass(frozen=True, slots=True)
class Ask:
    """What the stage asks on entry of the owning room: notify, flag, grant, reserve … with its argument."""

    name: str
    argument: str


@dataclass(frozen=True, slots=True)
class LeadMoved:
    """The lead is with another unit."""

    to: UnitRef


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """Access granted by the consent is to be closed in this transaction."""


@dataclass(frozen=True, slots=True)
class End:
    """The process has ended."""

    outcome: str


Effect = (
    OpenTask
    | MoveTask
    | CloseTask
    | OpenTimer
    | CancelTimer
    | EnterStage
    | Escalate
    | Decide
    | Ask
    | LeadMoved
    | ConsentWithdrawn
    | End
)


# Refusals


class WrongInstitution(Refusal):
    """The task belongs to another institution."""

    code, kind = "task-of-another", "forbidden"


class UnknownOutcome(Refusal):
    """The task, or the process, knows no such outcome; `known` lists those it knows."""

    code, kind = "outcome-unknown", "unfit"


class ClosingMissing(Refusal):
    """The step ends the process, and the outcome has to be said; `known` lists the possible ones."""

    code, kind = "closing-outcome-missing", "unfit"


class RoleUnfilled(Refusal):
    """A task needs a role that no unit holds in this case."""

    code, kind = "role-unfilled", "conflict"


class TimerGone(Refusal):
    """The timer has fired already or was cancelled."""

    code, kind = "timer-gone", "conflict"


class TimerEarly(Refusal):
    """The timer is not due yet."""

    code, kind = "timer-early", "conflict"


class ReasonMissing(Refusal):
    """The act needs a reason."""

    code, kind = "reason-missing", "unfit"


class ConsentMissing(Refusal):
    """The consent was withdrawn; the process goes on only with a new one."""

    code, kind = "consent-missing", "conflict"


class LeadAlreadyThere(Refusal):
    """The unit holds the lead already."""

    code, kind = "lead-already-there", "conflict"


class StaleSeq(Refusal):
    """Somebody else has moved the process in the meantime."""

    code, kind = "stale-seq", "stale"


class NoWayOn(Refusal):
    """No way out of the stage holds for these outcomes and facts."""

    code, kind = "no-way-on", "conflict"
