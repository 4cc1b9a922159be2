"""Referrals of today: sent, answered within the term as a rule, a few of each other fate."""

from datetime import datetime, timedelta
from typing import Any

from cii.access.vocabulary import NOTHING, Relation, Section
from cii.cases.vocabulary import CasePath, PartyRole
from cii.demo.dossiers import Canton
from cii.demo.living_shapes import LivingCase
from cii.kernel.clock import local_midnight
from cii.routing.vocabulary import ReferralState
from cii.workflow.events import TaskDone
from cii.workflow.state import TaskState

REFERRAL_DAYS = 10


class Referrals:
    """Sends and answers the referrals of cases in the making."""

    def __init__(self, canton: Canton) -> None:
        self.canton, self.sheet, self.chance = canton, canton.sheet, canton.sheet.chance
        self.house, self.now = canton.house, canton.now

    def refer(self, case: LivingCase, at: datetime) -> None:
        """Ask the unit that is to lead; recent ones stand among its notices."""
        due = self.canton.calendar.after(at.date(), REFERRAL_DAYS)
        self.sheet.put(
            "referral", case_id=case.dossier.case_id, person_id=case.dossier.person_id,
            from_unit_id=case.unit, to_unit_id=case.lead, state=ReferralState.SENT,
            reason="Situation à coordonner : reprise de la conduite demandée.",
            sent_by=self.house.by_unit.get(case.unit), sent_at=at,
            expires_at=local_midnight(due + timedelta(days=1)), version=1,
        )  # fmt: skip
        case.referral = self.sheet.rows("referral")[-1]
        if at > self.now - timedelta(days=21):
            self.sheet.put(
                "notice", unit_id=case.lead, kind="referral-sent", subject="referral",
                subject_ref=case.referral["ref"], person_id=case.dossier.person_id, facts={}, created_at=at,
            )  # fmt: skip
        self._note(case, "send_referral", case.unit, at)

    def _note(self, case: LivingCase, act: str, unit: int, at: datetime) -> None:
        row = case.referral
        if row is not None:
            case.dossier.wrote(act, "referral", row["id"], row["ref"], unit, at)

    def answer(self, case: LivingCase) -> None:
        """Received and accepted within its term as a rule; some are asked back, declined, expired."""
        row = case.referral
        if row is not None and self.sheet.odds(4):
            fate = ReferralState.EXPIRED if self.sheet.odds(60) else ReferralState.WITHDRAWN
            row = self._sent_again(case, row, fate)
        if row is None:
            return
        received = self.canton.at_work(row["sent_at"].date(), wait=self.chance.randint(1, 3))
        answered = self.canton.at_work(received.date(), wait=self.chance.randint(1, 5))
        if received >= self.now:
            return
        row.update(state=ReferralState.RECEIVED, received_at=received, version=2)
        self._note(case, "receive_referral", case.lead, received)
        if self.sheet.odds(14):
            back = self._asked_back(case, row, received)
            if back is None:
                return
            answered = max(answered, back + timedelta(hours=2))
        if answered >= self.now:
            return
        case.declined = case.path is not CasePath.YOUTH and self.sheet.odds(8)
        row.update(
            state=ReferralState.DECLINED if case.declined else ReferralState.ACCEPTED,
            answered_at=answered,
            answered_by=self.house.by_unit.get(case.lead),
            version=row["version"] + 1,
        )
        if case.declined:
            row["answer"] = "Un autre dispositif est plus proche de la situation."
        self._note(case, "decline_referral" if case.declined else "accept_referral", case.lead, answered)
        case.planned[0] = answered

    def _sent_again(
        self, case: LivingCase, row: dict[str, Any], state: ReferralState
    ) -> dict[str, Any] | None:
        """A referral that expired or was withdrawn, and the one sent after it."""
        over = row["expires_at"] if state is ReferralState.EXPIRED else row["sent_at"] + timedelta(days=2)
        if over >= self.now:
            return None
        row.update(state=state, answered_at=over + timedelta(minutes=5), version=2)
        if state is ReferralState.WITHDRAWN:
            row.update(answer="Adressée à la mauvaise unité.", answered_by=self.house.by_unit.get(case.unit))
        act = "expire_referral" if state is ReferralState.EXPIRED else "withdraw_referral"
        self._note(case, act, case.unit, over)
        again = self.canton.at_work(over.date(), wait=1)
        if again >= self.now:
            return None
        self.refer(case, again)
        return case.referral

    def _asked_back(self, case: LivingCase, row: dict[str, Any], received: datetime) -> datetime | None:
        """A question back and its answer; None while the answer is still to come."""
        asked = received + timedelta(hours=3)
        if asked < self.now:
            row.update(
                state=ReferralState.QUESTION, answer="Le certificat médical est-il récent ?", version=3
            )
            self._note(case, "ask_referral", case.lead, asked)
        back = self.canton.at_work(received.date(), wait=2)
        if back >= self.now:
            return None
        row.update(state=ReferralState.RECEIVED, answer="Oui, il date de ce mois.", version=4)
        self._note(case, "answer_referral", case.unit, back)
        return back

    def declined(self, case: LivingCase, at: datetime) -> None:
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

    def redirect(self, case: LivingCase, task: TaskState, at: datetime, outcome: str) -> None:  # noqa: ARG002
        """Another institution is asked, by a referral that it accepts with its answer."""
        if outcome != "named":
            return
        others = [one for role, one in case.voices.items()
                  if role is not PartyRole.PHYSICIAN and one not in {case.unit, case.lead}]  # fmt: skip
        case.lead = (others or [case.lead])[0]
        case.story.roles["receiving"] = (case.lead,)
        self.refer(case, at)

    def accepted(self, case: LivingCase, at: datetime) -> None:
        """The unit asked after a redirection accepts with its answer."""
        row = case.referral
        if row is not None and row["state"] is ReferralState.SENT:
            row.update(
                state=ReferralState.ACCEPTED,
                received_at=at - timedelta(minutes=20),
                answered_at=at,
                version=3,
                answered_by=self.house.by_unit.get(case.lead),
            )
            self._note(case, "accept_referral", case.lead, at)
