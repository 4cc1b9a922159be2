"""Rows of figures: only what people enter; computed figures are frozen by the reports."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from cii.figures.vocabulary import CeilingInput
from cii.store.columns import day, key, link, moment, ref, text, word
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


class CeilingFact(SQLModel, table=True):
    """A count of a year from which the federal ceiling follows, with the source that published it.

    A later or corrected count is a new row that names the one it replaces.
    """

    __tablename__ = "ceiling_fact"
    __table_args__ = (
        Index("uq_ceiling_fact_first", "year", "kind", unique=True,
              sqlite_where=sql("replaces IS NULL"), postgresql_where=sql("replaces IS NULL")),
        UniqueConstraint("replaces"),
        CheckConstraint("year BETWEEN 2009 AND 2200", name="year"),
        CheckConstraint("value BETWEEN 0 AND 10000000", name="counted"),
        CheckConstraint("kind <> 'active_population' OR value > 0", name="active"),
        CheckConstraint("source <> ''", name="source"),
    )  # fmt: skip

    id: int | None = key()
    ref: str = ref()
    year: int
    kind: CeilingInput = word(CeilingInput)
    value: int
    source: str = text(300)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)
    replaces: int | None = link("ceiling_fact.id", nullable=True, index=False)


append_only(IndicatorEntry)
append_only(CeilingFact)
