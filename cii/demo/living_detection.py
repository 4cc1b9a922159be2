"""Detection and announcement of today: who stands in a sector's file, who is announced, on which path."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from cii.access.sections import physician_grant
from cii.access.vocabulary import Section
from cii.cases.vocabulary import CasePath, PartyRole
from cii.decisions.decision import decide as decide_by
from cii.demo.dossiers import Canton, Dossier
from cii.demo.living_referrals import Referrals
from cii.demo.living_shapes import LivingCase
from cii.demo.people import Invented, invent
from cii.demo.profiles import Situation, situation, status_rows
from cii.demo.stories import Story, put_decision
from cii.institutions.vocabulary import Sector, UnitKind
from cii.routing.actions_announce import KINDS, VOICES
from cii.routing.rules import TriageFacts, age_at
from cii.routing.sharing import SHARED
from cii.routing.vocabulary import DetectionState, Path
from cii.workflow.events import TaskDone


class Announcing:
    """Detects persons and announces them, as `routing.announce` does."""

    def __init__(self, canton: Canton, referrals: Referrals) -> None:
        self.canton, self.sheet, self.chance = canton, canton.sheet, canton.sheet.chance
        self.house, self.now, self.referrals = canton.house, canton.now, referrals
        self.runs: dict[tuple[int, int, int], dict[str, Any]] = {}

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
            sources={key: {"kind": "detection_file", "on": at.date()} for key in found.facts},
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
        at = min(
            self.canton.at_work(seen.date(), wait=self.chance.randint(1, 5)), self.now - timedelta(minutes=30)
        )
        person, account = dossier.person, self.house.by_unit.get(unit)
        voices = self._voices(found, unit, person, at)
        others = {role: one for role, one in voices.items() if one != unit}
        consent, until = dossier.consent(unit, list(others.values()), at)
        triage = self._triage(found, person, at)
        row, table = self.house.rules.table_on("triage", at)
        answer = decide_by(table, triage)
        path = CasePath(Path(str(answer.outputs["path"])).value)
        put_decision(
            self.sheet, row, answer, at, subject="person", subject_id=dossier.person_id,
            person_id=dossier.person_id, account_id=account, sources=_sources(seen.date(), at.date()),
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

    def _voices(self, found: Situation, unit: int, person: Invented, at: datetime) -> dict[PartyRole, int]:
        """Who speaks for each system; the youth service too, where triage will send the person to it."""
        wanted: dict[Sector, UnitKind] = dict(VOICES)
        for sector in (*found.followed, *found.may_owe):
            wanted.setdefault(sector, KINDS[sector])
        voices = {
            PartyRole(sector.value): unit
            if found.sector is sector
            else self.house.unit_for(kind, person.region)
            for sector, kind in wanted.items()
        }
        _, table = self.house.rules.table_on("triage", at)
        if decide_by(table, self._triage(found, person, at)).outputs["path"] == Path.YOUTH.value:
            voices.setdefault(PartyRole.SFPO, self.house.units["OFIJ"])
        return {**voices, PartyRole.PHYSICIAN: self.house.units["MEDECINS"]}

    @staticmethod
    def _triage(found: Situation, person: Invented, at: datetime) -> Mapping[str, object]:
        return TriageFacts(
            followed=len(found.followed), may_owe=len(found.may_owe), in_perimeter=True,
            reinsertion_potential=found.potential, consent_or_basis=True,
            age=age_at(person.birth_date, at.date()), work_capacity=found.facts["work_capacity"],
        ).as_facts()  # fmt: skip

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
            answer = story.decide(
                "lead-institution", found.facts, at, unit,
                {"kind": "detection_file", "on": detection["at"].date()},
            )  # fmt: skip
            lead = voices[PartyRole(str(answer.outputs["lead"]))]
        roles |= {"lead": (unit,), "announcing": (unit,), "sending": (unit,), "receiving": (lead,)}
        roles |= {"coordination": (self.house.units["GC"],)}
        facts = {"systems": len(found.followed), "consent": True}
        story.begin(at, unit, facts)
        if path is CasePath.EVERYDAY:
            story.play(TaskDone("request", "requested"), at + timedelta(seconds=1), unit)
        case = LivingCase(dossier, story, found, path, unit, voices, lead, detection)
        if path is CasePath.NETWORK:
            self.sheet.put("assessment", case_id=dossier.case_id, round=1, composed_at=at)
            case.assessment = self.sheet.rows("assessment")[-1]
        reached = path is CasePath.YOUTH and PartyRole.SFPO in voices
        if lead != unit and not reached:
            self.referrals.refer(case, at)
        elif path is CasePath.NETWORK:
            story.play(TaskDone("take_lead", "accept"), at + timedelta(minutes=1), unit)
        return case


def _sources(detected: date, announced: date) -> dict[str, dict[str, Any]]:
    """Where the facts of a triage come from: the sector's file, the announcement, what is recorded."""
    return {
        "followed": {"kind": "status", "on": detected},
        "may_owe": {"kind": "status", "on": detected},
        "work_capacity": {"kind": "detection_file", "on": detected},
        "reinsertion_potential": {"kind": "announcement", "on": announced},
        "consent_or_basis": {"kind": "consent", "on": announced},
        "in_perimeter": {"kind": "perimeter", "on": announced},
        "age": {"kind": "identity"},
    }
