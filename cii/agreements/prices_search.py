"""The price of one stay under very many tariffs, as for a search of places: what `PriceBook.price` says.

Most tariffs count the same days in the same way: how many units a piece of the stay makes is counted once for
all of them, and only the price of a unit differs.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from cii.agreements.prices import Holidays, Key, PriceBook
from cii.agreements.rules_proration import Given, days_of, priced_piece, require_tariffs
from cii.agreements.rules_rates import Rate
from cii.agreements.rules_units import Counting, units
from cii.agreements.vocabulary import Basis
from cii.kernel.money import Chf
from cii.kernel.period import Period

_Counted = tuple[Basis, int, Fraction, tuple[Period, ...]]


class StayPrices:
    """The prices of one stay; `weights`: the key of its payers; `workload`: percent of full time."""

    def __init__(
        self, book: PriceBook, stay: Period, weights: Sequence[int] = (1,), workload: int | None = None
    ) -> None:
        """Begin with nothing counted."""
        self._book, self._stay, self._weights = book, stay, tuple(weights)
        self._workload, self._several = workload, len(self._weights) > 1
        self._holidays = Holidays(book.calendar)
        self._months = tuple(stay.months())
        self._plans: dict[_Counted, tuple[tuple[int, Fraction], ...]] = {}

    def of(self, key: Key) -> Mapping[int, tuple[Chf, ...]]:
        """What each payer bears by budget year under (agreement, measure, line); refuses TariffMissing."""
        rates, shut = self._book.rates.get(key, ()), tuple(self._book.closures.get(key[:2], ()))
        years: dict[int, tuple[Chf, ...]] = {}
        for year, gross in self._pieces(rates, shut):
            parts = tuple(gross.apportion(self._weights)) if self._several else (gross,)
            held = years.get(year)
            years[year] = parts if held is None else tuple(map(Chf.__add__, held, parts))
        return years

    def _pieces(self, rates: Sequence[Rate], shut: tuple[Period, ...]) -> Iterator[tuple[int, Chf]]:
        """The price of each piece of the stay, each rounded once, with its budget year."""
        stay = self._stay
        if len(rates) == 1 and rates[0].basis is not Basis.PERIOD and _covers(rates[0], stay):
            price = rates[0].unit_price.centimes
            for year, due in self._plan(rates[0], shut):
                yield year, Chf.rounded(price * due)
            return
        require_tariffs(stay, rates)
        given = Given(stay, shut, (), self._workload, None, self._holidays)
        ordered = sorted(rates, key=lambda rate: rate.start)
        for month in self._months:
            for rate in ordered:
                if (part := rate.on(month)) is not None:
                    yield part.start.year, priced_piece(part, rate, given, (1,)).gross

    def _plan(self, rate: Rate, shut: tuple[Period, ...]) -> tuple[tuple[int, Fraction], ...]:
        """Of each month its year and the units due there, for every tariff that counts days like this one."""
        minutes = rate.planned_day if rate.basis is Basis.HOUR else 0
        counted = (rate.basis, minutes, rate.counts(self._workload), shut)
        plan = self._plans.get(counted)
        if plan is None:
            given = Given(self._stay, shut, (), self._workload, None, self._holidays)
            how = Counting(rate.basis, rate.planned_day, holidays=self._holidays)
            found = []
            for month in self._months:
                days, whole = days_of(month, rate, given)
                found.append((month.start.year, units(days, whole, how) * counted[2]))
            plan = self._plans[counted] = tuple(found)
        return plan


def _covers(rate: Rate, stay: Period) -> bool:
    return rate.start <= stay.start and (rate.end is None or stay.end <= rate.end)


__all__ = ["StayPrices"]
