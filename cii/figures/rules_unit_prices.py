"""Pure rules that bring tariffs to one unit: a place for a month, a place for a working day."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from cii.agreements.vocabulary import Basis
from cii.kernel.money import Chf

WORKING_DAYS, WEEKS, MONTHS = 260, 52, 12
"""Of a year: 5 days in 52 weeks; 260/12 is the 21.7 days of a month of the unemployment insurance."""
PERMILLE = 1000
_MONTHLY = frozenset({Basis.CALENDAR_DAYS, Basis.WEEKDAYS, Basis.STARTED_MONTH, Basis.AGREED_PLACES})


def month_price(
    basis: Basis,
    amount: Chf,
    *,
    places: int = 1,
    day_minutes: int | None = None,
    term: tuple[date, date] | None = None,
) -> Chf | None:
    """What a place costs for a month; None where the tariff buys no place in time (a flat sum per person).

    `term`: first day and first day no more of a sum for a period, which is shared by its months and places.
    """
    cents = Fraction(amount.centimes)
    if basis in _MONTHLY:
        return amount
    if basis in {Basis.WEEK, Basis.STARTED_WEEK}:
        return Chf.rounded(cents * WEEKS / MONTHS)
    if basis is Basis.HOUR and day_minutes:
        return Chf.rounded(cents * day_minutes / 60 * WORKING_DAYS / MONTHS)
    if basis is Basis.PERIOD and term is not None:
        days = (term[1] - term[0]).days
        return Chf.rounded(cents * 365 / (MONTHS * days * places))
    return None


def day_price(month: Chf | None) -> Chf | None:
    """What the same place costs for a working day."""
    return None if month is None else Chf.rounded(Fraction(month.centimes) * MONTHS / WORKING_DAYS)


def median(prices: Sequence[Chf]) -> Chf | None:
    """The price in the middle; of an even number the mean of the two in the middle."""
    if not prices:
        return None
    ordered = sorted(one.centimes for one in prices)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return Chf(ordered[half])
    return Chf.rounded(Fraction(ordered[half - 1] + ordered[half], 2))


def permille_above(price: Chf, middle: Chf) -> int | None:
    """How far a price stands above the middle, in permille; negative below, None of a middle of nothing."""
    if not middle.centimes:
        return None
    return round(Fraction((price.centimes - middle.centimes) * PERMILLE, middle.centimes))
