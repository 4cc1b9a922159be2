"""Rows of final accounts. Items, payments, reclaims and the carry-over are never changed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import SQLModel

from cii.final_accounts.vocabulary import (
    AccountState,
    DueKind,
    Method,
    Purpose,
    Side,
    SurplusRule,
)
from cii.kernel.money import Chf
from cii.store.columns import chf, day, key, link, moment, plain_json, ref, text, word
from cii.store.guards import append_only, changed, differs, guarded, hang


class YearAccount(SQLModel, table=True):
    """The year of an agreement for a funding line: its budget, then its final account; `version`: ETag.

    `contribution` is what the approved budget binds, `subsidy` what the final account comes to; `explanation`
    keeps the figures it was computed from, by `rule_version`.
    """

    __tablename__ = "year_account"
    __table_args__ = (
        UniqueConstraint("agreement_id", "line_id", "year", "method"),
        CheckConstraint(
            "(approved_by IS NULL OR approved_by <> entered_by) "
            "AND (settled_by IS NULL OR submitted_by IS NULL OR settled_by <> submitted_by)",
            name="four_eyes",
        ),
        CheckConstraint(
            "method <> 'costs' OR (state = 'budgeted') = (approved_by IS NULL)", name="approved_by_somebody"
        ),
        CheckConstraint(
            "method <> 'costs' OR (state = 'settled') = (settled_by IS NOT NULL AND subsidy IS NOT NULL)",
            name="settled_by_somebody",
        ),
        CheckConstraint("(state = 'returned') = (returned_reason IS NOT NULL)", name="reason"),
        CheckConstraint("contribution >= 0 AND (subsidy IS NULL OR subsidy >= 0)", name="positive"),
        CheckConstraint("instalments BETWEEN 1 AND 12", name="instalments"),
    )

    id: int | None = key()
    ref: str = ref()
    agreement_id: int = link("agreement.id")
    line_id: int = link("funding_line.id")
    year: int
    method: Method = word(Method)
    state: AccountState = word(AccountState, index=True)
    instalments: int = 12
    contribution: Chf = chf()
    subsidy: Chf | None = chf(nullable=True)
    explanation: dict[str, Any] | None = plain_json(nullable=True)
    rule_version: str | None = text(40, nullable=True)
    entered_by: int = link("account.id", index=False)
    entered_at: datetime = moment()
    approved_by: int | None = link("account.id", nullable=True, index=False)
    approved_at: datetime | None = moment(nullable=True)
    submitted_by: int | None = link("account.id", nullable=True, index=False)
    submitted_at: datetime | None = moment(nullable=True)
    returned_reason: str | None = text(1000, nullable=True)
    settled_by: int | None = link("account.id", nullable=True, index=False)
    settled_at: datetime | None = moment(nullable=True)
    version: int = 1


class AccountItem(SQLModel, table=True):
    """A sum by type of cost or revenue, planned or spent; the latest entry of a side counts."""

    __tablename__ = "account_item"
    __table_args__ = (
        UniqueConstraint("account_id", "side", "entry", "code"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("entry >= 1", name="entry"),
    )

    id: int | None = key()
    account_id: int = link("year_account.id", index=False)
    side: Side = word(Side)
    entry: int
    code: str = text(40)
    amount: Chf = chf()
    recorded_at: datetime = moment()
    recorded_by: int = link("account.id", index=False)


class AccountPayment(SQLModel, table=True):
    """An instalment, a balance or an unused guaranteed volume: prepared by one, released by another.

    The ledger moves `amount`; `transferred` is the amount to the next five centimes. An instalment that the
    final account has replaced lapses.
    """

    __tablename__ = "account_payment"
    __table_args__ = (
        UniqueConstraint("account_id", "kind", "number"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("transferred = amount + rounding AND rounding BETWEEN -2 AND 2", name="rounding"),
        CheckConstraint("released_by IS NULL OR released_by <> prepared_by", name="four_eyes"),
        CheckConstraint("(released_by IS NULL) = (released_at IS NULL)", name="released"),
        CheckConstraint("released_at IS NULL OR lapsed_at IS NULL", name="lapsed"),
    )

    id: int | None = key()
    ref: str = ref()
    account_id: int = link("year_account.id", index=False)
    kind: DueKind = word(DueKind)
    number: int
    due_on: date = day()
    amount: Chf = chf()
    transferred: Chf = chf()
    rounding: Chf = chf()
    prepared_by: int = link("account.id", index=False)
    prepared_at: datetime = moment()
    released_by: int | None = link("account.id", nullable=True, index=False)
    released_at: datetime | None = moment(nullable=True)
    lapsed_at: datetime | None = moment(nullable=True)


class Receivable(SQLModel, table=True):
    """What a provider owes back of a year, with the reference of its QR invoice; received once."""

    __tablename__ = "receivable"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("(received_on IS NULL) = (received_by IS NULL)", name="received"),
    )

    id: int | None = key()
    ref: str = ref()
    account_id: int = link("year_account.id", unique=True)
    amount: Chf = chf()
    reference: str = text(25, unique=True)
    due_on: date = day()
    decided_by: int = link("account.id", index=False)
    decided_at: datetime = moment()
    received_on: date | None = day(nullable=True)
    received_by: int | None = link("account.id", nullable=True, index=False)


class SurplusClause(SQLModel, table=True):
    """What an agreement says on surplus from a day on; without a clause all of it is given back."""

    __tablename__ = "surplus_clause"
    __table_args__ = (
        UniqueConstraint("agreement_id", "valid_from"),
        CheckConstraint(
            "(rule = 'share' AND share_permille BETWEEN 1 AND 999) "
            "OR (rule <> 'share' AND share_permille = 0)",
            name="share",
        ),
    )

    id: int | None = key()
    agreement_id: int = link("agreement.id", index=False)
    rule: SurplusRule = word(SurplusRule)
    share_permille: int
    valid_from: date = day()
    recorded_at: datetime = moment()
    account_id: int = link("account.id", index=False)


class CarryOver(SQLModel, table=True):
    """A movement of an agreement's profit carry-over, with what it held before and holds after."""

    __tablename__ = "carry_over"
    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        CheckConstraint("amount <> 0", name="amount"),
        CheckConstraint("balance = held_before + amount AND balance >= 0", name="floor"),
        CheckConstraint("purpose = 'operating_result'", name="purpose"),
        CheckConstraint("number > 1 OR held_before = 0", name="first"),
    )

    id: int | None = key()
    agreement_id: int = link("agreement.id", index=False)
    number: int
    year: int
    purpose: Purpose = word(Purpose)
    amount: Chf = chf()
    held_before: Chf = chf()
    balance: Chf = chf()
    reason: str = text(500)
    recorded_at: datetime = moment()
    account_id: int = link("account.id", index=False)


hang(
    YearAccount,
    guarded(
        "year_account",
        "a settled year stays as it was settled",
        f"(OLD.state = 'settled' AND {changed(YearAccount, but=('version',))}) "
        f"OR {differs('id', 'ref', 'agreement_id', 'line_id', 'year', 'method')}",
    ),
)
append_only(AccountItem)
append_only(AccountPayment, but=("released_by", "released_at", "lapsed_at"))
append_only(Receivable, but=("received_on", "received_by"))
append_only(SurplusClause)
append_only(CarryOver)
