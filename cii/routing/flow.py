"""One place where a case's process moves: fire the event, see to what follows, tell who has to know."""

from collections.abc import Mapping

from cii.access.linking import close_links
from cii.cases.actions import CloseCase, close_case
from cii.cases.queries import case_by_id
from cii.kernel.errors import UnknownThing
from cii.notices.actions import tell
from cii.routing.holding import CASE, holders
from cii.routing.keeping_referrals import end_waiting
from cii.store.work import HOUSE, Work
from cii.workflow.actions import Fired, Units, decide, fire
from cii.workflow.events import Ask, By, Decide, Decided, Effect, End, Escalate, Event, OpenTask
from cii.workflow.queries import roles_of
from cii.workflow.state import TaskState
from cii.workflow.tables import WfInstance
from cii.workflow.vocabulary import Stand

GOES_ON = "joint_assessment"
"""The outcome of everyday collaboration with which the case goes on in the network."""
NOT_ADMITTED = {"out_of_criteria": "admission-refused", "refused": "admission-refused"}
"""What the announcing unit is told of a person who is not admitted, by the stage that ends there."""


def advance(
    work: Work,
    instance: WfInstance,
    event: Event,
    *,
    facts: Mapping[str, object] | None = None,
    roles: Units | None = None,
    expected_seq: int | None = None,
    by: By | None = None,
) -> Fired:
    """Move the process of a case by one event and see to its effects: decisions, notices, the case's end.

    `by` only where the step follows from something else, as from the answer to a referral.
    """
    fired = fire(work, instance, event, facts or {}, roles, expected_seq, by)
    return see_to(work, fired, facts or {})


def see_to(work: Work, fired: Fired, facts: Mapping[str, object]) -> Fired:
    """Carry out what a step leaves to the rooms: ask tables, tell units, close the case."""
    instance = fired.instance
    held = roles_of(work, instance.id or 0)
    for effect in fired.effects:
        match effect:
            case Decide(table):
                answer = decide(
                    work, table, facts, subject=instance.subject, subject_id=instance.subject_id,
                    person_id=instance.person_id, case_id=instance.subject_id,
                    sources={key: {"kind": "process", "on": work.today} for key in facts},
                ).decision  # fmt: skip
                decided = Decided(table, answer.outputs, answer.rules)
                return advance(work, instance, decided, facts=facts)
            case End(outcome) if outcome != GOES_ON:
                _close(work, instance, outcome)
            case _:
                _tell(work, instance, effect, held, fired.state.stage)
    return fired


def _tell(
    work: Work, instance: WfInstance, effect: Effect, held: Mapping[str, tuple[int, ...]], stage: str
) -> None:
    mine = set(work.actor.units)
    match effect:
        case OpenTask(task) if (
            task.state == Stand.OPEN and isinstance(task.unit, int) and task.unit not in mine
        ):
            _notice(work, instance, task.unit, "task-opened")
        case Escalate(task, to):
            for unit in _escalated(work, task, to, held):
                _notice(work, instance, unit, "task-late")
        case Ask(_, argument):
            for unit in holders(work, argument, held):
                _notice(work, instance, unit, NOT_ADMITTED.get(stage, "case-flagged"))


def _escalated(work: Work, task: TaskState, to: str, held: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    if to == "supervisor":
        return (task.unit,) if isinstance(task.unit, int) else ()
    return holders(work, to, held)


def _notice(work: Work, instance: WfInstance, unit_id: int, kind: str) -> None:
    tell(
        work, unit_id=unit_id, kind=kind, subject=CASE, subject_ref=instance.subject_ref,
        person_id=instance.person_id,
    )  # fmt: skip


def _close(work: Work, instance: WfInstance, outcome: str) -> None:
    try:
        case = case_by_id(work, instance.subject_id)
    except UnknownThing:
        if work.actor is not HOUSE:
            raise
        return
    end_waiting(work, case.id or 0)
    close_case(work, CloseCase(case.ref, outcome))
    close_links(work, case_id=case.id)
