"""Builders of pay: a stay of November paid by social aid and by the insurance, and everybody who takes a step."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from cii.access.vocabulary import Role
from cii.budgets.queries import position_of
from cii.institutions.queries import unit_by_code
from cii.kernel.money import Chf
from cii.placements.tables import Placement
from cii.settlement.actions import Mark, RecordAttendance, record_attendance
from cii.settlement.vocabulary import Presence
from cii.store.work import Work
from cii.wages.actions import AskGrant, DecideGrant, ask_grant, decide_grant
from cii.wages.actions_parts import MonthOfLine, approve_month, check_month, compute_month, pay_month
from cii.wages.actions_subsidies import ClaimSubsidy, claim_subsidy
from cii.wages.queries import results_of
from cii.wages.tables import WageGrant, WagePart
from cii.wages.vocabulary import GrantKind, PayCategory
from tests.placements.build_placements import Stage, a_stage

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
LATER = date(2026, 12, 22)


@dataclass
class Paying:
    """Two sectors that pay one placement; today is 22 December 2026, once the month is over."""

    stage: Stage
    manager: Work
    finance: Work
    checker: Work
    approver: Work
    cashier: Work
    other_finance: Work
    provider: Work
    stranger: Work

    @property
    def work(self) -> Work:
        return self.finance

    @property
    def line(self):
        return self.stage.market.social

    def stay(self, *shares, days=(FIRST, LAST), **more) -> Placement:
        """A stay paid by social aid alone, unless said otherwise."""
        return self.stage.started(
            self.stage.case(self.stage.gsr), *(shares or ((self.line, 1),)), days=days, **more
        )

    def attend(self, placement: Placement, **told: Presence) -> None:
        """Every working day of November present, but for `d9=Presence.SICK` and the like."""
        marks = tuple(Mark(date(2026, 11, int(day[1:])), one) for day, one in told.items())
        record_attendance(self.provider, RecordAttendance(placement.ref, marks, FIRST))

    def wish(self, placement: Placement, **more) -> AskGrant:
        told = {
            "kind": GrantKind.PAY, "starts_on": placement.starts_on, "ends_on": placement.ends_on,
            "reason": "Rétribution selon le barème", "category": PayCategory.ADULT,
        }  # fmt: skip
        return AskGrant(placement.ref, **(told | more))

    def granted(self, placement: Placement, **more) -> WageGrant:
        made = ask_grant(self.manager, self.wish(placement, **more))
        return decide_grant(self.finance, DecideGrant(made.ref, grant=True))

    def subsidised(self, placement: Placement | None = None, **more) -> WageGrant:
        told = {
            "kind": GrantKind.AIT, "category": None, "normal_pay": Chf.parse("4000"), "percent": 60,
            "employer": "Menuiserie Exemple SA",
        }  # fmt: skip
        return self.granted(placement or self.stay(), **(told | more))

    def claim(self, grant: WageGrant, amount: str = "2400", slip: str = "4000", month: date = FIRST):
        return claim_subsidy(
            self.provider, ClaimSubsidy(grant.ref, month, Chf.parse(slip), Chf.parse(amount))
        )

    @property
    def month(self) -> MonthOfLine:
        return MonthOfLine(self.line.ref, FIRST)

    def paid(self) -> None:
        """The month of social aid by its four persons."""
        compute_month(self.finance, self.month)
        check_month(self.checker, self.month)
        approve_month(self.approver, self.month)
        pay_month(self.cashier, self.month)

    def parts(self, grant: WageGrant) -> list[WagePart]:
        return [part for _, parts in results_of(self.work, grant.id) for part in parts]

    def amounts(self, grant: WageGrant) -> list[str]:
        return [str(one.amount) for one in self.parts(grant)]

    def sums(self) -> dict[str, str]:
        """What stands at each stage of the line's year, less what the places themselves bind."""
        found = position_of(self.work, self.line.id, 2026)
        return {name: str(getattr(found, name)) for name in ("accrued", "invoiced", "paid")}

    def on(self, day: date) -> "Paying":
        now = datetime(day.year, day.month, day.day, 11, tzinfo=UTC)
        hands = ("manager", "finance", "checker", "approver", "cashier", "other_finance", "provider")
        return replace(self, **{one: replace(getattr(self, one), now=now) for one in hands})


def a_paying(work: Work) -> Paying:
    stage = a_stage(work)
    odas, lmmt = unit_by_code(work, "ODAS"), unit_by_code(work, "LMMT")

    def somebody(unit, role: Role) -> Work:
        return replace(stage.on(LATER), actor=stage.actor(unit, role).actor, seen=[])

    return Paying(
        stage, somebody(stage.gsr, Role.CASE_MANAGER), somebody(odas, Role.FINANCE),
        somebody(odas, Role.CONTRACT_MANAGER), somebody(odas, Role.FINANCE), somebody(odas, Role.FINANCE),
        somebody(lmmt, Role.FINANCE), somebody(stage.provider_unit, Role.PROVIDER),
        somebody(stage.orp, Role.CASE_MANAGER),
    )  # fmt: skip
