"""Pure rules of the forecast to the end of a year, `forecast/1`: delivered, and what of the rest will be.

Each stay's money of the year is spread over its planned days. In the months that are over, two rates are seen
for each month of stay (first, second, …): `continuing`, the part of what was planned for stays running in the
month before that is still running, and `realised`, the part of what was planned for running stays that was
delivered. A stay that runs goes on into its next month; from there the rates count:

    forecast = delivered + Σ rest(month) × continuing(next+1) × … × continuing(month) × realised(month)

A month of stay seen in fewer than `least` stays takes the rate of all months together. Places that nobody has
promised yet are not counted. Source: money.md §3 (forecast to year end per sector).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from cii.kernel.money import Chf
from cii.kernel.period import Period, month_of

RULE_VERSION = "forecast/1"
_ONE = Fraction(1)
_DAY = date.resolution


@dataclass(frozen=True, slots=True)
class Booked:
    """A payer's part of a stay in a year: planned term, last day, engaged, given back, delivered by month."""

    planned: Period
    until: date
    engaged: Chf
    released: Chf
    delivered: Mapping[date, Chf]

    def runs(self, month: Period) -> bool:
        """Whether the stay has not ended before the month."""
        return self.planned.start < month.end and self.until >= month.start


@dataclass(frozen=True, slots=True)
class Rate:
    """What was seen of one month of stay (0: all together): in how many stays, the two parts."""

    month_of_stay: int
    stays: int
    continuing: Fraction
    realised: Fraction


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates by month of stay, and those of all months, which stand in where too few were seen."""

    by_month: tuple[Rate, ...]
    together: Rate
    months: int

    def of(self, month_of_stay: int, least: int) -> Rate:
        """The rate that counts for a month of stay."""
        found = next((one for one in self.by_month if one.month_of_stay == month_of_stay), None)
        return found if found is not None and found.stays >= least else self.together


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the year comes to: delivered in months gone by, still bound, expected of it (None: unknown)."""

    delivered: Chf
    rest: Chf
    expected: Chf | None

    @property
    def total(self) -> Chf | None:
        """Delivered and expected together."""
        return None if self.expected is None else self.delivered + self.expected


def spread(amount: Chf, term: Period, within: Period) -> dict[date, Fraction]:
    """Centimes by month (its first day), spread evenly over the days of the term that lie within."""
    days = term.overlap(within)
    if days is None or not len(days):
        return {}
    daily = Fraction(amount.centimes, len(days))
    return {month.start: daily * len(part) for month in days.months() if (part := days.overlap(month))}


def month_of_stay(start: date, month: date) -> int:
    """1 for the month in which the stay begins."""
    return (month.year - start.year) * 12 + month.month - start.month + 1


def rates(stays: Iterable[Booked], year: Period, known_until: date) -> Rates:
    """What the months that are over (before `known_until`) say; shares of nothing are one."""
    seen: dict[int, list[Fraction]] = {}
    counted: dict[int, int] = {}
    months = set()
    for stay in stays:
        for first, planned in spread(stay.engaged, stay.planned, year).items():
            month = month_of(first)
            if month.end > known_until:
                continue
            months.add(first)
            at = month_of_stay(stay.planned.start, first)
            before = month_of(first.replace(day=1) - _DAY)
            sums = seen.setdefault(at, [Fraction(0)] * 4)
            if at > 1 and stay.runs(before):
                sums[0] += planned
                if stay.runs(month):
                    sums[1] += planned
            if stay.runs(month):
                counted[at] = counted.get(at, 0) + 1
                sums[2] += planned
                sums[3] += stay.delivered.get(first, Chf()).centimes
    by_month = tuple(_rate(at, counted.get(at, 0), seen[at]) for at in sorted(seen))
    whole = [sum((sums[n] for sums in seen.values()), Fraction(0)) for n in range(4)]
    return Rates(by_month, _rate(0, sum(counted.values()), whole), len(months))


def _rate(at: int, stays: int, sums: Sequence[Fraction]) -> Rate:
    return Rate(at, stays, _part(sums[1], sums[0]), _part(sums[3], sums[2]))


def _part(of: Fraction, whole: Fraction) -> Fraction:
    """At most one: nothing beyond what is bound can be delivered."""
    return min(of / whole, _ONE) if whole else _ONE


def forecast(  # noqa: PLR0917 - the stays, where they stand, and how much must be known
    stays: Sequence[Booked],
    year: Period,
    known_until: date,
    found: Rates,
    least_stays: int,
    least_months: int,
) -> Forecast:
    """The year of these stays; unknown when fewer than `least_months` were seen and money is to come."""
    delivered, rest, expected = Chf(), Chf(), Fraction(0)
    ahead = Period(min(max(known_until, year.start), year.end), year.end)
    for stay in stays:
        so_far = Chf.total(sum_ for month, sum_ in stay.delivered.items() if month < known_until)
        bound = stay.engaged - stay.released - so_far
        delivered += so_far
        if bound <= Chf() or not len(ahead):
            continue
        rest += bound
        expected += _expected(stay, _ahead(stay, bound, year, ahead), ahead, found, least_stays)
    if rest and found.months < least_months:
        return Forecast(delivered, rest, None)
    return Forecast(delivered, rest, Chf.rounded(expected))


def _ahead(stay: Booked, bound: Chf, year: Period, ahead: Period) -> Chf:
    """What is bound of the months to come: never more than was planned for them."""
    planned = spread(stay.engaged, stay.planned, year)
    return min(
        bound, Chf.rounded(sum((sum_ for month, sum_ in planned.items() if month in ahead), Fraction(0)))
    )


def _expected(stay: Booked, bound: Chf, ahead: Period, found: Rates, least: int) -> Fraction:
    term = Period(stay.planned.start, max(stay.until + _DAY, stay.planned.start))
    total, running = Fraction(0), _ONE
    for n, (first, sum_) in enumerate(spread(bound, term, ahead).items()):
        at = month_of_stay(stay.planned.start, first)
        rate = found.of(at, least)
        if n:
            running *= rate.continuing
        total += sum_ * running * rate.realised
    return total
