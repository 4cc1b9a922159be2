"""The check of a result as work that waits: a line in the inbox of the unit that led, with its term.

On the day of a check its own small process starts (workflows/outcome-check.yaml); the answer ends it, the
case taken up again as well. Source: product.md §0 point 10.
"""

from datetime import date

from cii.cases.checking import AnswerCheck, answer_check, check_by_id, due_by
from cii.cases.tables_follow import OutcomeCheck
from cii.cases.vocabulary import ResultHolds
from cii.kernel.errors import NotAllowed
from cii.notices.actions import tell
from cii.routing.holding import CASE
from cii.store.work import HOUSE, Work
from cii.workflow.actions import Fired, fire, start
from cii.workflow.events import SYSTEM, Escalate, Event, TaskDone, TimerFired
from cii.workflow.queries import instance_for
from cii.workflow.tables import WfInstance
from cii.workflow.vocabulary import Status

SUBJECT = "outcome_check"
PROCESS, TASK = "outcome-check", "check_result"
_OUTCOMES = {ResultHolds.YES: "holds", ResultHolds.NO: "gone", ResultHolds.UNKNOWN: "unknown"}


def ask_for_results(work: Work, day: date) -> dict[str, int]:
    """Ask each unit that led a case, once the day of the check has come, whether its result holds.

    Run for `day`, on any later day as well; who was asked before is not asked again.
    """
    asked = 0
    for row, case_ref in due_by(work, day):
        if instance_for(work, SUBJECT, row.id or 0) is not None:
            continue
        start(
            work, PROCESS, subject=SUBJECT, subject_id=row.id or 0, subject_ref=row.ref,
            person_id=row.person_id, facts={}, roles={"lead": (row.unit_id,)},
        )  # fmt: skip
        _tell(work, row, case_ref, "check-due")
        asked += 1
    return {"asked": asked}


def record_check(work: Work, ask: AnswerCheck) -> OutcomeCheck:
    """Answer a check; the line in the inbox goes with it. Refuses what `answer_check` refuses."""
    row = answer_check(work, ask)
    _end(work, row.id or 0, _OUTCOMES[row.holds or ResultHolds.UNKNOWN])
    return row


def ask_no_longer(work: Work, check_id: int | None) -> None:
    """The check of a case fell away with its taking up: nothing of it waits any more."""
    if check_id is not None:
        _end(work, check_id, "lapsed")


def advance_check(work: Work, instance: WfInstance, event: Event) -> Fired:
    """Let the term of a check pass and tell who has to know; an answer is given by `record_check` alone."""
    if not isinstance(event, TimerFired) and work.actor is not HOUSE:
        raise NotAllowed(act="answer_check")
    fired = fire(work, instance, event)
    if any(isinstance(effect, Escalate) for effect in fired.effects):
        _tell(work, *check_by_id(work, instance.subject_id), "check-late")
    return fired


def _end(work: Work, check_id: int, outcome: str) -> None:
    instance = instance_for(work, SUBJECT, check_id)
    if instance is not None and instance.status == Status.OPEN:
        fire(work, instance, TaskDone(TASK, outcome), by=SYSTEM)


def _tell(work: Work, row: OutcomeCheck, case_ref: str, kind: str) -> None:
    tell(work, unit_id=row.unit_id, kind=kind, subject=CASE, subject_ref=case_ref, person_id=row.person_id)
