"""Rows of the coordination group."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import SQLModel

from cii.coordination.vocabulary import CorrectiveEvent, CorrectiveState, FigureOrigin
from cii.store.columns import day, key, link, moment, plain_json, ref, text, word
from cii.store.guards import append_only


class Presidency(SQLModel, table=True):
    """Which permanent institution presides the coordination group in a year."""

    __tablename__ = "presidency"
    __table_args__ = (
        UniqueConstraint("year"),
        CheckConstraint("year BETWEEN 1990 AND 2200", name="year"),
    )

    id: int | None = key()
    ref: str = ref()
    year: int
    institution_id: int = link("institution.id")
    recorded_at: datetime = moment()


class CorrectiveMeasure(SQLModel, table=True):
    """What a provider is asked to change, because of what was observed about an agreement.

    `respondent_unit_id`: the service that speaks to the provider. `due_on`: the last day to carry it out.
    """

    __tablename__ = "corrective_measure"
    __table_args__ = (CheckConstraint("due_on IS NULL OR due_on >= observed_on", name="dates_in_order"),)

    id: int | None = key()
    ref: str = ref()
    agreement_id: int = link("agreement.id")
    indicator_id: int | None = link("indicator.id", nullable=True, index=False)
    respondent_unit_id: int | None = link("unit.id", nullable=True)
    wording: str = text(1000)
    observed_on: date = day()
    due_on: date | None = day(nullable=True)
    state: CorrectiveState = word(CorrectiveState, index=True)
    version: int = 1
    recorded_at: datetime = moment()


class CorrectiveStep(SQLModel, table=True):
    """One step of a corrective measure: what happened, the state it led to, who did it, why."""

    __tablename__ = "corrective_step"

    id: int | None = key()
    corrective_id: int = link("corrective_measure.id")
    event: CorrectiveEvent | None = word(CorrectiveEvent, nullable=True)
    state: CorrectiveState = word(CorrectiveState)
    note: str = text(1000, default="")
    due_on: date | None = day(nullable=True)
    effective_on: date = day()
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)
    unit_id: int | None = link("unit.id", nullable=True, index=False)


class MonthlyData(SQLModel, table=True):
    """What a sector delivers to the reference person for a month; a correction is a new row.

    `month` is the first day of the month; the counts are the sums over its figures.
    """

    __tablename__ = "monthly_data"
    __table_args__ = (
        UniqueConstraint("institution_id", "month", "sequence"),
        CheckConstraint(
            "participants >= 0 AND entries >= 0 AND exits >= 0 AND waiting >= 0", name="not_negative"
        ),
    )

    id: int | None = key()
    ref: str = ref()
    institution_id: int = link("institution.id", index=False)
    month: date = day(index=True)
    sequence: int = 1
    participants: int
    entries: int
    exits: int
    waiting: int
    remark: str = text(1000, default="")
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)
    unit_id: int | None = link("unit.id", nullable=True, index=False)


class MonthlyFigure(SQLModel, table=True):
    """What a delivery says of one measure and funding line.

    `counted` keeps what the product itself counted at that moment, under the same names.
    """

    __tablename__ = "monthly_figure"
    __table_args__ = (
        UniqueConstraint("monthly_data_id", "measure_id", "line_id"),
        CheckConstraint(
            "places >= 0 AND participants >= 0 AND occupied_days >= 0 AND entries >= 0 AND exits >= 0 "
            "AND interruptions >= 0 AND waiting >= 0",
            name="not_negative",
        ),
    )

    id: int | None = key()
    monthly_data_id: int = link("monthly_data.id", index=False)
    measure_id: int = link("measure.id")
    line_id: int = link("funding_line.id", index=False)
    places: int
    participants: int
    occupied_days: int
    entries: int
    exits: int
    interruptions: int
    waiting: int
    origin: FigureOrigin = word(FigureOrigin)
    counted: dict[str, Any] = plain_json()


append_only(CorrectiveStep)
append_only(MonthlyData)
append_only(MonthlyFigure)
