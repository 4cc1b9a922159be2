"""Acts of the common plan: the lead proposes, each bearing unit answers, the person gives its word.

A version is in force when every bearing unit and the person have agreed. There is no way round the person:
they are associated in each step, and a written reason of an institution does not stand in for their word.
Sources: product.md P2 (each institution that bears a part agrees) and §0 point 4 (consent of the person); CII
report 2009-2013 §1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import col, select

from cii.access.vocabulary import Section
from cii.cases.acts import acting_unit, need, touch
from cii.cases.queries import case_by_ref, live_parties
from cii.cases.rules import (
    DayPast,
    NotAParty,
    NothingAsked,
    PlanNotOpen,
    RefusalWithoutReason,
    TextMissing,
)
from cii.cases.rules_plan import (
    PLAN_MOVES,
    AlreadyAnswered,
    BearsNoPart,
    PayerUnfit,
    plan_after,
)
from cii.cases.tables import CaseFile
from cii.cases.tables_plan import Plan, PlanAnswer, PlanConsent, PlanGoal, PlanPart
from cii.cases.vocabulary import PartyRole, PersonReply, PlanReply, PlanState
from cii.institutions.queries import line_by_ref, unit_by_ref
from cii.institutions.vocabulary import Sector
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, UnknownThing, refuse
from cii.kernel.moves import move
from cii.measures.queries import measure_by_ref
from cii.store.work import HOUSE, Work


@dataclass(frozen=True)
class PlanPartAsk:
    """One action towards a goal: who bears it, its date, the measure it uses, who pays.

    `goal` left empty: the goal of the action before. No `payer`: no cost; `line_ref` names the payer's line.
    """

    goal: str = field(metadata={"max": 1000})
    action: str = field(metadata={"max": 1000})
    unit_ref: str
    due_on: date
    measure_ref: str | None = None
    payer: Sector | None = None
    line_ref: str | None = None


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
    TextMissing, NothingAsked, PayerUnfit, UnknownThing).
    """
    case = case_by_ref(work, ask.case_ref)
    need(work, case, Section.PLAN)
    unit = acting_unit(work, case, PartyRole.LEAD, unit_id=unit_id)
    goals, parts, faults = _parts(work, case, ask)
    refuse(faults)
    touch(work, case, ask.version)
    waiting = in_state(work, case, PlanState.PROPOSED)
    if waiting is not None:
        _step(work, waiting, "replace")
    last = _last_version(work, case)
    plan = Plan(
        case_id=case.id or 0,
        version=last.version + 1 if last else 1,
        state=move(PLAN_MOVES, PlanState.DRAFT, "propose"),
        focus=ask.focus,
        proposed_at=work.now,
        proposed_by=work.actor.account_id,
        proposed_by_unit_id=unit,
    )
    work.session.add(plan)
    work.session.flush()
    _keep_parts(work, plan, goals, parts, _actions_of(work, last))
    _wrote(work, "propose_plan", case, unit, plan=plan.ref, version=plan.version)
    return plan


def _parts(
    work: Work, case: CaseFile, ask: ProposePlan
) -> tuple[list[str], list[tuple[str, PlanPart]], list[Refusal]]:
    """The goals in order, each action with its goal, and all that stands against them."""
    faults: list[Refusal] = []
    parts: list[tuple[str, PlanPart]] = []
    members = {part.unit_id for part in live_parties(work, case.id or 0)}
    if not ask.focus.strip():
        faults.append(TextMissing(field="focus"))
    if not ask.parts:
        faults.append(NothingAsked(field="parts"))
    goal = ""
    for place, one in enumerate(ask.parts):
        where = f"parts.{place}"
        goal = one.goal.strip() or goal
        said = {"goal": goal, "action": one.action.strip()}
        faults += [TextMissing(field=f"{where}.{name}") for name, text in said.items() if not text]
        if one.due_on < work.today and work.actor != HOUSE:
            faults.append(DayPast(field=f"{where}.due_on", day=one.due_on))
        try:
            bearer = unit_by_ref(work, one.unit_ref).id or 0
        except UnknownThing:
            bearer = 0
        if bearer not in members:
            faults.append(NotAParty(field=f"{where}.unit_ref"))
        measure, line, payer = _used(work, one, where, faults)
        part = PlanPart(
            plan_id=0, goal_id=0, position=place + 1, action=said["action"], unit_id=bearer,
            due_on=one.due_on, measure_id=measure, payer=payer, line_id=line,
        )  # fmt: skip
        parts.append((goal, part))
    return list(dict.fromkeys(goal for goal, _ in parts)), parts, faults


def _used(
    work: Work, one: PlanPartAsk, where: str, faults: list[Refusal]
) -> tuple[int | None, int | None, Sector | None]:
    """Measure, funding line and payer of an action; a line alone names its sector as the payer."""
    measure = line = None
    payer = one.payer
    if one.measure_ref is not None:
        try:
            measure = measure_by_ref(work, one.measure_ref).id
        except UnknownThing:
            faults.append(UnknownThing(field=f"{where}.measure_ref"))
    if one.line_ref is not None:
        try:
            row = line_by_ref(work, one.line_ref)
        except UnknownThing:
            faults.append(UnknownThing(field=f"{where}.line_ref"))
        else:
            line, payer = row.id, payer or row.sector
            if payer is not row.sector:
                faults.append(PayerUnfit(field=f"{where}.line_ref", line=row.code, payer=payer))
    return measure, line, payer


def _keep_parts(
    work: Work,
    plan: Plan,
    goals: list[str],
    parts: list[tuple[str, PlanPart]],
    before: Mapping[tuple[str, str], int],
) -> None:
    rows = [PlanGoal(plan_id=plan.id or 0, position=at, goal=goal) for at, goal in enumerate(goals, 1)]
    work.session.add_all(rows)
    work.session.flush()
    known = {row.goal: row.id or 0 for row in rows}
    for goal, part in parts:
        part.plan_id, part.goal_id = plan.id or 0, known[goal]
        part.origin_id = before.get((goal, part.action))
    work.session.add_all([part for _, part in parts])
    work.session.flush()


def _last_version(work: Work, case: CaseFile) -> Plan | None:
    query = select(Plan).where(col(Plan.case_id) == case.id).order_by(col(Plan.version).desc())
    return work.session.exec(query.limit(1)).first()


def _actions_of(work: Work, plan: Plan | None) -> dict[tuple[str, str], int]:
    """The actions of a version by goal and wording, with the row to which what was done belongs."""
    if plan is None:
        return {}
    rows = work.session.exec(
        select(PlanGoal.goal, PlanPart)
        .join(PlanGoal, col(PlanGoal.id) == col(PlanPart.goal_id))
        .where(col(PlanPart.plan_id) == plan.id)
    )
    return {(goal, part.action): part.origin_id or part.id or 0 for goal, part in rows}


def answer_plan(work: Work, ask: AnswerPlan, *, unit_id: int | None = None) -> Plan:
    """Answer the proposed plan for a bearing unit; settled when all have answered.

    In force only when all have agreed, the person too; each refusal keeps its reason for the next version.
    Refuses: PlanNotOpen, BearsNoPart, AlreadyAnswered, RefusalWithoutReason, CaseClosed.
    """
    case = case_by_ref(work, ask.case_ref)
    need(work, case, Section.PLAN)
    touch(work, case)
    plan = in_state(work, case, PlanState.PROPOSED)
    if plan is None:
        raise PlanNotOpen(number=case.number)
    bearing, answers = bearing_and_answers(work, plan)
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
    settle(work, case, plan)
    _wrote(work, "answer_plan", case, unit, plan=plan.ref, answer=ask.answer, state=plan.state)
    return plan


def settle(work: Work, case: CaseFile, plan: Plan) -> None:
    """Let the plan take force, or fall, once every bearing unit and the person have answered."""
    bearing, answers = bearing_and_answers(work, plan)
    turn = plan_after(bearing, answers, word_of_the_person(work, plan))
    if turn == "agree":
        in_force = in_state(work, case, PlanState.AGREED)
        if in_force is not None:
            _step(work, in_force, "replace")
        plan.agreed_at = work.now
    if turn is not None:
        _step(work, plan, turn)


def bearing_and_answers(work: Work, plan: Plan) -> tuple[set[int], dict[int, PlanReply]]:
    """The units that bear a part, and what they have answered."""
    bearing = set(work.session.exec(select(PlanPart.unit_id).where(col(PlanPart.plan_id) == plan.id)))
    rows = work.session.exec(select(PlanAnswer).where(col(PlanAnswer.plan_id) == plan.id))
    return bearing, {one.unit_id: one.answer for one in rows}


def word_of_the_person(work: Work, plan: Plan) -> PersonReply | None:
    """What the person said to this version; None while they have not."""
    row = work.session.exec(select(PlanConsent).where(col(PlanConsent.plan_id) == plan.id)).first()
    return row.reply if row is not None else None


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


def in_state(work: Work, case: CaseFile, state: PlanState) -> Plan | None:
    """The version of the case's plan in that state; of those proposed or agreed there is one at most."""
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
