"""What the ledger once paid, found by the key of its entry: what comes back goes the way it came."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.budgets.tables import BudgetAccount, LedgerEntry, Movement
from cii.budgets.vocabulary import EntryKind
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class PaidOut:
    """Where a payment was booked: line, agreement, the day it took effect, its own day where another."""

    line_id: int
    agreement_id: int
    effective_on: date
    origin_on: date | None


def paid_out(work: Work, keys: Collection[str]) -> dict[str, PaidOut]:
    """Payments of the ledger by the key of their entry."""
    rows = work.session.execute(
        select(
            col(LedgerEntry.key), col(BudgetAccount.line_id), col(BudgetAccount.agreement_id),
            col(Movement.effective_on), col(Movement.origin_on),
        )
        .join(Movement, col(Movement.entry_id) == col(LedgerEntry.id))
        .join(BudgetAccount, col(BudgetAccount.id) == col(Movement.credit_id))
        .where(col(LedgerEntry.key).in_(list(keys)), col(Movement.kind) == EntryKind.PAYMENT)
    )  # fmt: skip
    return {row[0]: PaidOut(*row[1:]) for row in rows}
