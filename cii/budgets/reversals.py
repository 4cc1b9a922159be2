"""Reads of reversals: which requests wait for a second person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from cii.access.naming import account_name
from cii.budgets.queries import visible_to
from cii.budgets.tables import BudgetAccount, LedgerEntry, Movement, ReversalRequest
from cii.budgets.vocabulary import EntryKind
from cii.institutions.queries import line_facts
from cii.kernel.money import Chf
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class OpenReversal:
    """A reversal that was asked for and not decided; `amount` is what the actor may see of the entry."""

    ref: str
    kind: EntryKind
    reason: str
    asked_by: int
    asked_by_name: str
    asked_at: datetime
    amount: Chf


def open_reversals(work: Work) -> Sequence[OpenReversal]:
    """The undecided requests that touch a line whose budget the actor may read, the oldest first."""
    rows = work.session.execute(
        select(
            ReversalRequest,
            col(LedgerEntry.kind),
            col(Movement.amount),
            account_name(col(ReversalRequest.asked_by)),
        )
        .join(LedgerEntry, col(LedgerEntry.id) == col(ReversalRequest.entry_id))
        .join(Movement, col(Movement.entry_id) == col(LedgerEntry.id))
        .join(BudgetAccount, col(BudgetAccount.id) == col(Movement.debit_id))
        .join(line_facts, line_facts.c.line_id == col(BudgetAccount.line_id))
        .where(col(ReversalRequest.granted).is_(None), visible_to(work.actor))
        .order_by(col(ReversalRequest.id), col(Movement.id))
    ).all()
    found: dict[str, OpenReversal] = {}
    for request, kind, amount, name in rows:
        before = found[request.ref].amount if request.ref in found else Chf(0)
        found[request.ref] = OpenReversal(
            request.ref,
            kind,
            request.reason,
            request.asked_by,
            name or "",
            request.asked_at,
            before + amount,
        )
    return list(found.values())
