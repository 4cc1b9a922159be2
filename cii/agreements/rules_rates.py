"""A tariff as the proration needs it: in force when, counting what, for whom in full; a guaranteed volume.

Source: money.md §1; 000 i.14 (sharing the risk of volume), i.24 (absences); AI CG 5.4 (month begun).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from cii.agreements.rules_units import Counting, open_days, units
from cii.agreements.vocabulary import Basis
from cii.kernel.money import Chf
from cii.kernel.period import Period

_FULL = 100
_PLANNED_DAY = 480


@dataclass(frozen=True, slots=True)
class Rate:
    """A tariff as the rule needs it; `end` None means until further notice, `end` is the first day no more.

    `places` are the agreed ones. `month_begun`: on an interruption the month begun is due as planned.
    Absences are paid up to `excused_days` and `unexcused_days` a month, None without limit. `day_minutes`:
    length of a planned day. `full_from`, `half_from`: percent of full time from which a participant counts
    in full, or half. `guarantee`: percent of the agreed places that is paid in any case. `spread`: the
    tariff's own term, over which a sum is split, whatever cuts `start` and `end`.
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
    day_minutes: int | None = None
    full_from: int | None = None
    half_from: int | None = None
    guarantee: int | None = None
    spread: Period | None = None

    def on(self, period: Period) -> Period | None:
        """The days of `period` on which this tariff is in force."""
        return period.overlap(Period(min(self.start, period.end), max(self.end or period.end, self.start)))

    @property
    def planned_day(self) -> int:
        """The length of a planned day, in minutes."""
        return self.day_minutes or _PLANNED_DAY

    @property
    def unit_price(self) -> Chf:
        """The price of one unit: agreed places are bought together."""
        return self.amount * self.places if self.basis is Basis.AGREED_PLACES else self.amount

    def counts(self, workload: int | None) -> Fraction:
        """For how much a participant of `workload` percent of full time counts (None: full time).

        Without thresholds everybody counts in full; with them, in full from `full_from`, half from
        `half_from`, and below by the workload itself.
        """
        if workload is None or self.full_from is None or workload >= self.full_from:
            return Fraction(1)
        if self.half_from is not None and workload >= self.half_from:
            return Fraction(1, 2)
        return Fraction(workload, _FULL)


def without_price(rates: Iterable[Rate], year: int) -> tuple[Rate, ...]:
    """The tariffs, free of charge in a year that is settled by costs: its places bind and earn nothing."""
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    found: list[Rate] = []
    for rate in rates:
        cuts = sorted(
            {rate.start, *(day for day in (first, after) if rate.start < day < (rate.end or date.max))}
        )
        for start, end in zip(cuts, [*cuts[1:], rate.end], strict=True):
            inside = first <= start < after
            found.append(replace(rate, start=start, end=end, amount=Chf() if inside else rate.amount))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Guaranteed:
    """What a month owes by its guaranteed volume: `floor` in any case, `used` by stays, `top_up` the rest."""

    month: Period
    floor: Chf
    used: Chf
    top_up: Chf


def guaranteed(
    rates: Iterable[Rate], month: Period, used: Chf, closures: Sequence[Period] = ()
) -> Guaranteed:
    """The guaranteed volume of a month against what the stays of that month cost in full (`used`).

    The floor is the price of the guaranteed part of the agreed places, rounded once per tariff; a tariff
    without guarantee adds nothing. Never negative: use beyond the guarantee is paid as it is.
    """
    floor = Chf()
    for rate in rates:
        piece = rate.on(month)
        if piece is None or rate.guarantee is None:
            continue
        days = open_days(piece, closures)
        part = Fraction(rate.guarantee * rate.places, _FULL)
        floor += Chf.rounded(
            rate.amount.centimes * part * units(days, days, Counting(rate.basis, rate.planned_day))
        )
    return Guaranteed(month, floor, used, max(floor - used, Chf()))
