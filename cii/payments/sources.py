"""What leaves: the released payments of every room that pays, in one list.

A room tells them by `payments_due.due`, a select of: kind (a PaymentKind), source_id (its row), ref (its
outward name), about_ref (of the page it belongs to), agreement_id, line_id, period (day), number, amount and
rounding (centimes), prepared_by, released_at, entry_key (of the
ledger's payment). The provider of the agreement is paid.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, Subquery, literal, select, union_all
from sqlmodel import col

from cii.final_accounts import payments_due as final_accounts
from cii.outcomes import payments_due as outcomes
from cii.payments.tables import PaymentTransfer, TransferAnswer, TransferReturn
from cii.payments.vocabulary import PaymentKind, TransferOutcome
from cii.settlement import payments_due as settlement
from cii.wages import payments_due as wages

SOURCES: tuple[Callable[[], Select[Any]], ...] = (settlement.due, final_accounts.due, outcomes.due, wages.due)
"""Which rooms pay; each says by itself what it has released."""


def due_payments() -> Subquery:
    """Everything released by any room."""
    return union_all(*(room() for room in SOURCES)).subquery("due")


def left_payments() -> Subquery:
    """Everything that may have left: what is due, and what was reversed since (`taken_back` 1)."""
    due, since = due_payments(), outcomes.taken_back().subquery("since")
    return union_all(
        select(due, literal(0).label("taken_back")), select(since, literal(1).label("taken_back"))
    ).subquery("left")


def owed_back() -> Subquery:
    """Everything that providers owe back: of years, negative statements, pay, and reversed outcomes.

    kind, source_id, ref (under which it is recognised), about_ref, agreement_id, line_id, amount (centimes),
    since, due_on and received_on (known of years alone). A reversed outcome asks back what had left.
    """
    reversed_ = outcomes.owed_back().subquery("reversed")
    failed = select(col(TransferAnswer.id)).where(
        col(TransferAnswer.transfer_id) == col(PaymentTransfer.id),
        col(TransferAnswer.outcome) == TransferOutcome.REJECTED,
    )
    back = select(col(TransferReturn.id)).where(col(TransferReturn.transfer_id) == col(PaymentTransfer.id))
    left = select(col(PaymentTransfer.id)).where(
        col(PaymentTransfer.kind) == PaymentKind.OUTCOME,
        col(PaymentTransfer.source_id) == reversed_.c.source_id,
        ~failed.exists(),
        ~back.exists(),
    )
    rooms = (final_accounts.owed_back(), settlement.owed_back(), wages.owed_back())
    return union_all(*rooms, select(reversed_).where(left.exists())).subquery("owed")
