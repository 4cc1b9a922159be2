"""Tariffs brought to one unit and set side by side."""

from datetime import date

import pytest

from cii.agreements.vocabulary import Basis
from cii.figures.rules_unit_prices import day_price, median, month_price
from cii.figures.unit_prices import unit_prices
from cii.figures.unit_prices_paper import unit_prices_table
from cii.institutions.queries import unit_by_code
from cii.kernel.money import Chf
from cii.store.parameters import publish_parameters
from cii.store.settings import HOUSE
from cii.store.work import Work
from tests.agreements.build_agreements import a_market, acting, an_actor


@pytest.mark.parametrize(
    ("basis", "amount", "more", "expected"),
    [
        (Basis.WEEKDAYS, "2200", {}, "2200"),
        (Basis.AGREED_PLACES, "2200", {"places": 8}, "2200"),
        (Basis.WEEK, "600", {}, "2600"),
        (Basis.HOUR, "20", {"day_minutes": 480}, "3466.67"),
        (Basis.PERIOD, "240000", {"places": 10, "term": (date(2026, 1, 1), date(2027, 1, 1))}, "2000"),
        (Basis.PER_PERSON, "900", {}, None),
        (Basis.PERIOD, "240000", {}, None),
    ],
)
def test_each_basis_is_told_by_place_and_month(basis, amount, more, expected):
    told = month_price(basis, Chf.parse(amount), **more)

    assert told == (None if expected is None else Chf.parse(expected))


def test_a_working_day_is_a_two_hundred_and_sixtieth_of_a_year():
    assert day_price(Chf.parse("2166.65")) == Chf.parse("100")
    assert day_price(None) is None


def test_the_price_in_the_middle():
    prices = [Chf.parse(one) for one in ("2200", "1800", "2600")]

    assert median(prices) == Chf.parse("2200")
    assert median(prices[:2]) == Chf.parse("2000")
    assert median([]) is None


def test_prices_of_two_payers_stand_side_by_side(work: Work):
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    market = a_market(work)
    market.agreement()
    market.agreement(market.social, amount="600", basis=Basis.WEEK)

    found = unit_prices(work, date(2026, 6, 1)).prices
    table = unit_prices_table(unit_prices(work, date(2026, 6, 1)))

    assert [(one.line, one.per_month) for one in found] == [
        ("LACI", Chf.parse("2200")),
        ("SAS", Chf.parse("2600")),
    ]
    assert {one.median for one in found} == {Chf.parse("2400")}
    assert {one.provider_ref for one in found} == {market.provider.ref}
    assert len(table.rows) == 2
    assert unit_prices(work, date(2025, 12, 31)).prices == ()


def test_another_sector_compares_only_what_it_sees(work: Work):
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    market = a_market(work)
    market.agreement()

    other = acting(work, an_actor(work, unit_by_code(work, "OAI-REA")))

    assert unit_prices(other, date(2026, 6, 1)).prices == ()
