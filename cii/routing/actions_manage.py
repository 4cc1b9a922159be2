"""Acts on the process of any case: rest, go on, take up again, hand a task over, open an extra task.

Who may: the unit that leads the case and the coordination group where it has a part; a unit that is only
asked to lead does not manage it yet. Each act says why.
"""

from dataclasses import dataclass, field
from datetime import date

from cii.cases.actions import ReopenCase, reopen_case
from cii.cases.checking import open_check
from cii.cases.queries import case_by_ref, live_parties
from cii.cases.resting import end_rest, lies_ahead, rest
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import PartyRole
from cii.institutions.queries import unit_by_ref
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed
from cii.routing.actions_case import OWN_ACTS
from cii.routing.checking import ask_no_longer
from cii.routing.flow import advance
from cii.routing.holding import instance_of
from cii.routing.rules import ReasonMissing, UnitNotInCase
from cii.store.work import HOUSE, Work
from cii.workflow.actions import Fired
from cii.workflow.events import AddTask, Event, Reassign, Reopen, Resume, Suspend
from cii.workflow.queries import task_by_ref
from cii.workflow.tables import WfInstance


@dataclass(frozen=True)
class SuspendCase:
    """Let the case rest, with the reason: its terms stand still; on `resume_on` it goes on by itself."""

    case_ref: str
    reason: str = field(metadata={"max": 2000})
    seq: int | None = None
    resume_on: date | None = None


@dataclass(frozen=True)
class ResumeCase:
    """Go on after a rest; after a withdrawn consent only with a new one."""

    case_ref: str
    consent_renewed: bool = False
    seq: int | None = None


@dataclass(frozen=True)
class TakeUpCase:
    """Take a closed case up again, with the reason; after a withdrawn consent only with a new one."""

    case_ref: str
    reason: str = field(metadata={"max": 2000})
    seq: int | None = None
    consent_renewed: bool = False


@dataclass(frozen=True)
class OpenExtra:
    """Open a task that the process knows and does not ask for, as a meeting."""

    case_ref: str
    key: str = field(metadata={"max": 80})
    seq: int | None = None


@dataclass(frozen=True)
class HandOverTask:
    """Give an open task to another unit with a part in the case, with the reason."""

    task_ref: str
    unit_ref: str
    reason: str = field(metadata={"max": 2000})
    seq: int | None = None


def suspend_case(work: Work, ask: SuspendCase) -> Fired:
    """Let the process rest; refuses NotAllowed, ReasonMissing, IllegalMove, StaleSeq, ResumeDayPast."""
    case = case_by_ref(work, ask.case_ref)
    if ask.resume_on is not None:
        lies_ahead(work, ask.resume_on)
    done = _manage(work, ask.case_ref, Suspend(ask.reason), ask.seq)
    if ask.resume_on is not None:
        rest(work, case, ask.resume_on, ask.reason, _acting(work, case))
    return done


def resume_case(work: Work, ask: ResumeCase) -> Fired:
    """Let it go on with the time that was left; refuses NotAllowed, IllegalMove, ConsentMissing, StaleSeq."""
    done = _manage(work, ask.case_ref, Resume(consent_renewed=ask.consent_renewed), ask.seq)
    end_rest(work, case_by_ref(work, ask.case_ref))
    return done


def take_up_case(work: Work, ask: TakeUpCase) -> Fired:
    """Reopen case and process in its last stage.

    Refuses NotAllowed, ReasonMissing, CaseOpen, ConsentMissing, StaleSeq.
    """
    if not ask.reason.strip():
        raise ReasonMissing(field="reason")
    case = case_by_ref(work, ask.case_ref)
    instance = _managed(work, case, "reopen")
    waiting = open_check(work, case.id or 0)
    reopen_case(work, ReopenCase(ask.case_ref, ask.reason))
    ask_no_longer(work, waiting)
    return advance(
        work, instance, Reopen(ask.reason, consent_renewed=ask.consent_renewed), expected_seq=ask.seq
    )


def open_extra(work: Work, ask: OpenExtra) -> Fired:
    """Open a discretionary task of the present stage; refuses NotAllowed, IllegalMove, StaleSeq."""
    if ask.key in OWN_ACTS:
        raise NotAllowed(act=ask.key)
    return _manage(work, ask.case_ref, AddTask(ask.key), ask.seq)


def hand_over_task(work: Work, ask: HandOverTask) -> Fired:
    """Give a task to another unit of the case; refuses NotAllowed, ReasonMissing, UnitNotInCase, StaleSeq."""
    if not ask.reason.strip():
        raise ReasonMissing(field="reason")
    task = task_by_ref(work, ask.task_ref)
    case = case_by_ref(work, task.subject_ref)
    unit = unit_by_ref(work, ask.unit_ref).id or 0
    if unit not in {part.unit_id for part in live_parties(work, case.id or 0)}:
        raise UnitNotInCase(field="unit_ref")
    done = _manage(work, case.ref, Reassign(task.number, None, unit=unit), ask.seq)
    wrote(
        work, "hand_over_task", "case", case.id, ref=case.ref, case_id=case.id, person_id=case.person_id,
        unit_id=_acting(work, case), payload={"task": task.key, "to_unit": unit, "reason": ask.reason},
    )  # fmt: skip
    return done


def _manage(work: Work, case_ref: str, event: Event, seq: int | None) -> Fired:
    case = case_by_ref(work, case_ref)
    act = type(event).__name__.lower()
    return advance(work, _managed(work, case, act), event, expected_seq=seq)


def _managed(work: Work, case: CaseFile, act: str) -> WfInstance:
    if work.actor is not HOUSE and not may_manage(work, case):
        raise NotAllowed(act=act)
    return instance_of(work, case.id or 0)


def _acting(work: Work, case: CaseFile) -> int:
    """For which unit the actor manages the case."""
    mine = set(work.actor.units)
    return case.lead_unit_id if case.lead_unit_id in mine else min(mine, default=case.lead_unit_id)


def may_manage(work: Work, case: CaseFile) -> bool:
    """Whether a unit of the actor leads the case, or coordinates it."""
    mine = set(work.actor.units)
    group = {one.unit_id for one in live_parties(work, case.id or 0) if one.role is PartyRole.COORDINATION}
    return case.lead_unit_id in mine or not mine.isdisjoint(group)
