"""The clock, handed in. The only file of the house that may ask the machine for the time."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

ZURICH = ZoneInfo("Europe/Zurich")


class Clock(Protocol):
    """Says what time it is, in UTC, aware."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True)
class FixedClock:
    """Stands still; for tests and for runs of a named date."""

    at: datetime

    def now(self) -> datetime:
        """Always the same moment."""
        return self.at


@dataclass(frozen=True)
class ShiftedClock:
    """Runs at normal speed from another moment; the demo canton lives on one."""

    offset: timedelta

    @classmethod
    def starting(cls, at: datetime) -> "ShiftedClock":
        """A clock that shows `at` now and goes on from there."""
        return cls(at - datetime.now(UTC))

    def now(self) -> datetime:
        """The shifted moment in UTC."""
        return datetime.now(UTC) + self.offset


def local_day(moment: datetime) -> date:
    """The business date in Switzerland at that moment."""
    return moment.astimezone(ZURICH).date()


def local_midnight(day: date) -> datetime:
    """The moment in UTC at which that day begins in Switzerland."""
    return datetime(day.year, day.month, day.day, tzinfo=ZURICH).astimezone(UTC)
