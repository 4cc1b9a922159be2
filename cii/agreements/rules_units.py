"""From days to what a tariff counts: parts of a month, weeks, begun units, hours; exact fractions.

What is bought by the begun unit (month, week, person, instalment of a period) is counted once, in the part
of a stay that holds the unit's first open day. Source: money.md §1.
"""

from collections import Counter
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from cii.agreements.vocabulary import Basis
from cii.kernel.period import Period, month_of

BEGUN = frozenset({Basis.STARTED_MONTH, Basis.STARTED_WEEK, Basis.PER_PERSON, Basis.PERIOD})
"""Bases bought by the begun unit."""
_SATURDAY = 5
_HOUR = 60


@dataclass(frozen=True, slots=True)
class Counting:
    """How days are counted: the basis and what it needs.

    `day_minutes`: length of a planned day, for hours; `spread`: the whole period over which a sum is split in
    equal months (the stay when left out); `holidays`: days on which no hours are planned.
    """

    basis: Basis
    day_minutes: int = 8 * _HOUR
    spread: Period | None = None
    holidays: Container[date] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class Attended:
    """Days on which the person was expected, those of them that are paid, and the minutes told of a day."""

    expected: frozenset[date]
    paid: frozenset[date]
    minutes: Mapping[date, int] = field(default_factory=dict)


def open_days(period: Period, shut: Collection[Period]) -> list[date]:
    """The days of a period that no closure or break takes; these may overlap each other."""
    near = [one for one in shut if one.overlap(period)]
    return [day for day in period.days() if not any(day in one for one in near)]


def units(days: Sequence[date], whole: Sequence[date], how: Counting) -> Fraction:
    """How many units the open `days` make; `whole` are the open days of the stay they belong to."""
    match how.basis:
        case Basis.CALENDAR_DAYS | Basis.AGREED_PLACES:
            return _of_months(days, lambda first: len(month_of(first)))
        case Basis.WEEKDAYS:
            return _of_months(filter(is_weekday, days), weekdays_of_month)
        case Basis.WEEK:
            return Fraction(sum(map(is_weekday, days)), 5)
        case Basis.HOUR:
            return Fraction(len(planned(days, how)) * how.day_minutes, _HOUR)
        case Basis.PERIOD:
            months = len(begun_in(days, whole, how.basis))
            return Fraction(months, months_in(how.spread or _hull(whole))) if months else Fraction(0)
        case Basis.STARTED_MONTH | Basis.STARTED_WEEK | Basis.PER_PERSON:
            return Fraction(len(begun_in(days, whole, how.basis)))


def held(days: Sequence[date], whole: Sequence[date], how: Counting, attended: Attended) -> Fraction:
    """Which part of the units of `days` is due by attendance: 1 when nobody was expected.

    Days paid over days expected, hours attended over hours planned, begun units with a paid day over all.
    """
    if how.basis in BEGUN:
        mine = [frozenset(unit) for unit in begun_in(days, whole, how.basis)]
        due = sum(not (unit & attended.expected) or bool(unit & attended.paid) for unit in mine)
        return Fraction(due, len(mine)) if mine else Fraction(1)
    counted = planned(days, how) if how.basis is Basis.HOUR else days
    expected = attended.expected.intersection(counted)
    if not expected:
        return Fraction(1)
    if how.basis is Basis.HOUR:
        minutes = sum(attended.minutes.get(day, how.day_minutes) for day in expected & attended.paid)
        return Fraction(minutes, len(expected) * how.day_minutes)
    return Fraction(len(expected & attended.paid), len(expected))


def begun_in(days: Iterable[date], whole: Sequence[date], basis: Basis) -> list[list[date]]:
    """The begun units of the whole stay whose first open day is among `days`, each with its open days."""
    gathered: dict[date, list[date]] = {}
    for day in whole:
        match basis:
            case Basis.STARTED_MONTH | Basis.PERIOD:
                gathered.setdefault(day.replace(day=1), []).append(day)
            case Basis.STARTED_WEEK:
                if is_weekday(day):
                    gathered.setdefault(day - timedelta(days=day.weekday()), []).append(day)
            case _:
                gathered.setdefault(date.min, []).append(day)
    inside = frozenset(days)
    return [unit for unit in gathered.values() if unit[0] in inside]


def planned(days: Sequence[date], how: Counting) -> list[date]:
    """The days on which hours are planned: Monday to Friday without the holidays."""
    return [day for day in days if is_weekday(day) and day not in how.holidays]


def months_in(period: Period) -> int:
    """How many calendar months a period touches."""
    return (period.last.year - period.start.year) * 12 + period.last.month - period.start.month + 1


def is_weekday(day: date) -> bool:
    """Whether the day is one of Monday to Friday."""
    return day.weekday() < _SATURDAY


@lru_cache(maxsize=512)
def weekdays_of_month(first: date) -> int:
    """How many days of the month that holds this day are Monday to Friday."""
    return sum(map(is_weekday, month_of(first).days()))


def _of_months(days: Iterable[date], length: Callable[[date], int]) -> Fraction:
    counted = Counter(day.replace(day=1) for day in days)
    return sum((Fraction(count, length(first)) for first, count in counted.items()), Fraction(0))


def _hull(days: Sequence[date]) -> Period:
    return Period.through(days[0], days[-1])
