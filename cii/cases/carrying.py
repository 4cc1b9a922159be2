"""Carrying the plan: the person's word on it, and what becomes of its actions.

The word of the person is recorded from a signed paper by a unit of the case, or given by the person through a
signed link. An action that is done or dropped is a row with its day, beside those of the others.
"""

from dataclasses import dataclass, field
from datetime import date

from sqlmodel import col, select

from cii.access.vocabulary import Section
from cii.cases.acts import acting_unit, need, touch
from cii.cases.planning import bearing_and_answers, settle, word_of_the_person
from cii.cases.queries import case_by_id, visible_to
from cii.cases.rules import DayAhead, NoPart, PlanNotOpen
from cii.cases.rules_plan import (
    ActionOfAnother,
    ActionUnchanged,
    ActionWithoutReason,
    ConsentTooEarly,
    PersonHasAnswered,
    PlanNotInForce,
)
from cii.cases.tables import CaseFile
from cii.cases.tables_plan import Plan, PlanConsent, PlanPart, PlanProgress
from cii.cases.vocabulary import ActionState, ConsentWay, PersonReply, PlanReply, PlanState
from cii.journal.actions import wrote
from cii.kernel.clock import local_day
from cii.kernel.errors import Refusal, UnknownThing, refuse
from cii.notices.actions import tell
from cii.store.work import HOUSE, Work


@dataclass(frozen=True)
class RecordWord:
    """What the person signed on paper: agrees to the proposed plan or does not, and on which day."""

    plan_ref: str
    reply: PersonReply
    given_on: date
    reason: str | None = field(default=None, metadata={"max": 2000})


@dataclass(frozen=True)
class MarkAction:
    """What became of an action: done, dropped or open again, since which day; the last two say why."""

    action_ref: str
    state: ActionState
    effective_on: date
    reason: str | None = field(default=None, metadata={"max": 2000})


def plan_by_ref(work: Work, ref: str) -> Plan:
    """A version of the plan of a case whose plan is open to the actor; refuses UnknownThing."""
    found = work.session.exec(
        select(Plan)
        .join(CaseFile, col(CaseFile.id) == col(Plan.case_id))
        .where(col(Plan.ref) == ref, visible_to(work, Section.PLAN))
    ).first()
    if found is None:
        raise UnknownThing(field="plan")
    return found


def record_word(work: Work, ask: RecordWord, *, unit_id: int | None = None) -> Plan:
    """Record the person's word from the signed paper, for a unit of the case.

    Refuses: NoPart, SectionNotYours, CaseClosed, PlanNotOpen, PersonHasAnswered, DayAhead, ConsentTooEarly.
    """
    plan = plan_by_ref(work, ask.plan_ref)
    case = case_by_id(work, plan.case_id)
    need(work, case, Section.PLAN)
    unit = acting_unit(work, case, unit_id=unit_id)
    return _word(work, case, plan, ask, unit)


def person_agrees(work: Work, plan_ref: str, how: ConsentWay, given_on: date | None = None) -> Plan:
    """The person agrees to the proposed plan; through a signed link they act for themselves, without a unit.

    Refuses as `record_word`; through a link nothing is asked but that the link opens the plan.
    """
    ask = RecordWord(plan_ref, PersonReply.AGREE, given_on or work.today)
    return person_answers(work, ask) if how is ConsentWay.LINK else record_word(work, ask)


def person_answers(work: Work, ask: RecordWord) -> Plan:
    """The person answers through a signed link; refuses PlanNotOpen, PersonHasAnswered, NoPart."""
    if not work.actor.links:
        raise NoPart(number="")
    plan = plan_by_ref(work, ask.plan_ref)
    return _word(work, case_by_id(work, plan.case_id), plan, ask, None)


def _word(work: Work, case: CaseFile, plan: Plan, ask: RecordWord, unit: int | None) -> Plan:
    """Keep the person's word: on paper as that unit holds it, through the person's own link without one."""
    how = ConsentWay.LINK if unit is None else ConsentWay.PAPER
    touch(work, case)
    work.session.refresh(plan)
    if plan.state is not PlanState.PROPOSED:
        raise PlanNotOpen(number=case.number)
    if word_of_the_person(work, plan) is not None:
        raise PersonHasAnswered(field="reply")
    faults: list[Refusal] = []
    if ask.given_on > work.today:
        faults.append(DayAhead(field="given_on", day=ask.given_on))
    proposed = local_day(plan.proposed_at) if plan.proposed_at else ask.given_on
    if ask.given_on < proposed:
        faults.append(ConsentTooEarly(field="given_on", day=proposed))
    refuse(faults)
    work.session.add(
        PlanConsent(
            plan_id=plan.id or 0, reply=ask.reply, how=how, given_on=ask.given_on,
            reason=(ask.reason or "").strip() or None, unit_id=unit, account_id=work.actor.account_id,
            at=work.now,
        )
    )  # fmt: skip
    work.session.flush()
    settle(work, case, plan)
    told = {"plan": plan.ref, "reply": ask.reply, "how": how, "state": plan.state}
    wrote(
        work, "person_on_plan", "case", case.id, ref=case.ref, person_id=case.person_id, unit_id=unit,
        payload=told,
    )  # fmt: skip
    if case.lead_unit_id not in work.actor.units:
        _tell_lead(work, case, f"plan-person-{ask.reply.value}")
    return plan


def remind_of_the_person(work: Work, plan: Plan) -> bool:
    """Tell the lead, once all units have agreed, that the person's word is what the plan still waits for."""
    case = case_by_id(work, plan.case_id)
    bearing, answers = bearing_and_answers(work, plan)
    waits = (
        plan.state is PlanState.PROPOSED
        and bearing <= answers.keys()
        and PlanReply.REFUSE not in answers.values()
        and word_of_the_person(work, plan) is None
    )
    if waits:
        _tell_lead(work, case, "plan-awaits-person")
    return waits


def _tell_lead(work: Work, case: CaseFile, kind: str) -> None:
    tell(
        work, unit_id=case.lead_unit_id, kind=kind, subject="case", subject_ref=case.ref,
        person_id=case.person_id,
    )  # fmt: skip


def mark_action(work: Work, ask: MarkAction, *, unit_id: int | None = None) -> PlanProgress:
    """Say what became of an action of the plan in force: one row more, nothing is overwritten.

    Refuses: PlanNotInForce, ActionOfAnother, ActionUnchanged, ActionWithoutReason, DayAhead, CaseClosed.
    """
    part, plan = _action(work, ask.action_ref)
    case = case_by_id(work, plan.case_id)
    need(work, case, Section.PLAN)
    mine = {unit_id} if unit_id is not None and work.actor == HOUSE else set(work.actor.units)
    unit = part.unit_id if part.unit_id in mine else case.lead_unit_id
    if unit not in mine:
        raise ActionOfAnother(field="action")
    touch(work, case)
    work.session.refresh(plan)
    if plan.state is not PlanState.AGREED:
        raise PlanNotInForce(number=case.number)
    faults: list[Refusal] = []
    reason = (ask.reason or "").strip() or None
    if ask.state is not ActionState.DONE and reason is None:
        faults.append(ActionWithoutReason(field="reason"))
    if ask.effective_on > work.today:
        faults.append(DayAhead(field="effective_on", day=ask.effective_on))
    if _stands(work, part) is ask.state:
        faults.append(ActionUnchanged(field="state", state=ask.state))
    refuse(faults)
    row = PlanProgress(
        part_id=part.origin_id or part.id or 0, state=ask.state, effective_on=ask.effective_on, reason=reason,
        unit_id=unit, account_id=work.actor.account_id, at=work.now,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    wrote(
        work, "mark_action", "case", case.id, ref=case.ref, person_id=case.person_id, unit_id=unit,
        payload={"action": part.ref, "state": ask.state},
    )  # fmt: skip
    return row


def _action(work: Work, ref: str) -> tuple[PlanPart, Plan]:
    found = work.session.exec(
        select(PlanPart, Plan)
        .join(Plan, col(Plan.id) == col(PlanPart.plan_id))
        .join(CaseFile, col(CaseFile.id) == col(Plan.case_id))
        .where(col(PlanPart.ref) == ref, visible_to(work, Section.PLAN))
    ).first()
    if found is None:
        raise UnknownThing(field="action")
    return found


def _stands(work: Work, part: PlanPart) -> ActionState:
    """Where the action stands now; nothing said yet: open."""
    query = (
        select(PlanProgress)
        .where(col(PlanProgress.part_id) == (part.origin_id or part.id))
        .order_by(col(PlanProgress.id).desc())
        .limit(1)
    )
    last = work.session.exec(query).first()
    return last.state if last is not None else ActionState.OPEN


__all__ = [
    "MarkAction", "RecordWord", "mark_action", "person_agrees", "person_answers", "plan_by_ref",
    "record_word", "remind_of_the_person",
]  # fmt: skip
