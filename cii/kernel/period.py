"""Periods of days, half-open: `start` is inside, `end` is not. Inclusive dates live at the edges only."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from typing import Self, TypeVar

from cii.kernel.errors import Refusal

ONE_DAY = timedelta(days=1)
Day = TypeVar("Day", bound=date)
_QUARTER = re.compile(r"(?P<year>[12]\d{3})-Q(?P<number>[1-4])", re.ASCII)


class PeriodUpsideDown(Refusal):
    """The last day lies before the first."""

    code, kind = "period-upside-down", "unfit"


class NotAQuarter(Refusal):
    """The text is not a quarter written like 2026-Q3."""

    code, kind = "not-a-quarter", "unfit"


class DayOutOfReach(Refusal):
    """The day lies so far ahead that no day can follow it."""

    code, kind = "day-out-of-reach", "unfit"


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """Days from `start` up to, not including, `end`; may be empty, never upside down."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise PeriodUpsideDown(first=self.start, last=self.end)

    @classmethod
    def through(cls, first: date, last: date) -> Self:
        """From two inclusive dates, as people write them; refuses PeriodUpsideDown, DayOutOfReach."""
        if last < first:
            raise PeriodUpsideDown(first=first, last=last)
        if last.year == MAXYEAR:
            raise DayOutOfReach(day=last)
        return cls(first, last + ONE_DAY)

    @property
    def last(self) -> date:
        """The last day inside; meaningless when empty."""
        return self.end - ONE_DAY

    def __len__(self) -> int:
        return (self.end - self.start).days

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def days(self) -> Iterator[date]:
        """Each day inside, in order."""
        return (self.start + timedelta(days=n) for n in range(len(self)))

    def overlap(self, other: "Period") -> "Period | None":
        """The days in both, or None when there is none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None

    def months(self) -> Iterator["Period"]:
        """The period cut at each first of a month, in order."""
        at = self.start
        while at < self.end:
            cut = min(next_month(at), self.end)
            yield Period(at, cut)
            at = cut

    def years(self) -> Iterator["Period"]:
        """The period cut at each first of January, in order."""
        at = self.start
        while at < self.end:
            cut = min(date(at.year + 1, 1, 1), self.end)
            yield Period(at, cut)
            at = cut


def next_month(day: date) -> date:
    """The first of the month after `day`."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def months_later(day: Day, count: int) -> Day:
    """The same day so many months later (before, if negative), or the last of a month too short for it.

    A moment keeps its time. Refuses ValueError beyond the calendar.
    """
    years, month = divmod(day.month - 1 + count, 12)
    year, month = day.year + years, month + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


def month_of(day: date) -> Period:
    """The calendar month that holds `day`."""
    return Period(day.replace(day=1), next_month(day))


def year_of(day: date) -> Period:
    """The calendar year that holds `day`."""
    return Period(date(day.year, 1, 1), date(day.year + 1, 1, 1))


@dataclass(frozen=True, order=True, slots=True)
class Quarter:
    """A quarter of a calendar year, written 2026-Q3."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2026-Q3`; refuses NotAQuarter."""
        found = _QUARTER.fullmatch(text.strip().upper())
        if not found:
            raise NotAQuarter(text=text[:20])
        return cls(int(found["year"]), int(found["number"]))

    @classmethod
    def of(cls, day: date) -> Self:
        """The quarter that holds `day`."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def period(self) -> Period:
        """Its days."""
        start = date(self.year, self.number * 3 - 2, 1)
        return Period(start, next_month(date(self.year, self.number * 3, 1)))

    @property
    def previous(self) -> "Quarter":
        """The quarter before."""
        return Quarter.of(self.period.start - ONE_DAY)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"
