"""Rows of figures: only what people enter; computed figures are frozen by the reports."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from cii.store.columns import day, key, link, moment, ref, text
from cii.store.guards import append_only


class IndicatorEntry(SQLModel, table=True):
    """A value of an agreement's indicator that somebody has measured: `numerator` of `denominator`.

    `effective_on` is the day for which it stands; `people` how many persons it speaks of, when it counts
    persons. A correction is a new row that names the one it replaces.
    """

    __tablename__ = "indicator_entry"
    __table_args__ = (
        CheckConstraint("denominator > 0", name="denominator"),
        CheckConstraint("people IS NULL OR people >= 0", name="people"),
        UniqueConstraint("replaces"),
        Index("ix_indicator_entry_series", "indicator_id", "effective_on"),
    )

    id: int | None = key()
    ref: str = ref()
    indicator_id: int = link("indicator.id", index=False)
    effective_on: date = day()
    numerator: int = Field(sa_type=BigInteger)
    denominator: int = Field(sa_type=BigInteger)
    people: int | None = None
    source: str = text(200)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)
    unit_id: int | None = link("unit.id", nullable=True, index=False)
    replaces: int | None = link("indicator_entry.id", nullable=True, index=False)


append_only(IndicatorEntry)
