"""Rows of pay by outcome. What was said stays: versions, categories, outcomes and steps are never changed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from cii.kernel.money import Chf
from cii.outcomes.vocabulary import OutcomeState, OutcomeStep
from cii.store.columns import chf, day, key, link, moment, plain_json, ref, text, word
from cii.store.guards import append_only


class ClientCategory(SQLModel, table=True):
    """A category of clients as it is told from a day on, the same for every scheme.

    `criteria`: by what the referral service assigns it; `content`: what a measure for it must hold.
    """

    __tablename__ = "client_category"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)

    id: int | None = key()
    ref: str = ref()
    code: str = text(20)
    title: str = text(120)
    criteria: str = text(2000)
    content: str = text(2000)
    valid_from: date = day()
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class PlacementCategory(SQLModel, table=True):
    """The category of a placement from a day on, set by the referral service with its reason.

    It names the row of the category, whose criteria stay as they were.
    """

    __tablename__ = "placement_category"
    __table_args__ = (Index("ix_placement_category_of", "placement_id", "effective_on"),)

    id: int | None = key()
    placement_id: int = link("placement.id", index=False)
    category_id: int = link("client_category.id")
    code: str = text(20)
    effective_on: date = day(index=True)
    reason: str = text(1000)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)
    unit_id: int | None = link("unit.id", nullable=True, index=False)


class OutcomeScheme(SQLModel, table=True):
    """How an agreement pays by outcome for one funding line; `version` counts its changes (ETag)."""

    __tablename__ = "outcome_scheme"
    __table_args__ = (UniqueConstraint("agreement_id", "line_id"),)

    id: int | None = key()
    ref: str = ref()
    agreement_id: int = link("agreement.id", index=False)
    line_id: int = link("funding_line.id")
    title: str = text(200)
    made_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)
    version: int = 1


class SchemeVersion(SQLModel, table=True):
    """A formula from a day on; a draft until somebody else publishes it. A changed draft is another row.

    `lines`: category, kpi, measured, hold_months, threshold, amount (centimes) each.
    """

    __tablename__ = "outcome_scheme_version"
    __table_args__ = (
        UniqueConstraint("scheme_id", "number"),
        Index("uq_outcome_scheme_version_in_force", "scheme_id", "valid_from", unique=True,
              sqlite_where=sql("published_at IS NOT NULL"), postgresql_where=sql("published_at IS NOT NULL")),
        CheckConstraint("published_by IS NULL OR published_by <> prepared_by", name="four_eyes"),
        CheckConstraint("(published_by IS NULL) = (published_at IS NULL)", name="published"),
    )  # fmt: skip

    id: int | None = key()
    scheme_id: int = link("outcome_scheme.id", index=False)
    number: int
    valid_from: date = day()
    lines: list[dict[str, Any]] = plain_json()
    rule_version: str = text(40)
    prepared_by: int = link("account.id", index=False)
    prepared_at: datetime = moment()
    published_by: int | None = link("account.id", nullable=True, index=False)
    published_at: datetime | None = moment(nullable=True)


class SchemeBudget(SQLModel, table=True):
    """One decision on the budget of a scheme's year; a negative amount gives back what is not needed."""

    __tablename__ = "outcome_budget"
    __table_args__ = (CheckConstraint("amount <> 0", name="amount"),)

    id: int | None = key()
    scheme_id: int = link("outcome_scheme.id")
    year: int
    amount: Chf = chf()
    reason: str = text(500)
    decided_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class Outcome(SQLModel, table=True):
    """One KPI of one placement, priced by the version in force when it began; only its state moves on.

    `due_on` is the day from which it has held long enough: the day that its money is effective.
    """

    __tablename__ = "outcome"
    __table_args__ = (
        Index("uq_outcome_live", "placement_id", "scheme_id", "kpi", unique=True,
              sqlite_where=sql("state NOT IN ('declined', 'reversed')"),
              postgresql_where=sql("state NOT IN ('declined', 'reversed')")),
        Index("ix_outcome_scheme_state", "scheme_id", "state"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("due_on >= held_since", name="held"),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    scheme_id: int = link("outcome_scheme.id", index=False)
    version_id: int = link("outcome_scheme_version.id", index=False)
    placement_id: int = link("placement.id", index=False)
    category_id: int = link("placement_category.id", index=False)
    kpi: str = text(120)
    value: int
    held_since: date = day()
    due_on: date = day()
    amount: Chf = chf()
    explanation: dict[str, Any] = plain_json()
    made_at: datetime = moment()
    state: OutcomeState = word(OutcomeState, default=OutcomeState.CLAIMED)
    version: int = 1


class OutcomeStepRow(SQLModel, table=True):
    """What happened to an outcome, by whom, with evidence or reason; `before_by` did the step before it.

    Who claims does not verify, who accepts does not pay, who asks for a reversal does not decide it.
    """

    __tablename__ = "outcome_step"
    __table_args__ = (
        CheckConstraint("before_by IS NULL OR before_by <> account_id", name="four_eyes"),
        CheckConstraint(
            "kind NOT IN ('verified', 'accepted', 'paid', 'reversed') OR before_by IS NOT NULL",
            name="two_persons",
        ),
        CheckConstraint(
            "kind NOT IN ('verified', 'declined', 'reversal_asked') OR reason <> ''", name="with_reason"
        ),
    )

    id: int | None = key()
    outcome_id: int = link("outcome.id")
    kind: OutcomeStep = word(OutcomeStep)
    at: datetime = moment()
    account_id: int = link("account.id", index=False)
    unit_id: int | None = link("unit.id", nullable=True, index=False)
    before_by: int | None = link("account.id", nullable=True, index=False)
    reason: str = text(1000)


class Subcontractor(SQLModel, table=True):
    """Whom a provider lets do a part of its mandate, and how large a part, from a day on.

    `valid_to` (first day no more) is filled once.
    """

    __tablename__ = "subcontractor"
    __table_args__ = (
        CheckConstraint("share_permille BETWEEN 1 AND 1000", name="share"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="term"),
    )

    id: int | None = key()
    ref: str = ref()
    agreement_id: int = link("agreement.id")
    name: str = text(200)
    share_permille: int
    valid_from: date = day()
    valid_to: date | None = day(nullable=True)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


append_only(ClientCategory)
append_only(PlacementCategory)
append_only(SchemeVersion, but=("published_by", "published_at"))
append_only(SchemeBudget)
append_only(Outcome, moving=("state", "version"))
append_only(OutcomeStepRow)
append_only(Subcontractor, but=("valid_to",))
