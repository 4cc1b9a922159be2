"""Prices of one stay under many tariffs are what each tariff says by itself, payer by payer."""

from datetime import date
from itertools import starmap

from hypothesis import given, settings
from hypothesis import strategies as st

from cii.agreements.prices import PriceBook
from cii.agreements.prices_search import StayPrices
from cii.agreements.rules_proration import Rate
from cii.agreements.vocabulary import Basis
from cii.kernel.calendar import WorkingDays
from cii.kernel.money import Chf
from cii.kernel.period import Period

YEARS = (date(2025, 1, 1), date(2027, 1, 1))
periods = (
    st.tuples(st.dates(date(2025, 3, 1), date(2026, 11, 1)), st.dates(date(2025, 3, 1), date(2026, 11, 1)))
    .map(sorted)
    .map(lambda both: Period.through(*both))
)


def a_rate(number, basis, amount, places, thresholds):
    spread = Period(*YEARS) if basis is Basis.PERIOD else None
    full_from, half_from = thresholds
    return Rate(
        number, *YEARS, basis, Chf(amount), places,
        day_minutes=480, full_from=full_from, half_from=half_from, spread=spread,
    )  # fmt: skip


rates = st.lists(
    st.tuples(
        st.integers(1, 9),
        st.sampled_from(Basis),
        st.integers(0, 400_000),
        st.integers(1, 4),
        st.sampled_from([(None, None), (80, 40), (60, None)]),
    ),
    min_size=1,
    max_size=8,
).map(lambda told: list(starmap(a_rate, told)))


@settings(max_examples=60)
@given(rates, periods, st.lists(periods, max_size=2), st.sampled_from([(1,), (60, 40), (1, 1, 1)]),
       st.sampled_from([None, 50, 90]))  # fmt: skip
def test_a_stay_costs_each_payer_what_a_placement_binds(found, stay, closures, weights, workload):
    keys = [(number, 2, 3) for number in range(len(found))]
    book = PriceBook(
        {key: (rate,) for key, rate in zip(keys, found, strict=True)},
        {key[:2]: tuple(closures) for key in keys[::2]},
        WorkingDays("NE"),
    )
    searched = StayPrices(book, stay, weights, workload)

    for key in keys:
        alone = book.price(key, stay, weights=weights, workload=workload)
        shown = {year: parts for year, parts in searched.of(key).items() if any(parts)}

        assert shown == {year: parts for year in alone.years if any(parts := alone.parts_of_year(year))}
