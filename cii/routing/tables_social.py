"""Rows of admissions, observation contracts and recognitions. What was stated or answered is append-only."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from cii.routing.vocabulary_social import (
    ContractParty,
    Criterion,
    Finding,
    ObservationMove,
    ObservationState,
    RecognitionState,
)
from cii.store.columns import day, key, link, moment, plain_json, ref, text, word
from cii.store.guards import append_only


class StatedFacts(SQLModel, table=True):
    """What a unit states of a case for the table that decides its admission; the latest of a fact holds.

    `effective_on`: the reference day of the decision. `note`: why a unit departs from the table's answer.
    """

    __tablename__ = "stated_facts"

    id: int | None = key()
    ref: str = ref()
    case_id: int = link("case_file.id")
    asked_by: str = text(60)
    facts: dict[str, Any] = plain_json()
    note: str | None = text(2000, nullable=True)
    effective_on: date = day()
    unit_id: int = link("unit.id", index=False)
    account_id: int | None = link("account.id", nullable=True, index=False)
    at: datetime = moment()


class ObservationContract(SQLModel, table=True):
    """The observation of a person in a social enterprise: unpaid, of three parties, of limited length.

    All days are inclusive; `latest_end` is the last day that the rules allow, counted from `starts_on`.
    """

    __tablename__ = "observation_contract"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="days_in_order"),
        CheckConstraint("ends_on <= latest_end", name="within_the_longest"),
        CheckConstraint(
            "(state IN ('evaluated', 'ended_early', 'cancelled')) = (ended_on IS NOT NULL)", name="ended_when"
        ),
        CheckConstraint("unit_id <> provider_unit_id", name="two_houses"),
        Index(
            "uq_observation_contract_live", "case_id", unique=True,
            sqlite_where=sql("state IN ('draft', 'in_force')"),
            postgresql_where=sql("state IN ('draft', 'in_force')"),
        ),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    case_id: int = link("case_file.id")
    person_id: int = link("person.id")
    unit_id: int = link("unit.id")
    provider_unit_id: int = link("unit.id")
    starts_on: date = day()
    ends_on: date = day()
    latest_end: date = day()
    state: ObservationState = word(ObservationState, index=True)
    ended_on: date | None = day(nullable=True)
    version: int = 1
    created_at: datetime = moment()


class ObservationEvent(SQLModel, table=True):
    """One thing that was done with an observation contract."""

    __tablename__ = "observation_event"
    __table_args__ = (
        Index(
            "uq_observation_event_signature", "contract_id", "party", unique=True,
            sqlite_where=sql("party IS NOT NULL"), postgresql_where=sql("party IS NOT NULL"),
        ),
    )  # fmt: skip

    id: int | None = key()
    contract_id: int = link("observation_contract.id")
    move: ObservationMove = word(ObservationMove)
    party: ContractParty | None = word(ContractParty, nullable=True)
    effective_on: date = day()
    note: str | None = text(2000, nullable=True)
    facts: dict[str, Any] = plain_json()
    unit_id: int | None = link("unit.id", nullable=True, index=False)
    account_id: int | None = link("account.id", nullable=True, index=False)
    at: datetime = moment()


class Recognition(SQLModel, table=True):
    """A provider that asks to be recognised as a social enterprise; it gives no right to money.

    `state` is the stage of its process, written by the step that moves it. `review_on`: the day by which a
    recognition is examined again.
    """

    __tablename__ = "recognition"
    __table_args__ = (
        CheckConstraint("(state = 'recognised') = (review_on IS NOT NULL)", name="recognised_until_review"),
        UniqueConstraint("unit_id", "applied_at"),
        Index(
            "uq_recognition_live", "unit_id", unique=True,
            sqlite_where=sql("state IN ('applied', 'assessed', 'decision', 'recognised')"),
            postgresql_where=sql("state IN ('applied', 'assessed', 'decision', 'recognised')"),
        ),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    unit_id: int = link("unit.id")
    state: RecognitionState = word(RecognitionState, index=True)
    applied_at: datetime = moment()
    decided_on: date | None = day(nullable=True)
    reason: str | None = text(2000, nullable=True)
    review_on: date | None = day(nullable=True)
    version: int = 1


class CriterionAnswer(SQLModel, table=True):
    """What is said to one criterion: the provider's evidence, or (with a finding) the group's assessment."""

    __tablename__ = "criterion_answer"

    id: int | None = key()
    recognition_id: int = link("recognition.id")
    criterion: Criterion = word(Criterion)
    finding: Finding | None = word(Finding, nullable=True)
    said: str = text(4000)
    facts: dict[str, Any] = plain_json()
    unit_id: int = link("unit.id", index=False)
    account_id: int | None = link("account.id", nullable=True, index=False)
    at: datetime = moment()


for _table in (StatedFacts, ObservationEvent, CriterionAnswer):
    append_only(_table)
