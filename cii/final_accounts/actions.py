"""The life of a year account: budget, approval, final account, settlement; each decision by a second person.

The ledger moves when the budget is approved (available → committed), an instalment is released (committed →
accrued → invoiced → paid) and when the year is settled: what is missing is invoiced, what was paid too much
goes back stage by stage and becomes a receivable, what is not needed is released.
"""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select, update
from sqlmodel import col

from cii.agreements.actions import receive_deliverable
from cii.agreements.queries import agreement_by_ref, agreement_view
from cii.agreements.rules import OutsideAgreement
from cii.agreements.rules_proration import instalments
from cii.agreements.settling import settle_by
from cii.agreements.vocabulary import DeliverableKind, SettledBy
from cii.budgets.actions import Leg, Source, engage
from cii.budgets.queries_late import late_books
from cii.budgets.vocabulary import EntryKind
from cii.final_accounts.actions_common import (
    acting,
    booked,
    locked,
    moved,
    prepared,
    source_of,
    stated_or_bound,
)
from cii.final_accounts.actions_paying import receive_reclaim, release_payment
from cii.final_accounts.actions_terms import (
    AgreeSurplus,
    MoveCarryOver,
    agree_surplus,
    move_carry_over,
)
from cii.final_accounts.cost_types import cost_types
from cii.final_accounts.queries import (
    clause_at,
    events_of_role,
    final_account_deliverable,
    items_of,
    missing_deliverables,
    next_entry,
    payments_of,
)
from cii.final_accounts.references import creditor_reference
from cii.final_accounts.rules import (
    RULE_VERSION,
    AuditReportMissing,
    BeyondBudget,
    Item,
    Settlement,
    YearNotOver,
    attested,
    budget_faults,
    contribution,
    item_faults,
    settle,
)
from cii.final_accounts.tables import AccountItem, AccountPayment, Receivable, YearAccount
from cii.final_accounts.vocabulary import (
    AccountEvent,
    AccountState,
    DueKind,
    Flow,
    Method,
    Side,
    SurplusRule,
)
from cii.institutions.queries import line_by_ref
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.kernel.money import Chf
from cii.kernel.period import ONE_DAY
from cii.store.work import Work


@dataclass(frozen=True)
class CostItem:
    """A sum of one type of cost or revenue."""

    code: str = field(metadata={"max": 40})
    amount: Chf = field(metadata={"min": Chf()})


@dataclass(frozen=True)
class EnterBudget:
    """Wish to enter the provider's budget of a year, paid out in so many equal monthly instalments."""

    agreement_ref: str
    line_ref: str
    year: int = field(metadata={"min": 1990, "max": 2200})
    items: tuple[CostItem, ...] = field(metadata={"max": 50})
    instalments: int = field(default=12, metadata={"min": 1, "max": 12})


def enter_budget(work: Work, ask: EnterBudget) -> YearAccount:
    """Enter the budget of a year, or another one while nobody has approved it.

    Refuses, all at once: CostsNotSettled, CostTypeUnknown, NoCosts, NothingContributed, OutsideAgreement,
    SettledOtherwise (the year has statements), PlacesBound (places bind it by their tariffs); before:
    NotAllowed, IllegalMove, UnknownThing.
    """
    agreement, line = agreement_by_ref(work, ask.agreement_ref), line_by_ref(work, ask.line_ref)
    who = acting(work)
    if AccountEvent.BUDGET not in events_of_role(work, agreement.id or 0, line.id or 0):
        raise NotAllowed
    items = _items(ask.items)
    faults = budget_faults(agreement.profile, items, cost_types())
    bought = {one.line_id for one in agreement_view(work, ask.agreement_ref).measures}
    over = agreement.valid_to is not None and agreement.valid_to <= date(ask.year, 1, 1)
    if line.id not in bought or over or agreement.valid_from.year > ask.year:
        faults.append(OutsideAgreement(number=agreement.number, field="agreement_ref"))
    faults += stated_or_bound(work, agreement.id or 0, line.id or 0, ask.year)
    refuse(faults)
    before = work.session.scalars(
        select(YearAccount).where(
            col(YearAccount.agreement_id) == agreement.id,
            col(YearAccount.line_id) == line.id,
            col(YearAccount.year) == ask.year,
            col(YearAccount.method) == Method.COSTS,
        )
    ).first()
    if before is None:
        before = YearAccount(
            agreement_id=agreement.id or 0,
            line_id=line.id or 0,
            year=ask.year,
            method=Method.COSTS,
            state=AccountState.BUDGETED,
            contribution=contribution(items),
            entered_by=who,
            entered_at=work.now,
            version=0,
        )
        work.session.add(before)
        work.session.flush()
    account = locked(work, before.ref, AccountEvent.BUDGET)
    account.contribution, account.instalments = contribution(items), ask.instalments
    account.entered_by, account.entered_at = who, work.now
    _write(work, account, Side.BUDGET, ask.items)
    return moved(work, account, AccountEvent.BUDGET, {"amount": account.contribution})


def approve_budget(work: Work, ref: str) -> YearAccount:
    """Approve what somebody else has entered: the contribution is engaged, its instalments are planned.

    From now on the year is settled by costs: no statement is made of it, and its places bind nothing.
    Refuses: AccountFourEyes, SettledOtherwise, PlacesBound, BudgetExceeded, BudgetYearMissing,
    BudgetYearClosed, NotAllowed, UnknownThing.
    """
    account = locked(work, ref, AccountEvent.APPROVE)
    refuse(stated_or_bound(work, account.agreement_id, account.line_id, account.year))
    settle_by(work, account.agreement_id, account.line_id, account.year, SettledBy.COSTS)
    first = date(account.year, 1, 1)
    leg = Leg(account.line_id, account.agreement_id, account.contribution, first)
    engage(work, [leg], source_of(account, "provider_budget", "engage"))
    for number, amount in enumerate(instalments(account.contribution, account.instalments), 1):
        if amount:
            due = first.replace(month=number)
            prepared(work, account, DueKind.INSTALMENT, amount, due_on=due, number=number)
    account.approved_by, account.approved_at = work.actor.account_id, work.now
    return moved(work, account, AccountEvent.APPROVE, {"amount": account.contribution})


@dataclass(frozen=True)
class SubmitFinalAccount:
    """Wish to hand in the final account of a year: what was spent and earned, by type."""

    account_ref: str
    items: tuple[CostItem, ...] = field(metadata={"max": 50})


def submit_final_account(work: Work, ask: SubmitFinalAccount) -> YearAccount:
    """Hand in the final account of a year that is over; the deliverable of that name is received with it.

    Refuses, all at once: YearNotOver, CostTypeUnknown, NoCosts; NotAllowed, IllegalMove, UnknownThing.
    """
    account = locked(work, ask.account_ref, AccountEvent.SUBMIT)
    faults = item_faults(_items(ask.items), cost_types())
    if work.today.year <= account.year:
        faults.append(YearNotOver(last=date(account.year, 12, 31)))
    refuse(faults)
    _write(work, account, Side.ACTUAL, ask.items)
    if (deliverable := final_account_deliverable(work, account)) is not None:
        receive_deliverable(work, deliverable)
    account.submitted_by, account.submitted_at = work.actor.account_id, work.now
    account.returned_reason = None
    return moved(work, account, AccountEvent.SUBMIT)


@dataclass(frozen=True)
class ReturnFinalAccount:
    """Wish to send a final account back to the provider, with the reason."""

    account_ref: str
    reason: str = field(metadata={"min": 1, "max": 1000})


def return_final_account(work: Work, ask: ReturnFinalAccount) -> YearAccount:
    """Send a final account back; it is handed in anew. Refuses: NotAllowed, IllegalMove, UnknownThing."""
    account = locked(work, ask.account_ref, AccountEvent.RETURN)
    account.returned_reason = ask.reason
    return moved(work, account, AccountEvent.RETURN, {"reason": ask.reason})


@dataclass(frozen=True)
class SettleFinalAccount:
    """Wish to settle a year; `further` decides the engagement of what exceeds the approved contribution."""

    account_ref: str
    further: bool = False


def settle_final_account(work: Work, ask: SettleFinalAccount) -> YearAccount:
    """Settle what somebody else has submitted: a balance is prepared, or what was overpaid is reclaimed.

    Instalments that are still open lapse. Refuses, all at once: AuditReportMissing, BeyondBudget; before:
    AccountFourEyes, NotAllowed, IllegalMove; by the ledger: BudgetExceeded, StageExceeded; where the books of
    the year are closed and no later year is open: BudgetYearClosed.
    """
    account = locked(work, ask.account_ref, AccountEvent.SETTLE)
    found = settlement_of(work, account)
    faults: list[Refusal] = []
    missing = missing_deliverables(work, [account.agreement_id], account.year)[account.agreement_id]
    if DeliverableKind.AUDIT_REPORT in missing:
        faults.append(AuditReportMissing(year=account.year))
    if found.excess and not ask.further:
        faults.append(BeyondBudget(excess=found.excess, field="further"))
    refuse(faults)
    work.session.execute(
        update(AccountPayment)
        .where(col(AccountPayment.account_id) == account.id, col(AccountPayment.released_at).is_(None))
        .values(lapsed_at=work.now)
    )
    _book_settlement(work, account, found)
    if found.balance:
        prepared(work, account, DueKind.BALANCE, found.balance, due_on=work.today)
    if found.reclaim:
        work.session.add(
            Receivable(
                account_id=account.id or 0,
                amount=found.reclaim,
                reference=creditor_reference(account.ref),
                due_on=work.today + ONE_DAY * work.parameter("reclaim_payment_days"),
                decided_by=acting(work),
                decided_at=work.now,
            )
        )
    account.subsidy, account.rule_version = found.subsidy, RULE_VERSION
    account.explanation = explained(found) | _told_late(work, account)
    account.settled_by, account.settled_at = work.actor.account_id, work.now
    return moved(
        work, account, AccountEvent.SETTLE,
        {"subsidy": found.subsidy, "balance": found.balance, "reclaim": found.reclaim},
    )  # fmt: skip


def settlement_of(work: Work, account: YearAccount) -> Settlement:
    """What a year comes to by its latest final account, the clause and the limit in force on its last day."""
    last = date(account.year, 12, 31)
    items = items_of(work, account.id or 0, Side.ACTUAL)
    clause = clause_at(work, account.agreement_id, last)
    paid = Chf.total(one.amount for one in payments_of(work, account.id or 0) if one.released_at is not None)
    return settle(
        attested(items, work.parameter("administration_cost_permille", last)),
        account.contribution,
        paid,
        clause.rule if clause else SurplusRule.RETURN,
        clause.share_permille if clause else 0,
    )


def explained(found: Settlement) -> dict[str, int]:
    """The figures of a settlement in centimes, stored with it."""
    counted = found.attested
    return {
        name: sum_.centimes
        for name, sum_ in {
            "costs": counted.costs, "administration": counted.administration, "limit": counted.limit,
            "cut": counted.cut, "revenue": counted.revenue, "need": counted.need, "agreed": found.agreed,
            "surplus": found.surplus, "kept": found.kept, "excess": found.excess, "subsidy": found.subsidy,
            "paid": found.paid, "balance": found.balance, "reclaim": found.reclaim,
        }.items()
    }  # fmt: skip


def _told_late(work: Work, account: YearAccount) -> dict[str, int]:
    """The year that took the settlement, where the books of its own were closed."""
    books = late_books(work, account.line_id, account.year, {"final_account": [account.id or 0]})
    return {"booked_year": books.into} if books is not None and books.into is not None else {}


def _book_settlement(work: Work, account: YearAccount, found: Settlement) -> None:
    def go(kind: EntryKind, amount: Chf) -> None:
        source: Source = source_of(account, "final_account", kind.value)
        booked(work, account, kind, amount, source)

    go(EntryKind.ENGAGEMENT, found.excess)
    go(EntryKind.ACCRUAL, found.balance)
    go(EntryKind.INVOICE, found.balance)
    for kind in (EntryKind.RECLAIM, EntryKind.CREDIT_NOTE, EntryKind.ACCRUAL_CORRECTION):
        go(kind, found.reclaim)
    go(EntryKind.RELEASE, found.agreed + found.excess - found.subsidy)


def _items(items: tuple[CostItem, ...]) -> list[Item]:
    known = cost_types()
    return [
        Item(one.code, one.amount, told.flow is Flow.REVENUE, told.administration)
        if (told := known.get(one.code)) is not None
        else Item(one.code, one.amount)
        for one in items
    ]


def _write(work: Work, account: YearAccount, side: Side, items: tuple[CostItem, ...]) -> None:
    entry = next_entry(work, account.id or 0, side)
    for one in items:
        work.session.add(
            AccountItem(
                account_id=account.id or 0,
                side=side,
                entry=entry,
                code=one.code,
                amount=one.amount,
                recorded_at=work.now,
                recorded_by=acting(work),
            )
        )


__all__ = [
    "AgreeSurplus", "CostItem", "EnterBudget", "MoveCarryOver", "ReturnFinalAccount", "SettleFinalAccount",
    "SubmitFinalAccount", "agree_surplus", "approve_budget", "creditor_reference", "enter_budget",
    "move_carry_over", "receive_reclaim", "release_payment", "return_final_account", "settle_final_account",
    "settlement_of", "submit_final_account",
]  # fmt: skip
