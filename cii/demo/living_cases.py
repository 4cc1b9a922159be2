"""Cases of today: announced, assessed, planned and followed as the processes ask, up to the demo's first morning.

Each open task gets a moment at which its unit does it; moments after the demo's start stay open, so that every
desk has work, some of it late.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from cii.access.sections import physician_grant
from cii.access.vocabulary import NOTHING, Relation, Section
from cii.cases.rules import Grid
from cii.cases.vocabulary import AssessmentState, CasePath, GridSection, ItemKind, PartyRole, PlanReply, PlanState, Voice
from cii.demo.dossiers import Canton, Dossier
from cii.demo.people import Invented, invent
from cii.demo.profiles import Situation, situation, status_rows
from cii.demo.stories import Story, put_decision
from cii.institutions.vocabulary import Sector, UnitKind
from cii.kernel.clock import local_midnight
from cii.routing.actions_announce import KINDS, SHARED, VOICES
from cii.routing.rules import TriageFacts, age_at
from cii.routing.vocabulary import DetectionState, Path, ReferralState
from cii.workflow.decision import decide as decide_by
from cii.workflow.events import Reassign, TaskDone, WithdrawConsent
from cii.workflow.state import TaskState

REFERRAL_DAYS = 10
_PACE = {
    "grid_ac": (2, 14), "grid_ai": (3, 17), "grid_as": (2, 15), "medical": (5, 24), "sign": (1, 6),
    "propose": (2, 11), "agree": (1, 11), "review": (30, 46), "request": (0, 4), "answer": (1, 9),
    "name_receiver": (1, 5), "act": (18, 40), "support": (14, 36), "receive": (1, 6), "confirm": (2, 10),
    "take_lead": (1, 8), "decide_lead": (2, 6),
}  # fmt: skip
"""Working days that a task usually takes: from, to; some take longer than its deadline."""
_FOCUS = (
    "Retour à l'emploi dans une activité adaptée", "Stabilisation, puis mesure de réinsertion", "Formation qualifiante courte",
    "Clarification des capacités de travail", "Reprise progressive d'une activité", "Accès à une première formation",
)  # fmt: skip
_GOALS = (
    ("Évaluer les capacités en situation de travail", "Placement dans une mesure mixte"),
    ("Améliorer le français écrit", "Cours de langue du soir"),
    ("Stabiliser la situation financière", "Suivi par un service de désendettement"),
    ("Clarifier le droit aux prestations", "Dépôt ou instruction de la demande"),
    ("Préparer les postulations", "Atelier de candidature, deux fois par semaine"),
)
_OUTCOMES = ("job", "job", "training", "ai_measures", "no_further_need", "abandoned", "pension", "moved_away")
_YOUTH_OUTCOMES = ("apprenticeship", "apprenticeship", "diploma", "job", "adapted_structure", "no_solution")


@dataclass
class Wish:
    """A place that a case asks for, to be given or refused in the order of asking."""

    case: "LivingCase"
    asked: datetime
    starts_on: date
    ends_on: date
    line: str
    unit: int
    second_line: str | None = None
    placed: bool = False


@dataclass
class LivingCase:
    """One case of today with its process in the making."""

    dossier: Dossier
    story: Story
    situation: Situation
    path: CasePath
    unit: int
    voices: dict[PartyRole, int]
    lead: int
    detection: dict[str, Any]
    planned: dict[int, datetime] = field(default_factory=dict)
    busy_until: date = date.min
    wish: Wish | None = None
    assessment: dict[str, Any] = field(default_factory=dict)
    plan: dict[str, Any] = field(default_factory=dict)
    referral: dict[str, Any] | None = None
    replies: list[PlanReply] = field(default_factory=list)
    declined: bool = False
    rested: datetime | None = None


class CaseMaker:
    """Makes the cases of today, one after the other."""

    def __init__(self, canton: Canton, grid: Grid, grid_version: int) -> None:
        self.canton, self.sheet, self.chance = canton, canton.sheet, canton.sheet.chance
        self.house, self.now, self.grid, self.grid_version = canton.house, canton.now, grid, grid_version
        self.wishes: list[Wish] = []
        self.runs: dict[tuple[int, int, int], dict[str, Any]] = {}
        self._acts: dict[str, Callable[[LivingCase, TaskState, datetime, str], None]] = {
            **dict.fromkeys(("grid_ac", "grid_ai", "grid_as"), self._grid),
            "name_receiver": self._redirect, "medical": self._medical, "sign": self._sign, "propose": self._propose, "agree": self._agree,
        }  # fmt: skip

    # Detection and announcement

    def detected(self, number: int, day: date) -> tuple[Dossier, Situation, int, dict[str, Any], datetime]:
        """A person of a sector's file who meets a criterion."""
        found, at = situation(self.chance), self.canton.at_work(day)
        at = min(at, self.now - timedelta(hours=1))
        young = (18, 28) if found.young else (30, 61)
        person = invent(self.chance, number, self.house.places, at.date(), *young)
        unit = self.house.unit_for(found.kind, person.region)
        dossier = Dossier(self.canton, person)
        dossier.attach(unit, at)
        account = self.house.by_unit.get(unit)
        for status in status_rows(found):
            self.sheet.put(
                "system_status", person_id=dossier.person_id, source="imported", effective_on=at.date(),
                recorded_at=at, unit_id=unit, account_id=account, **status,
            )  # fmt: skip
        row, table = self.house.rules.table_on("detection", at)
        decision = put_decision(
            self.sheet, row, decide_by(table, found.facts), at, subject="person",
            subject_id=dossier.person_id, person_id=dossier.person_id, account_id=account,
        )  # fmt: skip
        self.sheet.put(
            "detection", run_id=self._run(unit, at), unit_id=unit, person_id=dossier.person_id,
            decision_id=decision, followed=[one.value for one in found.followed],
            may_owe=[one.value for one in found.may_owe], facts=dict(found.facts),
            state=DetectionState.DETECTED, at=at,
        )  # fmt: skip
        return dossier, found, unit, self.sheet.rows("detection")[-1], at

    def _run(self, unit: int, at: datetime) -> int:
        """The monthly file of the unit in which the person stood."""
        key = (unit, at.year, at.month)
        if key not in self.runs:
            self.sheet.put(
                "detection_run", unit_id=unit, account_id=self.house.by_unit.get(unit),
                file_name=f"detections_{at:%Y_%m}.csv", file_digest=f"{self.chance.getrandbits(256):064x}",
                rows=self.chance.randint(40, 160), detected=0, at=at,
            )  # fmt: skip
            self.runs[key] = self.sheet.rows("detection_run")[-1]
        run = self.runs[key]
        run["detected"] += 1
        run["rows"] = max(run["rows"], run["detected"])
        run["at"] = min(run["at"], at)
        return int(run["id"])

    def announced(self, number: int, day: date) -> LivingCase:
        """A detected person announced with consent; the triage table says on which path."""
        dossier, found, unit, detection, seen = self.detected(number, day)
        at = min(self.canton.at_work(seen.date(), wait=self.chance.randint(1, 5)), self.now - timedelta(minutes=30))
        person, account = dossier.person, self.house.by_unit.get(unit)
        voices = self._voices(found, unit, person)
        others = {role: one for role, one in voices.items() if one != unit}
        consent, until = dossier.consent(unit, list(others.values()), at)
        triage = TriageFacts(
            followed=len(found.followed), may_owe=len(found.may_owe), in_perimeter=True,
            reinsertion_potential=found.potential, consent_or_basis=True,
            age=age_at(person.birth_date, at.date()), work_capacity=found.facts["work_capacity"],
        ).as_facts()  # fmt: skip
        row, table = self.house.rules.table_on("triage", at)
        answer = decide_by(table, triage)
        path = CasePath(Path(str(answer.outputs["path"])).value)
        put_decision(
            self.sheet, row, answer, at, subject="person", subject_id=dossier.person_id,
            person_id=dossier.person_id, account_id=account,
        )  # fmt: skip
        dossier.open(path, unit, unit, at)
        dossier.wrote("give_consent", "consent", consent, dossier.case_ref, unit, at)
        dossier.join(unit, PartyRole(found.sector.value), at)
        for role, receiver in others.items():
            medical = role in {PartyRole.PHYSICIAN, PartyRole.AI}
            dossier.join(receiver, role, at)
            writes = (
                physician_grant().writes
                if role is PartyRole.PHYSICIAN
                else Section.PLAN | Section.PLACEMENT | Section.SOCIAL_FACTS
            )
            reads = SHARED | Section.MEDICAL if medical else SHARED
            dossier.disclose(unit, receiver, reads, writes, consent, until, at)
        detection.update(state=DetectionState.ANNOUNCED, case_id=dossier.case_id)
        dossier.wrote("announce", "detection", detection["id"], detection["ref"], unit, at)
        return self._begin(dossier, found, path, unit, voices, detection, at)

    def _voices(self, found: Situation, unit: int, person: Invented) -> dict[PartyRole, int]:
        wanted: dict[Sector, UnitKind] = dict(VOICES)
        for sector in (*found.followed, *found.may_owe):
            wanted.setdefault(sector, KINDS[sector])
        voices = {
            PartyRole(sector.value): unit if found.sector is sector else self.house.unit_for(kind, person.region)
            for sector, kind in wanted.items()
        }
        return {**voices, PartyRole.PHYSICIAN: self.house.units["MEDECINS"]}

    def _begin(  # noqa: PLR0917 - what an announcement has gathered
        self,
        dossier: Dossier,
        found: Situation,
        path: CasePath,
        unit: int,
        voices: dict[PartyRole, int],
        detection: dict[str, Any],
        at: datetime,
    ) -> LivingCase:
        roles: dict[str, tuple[int, ...]] = {role.value: (one,) for role, one in voices.items()}
        story = Story(self.house.rules, path.value, roles, self.canton.calendar, self.house.by_unit)
        if path is CasePath.YOUTH:
            lead = voices.get(PartyRole.SFPO) or self.house.units["OFIJ"]
            roles.setdefault("SFPO", (lead,))
        elif path is CasePath.EVERYDAY:
            lead = voices[PartyRole(found.may_owe[0].value)]
        else:
            answer = story.decide("lead-institution", found.facts, at, unit)
            lead = voices[PartyRole(str(answer.outputs["lead"]))]
        roles |= {"lead": (lead,), "announcing": (unit,), "sending": (unit,), "receiving": (lead,)}
        roles |= {"coordination": (self.house.units["GC"],)}
        facts = {"systems": len(found.followed), "consent": True}
        story.begin(at, unit, facts)
        case = LivingCase(dossier, story, found, path, unit, voices, lead, detection)
        if path is CasePath.NETWORK:
            self.sheet.put("assessment", case_id=dossier.case_id, round=1, composed_at=at)
            case.assessment = self.sheet.rows("assessment")[-1]
        if lead != unit:
            self._refer(case, at)
        elif path is CasePath.NETWORK:
            story.play(TaskDone("take_lead", "accept"), at + timedelta(minutes=1), unit)
        return case

    def _refer(self, case: LivingCase, at: datetime) -> None:
        due = self.canton.calendar.after(at.date(), REFERRAL_DAYS)
        self.sheet.put(
            "referral", case_id=case.dossier.case_id, person_id=case.dossier.person_id,
            from_unit_id=case.unit, to_unit_id=case.lead, state=ReferralState.SENT,
            reason="Situation à coordonner : reprise de la conduite demandée.",
            sent_by=self.house.by_unit.get(case.unit), sent_at=at,
            expires_at=local_midnight(due + timedelta(days=1)), version=1,
        )  # fmt: skip
        case.referral = self.sheet.rows("referral")[-1]
        self._note_referral(case, "send_referral", case.unit, at)

    def _note_referral(self, case: LivingCase, act: str, unit: int, at: datetime) -> None:
        row = case.referral
        if row is not None:
            case.dossier.wrote(act, "referral", row["id"], row["ref"], unit, at)

    # The referral's answer

    def answer_referral(self, case: LivingCase) -> None:
        """Received and accepted within its term as a rule; some asked back, declined, withdrawn or expired."""
        row, fate = case.referral, self.chance.random()
        if row is None:
            return
        if fate < 0.04:  # noqa: PLR2004 - one in twenty-five comes to nothing and is sent again
            row = self._sent_again(case, row, ReferralState.EXPIRED if fate < 0.025 else ReferralState.WITHDRAWN)  # noqa: PLR2004
            if row is None:
                return
        received = self.canton.at_work(row["sent_at"].date(), wait=self.chance.randint(1, 3))
        answered = self.canton.at_work(received.date(), wait=self.chance.randint(1, 5))
        if received >= self.now:
            return
        row.update(state=ReferralState.RECEIVED, received_at=received, version=2)
        self._note_referral(case, "receive_referral", case.lead, received)
        if fate > 0.85:  # noqa: PLR2004 - one in seven is asked back
            back = self._asked_back(case, row, received)
            if back is None:
                return
            answered = max(answered, back + timedelta(hours=2))
        if answered >= self.now:
            return
        case.declined = 0.04 <= fate < 0.12 and case.path is not CasePath.YOUTH  # noqa: PLR2004 - one in twelve
        row.update(
            state=ReferralState.DECLINED if case.declined else ReferralState.ACCEPTED, answered_at=answered,
            answered_by=self.house.by_unit.get(case.lead), version=row["version"] + 1,
        )  # fmt: skip
        if case.declined:
            row["answer"] = "Un autre dispositif est plus proche de la situation."
        self._note_referral(case, "decline_referral" if case.declined else "accept_referral", case.lead, answered)
        case.planned[0] = answered

    def _sent_again(self, case: LivingCase, row: dict[str, Any], state: ReferralState) -> dict[str, Any] | None:
        """A referral that expired or was withdrawn, and the one sent after it."""
        over = row["expires_at"] if state is ReferralState.EXPIRED else row["sent_at"] + timedelta(days=2)
        if over >= self.now:
            return None
        row.update(state=state, answered_at=over + timedelta(minutes=5), version=2)
        if state is ReferralState.WITHDRAWN:
            row.update(answer="Adressée à la mauvaise unité.", answered_by=self.house.by_unit.get(case.unit))
        act = "expire_referral" if state is ReferralState.EXPIRED else "withdraw_referral"
        self._note_referral(case, act, case.unit, over)
        again = self.canton.at_work(over.date(), wait=1)
        if again >= self.now:
            return None
        self._refer(case, again)
        return case.referral

    def _asked_back(self, case: LivingCase, row: dict[str, Any], received: datetime) -> datetime | None:
        """A question back and its answer; None while the answer is still to come."""
        asked = received + timedelta(hours=3)
        if asked < self.now:
            row.update(state=ReferralState.QUESTION, answer="Le certificat médical est-il récent ?", version=3)
            self._note_referral(case, "ask_referral", case.lead, asked)
        back = self.canton.at_work(received.date(), wait=2)
        if back >= self.now:
            return None
        row.update(state=ReferralState.RECEIVED, answer="Oui, il date de ce mois.", version=4)
        self._note_referral(case, "answer_referral", case.unit, back)
        return back

    def _declined(self, case: LivingCase, at: datetime) -> None:
        """The coordination group names the announcing unit, which leads already."""
        dossier, gc = case.dossier, self.house.units["GC"]
        agenda = Section.IDENTITY | Section.PLAN | Section.PLACEMENT
        dossier.join(gc, PartyRole.COORDINATION, at)
        part = dossier.parts[gc, PartyRole.COORDINATION]
        self.sheet.put(
            "access_grant", unit_id=gc, person_id=dossier.person_id, case_id=dossier.case_id,
            relation=Relation.AGENDA, reads=int(agenda), writes=int(NOTHING), basis="mandate_gc_4",
            cause=f"party:{part['id']}", valid_from=at,
        )  # fmt: skip
        case.story.play(TaskDone("take_lead", "decline"), at, case.lead)
        case.lead = case.unit
        case.story.roles["lead"] = (case.unit,)

    # The process

    def live(self, case: LivingCase) -> None:
        """Do what falls due until the demo's first morning."""
        self.answer_referral(case)
        answered = case.planned.pop(0, None)
        if case.declined and answered is not None and case.path is CasePath.NETWORK:
            self._declined(case, answered)
        withdrawn = self._withdrawal(case)
        while case.story.open:
            chosen = self._next(case, answered)
            if chosen is None or chosen[0] >= self.now:
                break
            at, task = chosen
            if withdrawn is not None and at >= withdrawn:
                self._withdraw(case, withdrawn)
                break
            self._do(case, task, at)
        if case.story.open and case.rested is None:
            case.story.wait(self.now)
            self._assign(case)
        if case.story.ended:
            case.dossier.close(case.story.ended, case.story.records[-1][0].at)

    def _next(self, case: LivingCase, answered: datetime | None) -> tuple[datetime, TaskState] | None:
        state = case.story.state
        found: list[tuple[datetime, int, TaskState]] = []
        for task in state.open_tasks if state else ():
            if task.no not in case.planned:
                planned = self._moment(case, task, answered)
                if planned is None:
                    continue
                case.planned[task.no] = planned
            found.append((case.planned[task.no], task.no, task))
        return (min(found)[0], min(found)[2]) if found else None

    def _moment(self, case: LivingCase, task: TaskState, answered: datetime | None) -> datetime | None:
        """When the unit does the task; None while it waits for the answer to a referral."""
        opened = task.opened_at or self.now
        visit = case.story.state.visit if case.story.state else 0
        of_referral = task.key == "take_lead" or (task.key == "answer" and visit == 2)  # noqa: PLR2004 - the first answer
        if of_referral and case.unit != case.lead:
            return None if answered is None else max(answered, opened + timedelta(minutes=5))
        low, high = _PACE.get(task.key, (2, 9))
        days = self.chance.randint(low, high)
        if self.chance.random() < 0.07:  # noqa: PLR2004 - now and then somebody is slow
            days += self.chance.randint(4, 15)
        at = self.canton.at_work(opened.date(), wait=days)
        if task.key in {"review", "act", "support"} and case.busy_until > at.date():
            if task.key != "review" or self.chance.random() < 0.5:  # noqa: PLR2004 - half of the reviews wait
                at = max(at, self.canton.at_work(case.busy_until, wait=3))
        return max(at, opened + timedelta(minutes=3))

    def _do(self, case: LivingCase, task: TaskState, at: datetime) -> None:
        outcome, closing = self._outcome(case, task, at)
        act = self._acts.get(task.key)
        unit = task.unit if isinstance(task.unit, int) else case.lead
        if act is not None:
            act(case, task, at, outcome)
        if task.key == "take_lead" or (task.key == "answer" and outcome == "accept"):
            if task.key == "answer":
                self._accepted(case, at)
            case.dossier.move_lead(case.lead, at)
        facts: dict[str, Any] = {}
        if task.key == "receive":
            if case.lead != case.dossier.row["lead_unit_id"]:
                case.dossier.move_lead(case.lead, at)
            facts = self._admissibility(case, at)
        stage = case.story.state.stage if case.story.state else ""
        case.story.play(TaskDone(task.no, outcome, closing=closing), at, unit, facts)
        after = case.story.state.stage if case.story.state else ""
        if after != stage and after in {"follow_up", "joint_action", "in_follow_up"} and case.wish is None:
            self._want_place(case, at)

    def _outcome(self, case: LivingCase, task: TaskState, at: datetime) -> tuple[str, str | None]:  # noqa: C901, PLR0911
        drawn = self.chance.random()
        match task.key:
            case "review":
                words = _YOUTH_OUTCOMES if case.path is CasePath.YOUTH else _OUTCOMES
                long = at - case.dossier.row["opened_at"] > timedelta(days=200)
                if at.date() > case.busy_until and drawn < (0.6 if long else 0.3):
                    return "close", self.chance.choice(words)
                return ("revise", None) if drawn > 0.93 and case.path is CasePath.NETWORK else ("continue", None)  # noqa: PLR2004
            case "agree":
                return ("refuse" if drawn < 0.05 else "agree"), None  # noqa: PLR2004
            case "request":
                return "requested", None
            case "answer":
                if not case.declined:
                    return "accept", None
                case.declined = False
                return ("redirect" if drawn < 0.6 else "decline"), None  # noqa: PLR2004
            case "name_receiver":
                return ("joint" if drawn < 0.2 else "named"), None  # noqa: PLR2004
            case "act":
                # The last of the two that ends closes the case.
                return "completed", self.chance.choice(_OUTCOMES[:-1])
            case "support":
                return "given", self.chance.choice(_OUTCOMES[:-1])
            case "confirm":
                return ("admitted" if case.detection["facts"]["problems"] > 1 else "not_admitted"), None
        first = case.story.definition.task(task.stage, task.key).outcomes[0]
        return first, None

    def _admissibility(self, case: LivingCase, at: datetime) -> dict[str, Any]:
        return {
            "age": age_at(case.dossier.person.birth_date, at.date()), "in_canton": True, "already_followed": False,
            "problems": case.detection["facts"]["problems"], "able_to_work": True,
            "grave_psychic_disorder": False, "addiction": False, "pregnancy": False,
        }  # fmt: skip

    def _withdrawal(self, case: LivingCase) -> datetime | None:
        if self.chance.random() >= 0.012:  # noqa: PLR2004 - about one in eighty
            return None
        return self.canton.at_work(case.dossier.row["opened_at"].date() + timedelta(days=self.chance.randint(20, 120)))

    def _withdraw(self, case: LivingCase, at: datetime) -> None:
        """The person withdraws the consent: foreign access closes, the process rests."""
        dossier = case.dossier
        case.story.play(WithdrawConsent(), at, case.unit)
        case.rested = at
        for held in dossier.grants:
            if held["cause"].startswith("disclosure:") and held["closed_at"] is None:
                held["closed_at"] = at
        for row in reversed(self.sheet.rows("consent")):
            if row["person_id"] == dossier.person_id:
                row["withdrawn_at"] = at
                dossier.wrote("withdraw_consent", "consent", row["id"], row["ref"], case.unit, at)
                break

    def _assign(self, case: LivingCase) -> None:
        """Some open tasks are already on somebody's desk."""
        state = case.story.state
        for task in state.open_tasks if state else ():
            account = self.house.by_unit.get(task.unit) if isinstance(task.unit, int) else None
            if account is not None and self.chance.random() < 0.45:  # noqa: PLR2004 - the rest is free to take
                case.story.play(Reassign(task.no, account), self.now - timedelta(hours=self.chance.randint(1, 14)), None)

    def _redirect(self, case: LivingCase, task: TaskState, at: datetime, outcome: str) -> None:  # noqa: ARG002
        """Another institution is asked, by a referral that it accepts with its answer."""
        if outcome != "named":
            return
        others = [one for role, one in case.voices.items()
                  if role is not PartyRole.PHYSICIAN and one not in {case.unit, case.lead}]  # fmt: skip
        case.lead = (others or [case.lead])[0]
        case.story.roles["receiving"] = (case.lead,)
        self._refer(case, at)

    def _accepted(self, case: LivingCase, at: datetime) -> None:
        row = case.referral
        if row is not None and row["state"] is ReferralState.SENT:
            row.update(
                state=ReferralState.ACCEPTED, received_at=at - timedelta(minutes=20), answered_at=at, version=3,
                answered_by=self.house.by_unit.get(case.lead),
            )  # fmt: skip
            self._note_referral(case, "accept_referral", case.lead, at)

    # What the tasks leave in the case

    def _grid(self, case: LivingCase, task: TaskState, at: datetime, outcome: str) -> None:  # noqa: ARG002
        voice = {"grid_ac": Voice.AC, "grid_ai": Voice.AI, "grid_as": Voice.AS}[task.key]
        unit, role = int(task.unit or 0), PartyRole(voice.value)
        for item in self.grid.items.values():
            if role not in item.filled_by or item.kind is ItemKind.TEXT or self.chance.random() < 0.35:  # noqa: PLR2004
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
            template_version=self.grid_version, item=key, section=item.section, kind=item.kind, value=value,
            unit_id=unit, account_id=self.house.by_unit.get(unit), source="entretien", effective_on=at.date(),
            recorded_at=at,
        )  # fmt: skip

    def _medical(self, case: LivingCase, task: TaskState, at: datetime, outcome: str) -> None:  # noqa: ARG002
        unit, capacity = int(task.unit or 0), case.situation.facts["work_capacity"]
        self.sheet.put(
            "medical_statement", case_id=case.dossier.case_id,
            statement="Bilan établi sur dossier et consultation (données inventées).",
            limits="Pas de port de charges répété ; alternance des positions.", capacity=capacity, unit_id=unit,
            account_id=self.house.by_unit.get(unit), effective_on=at.date(), recorded_at=at,
        )  # fmt: skip
        self._entry(case, "work_capacity", unit, at, str(capacity))
        self._entry(case, "lifting", unit, at)
        self._voice(case, Voice.PHYSICIAN, unit, at)

    def _voice(self, case: LivingCase, voice: Voice, unit: int, at: datetime) -> None:
        self.sheet.put(
            "assessment_voice", assessment_id=case.assessment["id"], role=voice, unit_id=unit,
            account_id=self.house.by_unit.get(unit), done_at=at,
        )  # fmt: skip
        case.dossier.touch(2)
        case.dossier.wrote("voice_done", "case", case.dossier.case_id, case.dossier.case_ref, unit, at)

    def _sign(self, case: LivingCase, task: TaskState, at: datetime, outcome: str) -> None:  # noqa: ARG002
        case.assessment.update(
            state=AssessmentState.SIGNED, signed_at=at, signed_by=self.house.by_unit.get(case.lead),
            synthesis="Capacités réelles dans une activité adaptée ; un appui coordonné est nécessaire.",
        )  # fmt: skip
        case.dossier.touch()
        case.dossier.wrote("sign_assessment", "case", case.dossier.case_id, case.dossier.case_ref, case.lead, at)

    def _propose(self, case: LivingCase, task: TaskState, at: datetime, outcome: str) -> None:  # noqa: ARG002
        if case.plan and case.plan["state"] is PlanState.AGREED:
            case.plan["state"] = PlanState.REPLACED
        version = case.plan["version"] + 1 if case.plan else 1
        made = self.sheet.put(
            "plan", case_id=case.dossier.case_id, version=version, state=PlanState.PROPOSED,
            focus=self.chance.choice(_FOCUS), proposed_at=at, proposed_by=self.house.by_unit.get(case.lead),
            proposed_by_unit_id=case.lead,
        )  # fmt: skip
        case.plan, case.replies = self.sheet.rows("plan")[-1], []
        bearing = [case.voices[role] for role in (PartyRole.AC, PartyRole.AI, PartyRole.AS)]
        bearing = [case.lead, *[one for one in bearing if one != case.lead]][: self.chance.randint(2, 3)]
        for position, unit in enumerate(bearing):
            goal, action = self.chance.choice(_GOALS)
            self.sheet.put(
                "plan_part", plan_id=made, position=position, goal=goal, action=action, unit_id=unit,
                due_on=self.canton.calendar.after(at.date() + timedelta(days=self.chance.randint(30, 150)), 0),
            )  # fmt: skip
        case.story.roles["partner"] = tuple(bearing)
        case.dossier.touch()
        case.dossier.wrote("propose_plan", "case", case.dossier.case_id, case.dossier.case_ref, case.lead, at)

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

    def _want_place(self, case: LivingCase, at: datetime) -> None:
        """Most cases with a plan ask for a place; a joint action seldom, and for a short one."""
        joint = case.path is CasePath.EVERYDAY
        if self.chance.random() > (0.3 if joint else 0.78):
            return
        starts = self.canton.calendar.after(at.date() + timedelta(days=self.chance.randint(6, 40)), 0)
        weeks = self.chance.choice((4, 6, 8) if joint else (8, 12, 12, 16, 16, 20, 24))
        ends = starts + timedelta(days=7 * weeks - 1)
        sectors = [Sector(one) for one in ("AC", "AS", "AI", "SMIG") if Sector(one) in case.situation.followed]
        asking = self.chance.choice(sectors or [case.situation.sector])
        line = {"AC": "LACI", "AS": "SAS", "AI": "AI", "SMIG": "SMIG"}[asking.value]
        if asking is Sector.AC and case.situation.facts["framework_days_left"] < 60:  # noqa: PLR2004 - near the end
            line = "PACTE"
        if case.path is CasePath.YOUTH and self.chance.random() < 0.6:  # noqa: PLR2004 - the training service pays
            line = "SFPO"
        unit = {"SFPO": self.house.units["OFIJ"]}.get(line, case.voices.get(PartyRole(asking.value), case.lead))
        second = "SAS" if line == "LACI" and self.chance.random() < 0.16 else None  # noqa: PLR2004 - one in six shared
        case.wish = Wish(case, at, starts, min(ends, date(2026, 12, 23)), line, unit, second)
        if case.wish.ends_on - starts < timedelta(days=20):
            case.wish = None
            return
        case.busy_until = case.wish.ends_on
        self.wishes.append(case.wish)

    def put(self, case: LivingCase) -> None:
        """Write the process of the case."""
        case.story.put(self.sheet, case.dossier.case_id, case.dossier.case_ref, case.dossier.person_id)
