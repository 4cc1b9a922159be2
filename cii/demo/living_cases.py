"""Cases of today, led through their processes up to the demo's first morning.

Each open task gets a moment at which its unit does it; moments after the demo's start stay open, so that
every desk has work, some of it late.
"""

from datetime import date, datetime, timedelta
from typing import Any

from cii.cases.rules import Grid
from cii.cases.vocabulary import CasePath, PartyRole
from cii.demo.dossiers import Canton
from cii.demo.living_assessment import Act, Assessing
from cii.demo.living_detection import Announcing
from cii.demo.living_referrals import Referrals
from cii.demo.living_shapes import LivingCase, Wish
from cii.institutions.vocabulary import Sector
from cii.routing.rules import age_at
from cii.routing.vocabulary import ReferralState
from cii.workflow.events import Reassign, TaskDone, WithdrawConsent
from cii.workflow.state import TaskState

NEAR_THE_END = 60
"""Benefit days left below which PACTE pays instead of the insurance."""
_PACE = {
    "grid_ac": (2, 14), "grid_ai": (3, 17), "grid_as": (2, 15), "medical": (5, 24), "sign": (1, 6),
    "propose": (2, 11), "agree": (1, 11), "review": (30, 46),
    "name_receiver": (1, 5), "act": (22, 46), "support": (16, 40), "conclude": (1, 8),
    "receive": (1, 6), "confirm": (2, 10),
    "decide_lead": (2, 6),
}  # fmt: skip
"""Working days that a task usually takes: from, to; some take longer than its deadline."""
_OUTCOMES = (
    "job", "job", "job", "job", "training", "training", "ai_measures", "no_further_need", "no_further_need",
    "pension", "moved_away", "abandoned",
)  # fmt: skip
_YOUTH_OUTCOMES = ("apprenticeship", "apprenticeship", "diploma", "job", "adapted_structure", "no_solution")


class CaseMaker:
    """Makes the cases of today, one after the other."""

    def __init__(self, canton: Canton, grid: Grid) -> None:
        self.canton, self.sheet, self.chance = canton, canton.sheet, canton.sheet.chance
        self.house, self.now = canton.house, canton.now
        self.referrals = Referrals(canton)
        self.announcing = Announcing(canton, self.referrals)
        self._acts: dict[str, Act] = {
            **Assessing(canton, grid).acts,
            "name_receiver": self.referrals.redirect,
        }
        self.wishes: list[Wish] = []

    def live(self, case: LivingCase) -> None:
        """Do what falls due until the demo's first morning."""
        self.referrals.answer(case)
        answered = case.planned.pop(0, None)
        if case.declined and answered is not None and case.path is CasePath.NETWORK:
            self.referrals.declined(case, answered)
            answered = None
        self._walk(case, answered, self._withdrawal(case))
        if case.story.open and case.rested is None:
            case.story.wait(self.now)
            self._assign(case)
        if case.story.ended:
            case.dossier.close(case.story.ended, case.story.records[-1][0].at)

    def _walk(self, case: LivingCase, answered: datetime | None, withdrawn: datetime | None) -> None:
        """Each task, the answer to the referral and the end of the consent, in the order of their moments."""
        while case.story.open:
            if case.story.state is not None and case.story.state.stage == "orientation_requested":
                if not self._orientated(case, answered):
                    break
                answered = None
                continue
            chosen = self._next(case)
            asks = answered if case.path is CasePath.NETWORK else None
            at = min(one for one in (asks, withdrawn, chosen[0] if chosen else self.now) if one is not None)
            if at >= self.now:
                break
            if at == withdrawn:
                self._withdraw(case, at)
                break
            if at == asks:
                self.referrals.leads(case, at)
                answered = None
            elif chosen is not None:
                self._do(case, chosen[1], at)

    def _orientated(self, case: LivingCase, answered: datetime | None) -> bool:
        """The referral's answer moves everyday collaboration; False while it is still to come."""
        row = case.referral
        if row is None or (answered is None and row["state"] is not ReferralState.SENT):
            return False
        if answered is None:
            if len(case.letters) == 1:
                return False
            answered = self.canton.at_work(row["sent_at"].date(), wait=self.chance.randint(1, 9))
            answered = max(answered, row["sent_at"] + timedelta(hours=1))
            if answered >= self.now:
                return False
            self.referrals.accepted(case, answered)
            case.fate = "accept"
        if case.fate == "accept":
            case.dossier.move_lead(case.lead, answered)
            case.story.roles["lead"] = (case.lead,)
        case.declined = False
        case.story.play(TaskDone("answer", case.fate), answered, None)
        return True

    def _next(self, case: LivingCase) -> tuple[datetime, TaskState] | None:
        state = case.story.state
        found: list[tuple[datetime, int, TaskState]] = []
        for task in state.open_tasks if state else ():
            if task.no not in case.planned:
                case.planned[task.no] = self._moment(case, task)
            found.append((case.planned[task.no], task.no, task))
        return (min(found)[0], min(found)[2]) if found else None

    def _moment(self, case: LivingCase, task: TaskState) -> datetime:
        """When the unit does the task."""
        opened = task.opened_at or self.now
        low, high = _PACE.get(task.key, (2, 9))
        days = self.chance.randint(low, high)
        if self.sheet.odds(7):
            days += self.chance.randint(4, 15)
        at = self.canton.at_work(opened.date(), wait=days)
        if task.key in {"act", "support"} and case.busy_until > at.date():
            at = max(at, self.canton.at_work(case.busy_until, wait=3))
        return max(at, opened + timedelta(minutes=3))

    def _do(self, case: LivingCase, task: TaskState, at: datetime) -> None:
        outcome, closing = self._outcome(case, task, at)
        act = self._acts.get(task.key)
        unit = task.unit if isinstance(task.unit, int) else case.lead
        if act is not None:
            act(case, task, at, outcome)
        facts: dict[str, Any] = {}
        if task.key == "receive":
            if case.lead != case.dossier.row["lead_unit_id"]:
                self.referrals.leads(case, at)
            facts = self._admissibility(case, at)
        stage = case.story.state.stage if case.story.state else ""
        case.story.play(TaskDone(task.no, outcome, closing=closing), at, unit, facts)
        if task.key == "decide_lead":
            case.story.play(TaskDone("take_lead", "accept"), at + timedelta(minutes=1), case.lead)
        after = case.story.state.stage if case.story.state else ""
        if after != stage and after in {"follow_up", "joint_action", "in_follow_up"} and case.wish is None:
            self._want_place(case, at)

    def _outcome(self, case: LivingCase, task: TaskState, at: datetime) -> tuple[str, str | None]:
        """How the task ends, and how the case, where this ends it."""
        odds = self.sheet.odds
        match task.key:
            case "review":
                return self._review(case, at)
            case "agree":
                return ("refuse" if odds(5) else "agree"), None
            case "name_receiver":
                return ("no_need" if odds(20) else "named"), None
            case "conclude":
                return "concluded", self.chance.choice(_OUTCOMES[:-1])
            case "confirm":
                return ("admitted" if case.detection["facts"]["problems"] > 1 else "not_admitted"), None
        first = case.story.definition.task(task.stage, task.key).outcomes[0]
        return first, None

    def _review(self, case: LivingCase, at: datetime) -> tuple[str, str | None]:
        """A review closes the case the sooner the longer it lasts, never while a placement runs."""
        words = _YOUTH_OUTCOMES if case.path is CasePath.YOUTH else _OUTCOMES
        long = at - case.dossier.row["opened_at"] > timedelta(days=200)
        if at.date() > case.busy_until and self.sheet.odds(60 if long else 30):
            return "close", self.chance.choice(words)
        revised = case.path is CasePath.NETWORK and self.sheet.odds(7)
        return ("revise" if revised else "continue"), None

    def _admissibility(self, case: LivingCase, at: datetime) -> dict[str, Any]:
        return {
            "age": age_at(case.dossier.person.birth_date, at.date()),
            "in_canton": True,
            "already_followed": False,
            "problems": case.detection["facts"]["problems"],
            "able_to_work": True,
            "grave_psychic_disorder": False,
            "addiction": False,
            "pregnancy": False,
        }

    def _withdrawal(self, case: LivingCase) -> datetime | None:
        if not self.sheet.odds(1.2):
            return None
        return self.canton.at_work(
            case.dossier.row["opened_at"].date() + timedelta(days=self.chance.randint(20, 120))
        )

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
            if account is not None and self.sheet.odds(45):
                case.story.play(
                    Reassign(task.no, account), self.now - timedelta(hours=self.chance.randint(1, 14)), None
                )

    def _want_place(self, case: LivingCase, at: datetime) -> None:
        """Most cases with a plan ask for a place; a joint action seldom, and for a short one."""
        joint = case.path is CasePath.EVERYDAY
        if not self.sheet.odds(30 if joint else 78):
            return
        starts = self.canton.calendar.after(at.date() + timedelta(days=self.chance.randint(6, 40)), 0)
        weeks = self.chance.choice((4, 6, 8) if joint else (8, 12, 12, 16, 16, 20, 24))
        ends = starts + timedelta(days=7 * weeks - 1)
        sectors = [
            Sector(one) for one in ("AC", "AS", "AI", "SMIG") if Sector(one) in case.situation.followed
        ]
        asking = self.chance.choice(sectors or [case.situation.sector])
        line = {"AC": "LACI", "AS": "SAS", "AI": "AI", "SMIG": "SMIG"}[asking.value]
        if asking is Sector.AC and case.situation.facts["framework_days_left"] < NEAR_THE_END:
            line = "PACTE"
        if case.path is CasePath.YOUTH and self.sheet.odds(60):
            line = "SFPO"
        unit = {"SFPO": self.house.units["OFIJ"]}.get(
            line, case.voices.get(PartyRole(asking.value), case.lead)
        )
        second = "SAS" if line == "LACI" and self.sheet.odds(16) else None
        case.wish = Wish(case, at, starts, min(ends, date(2026, 12, 23)), line, unit, second)
        if case.wish.ends_on - starts < timedelta(days=20):
            case.wish = None
            return
        case.busy_until = case.wish.ends_on
        self.wishes.append(case.wish)

    def put(self, case: LivingCase) -> None:
        """Write the processes of the case and of its referrals."""
        self.referrals.put(case)
        case.story.put(self.sheet, case.dossier.case_id, case.dossier.case_ref, case.dossier.person_id)
