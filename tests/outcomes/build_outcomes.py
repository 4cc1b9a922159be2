"""Builders for pay by outcome: a formula, a scheme in force with its people, a stay that ended in a job."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from cii.access.actions import grant
from cii.access.sections import lead_grant
from cii.access.vocabulary import Role
from cii.budgets.queries import position_of
from cii.cases.tables import CaseFile
from cii.institutions.queries import unit_by_code
from cii.institutions.tables import Unit
from cii.institutions.vocabulary import UnitKind
from cii.kernel.money import Chf
from cii.outcomes.actions import (
    DecideSchemeBudget,
    DraftFormula,
    FormulaLine,
    MakeScheme,
    decide_scheme_budget,
    draft_formula,
    make_scheme,
    publish_formula,
)
from cii.outcomes.actions_categories import SetCategory, TellCategory, set_category, tell_category
from cii.outcomes.actions_outcomes import (
    ClaimOutcome,
    VerifyOutcome,
    accept_outcome,
    claim_outcome,
    pay_outcome,
    verify_outcome,
)
from cii.outcomes.rules import Line
from cii.outcomes.tables import Outcome, OutcomeScheme
from cii.outcomes.vocabulary import Measured
from cii.placements.life import EndPlacement, end_placement
from cii.placements.tables import Placement
from cii.placements.vocabulary import ContractType, ExitType
from cii.store.work import Work
from tests.institutions.build_institutions import a_unit
from tests.placements.build_placements import Stage, a_stage

JOB = "Emploi durable"
BASE = "Forfait de base"
LEFT = date(2026, 11, 20)
LATER = date(2026, 12, 22)


def a_line(
    category: str,
    kpi: str,
    threshold: int,
    amount: str,
    *,
    measured: Measured = Measured.CONTRACT_MONTHS,
    hold_months: int = 6,
) -> Line:
    return Line(category, kpi, measured, hold_months, threshold, Chf.parse(amount))


FORMULA = (
    a_line("A", BASE, 1, "800", measured=Measured.START, hold_months=0),
    a_line("A", JOB, 6, "2000"),
    a_line("A", JOB, 12, "3500"),
    a_line("A", "Détachement partiel", 50, "900", measured=Measured.ATTESTED, hold_months=0),
    a_line("B", BASE, 1, "1200", measured=Measured.START, hold_months=0),
    a_line("B", "Formation", 1, "1500", measured=Measured.TRAINING, hold_months=0),
)
"""Invented: the source's figures 1 and 2 are lost."""


def wished(lines: tuple[Line, ...] = FORMULA, *, hold: int | None = None) -> tuple[FormulaLine, ...]:
    """The lines as a wish; `hold` changes the months of those that must hold."""
    return tuple(
        FormulaLine(
            one.category, one.kpi, one.measured,
            one.hold_months if hold is None or not one.hold_months else hold, one.threshold, one.amount,
        )
        for one in lines
    )  # fmt: skip


@dataclass
class Rewarding:
    """A scheme of social aid in force since January, 20'000 francs for 2026, and everybody who takes a step.

    A job must hold for one month. Today is 22 December 2026.
    """

    stage: Stage
    scheme: OutcomeScheme
    contracts: Work
    second: Work
    provider: Work
    referral: Work
    colleague: Work
    finance: Work
    cashier: Work
    stranger: Work
    other_provider: Work
    other_referral: Work
    referral_unit: Unit

    @property
    def work(self) -> Work:
        return self.finance

    def on(self, day: date) -> "Rewarding":
        """The same persons on another day."""
        now = datetime(day.year, day.month, day.day, 11, tzinfo=UTC)
        hands = ("contracts", "second", "provider", "referral", "colleague", "finance", "cashier")
        return replace(self, **{one: replace(getattr(self, one), now=now) for one in hands})

    def stay(self, *, category: str | None = "A", **ended) -> Placement:
        """A stay in November paid by social aid; into a job of a year on the 20th, unless said otherwise."""
        case = self.stage.case(self.stage.gsr)
        self.known(case)
        made = self.stage.started(case, (self.stage.market.social, 1))
        end = {
            "exit_type": ExitType.EMPLOYMENT,
            "contract_type": ContractType.FIXED_TERM,
            "contract_months": 12,
        }
        end_placement(self.stage.on(LEFT), EndPlacement(made.ref, LEFT, **(end | ended)))
        if category is not None:
            self.categorise(made, category)
        return made

    def known(self, case: CaseFile) -> None:
        """The referral service follows the person."""
        mask = lead_grant()
        grant(
            self.stage.work, unit_id=self.referral_unit.id, case_id=case.id, person_id=case.person_id,
            reads=mask.reads, basis="own_case", cause=f"referral:{case.id}",
        )  # fmt: skip

    def categorise(self, placement: Placement, category: str, day: date = date(2026, 11, 2)):
        reason = "Critères 1 et 2 remplis à l'entretien."
        return set_category(self.referral, SetCategory(placement.ref, category, day, reason))

    def claim(
        self,
        placement: Placement,
        kpi: str = JOB,
        value: int = 12,
        since: date = LEFT,
        by: Work | None = None,
    ):
        wish = ClaimOutcome(self.scheme.ref, placement.ref, kpi, value, since)
        return claim_outcome(by or self.provider, wish)

    def verified(self, placement: Placement | None = None, **more) -> Outcome:
        made = self.claim(placement or self.stay(), **more)
        return verify_outcome(self.referral, VerifyOutcome(made.ref, "Contrat de travail du 21.11.2026"))

    def payable(self, **more) -> Outcome:
        return accept_outcome(self.finance, self.verified(**more).ref)

    def paid(self, **more) -> Outcome:
        return pay_outcome(self.cashier, self.payable(**more).ref)

    def publish(self, valid_from: date, lines: tuple[FormulaLine, ...] | None = None):
        """A version, prepared by one and published by the other."""
        draft_formula(self.contracts, DraftFormula(self.scheme.ref, valid_from, lines or wished(hold=1)))
        return publish_formula(self.second, self.scheme.ref)

    def sums(self) -> dict[str, str]:
        """What stands on the line of social aid beside what the places bind."""
        found = position_of(self.work, self.scheme.line_id, 2026)
        return {name: str(getattr(found, name)) for name in ("accrued", "invoiced", "paid")}


def a_rewarding(work: Work) -> Rewarding:
    stage = a_stage(work)
    odas, lmmt = unit_by_code(work, "ODAS"), unit_by_code(work, "LMMT")
    office = a_unit(work, None, UnitKind.OCOSP)

    def somebody(unit, role: Role) -> Work:
        return replace(stage.on(LATER), actor=stage.actor(unit, role).actor, seen=[])

    contracts, second = somebody(odas, Role.CONTRACT_MANAGER), somebody(odas, Role.CONTRACT_MANAGER)
    for code, title in (("A", "Proche de l'emploi"), ("B", "Insertion à construire")):
        told = ("Autonomie, disponibilité (critères inventés)", "Atelier et suivi (inventé)")
        tell_category(contracts, TellCategory(code, title, *told, date(2026, 1, 1)))
    scheme = make_scheme(contracts, MakeScheme(stage.social.ref, stage.market.social.ref, "Pilote (inventé)"))
    finance = somebody(odas, Role.FINANCE)
    made = Rewarding(
        stage, scheme, contracts, second, somebody(stage.provider_unit, Role.PROVIDER),
        somebody(office, Role.REFERRAL_SERVICE), somebody(office, Role.REFERRAL_SERVICE), finance,
        somebody(odas, Role.FINANCE), somebody(lmmt, Role.FINANCE),
        somebody(a_unit(work, None, UnitKind.PROVIDER), Role.PROVIDER),
        somebody(a_unit(work, None, UnitKind.OCOSP), Role.REFERRAL_SERVICE), office,
    )  # fmt: skip
    made.publish(date(2026, 1, 1))
    decide_scheme_budget(finance, DecideSchemeBudget(scheme.ref, 2026, Chf.parse("20000"), "Pilote 2026"))
    return made
