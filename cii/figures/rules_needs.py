"""Pure rules of the forecast of needs, `needs/1`: how many will ask for a place in the quarters to come.

Four plain methods look at the requests of past quarters: the last quarter again, the mean of the last four,
the same quarter a year ago, and a straight line through the last eight (Theil-Sen: the median of all slopes).
Each is tried on the past: from the fifth quarter on it foresees every quarter that followed, one to four
quarters ahead, from what was known before. The one with the smallest mean error one quarter ahead is taken;
among equals the plainest.

The interval: requests come one by one, so an error is measured in square roots of what was foreseen. The
errors that the methods taken made so far ahead, those of all groups together, are put in order; the bound is
the one that four in five, counted with one more, do not pass (split conformal prediction). Fewer than four
such errors give no interval, and none is narrower than the one before it. With too few quarters nothing is
foreseen.
Source: 002 A2, mandate of the coordination group, task 4.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import isqrt
from statistics import median

RULE_VERSION = "needs/1"
AHEAD = 4
"""Quarters that are foreseen."""
FIRST = 4
"""Quarters known before the first one that is tried."""
LONGEST = 8
"""Quarters through which the line goes."""
INSIDE = Fraction(4, 5)
_THOUSAND = 1000


class Method(StrEnum):
    """How a quarter is foreseen; the plainest first."""

    LAST = "last"
    MEAN = "mean"
    YEAR_AGO = "year_ago"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Trial:
    """What a method would have missed by: quarters tried one ahead, their mean error in persons."""

    method: Method
    quarters: int
    mean_error: Fraction


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A quarter to come: persons expected, and the bounds between which four in five fall; whole persons.

    `low` and `high` are None where too few quarters could be tried at that distance.
    """

    expected: int
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Needs:
    """The quarters to come with the method that was taken, and every method's trial beside it."""

    method: Method
    quarters: tuple[Foreseen, ...]
    trials: tuple[Trial, ...]


@dataclass(frozen=True, slots=True)
class Backtest:
    """What the forecast would have said of past quarters, one ahead, from what was known before each.

    `tried` quarters of all groups; mean errors in persons, of the forecast and of the two plain guesses;
    `inside` of the `bounded` that had an interval fell within it.
    """

    tried: int
    mean_error: Fraction
    last_error: Fraction
    year_ago_error: Fraction
    bounded: int
    inside: int


def foresee(series: Mapping[str, Sequence[int]], least: int) -> dict[str, Needs | None]:
    """The next four quarters of each group from the requests of past ones, oldest first, all of one length.

    None with fewer than `least` quarters, or fewer than five: one must be left to be tried.
    """
    short = {group: len(counts) < max(least, FIRST + 1) for group, counts in series.items()}
    trials = {
        group: tuple(_trial(method, counts) for method in Method)
        for group, counts in series.items()
        if not short[group]
    }
    best = {group: min(tried, key=lambda one: one.mean_error).method for group, tried in trials.items()}
    bounds: list[Fraction | None] = []
    for ahead in range(1, AHEAD + 1):
        scores = (one for group, method in best.items() for one in _scores(method, series[group], ahead))
        bounds.append(_bound(sorted(scores), bounds[-1] if bounds else None))
    return {
        group: None
        if short[group]
        else Needs(
            best[group],
            tuple(_quarter(best[group], counts, ahead, bounds[ahead - 1]) for ahead in range(1, AHEAD + 1)),
            trials[group],
        )
        for group, counts in series.items()
    }


def backtest(series: Mapping[str, Sequence[int]], least: int) -> Backtest | None:
    """The whole forecast tried on the past, with what was known each time; None where nothing could be."""
    longest = max((len(counts) for counts in series.values()), default=0)
    errors: list[tuple[Fraction, Fraction, Fraction]] = []
    bounded = inside = 0
    for at in range(least, longest):
        found = foresee({group: counts[:at] for group, counts in series.items()}, least)
        for group, said in found.items():
            if said is None or at >= len(series[group]):
                continue
            came, first = series[group][at], said.quarters[0]
            known = series[group][:at]
            errors.append(
                (
                    abs(came - _METHODS[said.method](known, 1)),
                    abs(came - _last(known, 1)),
                    abs(came - _year_ago(known, 1)),
                )
            )
            if first.low is not None and first.high is not None:
                bounded += 1
                inside += first.low <= came <= first.high
    if not errors:
        return None
    mean, last, year = (sum(column, Fraction()) / len(errors) for column in zip(*errors, strict=True))
    return Backtest(len(errors), mean, last, year, bounded, inside)


def _quarter(method: Method, counts: Sequence[int], ahead: int, bound: Fraction | None) -> Foreseen:
    said = _METHODS[method](counts, ahead)
    if bound is None:
        return Foreseen(_whole(said), None, None)
    width = _root(bound * max(said, Fraction(1)))
    return Foreseen(_whole(said), max(0, _down(said - width)), -_down(-(said + width)))


def _bound(missed: Sequence[Fraction], nearer: Fraction | None) -> Fraction | None:
    """The squared error that four in five do not pass, counted with one more; None with too few.

    Not less than at a nearer distance: what lies farther ahead is not known better.
    """
    place = -(-(len(missed) + 1) * INSIDE.numerator // INSIDE.denominator)
    if place > len(missed):
        return None
    return max(missed[place - 1], nearer or Fraction())


def _scores(method: Method, counts: Sequence[int], ahead: int) -> list[Fraction]:
    """Squared errors in parts of what was foreseen."""
    return [error**2 / max(said, Fraction(1)) for said, error in _tries(method, counts, ahead)]


def errors(method: Method, counts: Sequence[int], ahead: int = 1) -> list[Fraction]:
    """What the method missed by, each time it foresaw a quarter so far ahead from what came before."""
    return [error for _, error in _tries(method, counts, ahead)]


def _tries(method: Method, counts: Sequence[int], ahead: int) -> list[tuple[Fraction, Fraction]]:
    said = [(at, _METHODS[method](counts[:at], ahead)) for at in range(FIRST, len(counts) - ahead + 1)]
    return [(one, counts[at + ahead - 1] - one) for at, one in said]


def _trial(method: Method, counts: Sequence[int]) -> Trial:
    missed = errors(method, counts)
    return Trial(method, len(missed), sum((abs(one) for one in missed), Fraction()) / len(missed))


def _last(counts: Sequence[int], _ahead: int) -> Fraction:
    return Fraction(counts[-1])


def _mean(counts: Sequence[int], _ahead: int) -> Fraction:
    return Fraction(sum(counts[-4:]), len(counts[-4:]))


def _year_ago(counts: Sequence[int], ahead: int) -> Fraction:
    return Fraction(counts[-4 + (ahead - 1) % 4])


def _line(counts: Sequence[int], ahead: int) -> Fraction:
    """The line through the last eight quarters, at least zero."""
    known = list(enumerate(counts[-LONGEST:]))
    slope = median(
        Fraction(later - before, far - near) for near, before in known for far, later in known if far > near
    )
    start = median(count - slope * at for at, count in known)
    return max(Fraction(), start + slope * (len(known) - 1 + ahead))


_METHODS: Mapping[Method, Callable[[Sequence[int], int], Fraction]] = {
    Method.LAST: _last,
    Method.MEAN: _mean,
    Method.YEAR_AGO: _year_ago,
    Method.LINE: _line,
}


def places_needed(requests: int, mean_days: Fraction, days: int) -> int:
    """Places that so many requests fill in a quarter of `days`, each stay lasting `mean_days`; rounded up."""
    return -(-(requests * mean_days.numerator) // (mean_days.denominator * days))


def _root(value: Fraction) -> Fraction:
    """The square root, to a thousandth, rounded down."""
    return Fraction(isqrt(value.numerator * value.denominator * _THOUSAND**2), value.denominator * _THOUSAND)


def _whole(value: Fraction) -> int:
    """To whole persons, half up."""
    return _down(value + Fraction(1, 2))


def _down(value: Fraction) -> int:
    return value.numerator // value.denominator
