"""Payments of a year: each released by another person than who prepared it; what is owed back comes in."""

from dataclasses import dataclass
from datetime import date

from cii.budgets.actions import Source
from cii.budgets.vocabulary import EntryKind
from cii.final_accounts.actions_common import acting, booked, kept
from cii.final_accounts.queries import account_by_ref, may_pay, payment_by_ref, receivable_of
from cii.final_accounts.rules import AccountFourEyes, InstalmentNotDue, PaymentGone, ReceiptInFuture
from cii.final_accounts.tables import AccountPayment, YearAccount
from cii.final_accounts.vocabulary import DueKind
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.store.work import Work

_STAGES = {
    DueKind.INSTALMENT: (EntryKind.ACCRUAL, EntryKind.INVOICE, EntryKind.PAYMENT),
    DueKind.BALANCE: (EntryKind.PAYMENT,),
    DueKind.VOLUME: (EntryKind.ENGAGEMENT, EntryKind.ACCRUAL, EntryKind.INVOICE, EntryKind.PAYMENT),
}
"""What a release books: a balance was accrued and invoiced when the year was settled."""


def release_payment(work: Work, ref: str) -> AccountPayment:
    """Release a payment that somebody else prepared.

    Refuses: PaymentGone, InstalmentNotDue, AccountFourEyes, NotAllowed, UnknownThing; by the ledger:
    BudgetExceeded (an unused volume), BudgetYearClosed (its books and every later year's are closed).
    """
    payment, account = payment_by_ref(work, ref)
    work.session.refresh(account, with_for_update=True)
    work.session.refresh(payment, with_for_update=True)
    who = acting(work)
    if not may_pay(work, account):
        raise NotAllowed
    if payment.prepared_by == who:
        raise AccountFourEyes
    if payment.released_at is not None or payment.lapsed_at is not None:
        raise PaymentGone
    if payment.kind is DueKind.INSTALMENT and work.today < payment.due_on:
        raise InstalmentNotDue(day=payment.due_on)
    on = payment.due_on if payment.kind is DueKind.INSTALMENT else date(account.year, 12, 31)
    for kind in _STAGES[payment.kind]:
        source = Source(payment.kind.value, payment.id or 0, f"account_payment:{payment.ref}:{kind.value}")
        booked(work, account, kind, payment.amount, source, on=on)
    payment.released_by, payment.released_at = who, work.now
    kept(work, account, "year_payment_released", {"amount": payment.amount, "kind": payment.kind.value})
    return payment


@dataclass(frozen=True)
class ReceiveReclaim:
    """Wish to note on which day the provider paid back what it owed."""

    account_ref: str
    received_on: date


def receive_reclaim(work: Work, ask: ReceiveReclaim) -> YearAccount:
    """Note that what was owed back has come in, at the latest today.

    Refuses: ReceiptInFuture, PaymentGone, NotAllowed, UnknownThing.
    """
    account = account_by_ref(work, ask.account_ref)
    work.session.refresh(account, with_for_update=True)
    who = acting(work)
    if not may_pay(work, account):
        raise NotAllowed
    owed = receivable_of(work, account.id or 0)
    if owed is None:
        raise UnknownThing(field="account_ref")
    if owed.received_on is not None:
        raise PaymentGone
    if ask.received_on > work.today:
        raise ReceiptInFuture(field="received_on", last=work.today)
    owed.received_on, owed.received_by = ask.received_on, who
    return kept(work, account, "year_reclaim_received", {"amount": owed.amount})
