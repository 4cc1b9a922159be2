"""Rows of agreements.

Periods with `valid_to` are half-open (`valid_to` is the first day no more); `ends_on` is a last day.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import SQLModel

from cii.agreements.vocabulary import (
    AgreementState,
    Award,
    Basis,
    DeliverableKind,
    Direction,
    FollowsAs,
    Frequency,
    IndicatorUnit,
    Instrument,
    Interruptions,
    LegalForm,
    ObjectiveKind,
    ObjectiveLevel,
    Profile,
    SettledBy,
    Standing,
)
from cii.kernel.money import Chf
from cii.store.columns import chf, day, key, link, moment, plain_json, ref, text, word
from cii.store.guards import append_only, no_overlap


class Provider(SQLModel, table=True):
    """An institution that delivers measures, with its staff's unit; `version` counts its changes (ETag)."""

    __tablename__ = "provider"

    id: int | None = key()
    ref: str = ref()
    institution_id: int = link("institution.id", unique=True)
    unit_id: int = link("unit.id")
    uid: str | None = text(15, nullable=True)
    legal_form: LegalForm = word(LegalForm)
    non_profit: bool = True
    version: int = 1


class Agreement(SQLModel, table=True):
    """A convention de prestations, or one of the other instruments; `version` counts its changes (ETag).

    `takes_until`: the first day from which an amendment takes the new stays in its place; stays that began
    before keep its terms. `lang`: the parties' language, in which the text is written. `award`: how the
    provider was found. `contract_change`: it changes what was agreed before, so that the steering group
    decides (mandate, task 3). `laid_at`: when it was first laid before the provider.
    `back_dated`: the right by which it takes effect before its entry into force. `notice_on`: the day on
    which the notice came by which it ends; until its last day it stays in force.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="term"),
        CheckConstraint("takes_until IS NULL OR takes_until > valid_from", name="takes"),
        CheckConstraint("notice_months >= 0", name="notice"),
        CheckConstraint("notice_on IS NULL OR valid_to IS NOT NULL", name="ends_by_notice"),
        CheckConstraint("lang IN ('fr', 'de', 'en')", name="known_language"),
        CheckConstraint("follows_as IS NULL OR follows_id IS NOT NULL", name="follows_something"),
        CheckConstraint(
            "prepared_by IS NULL OR signed_by IS NULL OR prepared_by <> signed_by", name="four_eyes"
        ),
        CheckConstraint(
            "state IN ('draft', 'negotiation', 'dropped') OR "
            "(prepared_by IS NOT NULL AND signed_by IS NOT NULL AND signed_at IS NOT NULL)",
            name="signed_by_somebody",
        ),
    )

    id: int | None = key()
    ref: str = ref()
    number: str = text(40)
    provider_id: int = link("provider.id")
    profile: Profile = word(Profile)
    instrument: Instrument = word(Instrument)
    version: int = 1
    state: AgreementState = word(AgreementState, index=True)
    valid_from: date = day()
    valid_to: date | None = day(nullable=True)
    takes_until: date | None = day(nullable=True)
    notice_months: int = 6
    notice_on: date | None = day(nullable=True)
    lang: str = text(2, default="fr")
    award: Award | None = word(Award, nullable=True)
    follows_id: int | None = link("agreement.id", nullable=True)
    follows_as: FollowsAs | None = word(FollowsAs, nullable=True)
    contract_change: bool = False
    laid_at: datetime | None = moment(nullable=True)
    back_dated: str | None = text(500, nullable=True)
    prepared_by: int | None = link("account.id", nullable=True, index=False)
    signed_by: int | None = link("account.id", nullable=True, index=False)
    signed_at: datetime | None = moment(nullable=True)
    document: dict[str, Any] = plain_json()


class AgreementMeasure(SQLModel, table=True):
    """What an agreement buys: a measure for a funding line.

    `overbooking`: by how many places the line may go beyond its quota while the agreement is in force; the
    clause is signed with the agreement, a change takes a following one.
    """

    __tablename__ = "agreement_measure"
    __table_args__ = (
        UniqueConstraint("agreement_id", "measure_id", "line_id"),
        CheckConstraint("overbooking BETWEEN 0 AND 100", name="overbooking"),
    )

    id: int | None = key()
    agreement_id: int = link("agreement.id")
    measure_id: int = link("measure.id")
    line_id: int = link("funding_line.id")
    overbooking: int = 0


class Tariff(SQLModel, table=True):
    """What a unit of a measure costs a funding line from a date on; append-only, never two at a time.

    `places` multiplies the basis agreed_places, and is what `guarantee` (percent paid in any case) refers to.
    `priced_from`: since when basis and amount stand, in this agreement or in those that it carries on.
    `day_minutes`: length of a planned day, for the basis hour. `full_from`, `half_from`: percent of full time
    from which a participant counts in full, or half. An absence is paid up to `excused_days` excused and
    `unexcused_days` unexcused days a month; empty means without limit. `month_begun`: on an interruption the
    month begun is due as planned (AI, CG 5.4). A row may be ended once (`valid_to`), at its first day when it
    was wrong; it is never changed.
    """

    __tablename__ = "tariff"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="term"),
        CheckConstraint("places >= 1", name="places"),
        CheckConstraint("excused_days IS NULL OR excused_days >= 0", name="excused"),
        CheckConstraint("unexcused_days IS NULL OR unexcused_days >= 0", name="unexcused"),
        CheckConstraint(
            "(basis = 'hour') = (day_minutes IS NOT NULL) "
            "AND (day_minutes IS NULL OR day_minutes BETWEEN 1 AND 1440)",
            name="hours",
        ),
        CheckConstraint("basis <> 'period' OR valid_to IS NOT NULL", name="period"),
        CheckConstraint("full_from IS NULL OR full_from BETWEEN 1 AND 100", name="full_from"),
        CheckConstraint(
            "half_from IS NULL OR (half_from BETWEEN 1 AND 50 AND full_from IS NOT NULL "
            "AND half_from <= full_from)",
            name="half_from",
        ),
        CheckConstraint("guarantee IS NULL OR guarantee BETWEEN 1 AND 100", name="guarantee"),
    )

    id: int | None = key()
    ref: str = ref()
    agreement_id: int = link("agreement.id")
    measure_id: int = link("measure.id")
    line_id: int = link("funding_line.id")
    valid_from: date = day()
    valid_to: date | None = day(nullable=True)
    basis: Basis = word(Basis)
    amount: Chf = chf()
    priced_from: date = day()
    places: int = 1
    month_begun: bool = False
    excused_days: int | None = None
    unexcused_days: int | None = 0
    day_minutes: int | None = None
    full_from: int | None = None
    half_from: int | None = None
    guarantee: int | None = None
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class AgreementClosure(SQLModel, table=True):
    """Days on which a measure is closed and costs nothing, as the agreement says; append-only."""

    __tablename__ = "agreement_closure"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="term"),)

    id: int | None = key()
    agreement_id: int = link("agreement.id")
    measure_id: int = link("measure.id")
    starts_on: date = day()
    ends_on: date = day()
    reason: str = text(200)
    recorded_at: datetime = moment()
    withdrawn_at: datetime | None = moment(nullable=True)


class Objective(SQLModel, table=True):
    """What the agreement wants to reach, at one of three levels, with its owner (i.5-i.8).

    In the evaluation it has a rank (1 first) or a weight in percent; a `basic` one has to be reached in any
    case (i.26).
    """

    __tablename__ = "objective"
    __table_args__ = (
        CheckConstraint("rank IS NULL OR rank >= 1", name="rank"),
        CheckConstraint("weight IS NULL OR weight BETWEEN 0 AND 100", name="weight"),
    )

    id: int | None = key()
    ref: str = ref()
    agreement_id: int = link("agreement.id")
    level: ObjectiveLevel = word(ObjectiveLevel)
    kind: ObjectiveKind = word(ObjectiveKind, default=ObjectiveKind.INTEGRATION)
    standing: Standing = word(Standing, default=Standing.MAIN)
    wording: str = text(500)
    owner: str = text(120)
    rank: int | None = None
    weight: int | None = None
    basic: bool = False


class Indicator(SQLModel, table=True):
    """How an objective is measured: target, and the minimum below which the agreement is not kept (i.11).

    `target` and `minimum` are whole: permille for percentages, centimes for francs. `source` names the
    definition in the catalogue of figures.
    """

    __tablename__ = "indicator"
    __table_args__ = (
        UniqueConstraint("agreement_id", "code"),
        CheckConstraint("target >= 0 AND (minimum IS NULL OR minimum >= 0)", name="positive"),
        CheckConstraint(
            "minimum IS NULL OR (direction = 'up' AND minimum <= target) "
            "OR (direction = 'down' AND minimum >= target)",
            name="minimum_before_target",
        ),
    )

    id: int | None = key()
    ref: str = ref()
    agreement_id: int = link("agreement.id")
    objective_id: int = link("objective.id")
    code: str = text(60)
    title: dict[str, str] = plain_json()
    unit: IndicatorUnit = word(IndicatorUnit)
    direction: Direction = word(Direction)
    target: int
    minimum: int | None = None
    source: str = text(120)
    interruptions: Interruptions | None = word(Interruptions, nullable=True)


class Deliverable(SQLModel, table=True):
    """What the provider owes by a date; one row per date. Its payer may waive it, with the reason."""

    __tablename__ = "deliverable"
    __table_args__ = (
        UniqueConstraint("agreement_id", "kind", "due_on"),
        CheckConstraint("(waived_at IS NULL) = (waived_for IS NULL)", name="waived_for_a_reason"),
    )

    id: int | None = key()
    ref: str = ref()
    agreement_id: int = link("agreement.id")
    kind: DeliverableKind = word(DeliverableKind)
    frequency: Frequency = word(Frequency)
    due_on: date = day(index=True)
    received_at: datetime | None = moment(nullable=True)
    received_by: int | None = link("account.id", nullable=True, index=False)
    waived_at: datetime | None = moment(nullable=True)
    waived_by: int | None = link("account.id", nullable=True, index=False)
    waived_for: str | None = text(500, nullable=True)


class PricesKept(SQLModel, table=True):
    """A talk after which the prices of an agreement stay as they are; append-only."""

    __tablename__ = "prices_kept"

    id: int | None = key()
    agreement_id: int = link("agreement.id")
    talked_on: date = day()
    reason: str = text(500)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class SettledYear(SQLModel, table=True):
    """How a year of an agreement is settled for a funding line: said once, by the first act that needs it."""

    __tablename__ = "settled_year"
    __table_args__ = (UniqueConstraint("agreement_id", "line_id", "year"),)

    id: int | None = key()
    agreement_id: int = link("agreement.id", index=False)
    line_id: int = link("funding_line.id", index=False)
    year: int
    settled_by: SettledBy = word(SettledBy)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


append_only(Tariff, but=("valid_to",))
no_overlap(Tariff, same=("agreement_id", "measure_id", "line_id"), start="valid_from", end="valid_to")
append_only(AgreementClosure, but=("withdrawn_at",))
append_only(PricesKept)
append_only(SettledYear)
