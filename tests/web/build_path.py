"""A network case on its way, for the pages of case work: more people at work, and a case at any stage.

`path` stands on the canton of `site`; each case is of a person of its own.
"""

from dataclasses import dataclass
from datetime import date
from itertools import count

import pytest

from cii.access.actions import AddAccount, add_account, add_membership
from cii.access.queries import account_actor
from cii.access.vocabulary import Role
from cii.cases.actions import (
    AnswerPlan,
    GridAnswer,
    PlanPartAsk,
    ProposePlan,
    SignAssessment,
    WriteMedical,
)
from cii.cases.carrying import RecordWord, record_word
from cii.cases.queries import case_by_ref
from cii.cases.view import case_view
from cii.cases.vocabulary import PersonReply, PlanReply
from cii.institutions.queries import unit_by_code
from cii.routing.actions import (
    Announce,
    ConsentAsk,
    ImportDetections,
    MoveReferral,
    RecordGrid,
    RecordMedical,
    announce,
    import_detections,
    move_referral,
    put_plan,
    record_grid,
    record_medical,
    reply_to_plan,
    sign_assessment,
)
from cii.routing.queries import open_referral
from cii.routing.vocabulary import Potential, ReferralEvent
from tests.access.build_access import as_
from tests.routing.build_routing import a_file, a_row
from tests.web.build_town import PASSWORD

HANDS = {
    "ai": ("Béatrice Aubry", "OAI-REA", Role.CASE_MANAGER),
    "social": ("Olivier Favarger", "GSR-VAL-DE-TRAVERS", Role.CASE_MANAGER),
    "doctor": ("Dre Hélène Monnier", "MEDECINS", Role.PHYSICIAN),
    "chief": ("Laurent Dubied", "ORP-LITTORAL", Role.SUPERVISOR),
    "stranger": ("Nadia Cuche", "ORP-MONTAGNES", Role.CASE_MANAGER),
    "newcomer": ("Elio Perrin", "OSAS", Role.CASE_MANAGER),
}
"""Who logs in beside the people of the town: key → name, unit, role. `manager` announces, `ai` is asked to lead."""
DAY = date(2026, 10, 14)
_names = count(1)


@dataclass
class Path:
    """Cases on their way; references only."""

    site: object

    def as_(self, who, lang="fr"):
        return self.site.as_(who, lang)

    def hand(self, work, who):
        """The unit of work in somebody's hands."""
        return as_(work, account_actor(work, f"{who}@cii.example"))

    def detection(self, **cells) -> str:
        """A detected person of the manager's unit."""
        with self.site.work() as work:
            usual = {"prenom": f"Dominique {next(_names)}", "capacite_travail": "40"}
            row = a_row(**usual | cells)
            found = import_detections(self.hand(work, "manager"), ImportDetections("liste.csv", a_file(row)))
            return found.detected[0].detection_ref

    def case(self, stage: str = "assessment", **cells) -> str:
        """The ref of a case: `announced` (the referral waits), `assessment`, `heard` (all voices), `plan` (signed),
        `proposed`, `agreed`."""
        ref = self._announced(**cells)
        stages = ("announced", "assessment", "heard", "plan", "proposed", "agreed")
        steps = (self._accepted, self._heard, self._signed, self._proposed, self._agreed)
        for step in steps[: stages.index(stage)]:
            with self.site.work() as work:
                step(work, ref)
        return ref

    def referral(self, ref: str) -> str:
        """The referral of a case that waits."""
        with self.site.work() as work:
            return open_referral(work, case_by_ref(work, ref).id).ref

    def _announced(self, **cells) -> str:
        detection = self.detection(**cells)
        with self.site.work() as work:
            ask = Announce(
                detection,
                Potential.MEDIUM,
                "Santé et fin de droit: évaluer ensemble.",
                consent=ConsentAsk(DAY),
            )
            return announce(self.hand(work, "manager"), ask).case.ref

    def _accepted(self, work, ref):
        waiting = open_referral(work, case_by_ref(work, ref).id)
        for event in (ReferralEvent.RECEIVE, ReferralEvent.ACCEPT):
            move_referral(self.hand(work, "ai"), MoveReferral(waiting.ref, event))

    def _heard(self, work, ref):
        for who, value in (("manager", "2"), ("ai", "3"), ("social", "2")):
            entry = GridAnswer("punctuality", value, DAY, "entretien")
            record_grid(self.hand(work, who), RecordGrid(ref, (entry,), finished=True))
        medical = WriteMedical(ref, "Lombalgies chroniques.", "Pas de charges au-delà de 5 kg.", DAY, 60)
        record_medical(self.hand(work, "doctor"), RecordMedical(medical, finished=True))

    def _signed(self, work, ref):
        sign_assessment(self.hand(work, "ai"), SignAssessment(ref, "Réinsertion possible à 60 %."))

    def _proposed(self, work, ref):
        parts = (
            PlanPartAsk("Reprendre un rythme", "Atelier à mi-temps", unit_by_code(work, "OAI-REA").ref, date(2027, 1, 31)),
            PlanPartAsk("Chercher un emploi", "Candidatures ciblées", unit_by_code(work, "ORP-LITTORAL").ref, date(2027, 3, 31)),
        )  # fmt: skip
        put_plan(self.hand(work, "ai"), ProposePlan(ref, "Retour à l'emploi à 60 %", parts))

    def _person(self, work, ref):
        lead = self.hand(work, "ai")
        plan = case_view(lead, ref).sections["plan"].plans[0]
        record_word(lead, RecordWord(plan.ref, PersonReply.AGREE, work.today))

    def _agreed(self, work, ref):
        self._person(work, ref)
        for who in ("manager", "ai"):
            reply_to_plan(self.hand(work, who), AnswerPlan(ref, PlanReply.AGREE))


def add_hands(work):
    """Everybody that a network case needs beside the people of the town."""
    for key, (name, unit, role) in HANDS.items():
        account = add_account(work, AddAccount(f"{key}@cii.example", name, password=PASSWORD))
        add_membership(work, account, unit_by_code(work, unit).id, role)


@pytest.fixture
def path(site):
    """The canton of `site`, in which a case can be brought to any stage."""
    return Path(site)


__all__ = ["DAY", "HANDS", "Path", "add_hands", "path"]
