"""Rows of the placements: the placement, who pays it, what happened, the places of each day, who waits.

`starts_on` and `ends_on` are days inside (both inclusive). `ends_on` is the last day as it stands now: an
early end moves it and `planned_end` keeps what was agreed.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from cii.kernel.money import Chf
from cii.measures.vocabulary import MeasureKind
from cii.placements.vocabulary import (
    FINANCED,
    ContractType,
    ExitType,
    PlacementEventKind,
    PlacementState,
    RankEffect,
    RefusalReason,
    SignedHow,
    WaitingState,
)
from cii.store.columns import BigId, chf, day, key, link, moment, plain_json, ref, text, word
from cii.store.guards import append_only, no_overlap


class Placement(SQLModel, table=True):
    """A person's place in a measure. `line_id` is the requesting line: its quota is used, whoever pays.

    `workload`: percent of full time; none, full time.

    Source: product.md P6 and §8 (one placement, normally one payer; shares are the rarer case).
    """

    __tablename__ = "placement"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on AND planned_end >= starts_on", name="dates_in_order"),
        CheckConstraint("(state = 'ended') = (exit_type IS NOT NULL)", name="ended_with_exit"),
        CheckConstraint("exit_type IS NULL OR exited_on = ends_on", name="exit_on_last_day"),
        CheckConstraint("state <> 'reserved' OR reserved_until IS NOT NULL", name="hold_has_an_end"),
        CheckConstraint("(exit_type = 'employment') = (contract_type IS NOT NULL)", name="contract_at_exit"),
        CheckConstraint("workload IS NULL OR workload BETWEEN 1 AND 100", name="workload"),
        Index("ix_placement_measure_days", "measure_id", "starts_on", "ends_on"),
        Index("ix_placement_provider", "provider_unit_id", "state"),
    )

    id: int | None = key()
    ref: str = ref()
    case_id: int = link("case_file.id")
    person_id: int = link("person.id")
    measure_id: int = link("measure.id", index=False)
    kind: MeasureKind = word(MeasureKind)
    provider_unit_id: int | None = link("unit.id", nullable=True, index=False)
    line_id: int = link("funding_line.id")
    requested_by_unit_id: int = link("unit.id")
    requested_by_account_id: int | None = link("account.id", nullable=True, index=False)
    starts_on: date = day()
    ends_on: date = day()
    planned_end: date = day()
    workload: int | None = None
    state: PlacementState = word(PlacementState)
    reserved_until: datetime | None = moment(nullable=True)
    refusal_reason: RefusalReason | None = word(RefusalReason, nullable=True)
    exit_type: ExitType | None = word(ExitType, nullable=True)
    contract_type: ContractType | None = word(ContractType, nullable=True)
    contract_months: int | None = None
    exited_on: date | None = day(nullable=True)
    rule_digest: str | None = text(64, nullable=True)
    """Digest of the eligibility table that let the person in; none when the measure has no rule."""
    version: int = 1
    created_at: datetime = moment()


no_overlap(
    Placement,
    same=("person_id",),
    start="starts_on",
    end="ends_on",
    inclusive=True,
    only=("state", tuple(one.value for one in FINANCED)),
)


class PlacementShare(SQLModel, table=True):
    """One payer of a placement: its agreement, its weight in the key, its commitment as it stands now."""

    __tablename__ = "placement_share"
    __table_args__ = (
        UniqueConstraint("placement_id", "line_id"),
        CheckConstraint("weight > 0", name="weight_positive"),
        CheckConstraint("committed >= 0", name="not_negative"),
    )

    id: int | None = key()
    placement_id: int = link("placement.id", index=False)
    line_id: int = link("funding_line.id")
    agreement_id: int = link("agreement.id")
    weight: int
    committed: Chf = chf()


class PlacementLeg(SQLModel, table=True):
    """What a share has bound in one budget year: a stay over New Year binds two."""

    __tablename__ = "placement_leg"
    __table_args__ = (
        UniqueConstraint("share_id", "year"),
        CheckConstraint("engaged >= 0 AND released >= 0 AND released <= engaged", name="release_within"),
    )

    id: int | None = key()
    share_id: int = link("placement_share.id", index=False)
    year: int
    engaged: Chf = chf()
    released: Chf = chf()


class PlacementEvent(SQLModel, table=True):
    """What happened, with the day from which it counts and the moment it was recorded."""

    __tablename__ = "placement_event"
    __table_args__ = (Index("ix_placement_event_kind", "kind", "effective_on"),)

    id: int | None = key()
    placement_id: int = link("placement.id")
    kind: PlacementEventKind = word(PlacementEventKind)
    effective_on: date = day()
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)
    unit_id: int | None = link("unit.id", nullable=True, index=False)
    facts: dict[str, object] = plain_json()
    replaces: int | None = link("placement_event.id", nullable=True, index=False)


append_only(PlacementEvent)


class PlacementBreak(SQLModel, table=True):
    """Days (both inside) on which a stay is interrupted: nobody is expected and nothing is owed; append-only.

    The place itself stays the person's. Filled once from empty: when the break was taken back and by whom. A
    shortened break is taken back and stands as another row, which names the one that it replaces.
    """

    __tablename__ = "placement_break"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="term"),
        CheckConstraint("withdrawn_at IS NOT NULL OR withdrawn_by IS NULL", name="withdrawn_by_somebody"),
    )

    id: int | None = key()
    placement_id: int = link("placement.id")
    starts_on: date = day()
    ends_on: date = day()
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)
    replaces: int | None = link("placement_break.id", nullable=True, index=False)
    withdrawn_at: datetime | None = moment(nullable=True)
    withdrawn_by: int | None = link("account.id", nullable=True, index=False)


append_only(PlacementBreak, but=("withdrawn_at", "withdrawn_by"))
no_overlap(
    PlacementBreak,
    same=("placement_id",),
    start="starts_on",
    end="ends_on",
    inclusive=True,
    unless="withdrawn_at",
)


class MeasureDay(SQLModel, table=True):
    """Places of a measure on one day, all kinds and lines; the database keeps taken within places."""

    __tablename__ = "measure_day"
    __table_args__ = (CheckConstraint("0 <= taken AND taken <= places", name="taken_within"),)

    measure_id: int = Field(foreign_key="measure.id", primary_key=True, sa_type=BigId)
    day: date = Field(primary_key=True)
    places: int
    taken: int = 0


class QuotaDay(SQLModel, table=True):
    """Places that a funding line may use in a measure on one day."""

    __tablename__ = "quota_day"
    __table_args__ = (
        CheckConstraint("0 <= taken AND taken <= places", name="taken_within"),
        Index("ix_quota_day_line", "line_id", "day"),
    )

    measure_id: int = Field(foreign_key="measure.id", primary_key=True, sa_type=BigId)
    line_id: int = Field(foreign_key="funding_line.id", primary_key=True, sa_type=BigId)
    day: date = Field(primary_key=True)
    places: int
    taken: int = 0


class WaitingEntry(SQLModel, table=True):
    """A person who waits for a place of a line in a measure.

    Order: urgency (1 first), since when, lot; the lot is a digest that anyone can recompute. A paused entry
    keeps its rank and is passed over. `placement_id`: the place that closed it. The last refusal of that
    place, its reason, its day and what it did to the rank.
    """

    __tablename__ = "waiting_entry"
    __table_args__ = (
        Index("ix_waiting_entry_order", "measure_id", "line_id", "state", "urgency", "waiting_since", "lot"),
        CheckConstraint("urgency BETWEEN 1 AND 3", name="urgency_known"),
        CheckConstraint("(state = 'waiting') = (closed_at IS NULL)", name="closed_when_over"),
        CheckConstraint("(paused_on IS NULL) = (paused_by_unit_id IS NULL)", name="paused_by_somebody"),
        CheckConstraint("(declined_on IS NULL) = (rank_effect IS NULL)", name="declined_with_effect"),
    )

    id: int | None = key()
    ref: str = ref()
    case_id: int = link("case_file.id")
    person_id: int = link("person.id")
    measure_id: int = link("measure.id", index=False)
    line_id: int = link("funding_line.id", index=False)
    requested_by_unit_id: int = link("unit.id", index=False)
    urgency: int = 2
    waiting_since: date = day()
    lot: str = text(64)
    starts_on: date = day()
    ends_on: date = day()
    state: WaitingState = word(WaitingState)
    created_at: datetime = moment()
    closed_at: datetime | None = moment(nullable=True)
    paused_on: date | None = day(nullable=True)
    paused_by_unit_id: int | None = link("unit.id", nullable=True, index=False)
    placement_id: int | None = link("placement.id", nullable=True)
    declined_on: date | None = day(nullable=True)
    declined_reason: RefusalReason | None = word(RefusalReason, nullable=True)
    rank_effect: RankEffect | None = word(RankEffect, nullable=True)


class IndividualObjective(SQLModel, table=True):
    """One objective that person, provider and adviser agreed for a placement, with the day of its balance.

    Filled once from empty: the person's signature, its day (on paper, before it is recorded) and how it was
    given. Another objective is another row.
    Source: federal guide (000) §4.1, indications 6, 24, 35; product.md P6.
    """

    __tablename__ = "individual_objective"
    __table_args__ = (
        UniqueConstraint("placement_id", "number"),
        CheckConstraint("number >= 1", name="number_counts"),
        CheckConstraint("(signed_at IS NULL) = (signed_how IS NULL)", name="signed_with_how"),
        CheckConstraint("(signed_at IS NULL) = (signed_on IS NULL)", name="signed_on_a_day"),
    )

    id: int | None = key()
    ref: str = ref()
    placement_id: int = link("placement.id", index=False)
    number: int
    goal: str = text()
    balance_on: date = day()
    set_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)
    unit_id: int | None = link("unit.id", nullable=True, index=False)
    signed_at: datetime | None = moment(nullable=True)
    signed_how: SignedHow | None = word(SignedHow, nullable=True)
    signed_on: date | None = day(nullable=True)


append_only(IndividualObjective, but=("signed_at", "signed_how", "signed_on"))
