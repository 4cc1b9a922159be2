"""The one list of acts that take two persons: who prepares such an act never completes it.

The tables named refuse it by a constraint of this name; the rooms refuse it before, in words.
Source: house.md §2 (four eyes).
"""

from dataclasses import dataclass

CONSTRAINT = "four_eyes"


@dataclass(frozen=True, slots=True)
class FourEyes:
    """An act of two persons: the columns of who prepared, and the one of who completes it.

    `kind`: the column and the word that make a row of the table such an act; empty where each row is one.
    """

    act: str
    table: str
    prepared: tuple[str, ...]
    completed: str
    kind: tuple[str, str] | None = None


FOUR_EYES: tuple[FourEyes, ...] = (
    FourEyes("agreement signature", "agreement", ("prepared_by",), "signed_by"),
    FourEyes("award of a call", "call_award", ("proposed_by",), "confirmed_by"),
    FourEyes("final evaluation of a year", "evaluation", ("reviewed_by",), "final_by"),
    FourEyes("statement approval", "statement", ("prepared_by", "checked_by"), "approved_by"),
    FourEyes("payment release", "payment", ("prepared_by",), "released_by"),
    FourEyes("payment released again", "payment_release", ("prepared_by",), "released_by"),
    FourEyes("account of a provider", "provider_account", ("asked_by",), "decided_by"),
    FourEyes("request to reverse the ledger", "reversal_request", ("asked_by",), "decided_by"),
    FourEyes("ledger reversal", "ledger_entry", ("account_id",), "approved_by", ("kind", "reversal")),
    FourEyes("budget transfer asked", "budget_transfer", ("asked_by",), "decided_by"),
    FourEyes("budget transfer", "ledger_entry", ("account_id",), "approved_by", ("kind", "transfer")),
    FourEyes("erasure", "erasure", ("prepared_by",), "decided_by"),
    FourEyes("provider budget", "year_account", ("entered_by",), "approved_by", ("state", "approved")),
    FourEyes("final account", "year_account", ("submitted_by",), "settled_by", ("state", "settled")),
    FourEyes("payment of a year", "account_payment", ("prepared_by",), "released_by"),
    FourEyes("outcome scheme", "outcome_scheme_version", ("prepared_by",), "published_by"),
    FourEyes("outcome step", "outcome_step", ("before_by",), "account_id", ("kind", "verified")),
    FourEyes("decision on pay", "wage_grant", ("asked_by",), "decided_by"),
    FourEyes("approval of wages", "wage_part", ("prepared_by", "checked_by"), "approved_by"),
    FourEyes("payment of wages", "wage_part", ("approved_by",), "released_by", ("state", "paid")),
    FourEyes("approval of a round", "allocation_round", ("computed_by",), "approved_by"),
    FourEyes("break-glass review", "break_glass_step", ("opened_by",), "account_id", ("kind", "reviewed")),
)
