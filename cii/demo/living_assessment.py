"""What the tasks of a case leave in it: grid, medical part, signature, plan and answers."""

from collections.abc import Callable
from datetime import datetime, timedelta

from cii.cases.rules import Grid
from cii.cases.vocabulary import (
    ActionState,
    AssessmentState,
    ConsentWay,
    GridSection,
    ItemKind,
    PartyRole,
    PersonReply,
    PlanReply,
    PlanState,
    Voice,
)
from cii.demo.dossiers import Canton
from cii.demo.living_shapes import LivingCase
from cii.institutions.vocabulary import Sector
from cii.workflow.state import TaskState

_FOCUS = (
    "Retour à l'emploi dans une activité adaptée",
    "Stabilisation, puis mesure de réinsertion",
    "Formation qualifiante courte",
    "Clarification des capacités de travail",
    "Reprise progressive d'une activité",
    "Accès à une première formation",
)
_GOALS = (
    ("Évaluer les capacités en situation de travail", "Placement dans une mesure mixte"),
    ("Améliorer le français écrit", "Cours de langue du soir"),
    ("Stabiliser la situation financière", "Suivi par un service de désendettement"),
    ("Clarifier le droit aux prestations", "Dépôt ou instruction de la demande"),
    ("Préparer les postulations", "Atelier de candidature, deux fois par semaine"),
)
_COSTLY = frozenset({"Placement dans une mesure mixte", "Cours de langue du soir"})
"""Actions that a sector pays for; the others cost nothing."""

Act = Callable[[LivingCase, TaskState, datetime, str], None]


class Assessing:
    """Writes a case's content as its units would."""

    def __init__(self, canton: Canton, grid: Grid) -> None:
        self.canton, self.sheet, self.chance, self.grid = canton, canton.sheet, canton.sheet.chance, grid
        self.house = canton.house
        self.acts: dict[str, Act] = {
            **dict.fromkeys(("grid_ac", "grid_ai", "grid_as"), self._grid),
            "medical": self._medical, "sign": self._sign, "propose": self._propose, "agree": self._agree,
        }  # fmt: skip

    def _grid(self, case: LivingCase, task: TaskState, at: datetime, outcome: str) -> None:  # noqa: ARG002
        voice = {"grid_ac": Voice.AC, "grid_ai": Voice.AI, "grid_as": Voice.AS}[task.key]
        unit, role = int(task.unit or 0), PartyRole(voice.value)
        for item in self.grid.items.values():
            if role not in item.filled_by or item.kind is ItemKind.TEXT or self.sheet.odds(35):
                continue
            if item.section is GridSection.FUNCTIONAL:
                continue
            self._entry(case, item.key, unit, at)
        self._voice(case, voice, unit, at)

    def _entry(self, case: LivingCase, key: str, unit: int, at: datetime, value: str | None = None) -> None:
        item = self.grid.items[key]
        if value is None:
            match item.kind:
                case ItemKind.YES_NO:
                    value = self.chance.choice(("yes", "no"))
                case ItemKind.CHOICE:
                    value = self.chance.choice(list(item.values))
                case _:
                    value = str(self.chance.randint(item.low, min(item.high, 90)))
        self.sheet.put(
            "grid_entry", case_id=case.dossier.case_id, template=self.grid.name,
            template_version=self.grid.version, item=key, section=item.section, kind=item.kind, value=value,
            unit_id=unit, account_id=self.house.by_unit.get(unit), source="entretien", effective_on=at.date(),
            recorded_at=at,
        )  # fmt: skip

    def _medical(self, case: LivingCase, task: TaskState, at: datetime, outcome: str) -> None:  # noqa: ARG002
        unit, capacity = int(task.unit or 0), case.situation.facts["work_capacity"]
        self.sheet.put(
            "medical_statement",
            case_id=case.dossier.case_id,
            statement="Bilan établi sur dossier et consultation (données inventées).",
            limits="Pas de port de charges répété ; alternance des positions.",
            capacity=capacity,
            unit_id=unit,
            account_id=self.house.by_unit.get(unit),
            effective_on=at.date(),
            recorded_at=at,
        )
        self._entry(case, "work_capacity", unit, at, str(capacity))
        self._entry(case, "lifting", unit, at)
        self._voice(case, Voice.PHYSICIAN, unit, at)

    def _voice(self, case: LivingCase, voice: Voice, unit: int, at: datetime) -> None:
        self.sheet.put(
            "assessment_seat", assessment_id=case.assessment["id"], role=voice, unit_id=unit,
            invited_at=case.assessment["composed_at"],
        )  # fmt: skip
        case.seats.append(self.sheet.rows("assessment_seat")[-1])
        self.sheet.put(
            "assessment_voice", assessment_id=case.assessment["id"], role=voice, unit_id=unit,
            account_id=self.house.by_unit.get(unit), done_at=at,
        )  # fmt: skip
        case.dossier.touch(2)
        case.dossier.wrote("voice_done", "case", case.dossier.case_id, case.dossier.case_ref, unit, at)

    def _sign(self, case: LivingCase, task: TaskState, at: datetime, outcome: str) -> None:  # noqa: ARG002
        case.assessment.update(
            state=AssessmentState.SIGNED, signed_at=at, signed_by=self.house.by_unit.get(case.leading),
            synthesis="Capacités réelles dans une activité adaptée ; un appui coordonné est nécessaire.",
        )  # fmt: skip
        for seat in case.seats:
            seat.update(present=True, met_on=at.date(), noted_by=self.house.by_unit.get(case.leading))
        case.dossier.touch()
        case.dossier.wrote(
            "sign_assessment", "case", case.dossier.case_id, case.dossier.case_ref, case.leading, at
        )

    def _propose(self, case: LivingCase, task: TaskState, at: datetime, outcome: str) -> None:  # noqa: ARG002
        if case.plan and case.plan["state"] is PlanState.AGREED:
            case.plan["state"] = PlanState.REPLACED
        version = case.plan["version"] + 1 if case.plan else 1
        lead = case.leading
        made = self.sheet.put(
            "plan", case_id=case.dossier.case_id, version=version, state=PlanState.PROPOSED,
            focus=self.chance.choice(_FOCUS), proposed_at=at, proposed_by=self.house.by_unit.get(lead),
            proposed_by_unit_id=lead,
        )  # fmt: skip
        case.plan, case.replies = self.sheet.rows("plan")[-1], []
        bearing = [case.voices[role] for role in (PartyRole.AC, PartyRole.AI, PartyRole.AS)]
        bearing = [lead, *[one for one in bearing if one != lead]][: self.chance.randint(2, 3)]
        goals: dict[str, int] = {}
        case.actions = []
        sectors = {unit: role.value for role, unit in case.voices.items() if role.value in set(Sector)}
        for position, unit in enumerate(bearing, 1):
            goal, action = self.chance.choice(_GOALS)
            if goal not in goals:
                goals[goal] = self.sheet.put("plan_goal", plan_id=made, position=len(goals) + 1, goal=goal)
            self.sheet.put(
                "plan_part", plan_id=made, goal_id=goals[goal], position=position, action=action,
                unit_id=unit, due_on=self.canton.calendar.after(
                    at.date() + timedelta(days=self.chance.randint(30, 150)), 0
                ),
                payer=Sector(sectors[unit]) if action in _COSTLY and unit in sectors else None,
            )  # fmt: skip
            case.actions.append(self.sheet.rows("plan_part")[-1])
        case.story.roles["partner"] = tuple(bearing)
        case.dossier.touch()
        case.dossier.wrote("propose_plan", "case", case.dossier.case_id, case.dossier.case_ref, lead, at)

    def _agree(self, case: LivingCase, task: TaskState, at: datetime, outcome: str) -> None:
        unit = int(task.unit or 0)
        reply = PlanReply(outcome)
        case.replies.append(reply)
        self.sheet.put(
            "plan_answer", plan_id=case.plan["id"], unit_id=unit, answer=reply, at=at,
            reason="Le calendrier ne convient pas." if reply is PlanReply.REFUSE else None,
            account_id=self.house.by_unit.get(unit),
        )  # fmt: skip
        case.dossier.touch()
        case.dossier.wrote("answer_plan", "case", case.dossier.case_id, case.dossier.case_ref, unit, at)
        state = case.story.state
        live = [one for one in state.open_tasks if one.key == "agree"] if state else []
        if len(live) == 1:
            refused = PlanReply.REFUSE in case.replies
            case.plan.update(
                state=PlanState.REFUSED if refused else PlanState.AGREED, agreed_at=None if refused else at
            )
            if not refused:
                self._person_agrees(case, at)

    def _person_agrees(self, case: LivingCase, at: datetime) -> None:
        """The person has signed the plan; the first action that fell due since is done."""
        lead = case.leading
        self.sheet.put(
            "plan_consent", plan_id=case.plan["id"], reply=PersonReply.AGREE, how=ConsentWay.PAPER,
            given_on=at.date(), unit_id=lead, account_id=self.house.by_unit.get(lead), at=at,
        )  # fmt: skip
        case.dossier.touch()
        case.dossier.wrote("person_on_plan", "case", case.dossier.case_id, case.dossier.case_ref, lead, at)
        due = min(case.actions, key=lambda one: one["due_on"])
        done = datetime.combine(due["due_on"], at.timetz())
        if done < self.canton.now:
            self.sheet.put(
                "plan_progress", part_id=due["id"], state=ActionState.DONE, effective_on=due["due_on"],
                unit_id=due["unit_id"], account_id=self.house.by_unit.get(due["unit_id"]), at=done,
            )  # fmt: skip
