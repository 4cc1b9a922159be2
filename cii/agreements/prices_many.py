"""Prices of very many stays by year: what `PriceBook.price` says, with each piece of a stay priced once.

A month in the middle of a stay costs the same whoever stays, so it is priced for the first of them only. What
is bought by the begun unit hangs on the whole stay and is priced for each.
"""

from collections.abc import Sequence
from datetime import date

from cii.agreements.prices import Holidays, Key, PriceBook
from cii.agreements.rules_proration import Given, priced_piece, require_tariffs
from cii.agreements.rules_rates import Rate
from cii.agreements.rules_units import BEGUN
from cii.kernel.money import Chf
from cii.kernel.period import Period

Years = tuple[tuple[int, Chf], ...]
"""What a stay costs in each budget year; a year that costs nothing is left out."""


class YearPrices:
    """Prices of whole stays with a single payer, full time, out of one price book."""

    def __init__(self, book: PriceBook) -> None:
        """Begin with nothing priced."""
        self._book = book
        self._holidays = Holidays(book.calendar)
        self._rates: dict[Key, Sequence[Rate]] = {}
        self._months: dict[Period, tuple[Period, ...]] = {}
        self._pieces: dict[tuple[Key, int, date, date, Period | None], Chf] = {}

    def rates(self, key: Key) -> Sequence[Rate]:
        """The tariffs under (agreement, measure, line), the earliest first."""
        held = self._rates.get(key)
        if held is None:
            held = self._rates[key] = sorted(self._book.rates.get(key, ()), key=lambda rate: rate.start)
        return held

    def of(self, key: Key, stay: Period) -> Years:
        """What the stay costs under (agreement, measure, line), by year; refuses TariffMissing."""
        rates = self.rates(key)
        require_tariffs(stay, rates)
        months = self._months.get(stay)
        if months is None:
            months = self._months[stay] = tuple(stay.months())
        years: dict[int, int] = {}
        for at, rate in enumerate(rates):
            whole = rate.start <= stay.start and (rate.end is None or stay.end <= rate.end)
            for month in months:
                part = month if whole else rate.on(month)
                if part is not None:
                    year = part.start.year
                    years[year] = years.get(year, 0) + self._piece(key, at, part, stay).centimes
        return tuple((year, Chf(sum_)) for year, sum_ in sorted(years.items()) if sum_)

    def _piece(self, key: Key, at: int, part: Period, stay: Period) -> Chf:
        rate = self._rates[key][at]
        whole = stay if rate.basis in BEGUN else None
        held = self._pieces.get((key, at, part.start, part.end, whole))
        if held is None:
            closures = self._book.closures.get(key[:2], ())
            given = Given(stay, tuple(closures), holidays=self._holidays)
            line = priced_piece(part, rate, given, (1,))
            held = line.gross if line.factor else Chf()
            self._pieces[key, at, part.start, part.end, whole] = held
        return held


__all__ = ["YearPrices", "Years"]
