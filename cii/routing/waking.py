"""What the night does for cases at rest: wake them on their day."""

from datetime import date

from cii.cases.resting import end_rest, rests_due
from cii.notices.actions import tell
from cii.routing.flow import advance
from cii.routing.holding import CASE
from cii.store.work import Work
from cii.workflow.events import SYSTEM, Resume
from cii.workflow.queries import instance_for, state_of
from cii.workflow.vocabulary import Status


def wake(work: Work, day: date) -> dict[str, int]:
    """Let every case go on whose rest is over; where the consent is gone, only the lead is told.

    Returns how many woke and how many wait for a consent. Run for `day`, on any later day as well.
    """
    woken = waiting = 0
    for case in rests_due(work, max(day, work.today)):
        instance = instance_for(work, CASE, case.id or 0)
        end_rest(work, case)
        if instance is None or instance.status != Status.SUSPENDED:
            continue
        if state_of(work, instance).consent:
            advance(work, instance, Resume(), by=SYSTEM)
            woken += 1
        else:
            waiting += 1
        kind = "case-resumed" if state_of(work, instance).status == Status.OPEN else "rest-over"
        tell(
            work, unit_id=case.lead_unit_id, kind=kind, subject=CASE, subject_ref=case.ref,
            person_id=case.person_id,
        )  # fmt: skip
    return {"woken": woken, "waiting": waiting}
