"""What a stay costs: a tariff over days, exact until the one rounding of each piece, then shared by payers.

A stay is cut at the first of each month and at each change of tariff; every piece is rounded once, to the
centime, and apportioned once over its payers (largest remainder, ties to the earliest). A month's statement
at full attendance is therefore what was committed for it, to the centime. Source: money.md §1; 000 i.14; AI
CG 5.4.

A day of attendance weighs the same within its piece: a piece costs its price times the days paid over the
days expected. What is bought by the begun unit (month, week, person) is due in full from its first paid day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from cii.agreements.vocabulary import Basis
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.kernel.period import Period, month_of, next_month

RULE_VERSION = "proration/1"
"""Stored with every computation; a change of these rules takes a new number."""

_SATURDAY = 5
_BEGUN = frozenset({Basis.STARTED_MONTH, Basis.STARTED_WEEK, Basis.PER_PERSON})


class TariffMissing(Refusal):
    """No tariff covers these days of the stay."""

    code, kind = "tariff-missing", "conflict"


@dataclass(frozen=True, slots=True)
class Rate:
    """A tariff as the rule needs it; `end` None means until further notice, `end` is the first day no more.

    `places` multiplies the amount (agreed places); `month_begun`: on an interruption the month begun is due
    as planned. Absences are paid up to `excused_days` and `unexcused_days` a month, None without limit.
    """

    id: int
    start: date
    end: date | None
    basis: Basis
    amount: Chf
    places: int = 1
    month_begun: bool = False
    excused_days: int | None = None
    unexcused_days: int | None = 0

    def on(self, period: Period) -> Period | None:
        """The days of `period` on which this tariff is in force."""
        return period.overlap(Period(min(self.start, period.end), max(self.end or period.end, self.start)))


@dataclass(frozen=True, slots=True)
class Attended:
    """Days on which the person was expected, and those of them that are paid."""

    expected: frozenset[date]
    paid: frozenset[date]


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of a stay: its days, the exact factor, the tariff, the rounded price and each payer's part.

    `factor` is what is left after closures, `attended` paid over expected days (1 when all or none were
    expected), `gross` = amount × places × factor × attended, rounded once.
    """

    period: Period
    rate: Rate
    factor: Fraction
    attended: Fraction
    gross: Chf
    weights: tuple[int, ...]
    parts: tuple[Chf, ...]

    def explained(self) -> dict[str, object]:
        """The computation as plain values, fit to be stored and derived again."""
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
        }


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
    period: Period, basis: Basis, closures: Iterable[Period] = (), span: Period | None = None
) -> Fraction:
    """How many units of `basis` the open days of `period` make: exact, and additive when a period is split.

    `closures` may overlap each other. `span`: the whole stay, which a begun unit needs to be counted once, in
    the part that holds its first open day; left out, `period` is the whole.
    """
    shut = tuple(closures)
    return _units(_open_days(period, shut), _open_days(span or period, shut), basis)


def price(
    span: Period,
    rates: Sequence[Rate],
    *,
    weights: Sequence[int] = (1,),
    closures: Iterable[Period] = (),
    planned: Period | None = None,
    attended: Attended | None = None,
    within: Period | None = None,
) -> Priced:
    """The price of a stay, in pieces per month and tariff, each shared between payers by `weights`.

    `planned`: the stay as it was agreed, when `span` was cut short; it matters where the month begun is due.
    `attended` reduces each piece to the days paid. `within` keeps the pieces of one month or year (cut at
    firsts of a month), counted in the light of the whole stay. Refuses: TariffMissing, naming the first days.
    """
    shut = tuple(closures)
    due = _with_month_begun(span, planned, rates)
    _require_tariffs(due, rates)
    lines = []
    for piece, rate in _pieces(due, rates):
        if within is not None and within.overlap(piece) is None:
            continue
        days = _open_days(piece, shut)
        whole = _open_days(due, shut) if rate.basis in _BEGUN else days
        factor = _units(days, whole, rate.basis)
        if not factor:
            continue
        held = _held(days, whole, rate.basis, factor, attended)
        gross = Chf.rounded(Fraction(rate.amount.centimes * rate.places) * factor * held)
        lines.append(Line(piece, rate, factor, held, gross, tuple(weights), tuple(gross.apportion(weights))))
    return Priced(tuple(lines))


def instalments(total: Chf, count: int) -> list[Chf]:
    """A sum in equal parts, the odd centimes in the first ones."""
    return total.apportion([1] * count)


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


def _require_tariffs(span: Period, rates: Sequence[Rate]) -> None:
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


def _open_days(period: Period, closures: Sequence[Period]) -> list[date]:
    return [day for day in period.days() if not any(day in closure for closure in closures)]


def _units(days: Sequence[date], whole: Sequence[date], basis: Basis) -> Fraction:
    match basis:
        case Basis.CALENDAR_DAYS | Basis.AGREED_PLACES:
            return _sum(Fraction(1, len(month_of(day))) for day in days)
        case Basis.WEEKDAYS:
            worked = filter(_is_weekday, days)
            return _sum(Fraction(1, _weekdays_of_month(day.year, day.month)) for day in worked)
        case Basis.WEEK:
            return Fraction(sum(map(_is_weekday, days)), 5)
        case Basis.STARTED_MONTH | Basis.STARTED_WEEK | Basis.PER_PERSON:
            inside = frozenset(days)
            return Fraction(sum(unit[0] in inside for unit in _begun_units(whole, basis)))


def _begun_units(whole: Sequence[date], basis: Basis) -> list[list[date]]:
    """The open days of the whole stay, gathered by the month, week or person for which one amount is due."""
    units: dict[date, list[date]] = {}
    for day in whole:
        match basis:
            case Basis.STARTED_MONTH:
                units.setdefault(day.replace(day=1), []).append(day)
            case Basis.STARTED_WEEK:
                if _is_weekday(day):
                    units.setdefault(day - timedelta(days=day.weekday()), []).append(day)
            case _:
                units.setdefault(date.min, []).append(day)
    return list(units.values())


def _held(
    days: Sequence[date], whole: Sequence[date], basis: Basis, factor: Fraction, attended: Attended | None
) -> Fraction:
    """Which part of a piece is due by attendance: days paid over days expected, or begun units over all."""
    if attended is None:
        return Fraction(1)
    inside = frozenset(days)
    if basis in _BEGUN:
        mine = [frozenset(unit) for unit in _begun_units(whole, basis) if unit[0] in inside]
        return (
            Fraction(sum(not (unit & attended.expected) or bool(unit & attended.paid) for unit in mine))
            / factor
        )
    expected = inside & attended.expected
    return Fraction(len(expected & attended.paid), len(expected)) if expected else Fraction(1)


@lru_cache(maxsize=512)
def _weekdays_of_month(year: int, month: int) -> int:
    return sum(map(_is_weekday, month_of(date(year, month, 1)).days()))


def _is_weekday(day: date) -> bool:
    return day.weekday() < _SATURDAY


def _sum(parts: Iterable[Fraction]) -> Fraction:
    return sum(parts, Fraction(0))


def _written(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"
