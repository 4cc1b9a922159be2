"""The assessment and the plan as the actor may see them, and what differs between two versions of a plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from cii.cases.shapes import (
    AnswerView,
    AssessmentView,
    GoalView,
    PartView,
    PlanView,
    ProgressView,
    SeatView,
    WordView,
)
from cii.cases.tables import Assessment, AssessmentSeat, AssessmentVoice
from cii.cases.tables_plan import Plan, PlanAnswer, PlanConsent, PlanGoal, PlanPart, PlanProgress
from cii.cases.vocabulary import ActionState, Voice
from cii.institutions.queries import UnitLabel, lines_by_id
from cii.measures.queries import measures_by_id
from cii.store.work import Work

_LABOUR = (Voice.AC, Voice.AI, Voice.AS)


class PlanRows:
    """The rows of assessments and plans of a case; whoever builds it has seen that their section is open."""

    def __init__(self, work: Work, case_id: int) -> None:
        self.work = work
        self.assessments = self._rows(Assessment, "case_id", [case_id], newest=True)
        rounds = [one.id for one in self.assessments]
        self.voices: list[AssessmentVoice] = self._rows(AssessmentVoice, "assessment_id", rounds)
        self.seats: list[AssessmentSeat] = self._rows(AssessmentSeat, "assessment_id", rounds)
        self.plans = self._rows(Plan, "case_id", [case_id], newest=True)
        versions = [one.id for one in self.plans]
        self.goals: list[PlanGoal] = self._rows(PlanGoal, "plan_id", versions)
        self.parts: list[PlanPart] = self._rows(PlanPart, "plan_id", versions)
        self.answers: list[PlanAnswer] = self._rows(PlanAnswer, "plan_id", versions)
        self.words: list[PlanConsent] = self._rows(PlanConsent, "plan_id", versions)
        self.progress: list[PlanProgress] = self._rows(
            PlanProgress, "part_id", [one.id for one in self.parts if one.origin_id is None]
        )

    def _rows(self, table: Any, name: str, ids: Sequence[int | None], *, newest: bool = False) -> list[Any]:  # noqa: ANN401
        if not ids:
            return []
        order = col(table.id).desc() if newest else col(table.id)
        query = select(table).where(col(getattr(table, name)).in_(ids)).order_by(order)
        return list(self.work.session.exec(query))

    def unit_ids(self) -> set[int]:
        """Units that bear, answer, speak or have said what became of an action."""
        rows: tuple[Any, ...] = (*self.parts, *self.progress, *self.seats, *self.words)
        return {one.unit_id for one in rows if one.unit_id is not None}

    def account_ids(self) -> set[int | None]:
        """Accounts that have signed or said what became of an action."""
        return {one.signed_by for one in self.assessments} | {one.account_id for one in self.progress}


@dataclass(frozen=True, slots=True)
class PlanShown:
    """Turns the rows into views with labels."""

    work: Work
    rows: PlanRows
    units: Mapping[int, UnitLabel]
    names: Mapping[int, str]
    own: set[int]

    def rounds(self) -> tuple[AssessmentView, ...]:
        """All rounds of assessment, the newest first."""
        return tuple(self._round(one) for one in self.rows.assessments)

    def _round(self, row: Assessment) -> AssessmentView:
        voices = {one.role: one for one in self.rows.voices if one.assessment_id == row.id}
        seats = [one for one in self.rows.seats if one.assessment_id == row.id]
        return AssessmentView(
            round=row.round,
            state=row.state,
            composed_at=row.composed_at,
            seats=tuple(
                SeatView(
                    one.role, self.units.get(one.unit_id), one.invited_at,
                    voices[one.role].done_at if one.role in voices else None, one.present, one.met_on,
                )
                for one in sorted(seats, key=lambda one: list(Voice).index(one.role))
            ),
            heard=tuple(one for one in Voice if one in voices),
            missing=tuple(one for one in Voice if one not in voices),
            medical_done=Voice.PHYSICIAN in voices,
            labour_done=all(one in voices for one in _LABOUR),
            synthesis=row.synthesis,
            signed_at=row.signed_at,
            signed_by=self.names.get(row.signed_by or 0),
        )  # fmt: skip

    def plans(self) -> tuple[PlanView, ...]:
        """All versions of the plan, the newest first."""
        parts = self.rows.parts
        measures = measures_by_id(self.work, {one.measure_id for one in parts if one.measure_id is not None})
        lines = lines_by_id(self.work, {one.line_id for one in parts if one.line_id is not None})
        return tuple(self._plan(one, measures, lines) for one in self.rows.plans)

    def _plan(self, plan: Plan, measures: Mapping[int, Any], lines: Mapping[int, Any]) -> PlanView:
        parts = [one for one in self.rows.parts if one.plan_id == plan.id]
        answers = {one.unit_id: one for one in self.rows.answers if one.plan_id == plan.id}
        word = next((one for one in self.rows.words if one.plan_id == plan.id), None)
        goals = [one for one in self.rows.goals if one.plan_id == plan.id]
        return PlanView(
            ref=plan.ref,
            version=plan.version,
            state=plan.state,
            focus=plan.focus,
            proposed_at=plan.proposed_at,
            agreed_at=plan.agreed_at,
            goals=tuple(
                GoalView(
                    goal.goal,
                    tuple(
                        self._part(one, goal.goal, measures, lines)
                        for one in sorted(parts, key=lambda one: one.position)
                        if one.goal_id == goal.id
                    ),
                )
                for goal in goals
            ),
            answers=tuple(
                self._answer(unit, answers.get(unit)) for unit in dict.fromkeys(one.unit_id for one in parts)
            ),
            person=self._word(word) if word else None,
        )

    def _word(self, word: PlanConsent) -> WordView:
        return WordView(word.reply, word.how, word.given_on, word.reason, self.units.get(word.unit_id or 0))

    def _part(
        self, part: PlanPart, goal: str, measures: Mapping[int, Any], lines: Mapping[int, Any]
    ) -> PartView:
        measure = measures.get(part.measure_id) if part.measure_id is not None else None
        line = lines.get(part.line_id) if part.line_id is not None else None
        done = [one for one in self.rows.progress if one.part_id == (part.origin_id or part.id)]
        return PartView(
            ref=part.ref,
            goal=goal,
            action=part.action,
            unit=self.units.get(part.unit_id),
            mine=part.unit_id in self.own,
            due_on=part.due_on,
            measure_ref=measure.ref if measure else None,
            measure_name=measure.name if measure else None,
            payer=part.payer,
            line_ref=line.ref if line else None,
            line=line.code if line else None,
            state=done[-1].state if done else ActionState.OPEN,
            progress=tuple(
                ProgressView(
                    one.state, one.effective_on, one.reason, self.units.get(one.unit_id),
                    self.names.get(one.account_id or 0), one.at,
                )
                for one in done
            ),
        )  # fmt: skip

    def _answer(self, unit_id: int, answer: PlanAnswer | None) -> AnswerView:
        return AnswerView(
            unit=self.units.get(unit_id),
            mine=unit_id in self.own,
            answer=answer.answer if answer else None,
            reason=answer.reason if answer else None,
            at=answer.at if answer else None,
        )


@dataclass(frozen=True, slots=True)
class ActionChange:
    """An action in two versions; `changed` names in what they differ, `fields` holds both values."""

    change: str
    goal: str
    action: str
    fields: tuple[tuple[str, object, object], ...] = ()
    changed: tuple[str, ...] = ()


_COMPARED = ("unit", "due_on", "measure_name", "payer", "line")


def plan_changes(before: PlanView, after: PlanView) -> tuple[ActionChange, ...]:
    """What a version adds to another, drops and changes; an action is known by its goal and wording."""
    old = {(one.goal, one.action): one for one in before.parts}
    new = {(one.goal, one.action): one for one in after.parts}
    found = []
    for key, part in new.items():
        if key not in old:
            found.append(ActionChange("added", *key))
            continue
        fields = tuple(
            (name, getattr(old[key], name), getattr(part, name))
            for name in _COMPARED
            if getattr(old[key], name) != getattr(part, name)
        )
        names = tuple(name for name, _, _ in fields)
        found.append(ActionChange("changed" if fields else "same", *key, fields, names))
    found += [ActionChange("dropped", *key) for key in old if key not in new]
    return tuple(found)


__all__ = ["ActionChange", "PlanRows", "PlanShown", "plan_changes"]
