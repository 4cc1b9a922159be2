"""Words of the ledger, and the one table of what moves where."""

from enum import StrEnum


class Stage(StrEnum):
    """Where a franc stands on its way from the grant to the payment; each is an account."""

    GRANT = "grant"
    AVAILABLE = "available"
    COMMITTED = "committed"
    ACCRUED = "accrued"
    INVOICED = "invoiced"
    PAID = "paid"


CHAIN = (Stage.COMMITTED, Stage.ACCRUED, Stage.INVOICED, Stage.PAID)
"""The stages kept per agreement; grant and available are kept per line and year."""


class EntryKind(StrEnum):
    """The events that move money (money.md §2)."""

    BUDGET = "budget"
    AMENDMENT = "amendment"
    REDUCTION = "reduction"
    ENGAGEMENT = "engagement"
    RELEASE = "release"
    ACCRUAL = "accrual"
    ACCRUAL_CORRECTION = "accrual_correction"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    RECLAIM = "reclaim"
    REVERSAL = "reversal"
    TRANSFER = "transfer"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    OPENING = "opening"


TRANSFERS: dict[EntryKind, tuple[Stage, Stage]] = {
    EntryKind.BUDGET: (Stage.GRANT, Stage.AVAILABLE),
    EntryKind.AMENDMENT: (Stage.GRANT, Stage.AVAILABLE),
    EntryKind.REDUCTION: (Stage.AVAILABLE, Stage.GRANT),
    EntryKind.ENGAGEMENT: (Stage.AVAILABLE, Stage.COMMITTED),
    EntryKind.RELEASE: (Stage.COMMITTED, Stage.AVAILABLE),
    EntryKind.ACCRUAL: (Stage.COMMITTED, Stage.ACCRUED),
    EntryKind.ACCRUAL_CORRECTION: (Stage.ACCRUED, Stage.COMMITTED),
    EntryKind.INVOICE: (Stage.ACCRUED, Stage.INVOICED),
    EntryKind.CREDIT_NOTE: (Stage.INVOICED, Stage.ACCRUED),
    EntryKind.PAYMENT: (Stage.INVOICED, Stage.PAID),
    EntryKind.RECLAIM: (Stage.PAID, Stage.INVOICED),
    EntryKind.TRANSFER_OUT: (Stage.AVAILABLE, Stage.GRANT),
    EntryKind.TRANSFER_IN: (Stage.GRANT, Stage.AVAILABLE),
}
"""Debit and credit of each event; a reversal mirrors the movement it names.

An entry of kind `transfer` has two legs: what leaves one line (`transfer_out`) reaches the other
(`transfer_in`). An opening balance (`opening`) goes from the grant to whatever stage stood so on that day.
"""

OPENED = tuple(one for one in Stage if one is not Stage.GRANT)
"""The stages that may have an opening balance."""


class YearState(StrEnum):
    """Whether the books of a year take movements."""

    OPEN = "open"
    CLOSED = "closed"
