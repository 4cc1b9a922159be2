"""Prices of many stays at once are those of each stay by itself."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cii.agreements.prices import PriceBook
from cii.agreements.prices_many import YearPrices
from cii.agreements.rules_proration import Rate, TariffMissing
from cii.agreements.rules_units import BEGUN
from cii.agreements.vocabulary import Basis
from cii.kernel.calendar import WorkingDays
from cii.kernel.money import Chf
from cii.kernel.period import Period

FIRST = date(2026, 1, 1)
KEY = (1, 2, 3)
days = st.integers(0, 700).map(lambda days: FIRST + timedelta(days=days))
stays = st.builds(
    lambda first, length: Period(first, first + timedelta(days=length)), days, st.integers(1, 400)
)
amounts = st.integers(0, 400_000).map(Chf)


@st.composite
def tariffs(draw):
    """One or two tariffs that follow each other, of any basis."""
    cut = draw(days)
    found = []
    for at, (start, end) in enumerate([(date(2025, 6, 1), cut), (cut, None)]):
        basis = draw(st.sampled_from(Basis))
        spread = Period(start, end or date(2029, 1, 1)) if basis is Basis.PERIOD else None
        found.append(
            Rate(
                at + 1,
                start,
                end,
                basis,
                draw(amounts),
                draw(st.integers(1, 4)),
                day_minutes=480,
                spread=spread,
            )
        )
    return tuple(found)


@settings(max_examples=25)
@given(tariffs(), st.lists(stays, max_size=2), st.lists(stays, min_size=1, max_size=6))
def test_every_stay_costs_each_year_what_it_costs_by_itself(rates, closures, wanted):
    book = PriceBook({KEY: rates}, {KEY[:2]: tuple(closures)}, WorkingDays("NE"))
    many = YearPrices(book)

    for stay in [*wanted, *wanted]:
        alone = book.price(KEY, stay)
        years = [(year, alone.parts_of_year(year)[0]) for year in alone.years]

        assert many.of(KEY, stay) == tuple((year, sum_) for year, sum_ in years if sum_)


def test_a_stay_without_a_tariff_is_refused_as_by_itself():
    book = PriceBook({}, {}, WorkingDays("NE"))

    with pytest.raises(TariffMissing) as no:
        YearPrices(book).of(KEY, Period(FIRST, date(2026, 2, 1)))

    assert no.value.facts == {"first": FIRST, "last": date(2026, 1, 31)}


def test_what_is_bought_by_the_begun_unit_hangs_on_the_whole_stay():
    book = PriceBook({KEY: (Rate(1, FIRST, None, Basis.PER_PERSON, Chf(100)),)}, {}, WorkingDays("NE"))
    many = YearPrices(book)

    assert Basis.PER_PERSON in BEGUN
    assert many.of(KEY, Period(date(2026, 12, 1), date(2027, 2, 1))) == ((2026, Chf(100)),)
    assert many.of(KEY, Period(date(2027, 1, 1), date(2027, 2, 1))) == ((2027, Chf(100)),)
