"""Bid prices as the place finder reads them, and as a night writes them: what a place is worth to others.

Points by measure and line: for the place, and for the money that a stay takes from its line.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.kernel.money import Chf
from cii.placements.tables_bids import BidNight, BidPrice
from cii.store.work import Work

POINT = 1_000
"""Prices are kept in thousandths of a point."""
_FOR = 100_000
"""Money is priced by so many centimes."""


@dataclass(frozen=True, slots=True)
class BidSource:
    """Where prices come from: the night, for stays that begin when, how many persons waited, which round."""

    night: date
    starts_on: date
    ends_on: date
    cases: int
    round_title: str | None


@dataclass(frozen=True, slots=True)
class BidBook:
    """The prices of one night; without `source` there are none yet, and every place is worth nothing more."""

    source: BidSource | None = None
    prices: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def points(self, measure_id: int, line_id: int, shares: Iterable[tuple[int, Chf]]) -> int:
        """Whole points of a place of this line whose cost is shared by these lines; nearest, half up."""
        place = self.prices.get((measure_id, line_id), (0, 0))[0]
        money = sum(self.prices.get((measure_id, line), (0, 0))[1] * sum_.centimes for line, sum_ in shares)
        return (2 * (place * _FOR + money) + POINT * _FOR) // (2 * POINT * _FOR)


@dataclass(frozen=True, slots=True)
class Bid:
    """Thousandths of a point for a place of a measure on a line, and for a thousand francs of that line."""

    measure_id: int
    line_id: int
    place: int
    money: int


@dataclass(frozen=True, slots=True)
class Priced:
    """A night's prices with what they were computed from."""

    source: BidSource
    options: int
    problem_digest: str
    version: str
    bids: tuple[Bid, ...]


def bid_book(work: Work, first: date) -> BidBook:
    """The latest prices whose term is not over on the first day of a stay, in two statements."""
    night = work.session.execute(
        select(
            col(BidNight.id),
            col(BidNight.night),
            col(BidNight.starts_on),
            col(BidNight.ends_on),
            col(BidNight.cases),
            col(BidNight.round_title),
        )
        .where(col(BidNight.ends_on) >= first)
        .order_by(col(BidNight.night).desc(), col(BidNight.id).desc())
        .limit(1)
    ).first()
    if night is None:
        return BidBook()
    rows = work.session.execute(
        select(
            col(BidPrice.measure_id), col(BidPrice.line_id), col(BidPrice.place), col(BidPrice.money)
        ).where(col(BidPrice.night_id) == night[0])
    )
    return BidBook(BidSource(*night[1:]), {(row[0], row[1]): (row[2], row[3]) for row in rows})


def keep(work: Work, priced: Priced) -> BidNight:
    """Write a night's prices beside the former ones; what costs nobody anything has no row."""
    source = priced.source
    night = BidNight(
        night=source.night,
        starts_on=source.starts_on,
        ends_on=source.ends_on,
        round_title=source.round_title,
        cases=source.cases,
        options=priced.options,
        problem_digest=priced.problem_digest,
        version=priced.version,
        made_at=work.now,
    )
    work.session.add(night)
    work.session.flush()
    work.session.add_all(
        BidPrice(
            night_id=night.id or 0, measure_id=one.measure_id, line_id=one.line_id, place=one.place,
            money=one.money,
        )
        for one in priced.bids
        if one.place or one.money
    )  # fmt: skip
    work.session.flush()
    return night


__all__ = ["POINT", "Bid", "BidBook", "BidSource", "Priced", "bid_book", "keep"]
