"""Rows of participants' pay and wage subsidies. What was computed stays; a later truth is a further row."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import SQLModel

from cii.kernel.money import Chf
from cii.store.columns import chf, day, key, link, moment, plain_json, ref, text, word
from cii.store.guards import append_only
from cii.wages.vocabulary import GrantKind, GrantState, PayCategory, WageState


class WageGrant(SQLModel, table=True):
    """A decision that a placement is paid by the scale or subsidised, from a day through a day.

    Asked by one, decided by another. The provider of the payer's agreement hands it out and is refunded.
    """

    __tablename__ = "wage_grant"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="four_eyes"),
        CheckConstraint("(state = 'asked') = (decided_by IS NULL)", name="decided"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_when"),
        CheckConstraint("ends_on >= starts_on", name="term"),
        CheckConstraint("(kind = 'pay') = (category IS NOT NULL)", name="by_the_scale"),
        CheckConstraint(
            "(kind = 'pay' AND normal_pay IS NULL AND permille IS NULL) OR (kind <> 'pay' "
            "AND normal_pay > 0 AND permille BETWEEN 1 AND 1000)",
            name="by_formula",
        ),
    )

    id: int | None = key()
    ref: str = ref()
    placement_id: int = link("placement.id")
    kind: GrantKind = word(GrantKind)
    category: PayCategory | None = word(PayCategory, nullable=True)
    starts_on: date = day()
    ends_on: date = day()
    normal_pay: Chf | None = chf(nullable=True)
    permille: int | None = None
    exceptional: bool = False
    employer: str = text(200)
    reason: str = text(1000)
    state: GrantState = word(GrantState)
    asked_by: int = link("account.id", index=False)
    asked_at: datetime = moment()
    unit_id: int | None = link("unit.id", nullable=True, index=False)
    decided_by: int | None = link("account.id", nullable=True, index=False)
    decided_at: datetime | None = moment(nullable=True)
    decision: str | None = text(1000, nullable=True)
    version: int = 1


class WageEngagement(SQLModel, table=True):
    """What a decision binds on a line's year; a further engagement adds, a release takes away."""

    __tablename__ = "wage_engagement"
    __table_args__ = (CheckConstraint("amount <> 0", name="amount"),)

    id: int | None = key()
    grant_id: int = link("wage_grant.id")
    line_id: int = link("funding_line.id", index=False)
    agreement_id: int = link("agreement.id", index=False)
    year: int
    amount: Chf = chf()
    reason: str = text(500)
    recorded_at: datetime = moment()
    account_id: int = link("account.id", index=False)


class WageResult(SQLModel, table=True):
    """What a month comes to, or what differs from what was said before (`number` > 1; may be negative).

    `explanation` holds what it was computed from, `rule_version` by which rule; `slip` is the pay slip's sum.
    """

    __tablename__ = "wage_result"
    __table_args__ = (
        UniqueConstraint("grant_id", "month", "number"),
        CheckConstraint("amount <> 0", name="amount"),
        CheckConstraint("number > 1 OR amount > 0", name="first_is_positive"),
    )

    id: int | None = key()
    ref: str = ref()
    grant_id: int = link("wage_grant.id", index=False)
    month: date = day()
    number: int
    amount: Chf = chf()
    slip: Chf | None = chf(nullable=True)
    explanation: dict[str, Any] = plain_json()
    rule_version: str = text(40)
    made_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)
    unit_id: int | None = link("unit.id", nullable=True, index=False)


class WagePart(SQLModel, table=True):
    """What one payer owes of a result, through its steps; `transferred` is the sum to the next five centimes.

    Who computed or checked does not approve, who approved does not pay.
    """

    __tablename__ = "wage_part"
    __table_args__ = (
        UniqueConstraint("result_id", "line_id"),
        CheckConstraint(
            "(approved_by IS NULL OR prepared_by IS NULL OR approved_by <> prepared_by) "
            "AND (approved_by IS NULL OR checked_by IS NULL OR approved_by <> checked_by) "
            "AND (released_by IS NULL OR released_by <> approved_by)",
            name="four_eyes",
        ),
        CheckConstraint("(state = 'paid') = (released_by IS NOT NULL)", name="paid_by_somebody"),
        CheckConstraint("state <> 'approved' OR approved_by IS NOT NULL", name="approved_by_somebody"),
        CheckConstraint("released_by IS NULL OR approved_by IS NOT NULL", name="approved_first"),
        CheckConstraint("state <> 'declined' OR reason IS NOT NULL", name="reason"),
        CheckConstraint("transferred = amount + rounding AND rounding BETWEEN -2 AND 2", name="rounding"),
        Index("ix_wage_part_line_state", "line_id", "state"),
    )

    id: int | None = key()
    ref: str = ref()
    result_id: int = link("wage_result.id", index=False)
    line_id: int = link("funding_line.id", index=False)
    agreement_id: int = link("agreement.id")
    amount: Chf = chf()
    transferred: Chf = chf()
    rounding: Chf = chf()
    state: WageState = word(WageState)
    prepared_by: int | None = link("account.id", nullable=True, index=False)
    checked_by: int | None = link("account.id", nullable=True, index=False)
    checked_at: datetime | None = moment(nullable=True)
    approved_by: int | None = link("account.id", nullable=True, index=False)
    approved_at: datetime | None = moment(nullable=True)
    released_by: int | None = link("account.id", nullable=True, index=False)
    released_at: datetime | None = moment(nullable=True)
    reason: str | None = text(1000, nullable=True)
    version: int = 1


class PaidWage(SQLModel, table=True):
    """What a measure says it paid a participant for a month; the latest row of a month counts."""

    __tablename__ = "paid_wage"
    __table_args__ = (
        Index("ix_paid_wage_of", "placement_id", "month"),
        CheckConstraint("amount >= 0", name="amount"),
    )

    id: int | None = key()
    placement_id: int = link("placement.id", index=False)
    month: date = day()
    amount: Chf = chf()
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)
    unit_id: int | None = link("unit.id", nullable=True, index=False)


append_only(WageGrant, but=("decision",), moving=("state", "version", "decided_by", "decided_at"))
append_only(WageEngagement)
append_only(WageResult)
append_only(
    WagePart,
    but=("reason",),
    moving=(
        "state", "version", "checked_by", "checked_at", "approved_by", "approved_at", "released_by",
        "released_at",
    ),
    until=("state", ("paid", "declined")),
)  # fmt: skip
append_only(PaidWage)
