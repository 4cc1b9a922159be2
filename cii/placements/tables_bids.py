"""Rows of the bid prices: what a place is worth to those who wait for it, night by night, never changed."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import SQLModel

from cii.store.columns import day, key, link, moment, text
from cii.store.guards import append_only


class BidNight(SQLModel, table=True):
    """A night on which the waiting list was priced: for stays that begin in the term, who took part.

    `round_title`: the round whose term and policy were taken, if there was one. `problem_digest` names the
    problem. Of several nights of one day the last counts. Source: allocation.md §2, "Online".
    """

    __tablename__ = "bid_night"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="term"),
        CheckConstraint("cases >= 0 AND options >= 0", name="counts"),
    )

    id: int | None = key()
    night: date = day(index=True)
    starts_on: date = day()
    ends_on: date = day()
    round_title: str | None = text(120, nullable=True)
    cases: int
    options: int
    problem_digest: str = text(64)
    version: str = text(20)
    made_at: datetime = moment()


class BidPrice(SQLModel, table=True):
    """What a place of a measure on a line costs the others; a place that costs them nothing has no row.

    `place`: thousandths of a point for the place itself (quota and measure). `money`: thousandths of a point
    for each thousand francs of the line (its purses and their ceilings).
    """

    __tablename__ = "bid_price"
    __table_args__ = (
        UniqueConstraint("night_id", "measure_id", "line_id"),
        CheckConstraint("place >= 0 AND money >= 0 AND place + money > 0", name="costs_somebody"),
    )

    id: int | None = key()
    night_id: int = link("bid_night.id", index=False)
    measure_id: int = link("measure.id", index=False)
    line_id: int = link("funding_line.id", index=False)
    place: int
    money: int


append_only(BidNight)
append_only(BidPrice)
