"""What leaves: the released payments of every room that pays, in one list.

A room tells them by `payments_due.due`, a select of: kind (a PaymentKind), source_id (its row), ref (its
outward name), about_ref (of the page it belongs to), agreement_id, line_id, period (day), number, amount and
rounding (centimes), prepared_by, released_at, entry_key (of the
ledger's payment). The provider of the agreement is paid.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, Subquery, literal, select, union_all

from cii.final_accounts import payments_due as final_accounts
from cii.outcomes import payments_due as outcomes
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


def owed_back() -> Select[Any]:
    """What providers owe back, as `cii.final_accounts.payments_due.owed_back` tells it."""
    return final_accounts.owed_back()
