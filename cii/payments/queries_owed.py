"""What providers owe back, of every room that pays, and how much of it has come in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlmodel import col

from cii.agreements.queries_payees import payees
from cii.budgets.queries import deciding
from cii.final_accounts.references import creditor_reference, ref_of
from cii.institutions.queries import line_facts
from cii.kernel.clock import local_day
from cii.kernel.errors import UnknownThing
from cii.kernel.money import Chf
from cii.payments.sources import owed_back
from cii.payments.tables import IncomingPayment
from cii.payments.vocabulary import PaymentKind
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class OwedBack:
    """What a provider owes back: of a year, by a negative statement or pay, or of a reversed outcome.

    `ref` names it, `about_ref` the page it belongs to; `received_on` is told of years alone.
    """

    kind: PaymentKind
    source_id: int
    ref: str
    about_ref: str
    agreement_id: int
    agreement: str
    creditor: str
    line: str
    amount: Chf
    received: Chf
    due_on: date
    received_on: date | None

    @property
    def reference(self) -> str:
        """The creditor reference under which the bank tells of it."""
        return creditor_reference(self.ref)

    @property
    def left(self) -> Chf:
        """What has not come in."""
        return self.amount - self.received

    @property
    def settled(self) -> bool:
        """Whether nothing is waited for any more."""
        return self.received_on is not None or self.left <= Chf()


def owed_to(
    work: Work,
    *,
    references: Collection[str] | None = None,
    refs: Collection[str] | None = None,
    open_only: bool = False,
) -> list[OwedBack]:
    """What is owed to the actor's sectors, the oldest first."""
    owed, payee = owed_back(), payees(work.actor)
    came = (
        select(func.coalesce(func.sum(type_coerce(col(IncomingPayment.amount), BigInteger)), 0))
        .where(col(IncomingPayment.kind) == owed.c.kind, col(IncomingPayment.source_id) == owed.c.source_id)
        .correlate(owed)
        .scalar_subquery()
    )
    query = (
        select(owed, payee.c.number, payee.c.creditor, line_facts.c.code, came.label("came"))
        .join(line_facts, line_facts.c.line_id == owed.c.line_id)
        .join(payee, payee.c.agreement_id == owed.c.agreement_id)
        .where(deciding(work.actor))
        .order_by(owed.c.since, owed.c.kind, owed.c.source_id)
    )
    asked = {ref_of(one) for one in references} if references is not None else None
    if refs is not None:
        asked = set(refs)
    if asked is not None:
        query = query.where(owed.c.ref.in_(asked))
    if open_only:
        query = query.where(owed.c.received_on.is_(None), owed.c.amount > came)
    rows = work.session.execute(query).all()
    term = timedelta(days=work.parameter("reclaim_payment_days")) if rows else timedelta()
    return [
        OwedBack(
            PaymentKind(row.kind), row.source_id, row.ref, row.about_ref, row.agreement_id, row.number,
            row.creditor, row.code, Chf(int(row.amount)), Chf(int(row.came)),
            row.due_on or local_day(row.since) + term, row.received_on,
        )
        for row in rows
    ]  # fmt: skip


def owed_by_ref(work: Work, ref: str) -> OwedBack:
    """One sum owed to the actor's sectors; refuses UnknownThing."""
    found = owed_to(work, refs={ref})
    if not found:
        raise UnknownThing(field="owed_ref")
    return found[0]
