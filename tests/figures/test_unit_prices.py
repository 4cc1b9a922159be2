"""Tariffs brought to one unit and set side by side."""

from datetime import date

import pytest

from cii.agreements.vocabulary import Basis
from cii.conventions.actions import stored
from cii.conventions.parts_deal import Extra, Price
from cii.conventions.tables import ConventionPart
from cii.conventions.vocabulary import ExtraKind, Part, PricedUnit
from cii.figures.rules_unit_prices import day_price, median, month_price, permille_above
from cii.figures.unit_prices import unit_prices
from cii.figures.unit_prices_paper import extras_table, unit_prices_table
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


def test_how_far_a_price_stands_from_the_middle():
    middle = Chf.parse("150")

    assert permille_above(Chf.parse("180"), middle) == 200
    assert permille_above(Chf.parse("120"), middle) == -200
    assert permille_above(middle, middle) == 0
    assert permille_above(middle, Chf()) is None


def declare(work: Work, agreement, *extras: Extra, none: bool = False) -> None:
    """What an agreement in force says of its extras."""
    body = stored(Part.PRICE, Price(extras=extras, extras_none=none))
    work.session.add(
        ConventionPart(agreement_id=agreement.id, part=Part.PRICE, body=body, recorded_at=work.now)
    )
    work.session.flush()


def coaching(amount: str, unit: PricedUnit = PricedUnit.HOUR, **more) -> Extra:
    return Extra(ExtraKind.COACHING, unit, Chf.parse(amount), **more)


def test_extras_of_the_same_kind_and_unit_stand_beside_their_median(work: Work):
    """120 and 180 an hour: the middle is 150, a fifth below and a fifth above; by the person is another price."""
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    market = a_market(work)
    first, second = market.agreement(), market.agreement(market.social)
    declare(work, first, coaching("180"), coaching("900", PricedUnit.PERSON))
    declare(work, second, coaching("120", measure_ref=market.measure.ref, wording="Après la mesure"))

    found = unit_prices(work, date(2026, 6, 1))

    told = [(one.unit, str(one.amount), str(one.median), one.above, one.agreements) for one in found.extras]
    assert told == [
        (PricedUnit.HOUR, "120.00", "150.00", -200, (second.number,)),
        (PricedUnit.HOUR, "180.00", "150.00", 200, (first.number,)),
        (PricedUnit.PERSON, "900.00", "900.00", 0, (first.number,)),
    ]
    assert [one.measure for one in found.extras] == [market.measure.name, "", ""]
    assert found.undeclared == ()


def test_what_a_provider_declares_alike_to_several_payers_weighs_once(work: Work):
    """100 for both payers, 200 and 300 for one: the middle of three prices is 200."""
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    market = a_market(work)
    first, second = market.agreement(), market.agreement(market.social)
    declare(work, first, coaching("100"))
    declare(work, second, coaching("100"), coaching("200"), coaching("300"))

    found = unit_prices(work, date(2026, 6, 1))

    assert [str(one.amount) for one in found.extras] == ["100.00", "200.00", "300.00"]
    assert found.extras[0].agreements == tuple(sorted((first.number, second.number)))
    assert {str(one.median) for one in found.extras} == {"200.00"}


def test_a_measure_without_extras_says_so_where_its_agreement_declares_those_of_another(work: Work):
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    market = a_market(work)
    declare(work, market.agreement(), coaching("100", measure_ref="another234"))
    market.agreement(market.social)

    told = {one.line: (one.extras, one.extras_none) for one in unit_prices(work, date(2026, 6, 1)).prices}

    assert told == {"LACI": ((), True), "SAS": ((), False)}


def test_who_declares_nothing_is_named_and_who_declares_that_there_is_nothing_is_not(work: Work):
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    market = a_market(work)
    silent, said = market.agreement(), market.agreement(market.social)
    declare(work, said, none=True)

    found = unit_prices(work, date(2026, 6, 1))
    table = extras_table(found)

    assert (found.undeclared, found.extras) == ((silent.number,), ())
    assert [row[6] for row in table.rows] == [silent.number]


def test_extras_of_agreements_that_one_does_not_see_weigh_in_no_median(work: Work):
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    market = a_market(work)
    declare(work, market.agreement(), coaching("100"))

    other = acting(work, an_actor(work, unit_by_code(work, "OAI-REA")))

    assert unit_prices(other, date(2026, 6, 1)).extras == ()
    assert unit_prices(other, date(2026, 6, 1)).undeclared == ()
