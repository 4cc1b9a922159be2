"""Builders of final accounts: an AC agreement of 2026 settled by costs, and everybody who takes a step."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlalchemy import func
from sqlmodel import select

from cii.access.vocabulary import Role
from cii.agreements.actions import AddDeliverable, add_deliverable, receive_deliverable
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import DeliverableKind, Frequency
from cii.budgets.queries import chain_sums, position_of, trial_balance
from cii.final_accounts import proofs
from cii.final_accounts.actions import (
    CostItem,
    EnterBudget,
    SettleFinalAccount,
    SubmitFinalAccount,
    approve_budget,
    enter_budget,
    release_payment,
    settle_final_account,
    submit_final_account,
)
from cii.final_accounts.queries import payments_of
from cii.final_accounts.tables import AccountPayment, YearAccount
from cii.institutions.queries import unit_by_code
from cii.institutions.tables import FundingLine
from cii.kernel.money import Chf
from cii.store.work import Work
from tests.placements.build_placements import Stage, a_stage

IN_FEBRUARY = date(2027, 2, 15)
LITERAL = {
    "wages": "300000", "rent": "72000", "material": "60000", "administration": "48000", "sales": "95000",
}  # fmt: skip
"""Costs of 480'000 and sales of 95'000; how they split by type is invented."""
MORE = LITERAL | {"material": "61250"}
"""A budget of 1'250 more: its contribution is 386'250."""


def items(told: dict[str, str]) -> tuple[CostItem, ...]:
    return tuple(CostItem(code, Chf.parse(amount)) for code, amount in told.items())


@dataclass
class Year:
    """Everybody of the paying sector and of the provider, on 15 February 2027; `agreement` pays by costs."""

    stage: Stage
    agreement: Agreement
    line: FundingLine
    contracts: Work
    provider: Work
    finance: Work
    cashier: Work
    stranger: Work

    @property
    def work(self) -> Work:
        return self.finance

    def wish(self, told: dict[str, str] | None = None, **more) -> EnterBudget:
        return EnterBudget(self.agreement.ref, self.line.ref, 2026, items(told or LITERAL), **more)

    def budgeted(self, told: dict[str, str] | None = None, **more) -> YearAccount:
        return enter_budget(self.provider, self.wish(told, **more))

    def approved(self, told: dict[str, str] | None = None, **more) -> YearAccount:
        return approve_budget(self.finance, self.budgeted(told, **more).ref)

    def pay_all(self, account: YearAccount) -> list[AccountPayment]:
        return [
            release_payment(self.cashier, one.ref)
            for one in payments_of(self.work, account.id)
            if one.released_at is None and one.lapsed_at is None
        ]

    def audited(self) -> None:
        due = date(2027, 3, 31)
        wish = AddDeliverable(self.agreement.ref, DeliverableKind.AUDIT_REPORT, Frequency.YEARLY, due)
        receive_deliverable(self.contracts, add_deliverable(self.contracts, wish).ref)

    def submitted(self, told: dict[str, str] | None = None, *, planned: dict[str, str] | None = None):
        """A year with its one instalment paid and its final account handed in, its audit report received."""
        made = self.approved(planned, instalments=1)
        self.pay_all(made)
        self.audited()
        return submit_final_account(self.provider, SubmitFinalAccount(made.ref, items(told or LITERAL)))

    def settled(self, told=None, *, planned=None, further=False) -> YearAccount:
        made = self.submitted(told, planned=planned)
        return settle_final_account(self.finance, SettleFinalAccount(made.ref, further))

    def sums(self) -> dict[str, str]:
        """What stands at each stage of the line's year, but for nothing."""
        found = position_of(self.work, self.line.id, 2026)
        names = ("committed", "accrued", "invoiced", "paid")
        return {name: str(getattr(found, name)) for name in names if getattr(found, name)}


def a_year(work: Work, *, social: bool = False, stage: Stage | None = None) -> Year:
    stage = stage or a_stage(work, ac="500000", social="500000")
    agreement, line = (stage.social, stage.market.social) if social else (stage.ac, stage.market.ac)
    there, elsewhere = (
        unit_by_code(work, code) for code in (("ODAS", "LMMT") if social else ("LMMT", "ODAS"))
    )
    now = datetime(IN_FEBRUARY.year, IN_FEBRUARY.month, IN_FEBRUARY.day, 11, tzinfo=UTC)

    def somebody(unit, role: Role) -> Work:
        return replace(work, actor=stage.actor(unit, role).actor, now=now, seen=[])

    return Year(
        stage, agreement, line,
        somebody(there, Role.CONTRACT_MANAGER), somebody(stage.provider_unit, Role.PROVIDER),
        somebody(there, Role.FINANCE), somebody(there, Role.FINANCE), somebody(elsewhere, Role.FINANCE),
    )  # fmt: skip


def rows(work: Work, table: type) -> list:
    return list(work.session.scalars(select(table)))


def codes(no) -> list[str]:
    return [reason.code for reason in no.value.reasons]


def proven(work: Work) -> bool:
    """What the room says it bound, owes and paid is what stands in the ledger; the books balance."""
    ledger = chain_sums()
    assert work.session.execute(trial_balance()).all() == []
    for name, said in (("bound", proofs.bound()), ("invoiced", proofs.invoiced()), ("paid", proofs.paid())):
        rows = said.subquery()
        told = {
            (row[0], row[1]): int(row[2])
            for row in work.session.execute(
                select(rows.c.line_id, rows.c.agreement_id, func.sum(rows.c.amount)).group_by(
                    rows.c.line_id, rows.c.agreement_id
                )
            )
        }
        held = {
            (row.line_id, row.agreement_id): int(getattr(row, name))
            for row in work.session.execute(select(ledger))
        }
        assert {k: v for k, v in told.items() if v} == {k: v for k, v in held.items() if v}, name
    return True
