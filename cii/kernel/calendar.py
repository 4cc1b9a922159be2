"""Working days of a canton: legal holidays from a well-kept library, corrected by the canton's file.

Legal holidays and office closing days are two calendars (product.md AC6): legal deadlines know the first.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import holidays

from cii.kernel.period import ONE_DAY

_SATURDAY = 5


@dataclass(frozen=True)
class WorkingDays:
    """Monday to Friday without the canton's holidays.

    `canton`: two letters, as in `NE`. `added` and `removed` correct the library; `closed` are office closing
    days, which count only when `closing_days=True` is asked.
    """

    canton: str = "NE"
    added: frozenset[date] = field(default_factory=frozenset)
    removed: frozenset[date] = field(default_factory=frozenset)
    closed: frozenset[date] = field(default_factory=frozenset)

    def is_holiday(self, day: date) -> bool:
        """Whether the day is a legal holiday in the canton."""
        return day in self.added or (day not in self.removed and day in _library(self.canton, day.year))

    def is_working(self, day: date, *, closing_days: bool = False) -> bool:
        """Whether offices work that day."""
        return (
            day.weekday() < _SATURDAY
            and not self.is_holiday(day)
            and not (closing_days and day in self.closed)
        )

    def after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; for 0, `day` itself or the first working day after it."""
        if count < 0:
            raise ValueError(f"cannot count {count} working days ahead")
        at, left = day, count
        while left or not self.is_working(at):
            at += ONE_DAY
            left -= self.is_working(at)
            left = max(left, 0)
        return at

    def nth_of_month(self, year: int, month: int, count: int) -> date:
        """The `count`-th working day of a month: the 3rd is the attestation deadline of OACI 96."""
        return self.after(date(year, month, 1) - ONE_DAY, count)

    def between(self, start: date, end: date) -> int:
        """How many working days lie in [start, end)."""
        return sum(self.is_working(date.fromordinal(n)) for n in range(start.toordinal(), end.toordinal()))


@lru_cache(maxsize=64)
def _library(canton: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("CH", subdiv=canton, years=year))


def working_days(
    canton: str, added: Iterable[date], removed: Iterable[date], closed: Iterable[date]
) -> WorkingDays:
    """The calendar of a canton from its directory file."""
    return WorkingDays(canton, frozenset(added), frozenset(removed), frozenset(closed))
