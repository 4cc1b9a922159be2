"""What a stay costs: a tariff over days, exact until the one rounding of each piece, then shared by payers.

A stay is cut at the first of each month and at each change of tariff; every piece is rounded once, to the
centime, and apportioned once over its payers (largest remainder, ties to the earliest). A month's statement
at full attendance is therefore what was committed for it, to the centime. Source: money.md §1; 000 i.14; AI
CG 5.4.

A day of attendance weighs the same within its piece: a piece costs its price times the days paid over the
days expected. What is bought by the begun unit (month, week, person) is due in full from its first paid day.
"""

from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from cii.agreements.rules_rates import Rate
from cii.agreements.rules_units import BEGUN, Attended, Counting, begun_in, held, months_in, open_days, units
from cii.agreements.vocabulary import Basis
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.kernel.period import Period, next_month

RULE_VERSION = "proration/2"
"""Stored with every computation; a change of these rules takes a new number."""


class TariffMissing(Refusal):
    """No tariff covers these days of the stay."""

    code, kind = "tariff-missing", "conflict"


@dataclass(frozen=True, slots=True)
class Given:
    """What a stay was priced from, beside its tariffs: its days as due, closures, breaks, who, attendance.

    `workload`: percent of full time, None for all of it. `holidays` matter to hours only.
    """

    stay: Period
    closures: tuple[Period, ...] = ()
    breaks: tuple[Period, ...] = ()
    workload: int | None = None
    attended: Attended | None = None
    holidays: Container[date] = frozenset()

    @property
    def shut(self) -> tuple[Period, ...]:
        """Every day that costs nothing."""
        return (*self.closures, *self.breaks)


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of a stay: its days, the exact factor, the tariff, the rounded price and each payer's part.

    `factor` is what is left after closures and breaks, `counted` for how much the participant counts,
    `attended` paid over expected days (1 when all or none were expected). `gross` = unit price × factor ×
    counted × attended, rounded once.
    """

    period: Period
    rate: Rate
    factor: Fraction
    counted: Fraction
    attended: Fraction
    gross: Chf
    weights: tuple[int, ...]
    parts: tuple[Chf, ...]
    given: Given = field(compare=False, repr=False)

    @property
    def due(self) -> Fraction:
        """How many units are due in all."""
        return self.factor * self.counted * self.attended

    def explained(self) -> dict[str, object]:
        """The computation with all that went into it, as plain values: stored, shown and derived again."""
        return {
            "rule": RULE_VERSION,
            "first": self.period.start.isoformat(),
            "last": self.period.last.isoformat(),
            "tariff": self.rate.id,
            "basis": self.rate.basis.value,
            "amount": self.rate.amount.centimes,
            "places": self.rate.places,
            "factor": _written(self.factor),
            "attended": _written(self.attended),
            "gross": self.gross.centimes,
            "weights": list(self.weights),
            "parts": [part.centimes for part in self.parts],
            **self._input(),
        }

    def _input(self) -> dict[str, object]:
        """What the piece was computed from; what does not concern it is left out."""
        given, rate = self.given, self.rate
        days, whole = days_of(self.period, rate, given)
        reach = given.stay if rate.basis in BEGUN else self.period
        told: dict[str, object] = {
            "stay": _days(given.stay),
            "closed": _spans(reach, given.closures),
            "breaks": _spans(reach, given.breaks),
        }
        if rate.full_from is not None:
            told |= {"full_from": rate.full_from, "half_from": rate.half_from, "workload": given.workload}
            told["counted"] = _written(self.counted)
        if rate.basis is Basis.HOUR:
            told["day_minutes"] = rate.day_minutes
            told["holidays"] = [day.isoformat() for day in days if day in given.holidays]
        if rate.basis is Basis.PERIOD:
            told["spread"] = _days(_spread(rate, given))
        if (seen := given.attended) is not None:
            mine = frozenset(days)
            if rate.basis in BEGUN:
                mine = frozenset(day for unit in begun_in(days, whole, rate.basis) for day in unit)
            expected = sorted(mine & seen.expected)
            told["expected"] = _runs(expected)
            told["unpaid"] = [day.isoformat() for day in expected if day not in seen.paid]
            if rate.basis is Basis.HOUR:
                known = (day for day in expected if day in seen.minutes)
                told["minutes"] = {day.isoformat(): seen.minutes[day] for day in known}
        return told


@dataclass(frozen=True, slots=True)
class Priced:
    """What a stay costs, piece by piece."""

    lines: tuple[Line, ...]

    @property
    def total(self) -> Chf:
        """The whole price."""
        return Chf.total(line.gross for line in self.lines)

    @property
    def parts(self) -> tuple[Chf, ...]:
        """Each payer's sum, in the order of the weights."""
        return tuple(Chf.total(column) for column in zip(*(line.parts for line in self.lines), strict=True))

    def parts_of_year(self, year: int) -> tuple[Chf, ...]:
        """Each payer's sum for the pieces of one calendar year."""
        return Priced(tuple(line for line in self.lines if line.period.start.year == year)).parts

    @property
    def years(self) -> tuple[int, ...]:
        """The calendar years that the stay touches, in order."""
        return tuple(sorted({line.period.start.year for line in self.lines}))


def prorate(
    period: Period,
    basis: Basis,
    closures: Iterable[Period] = (),
    span: Period | None = None,
    *,
    breaks: Iterable[Period] = (),
) -> Fraction:
    """How many units of `basis` the open days of `period` make: exact, and additive when a period is split.

    `closures` and `breaks` may overlap each other. `span`: the whole stay, which a begun unit needs to be
    counted once, in the part that holds its first open day; left out, `period` is the whole.
    """
    shut = (*closures, *breaks)
    whole = span or period
    return units(open_days(period, shut), open_days(whole, shut), Counting(basis, spread=whole))


def price(
    span: Period,
    rates: Sequence[Rate],
    *,
    weights: Sequence[int] = (1,),
    closures: Iterable[Period] = (),
    breaks: Iterable[Period] = (),
    planned: Period | None = None,
    workload: int | None = None,
    attended: Attended | None = None,
    holidays: Container[date] = frozenset(),
    within: Period | None = None,
) -> Priced:
    """The price of a stay, in pieces per month and tariff, each shared between payers by `weights`.

    `breaks`: days on which this stay is interrupted. `planned`: the stay as it was agreed, when `span` was
    cut short; it matters where the month begun is due. `workload`: percent of full time. `attended` reduces
    each piece to the days paid. `within` keeps the pieces of one month or year (cut at firsts of a month),
    counted in the light of the whole stay. Refuses: TariffMissing, naming the first days.
    """
    due = _with_month_begun(span, planned, rates)
    require_tariffs(due, rates)
    given = Given(due, tuple(closures), tuple(breaks), workload, attended, holidays)
    pieces = _pieces(due, rates)
    lines = (
        priced_piece(piece, rate, given, weights)
        for piece, rate in pieces
        if within is None or within.overlap(piece) is not None
    )
    return Priced(tuple(line for line in lines if line.factor))


def priced_piece(period: Period, rate: Rate, given: Given, weights: Sequence[int]) -> Line:
    """One piece of a stay: units, rounded once, shared once; for commitment, statement and recount alike."""
    days, whole = days_of(period, rate, given)
    how = Counting(rate.basis, rate.planned_day, _spread(rate, given), given.holidays)
    factor = units(days, whole, how)
    counted = rate.counts(given.workload)
    seen = held(days, whole, how, given.attended) if given.attended and factor else Fraction(1)
    if rate.basis is Basis.PERIOD:
        begun = [unit[0] for unit in begun_in(days, whole, rate.basis)]
        exact = Fraction(_instalments_due(rate.amount, _spread(rate, given), begun).centimes)
    else:
        exact = rate.unit_price.centimes * factor
    gross = Chf.rounded(exact * counted * seen)
    parts = tuple(gross.apportion(weights))
    return Line(period, rate, factor, counted, seen, gross, tuple(weights), parts, given)


def days_of(period: Period, rate: Rate, given: Given) -> tuple[list[date], list[date]]:
    """The open days of a piece, and those of the stay in whose light a begun unit is counted."""
    days = open_days(period, given.shut)
    if rate.basis not in BEGUN:
        return days, days
    reach = given.stay.overlap(_spread(rate, given)) or period
    return days, open_days(reach, given.shut)


def instalments(total: Chf, count: int) -> list[Chf]:
    """A sum in equal parts, the odd centimes in the first ones."""
    return total.apportion([1] * count)


def _instalments_due(amount: Chf, spread: Period, begun: Iterable[date]) -> Chf:
    """The equal monthly parts of a period's sum that fall due with the months of these days."""
    parts = instalments(amount, months_in(spread))
    return Chf.total(parts[months_in(Period.through(spread.start, day)) - 1] for day in begun)


def _spread(rate: Rate, given: Given) -> Period:
    return rate.spread or given.stay


def _pieces(span: Period, rates: Sequence[Rate]) -> list[tuple[Period, Rate]]:
    ordered = sorted(rates, key=lambda rate: rate.start)
    return [
        (part, rate) for month in span.months() for rate in ordered if (part := rate.on(month)) is not None
    ]


def _with_month_begun(span: Period, planned: Period | None, rates: Sequence[Rate]) -> Period:
    """On an interruption, the stay as it is due: to the end of its last month, never past the planned end."""
    if planned is None or planned.end <= span.end or not len(span):
        return span
    final = next((rate for rate in rates if rate.on(Period(span.last, span.end))), None)
    if final is None or not final.month_begun:
        return span
    return Period(span.start, min(next_month(span.last), planned.end))


def require_tariffs(span: Period, rates: Sequence[Rate]) -> None:
    """Refuses TariffMissing with the first days of `span` that no tariff covers."""
    at = span.start
    for rate in sorted(rates, key=lambda rate: rate.start):
        covered = rate.on(span)
        if covered is None:
            continue
        if covered.start > at:
            break
        at = max(at, covered.end)
    if at < span.end:
        later = [rate.start for rate in rates if at < rate.start < span.end]
        raise TariffMissing(first=at, last=Period(at, min(later, default=span.end)).last)


def _days(period: Period) -> list[str]:
    return [period.start.isoformat(), period.last.isoformat()]


def _spans(reach: Period, periods: Iterable[Period]) -> list[list[str]]:
    """The days of these periods within reach, as first and last days, those that touch made one."""
    inside = {day for one in periods if (cut := one.overlap(reach)) for day in cut.days()}
    return _runs(sorted(inside))


def _runs(days: Collection[date]) -> list[list[str]]:
    runs: list[list[date]] = []
    for day in days:
        if runs and (day - runs[-1][1]).days == 1:
            runs[-1][1] = day
        else:
            runs.append([day, day])
    return [[first.isoformat(), last.isoformat()] for first, last in runs]


def _written(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


__all__ = [
    "RULE_VERSION", "Attended", "Given", "Line", "Priced", "Rate", "TariffMissing", "days_of", "instalments",
    "price", "priced_piece", "prorate", "require_tariffs",
]  # fmt: skip
