"""Referrals of today: sent, answered within the term as a rule, a few of each other fate."""

from datetime import datetime, timedelta
from typing import Any

from cii.access.vocabulary import NOTHING, Relation, Section
from cii.cases.vocabulary import CasePath, PartyRole
from cii.demo.dossiers import Canton
from cii.demo.living_shapes import LivingCase
from cii.demo.stories import Story
from cii.routing.keeping_referrals import ACTS
from cii.routing.vocabulary import ReferralState
from cii.workflow.events import TaskDone, TransferLead
from cii.workflow.state import TaskState


class Referrals:
    """Sends and answers the referrals of cases in the making."""

    def __init__(self, canton: Canton) -> None:
        self.canton, self.sheet, self.chance = canton, canton.sheet, canton.sheet.chance
        self.house, self.now = canton.house, canton.now

    def refer(self, case: LivingCase, at: datetime) -> None:
        """Ask the unit that is to lead; the referral's own process begins, recent ones are told."""
        self.sheet.put(
            "referral", case_id=case.dossier.case_id, person_id=case.dossier.person_id,
            from_unit_id=case.unit, to_unit_id=case.lead, named_unit_id=None, state=ReferralState.SENT,
            reason="Situation à coordonner : reprise de la conduite demandée.",
            sent_by=self.house.by_unit.get(case.unit), sent_at=at, expires_at=at, version=1,
        )  # fmt: skip
        row = self.sheet.rows("referral")[-1]
        roles: dict[str, tuple[int, ...]] = {"sending": (case.unit,), "receiving": (case.lead,)}
        roles["coordination"] = (self.house.units["GC"],)
        story = Story(self.house.rules, "referral", roles, self.canton.calendar, self.house.by_unit)
        story.begin(at, case.unit, {})
        case.referral = row
        case.letters.append((row, story))
        self._stands(row, story)
        if at > self.now - timedelta(days=21):
            self.sheet.put(
                "notice", unit_id=case.lead, kind="referral-sent", subject="referral",
                subject_ref=row["ref"], person_id=case.dossier.person_id, facts={}, created_at=at,
            )  # fmt: skip
        self._note(case, "send_referral", case.unit, at)

    def _note(self, case: LivingCase, act: str, unit: int, at: datetime) -> None:
        row = case.referral
        if row is not None:
            case.dossier.wrote(act, "referral", row["id"], row["ref"], unit, at)

    def _stands(self, row: dict[str, Any], story: Story) -> None:
        """State and term of the row as the process has them."""
        state = story.state
        if state is None:
            return
        row["state"] = ReferralState(state.stage)
        ends = [timer.fire_at for timer in state.timers if timer.kind == "timeout"]
        row["expires_at"] = min(ends) if ends else row["expires_at"]

    def _play(self, case: LivingCase, task: str, outcome: str, at: datetime, said: str | None = None) -> None:
        """One step of the referral that waits, and its row after it."""
        row, story = case.letters[-1]
        sends = outcome in {"withdrawn", "replied"}
        unit = row["from_unit_id"] if sends else row["to_unit_id"]
        story.play(TaskDone(task, outcome), at, unit)
        self._stands(row, story)
        row["version"] += 1
        row["answer"] = said or row.get("answer")
        if outcome == "received":
            row["received_at"] = at
        if not story.open:
            row.update(answered_at=at, answered_by=self.house.by_unit.get(unit))
        self._note(case, ACTS["receive" if outcome == "received" else outcome], unit, at)

    def answer(self, case: LivingCase) -> None:
        """Received and accepted within its term as a rule; some come back, are sent on, or expire."""
        row = case.referral
        if row is not None and self.sheet.odds(4):
            row = self._sent_again(case, row, expired=self.sheet.odds(60))
        if row is None:
            return
        received = self.canton.at_work(row["sent_at"].date(), wait=self.chance.randint(1, 3))
        answered = self.canton.at_work(received.date(), wait=self.chance.randint(1, 5))
        if received >= self.now:
            return
        self._play(case, "receive", "received", received)
        if self.sheet.odds(14):
            back = self._asked_back(case, received)
            if back is None:
                return
            answered = max(answered, back + timedelta(hours=2))
        if answered >= self.now:
            return
        case.declined = case.path is not CasePath.YOUTH and self.sheet.odds(8)
        others = self._others(case)
        fate = "decline" if case.declined else "accept"
        if case.declined and case.path is CasePath.EVERYDAY and others and self.sheet.odds(60):
            fate, row["named_unit_id"] = "redirect", others[0]
        said = "Un autre dispositif est plus proche de la situation." if case.declined else None
        self._play(case, "answer", fate, answered, said)
        case.fate, case.planned[0] = fate, answered

    def _others(self, case: LivingCase) -> list[int]:
        """The units that a redirect may name: another voice than the two."""
        return [one for role, one in case.voices.items()
                if role is not PartyRole.PHYSICIAN and one not in {case.unit, case.lead}]  # fmt: skip

    def _sent_again(self, case: LivingCase, row: dict[str, Any], *, expired: bool) -> dict[str, Any] | None:
        """A referral that expired or was withdrawn, and the one sent after it."""
        over = row["expires_at"] if expired else row["sent_at"] + timedelta(days=2)
        if over + timedelta(hours=1) >= self.now:
            return None
        if expired:
            _, story = case.letters[-1]
            story.wait(over + timedelta(minutes=30))
            self._stands(row, story)
            row.update(answered_at=over + timedelta(minutes=1), version=2)
            self._note(case, "expire_referral", case.unit, over)
        else:
            self._play(case, "withdraw", "withdrawn", over, "Adressée à la mauvaise unité.")
        again = self.canton.at_work(over.date(), wait=1)
        if again >= self.now:
            return None
        if case.path is CasePath.EVERYDAY:
            case.story.play(TaskDone("answer", "expired" if expired else "withdrawn"), over, None)
            case.story.play(TaskDone("name_receiver", "named"), again, case.unit)
        self.refer(case, again)
        return case.referral

    def _asked_back(self, case: LivingCase, received: datetime) -> datetime | None:
        """A question back and its answer; None while the answer is still to come."""
        asked = received + timedelta(hours=3)
        if asked >= self.now:
            return None
        self._play(case, "answer", "ask", asked, "Le certificat médical est-il récent ?")
        back = self.canton.at_work(received.date(), wait=2)
        if back >= self.now:
            return None
        self._play(case, "reply", "replied", back, "Oui, il date de ce mois.")
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
        case.story.roles["receiving"] = (case.unit,)

    def leads(self, case: LivingCase, at: datetime) -> None:
        """The unit that was asked accepts: the lead moves, and the network keeps the answer."""
        story = case.story
        case.dossier.move_lead(case.lead, at)
        story.play(TransferLead(case.lead), at, case.lead)
        story.roles["lead"] = (case.lead,)
        if story.state is not None and story.state.stage == "assessment":
            story.play(TaskDone("take_lead", "accept"), at, case.lead)

    def redirect(self, case: LivingCase, task: TaskState, at: datetime, outcome: str) -> None:  # noqa: ARG002
        """Another institution is asked, by a referral that it accepts with its answer."""
        if outcome != "named":
            return
        others = self._others(case)
        case.lead = (others or [case.lead])[0]
        case.story.roles["receiving"] = (case.lead,)
        self.refer(case, at)

    def accepted(self, case: LivingCase, at: datetime) -> None:
        """The unit asked after a redirection accepts with its answer."""
        row = case.referral
        if row is not None and row["state"] is ReferralState.SENT:
            self._play(case, "receive", "received", at - timedelta(minutes=20))
            self._play(case, "answer", "accept", at)

    def put(self, case: LivingCase) -> None:
        """Write the processes of the case's referrals, with the reminders that came until now."""
        for row, story in case.letters:
            if story.open:
                story.wait(self.now)
                self._stands(row, story)
            story.put(self.sheet, row["id"], row["ref"], row["person_id"], "referral")
            story.records.clear()
