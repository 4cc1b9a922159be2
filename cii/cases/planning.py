"""Acts of the common plan: the lead proposes, each bearing unit answers, agreed by all it is in force.

Source: product.md P2: `plan_agreed` needs the agreement of each institution that bears a part.
"""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func
from sqlmodel import col, select

from cii.access.vocabulary import Section
from cii.cases.acts import acting_unit, need, touch
from cii.cases.queries import case_by_ref, live_parties
from cii.cases.rules import (
    PLAN_MOVES,
    AlreadyAnswered,
    BearsNoPart,
    DayPast,
    NotAParty,
    NothingAsked,
    PlanNotOpen,
    RefusalWithoutReason,
    TextMissing,
    plan_after,
)
from cii.cases.tables import CaseFile, Plan, PlanAnswer, PlanPart
from cii.cases.vocabulary import PartyRole, PlanReply, PlanState
from cii.institutions.queries import unit_by_ref
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, UnknownThing, refuse
from cii.kernel.moves import move
from cii.measures.queries import measure_by_ref
from cii.store.work import HOUSE, Work


@dataclass(frozen=True)
class PlanPartAsk:
    """One goal with its action, the unit that bears it, its date, and the measure it uses, if one."""

    goal: str = field(metadata={"max": 1000})
    action: str = field(metadata={"max": 1000})
    unit_ref: str
    due_on: date
    measure_ref: str | None = None


@dataclass(frozen=True)
class ProposePlan:
    """A plan as the lead proposes it."""

    case_ref: str
    focus: str = field(metadata={"max": 2000})
    parts: tuple[PlanPartAsk, ...]
    version: int | None = None


@dataclass(frozen=True)
class AnswerPlan:
    """What a bearing unit says to the plan that is proposed; a refusal says why."""

    case_ref: str
    answer: PlanReply
    reason: str | None = field(default=None, metadata={"max": 2000})


def propose_plan(work: Work, ask: ProposePlan, *, unit_id: int | None = None) -> Plan:
    """Put a new version of the plan before the units that bear its parts; one proposed before is replaced.

    Refuses: OnlyTheLead, CaseClosed, Stale, and every fault of the parts at once (NotAParty, DayPast,
    TextMissing, NothingAsked, UnknownThing).
    """
    case = case_by_ref(work, ask.case_ref)
    need(work, case, Section.PLAN)
    unit = acting_unit(work, case, PartyRole.LEAD, unit_id=unit_id)
    parts, faults = _parts(work, case, ask)
    refuse(faults)
    touch(work, case, ask.version)
    waiting = _in_state(work, case, PlanState.PROPOSED)
    if waiting is not None:
        _step(work, waiting, "replace")
    last = work.session.exec(select(func.max(Plan.version)).where(col(Plan.case_id) == case.id)).one()
    plan = Plan(
        case_id=case.id or 0,
        version=(last or 0) + 1,
        state=move(PLAN_MOVES, PlanState.DRAFT, "propose"),
        focus=ask.focus,
        proposed_at=work.now,
        proposed_by=work.actor.account_id,
        proposed_by_unit_id=unit,
    )
    work.session.add(plan)
    work.session.flush()
    for part in parts:
        part.plan_id = plan.id or 0
    work.session.add_all(parts)
    work.session.flush()
    _wrote(work, "propose_plan", case, unit, plan=plan.ref, version=plan.version)
    return plan


def _parts(work: Work, case: CaseFile, ask: ProposePlan) -> tuple[list[PlanPart], list[Refusal]]:
    faults: list[Refusal] = []
    parts: list[PlanPart] = []
    members = {part.unit_id for part in live_parties(work, case.id or 0)}
    if not ask.focus.strip():
        faults.append(TextMissing(field="focus"))
    if not ask.parts:
        faults.append(NothingAsked(field="parts"))
    for place, one in enumerate(ask.parts):
        where = f"parts.{place}"
        faults += [
            TextMissing(field=f"{where}.{name}")
            for name in ("goal", "action")
            if not getattr(one, name).strip()
        ]
        if one.due_on < work.today and work.actor != HOUSE:
            faults.append(DayPast(field=f"{where}.due_on", day=one.due_on))
        try:
            bearer = unit_by_ref(work, one.unit_ref).id or 0
        except UnknownThing:
            bearer = 0
        if bearer not in members:
            faults.append(NotAParty(field=f"{where}.unit_ref"))
        measure = None
        if one.measure_ref is not None:
            try:
                measure = measure_by_ref(work, one.measure_ref).id
            except UnknownThing:
                faults.append(UnknownThing(field=f"{where}.measure_ref"))
        parts.append(
            PlanPart(
                plan_id=0,
                position=place + 1,
                goal=one.goal,
                action=one.action,
                unit_id=bearer,
                due_on=one.due_on,
                measure_id=measure,
            )
        )
    return parts, faults


def answer_plan(work: Work, ask: AnswerPlan, *, unit_id: int | None = None) -> Plan:
    """Answer the proposed plan for a bearing unit; settled when all have answered.

    In force only when all have agreed; each refusal keeps its reason for the next version.
    Refuses: PlanNotOpen, BearsNoPart, AlreadyAnswered, RefusalWithoutReason, CaseClosed.
    """
    case = case_by_ref(work, ask.case_ref)
    need(work, case, Section.PLAN)
    touch(work, case)
    plan = _in_state(work, case, PlanState.PROPOSED)
    if plan is None:
        raise PlanNotOpen(number=case.number)
    bearing = set(work.session.exec(select(PlanPart.unit_id).where(col(PlanPart.plan_id) == plan.id)))
    answers = {
        one.unit_id: one.answer
        for one in work.session.exec(select(PlanAnswer).where(col(PlanAnswer.plan_id) == plan.id))
    }
    unit = _bearer(work, bearing, answers, unit_id)
    reason = (ask.reason or "").strip() or None
    if ask.answer is PlanReply.REFUSE and reason is None:
        raise RefusalWithoutReason(field="reason")
    work.session.add(
        PlanAnswer(
            plan_id=plan.id or 0,
            unit_id=unit,
            answer=ask.answer,
            reason=reason,
            at=work.now,
            account_id=work.actor.account_id,
        )
    )
    work.session.flush()
    turn = plan_after(bearing, {**answers, unit: ask.answer})
    if turn == "agree":
        in_force = _in_state(work, case, PlanState.AGREED)
        if in_force is not None:
            _step(work, in_force, "replace")
        plan.agreed_at = work.now
    if turn is not None:
        _step(work, plan, turn)
    _wrote(work, "answer_plan", case, unit, plan=plan.ref, answer=ask.answer, state=plan.state)
    return plan


def _bearer(work: Work, bearing: set[int], answers: dict[int, PlanReply], unit_id: int | None) -> int:
    """The actor's bearing unit that has not answered yet."""
    mine = [
        unit
        for unit in sorted(bearing)
        if (work.actor == HOUSE or unit in work.actor.units) and unit_id in {None, unit}
    ]
    if not mine:
        raise BearsNoPart
    left = [unit for unit in mine if unit not in answers]
    if not left:
        raise AlreadyAnswered
    return left[0]


def _in_state(work: Work, case: CaseFile, state: PlanState) -> Plan | None:
    return work.session.exec(
        select(Plan).where(col(Plan.case_id) == case.id, col(Plan.state) == state)
    ).first()


def _step(work: Work, plan: Plan, event: str) -> None:
    plan.state = move(PLAN_MOVES, plan.state, event)
    work.session.add(plan)
    work.session.flush()


def _wrote(work: Work, action: str, case: CaseFile, unit: int, **payload: object) -> None:
    wrote(
        work, action, "case", case.id, ref=case.ref, person_id=case.person_id, unit_id=unit, payload=payload
    )
