"""The forecast to the end of a year: its formula in small numbers, against hindsight, and on the ledger."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest
from sqlmodel import select

from cii.budgets.actions import Leg, Source, accrue, engage, grant_budget
from cii.documents import csv
from cii.figures.forecast import year_forecast
from cii.figures.forecast_paper import forecast_table
from cii.figures.rules_forecast import Booked, forecast, month_of_stay, rates, spread
from cii.institutions.queries import unit_by_code
from cii.kernel.money import Chf
from cii.kernel.period import Period, year_of
from cii.placements.tables import PlacementLeg, PlacementShare
from tests.agreements.build_agreements import a_market, acting, an_actor
from tests.figures.build_figures import a_stay, later, the_numbers

YEAR = year_of(date(2026, 1, 1))
JULY = date(2026, 7, 1)


def a_booking(first, last, francs, delivered=(), *, until=None, released="0"):
    """A stay of so many francs; `delivered` by month, in francs, from its first month on."""
    months = list(Period.through(first, last).months())
    return Booked(
        Period.through(first, last),
        until or last,
        Chf.parse(francs),
        Chf.parse(released),
        {month.start: Chf.parse(sum_) for month, sum_ in zip(months, delivered, strict=False)},
    )


def test_money_is_spread_over_the_days_of_a_stay():
    found = spread(Chf.parse("590"), Period.through(date(2026, 1, 1), date(2026, 2, 28)), YEAR)

    assert found == {date(2026, 1, 1): Fraction(31_000), date(2026, 2, 1): Fraction(28_000)}


def test_a_stay_begun_in_november_is_in_its_third_month_in_january():
    assert month_of_stay(date(2025, 11, 20), date(2026, 1, 1)) == 3


def test_the_rest_counts_with_the_rates_of_its_months_of_stay():
    """Of four stays one broke off after its first month, and 80 % was delivered: 0.75 and 0.8 of what is to come."""
    first, last = date(2026, 1, 1), date(2026, 2, 28)
    full = a_booking(first, last, "590", ("248", "224"), released="118")
    left = a_booking(first, last, "590", ("248",), until=date(2026, 1, 31), released="342")
    running = a_booking(date(2026, 3, 1), date(2026, 5, 31), "920", ("248",))
    stays = [full, full, full, left, running]

    seen = rates(stays, YEAR, date(2026, 4, 1))
    said = forecast(stays, YEAR, date(2026, 4, 1), seen, 1, 3)

    assert [(one.stays, one.continuing, one.realised) for one in seen.by_month] == [
        (5, 1, Fraction(4, 5)),
        (3, Fraction(3, 4), Fraction(4, 5)),
    ]
    assert said.rest == Chf.parse("672"), "what March did not need is still bound"
    assert said.expected == Chf.parse("426"), "300 for April × 0.8, 310 for May × 0.75 × 0.8"


def test_too_few_months_give_no_forecast_rather_than_an_invented_one():
    stays = [a_booking(date(2026, 1, 1), date(2026, 12, 31), "36500", ("3100", "2800"))]

    at_first = forecast(stays, YEAR, date(2026, 3, 1), rates(stays, YEAR, date(2026, 3, 1)), 1, 3)

    assert (at_first.expected, at_first.total) == (None, None)
    assert at_first.rest == Chf.parse("30600")


def test_a_year_that_is_over_comes_to_what_was_delivered():
    stays = [a_booking(date(2026, 1, 1), date(2026, 1, 31), "100", ("90",), released="10")]

    said = forecast(stays, YEAR, date(2027, 1, 1), rates(stays, YEAR, date(2027, 1, 1)), 5, 3)

    assert (said.total, said.rest) == (Chf.parse("90"), Chf())


def an_invented_year(chance):
    """Three hundred stays of six months: each month 8 % break off, and 85 to 100 % of the rest is delivered."""
    stays = []
    for n in range(300):
        first = date(2026, 1 + n % 6, 1)
        planned = Period(first, date(2026, first.month + 6, 1))
        monthly, until = Chf.parse("3000"), planned.last
        delivered = {}
        for month in planned.months():
            broken = chance.random() < 0.08
            share = Fraction(chance.randint(850, 1000), 1000) * (Fraction(1, 2) if broken else 1)
            delivered[month.start] = Chf.rounded(monthly.centimes * share)
            if broken:
                until = month.start + timedelta(days=14)
                break
        stays.append(Booked(planned, until, monthly * 6, Chf(), delivered))
    return stays


def as_known(stay, known_until):
    """What was known of a stay then: it seemed to go on; what it did not need of months gone by was given back."""
    delivered = {month: sum_ for month, sum_ in stay.delivered.items() if month < known_until}
    ended = stay.until < known_until
    over = [month for month in stay.planned.months() if month.end <= known_until]
    unneeded = Chf.parse("3000") * len(over) - Chf.total(delivered.values())
    released = stay.engaged - Chf.total(delivered.values()) if ended else unneeded
    return replace(
        stay, until=stay.until if ended else stay.planned.last, released=released, delivered=delivered
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_with_hindsight_the_forecast_of_an_invented_year_was_within_four_percent(seed):
    year = an_invented_year(Random(seed))
    known = [as_known(stay, JULY) for stay in year]
    truth = Chf.total(sum_ for stay in year for sum_ in stay.delivered.values())

    said = forecast(known, YEAR, JULY, rates(known, YEAR, JULY), 5, 3)

    off = abs((said.total - truth).centimes)
    in_full = abs((said.delivered + said.rest - truth).centimes)
    assert off * 100 < truth.centimes * 4
    assert off * 3 < in_full


def test_the_forecast_of_a_line_follows_the_ledger_and_names_its_method(work):
    the_numbers(work)
    market = a_market(later(work, days=-600))
    agreement = market.agreement()
    grant_budget(work, market.ac.id, 2026, Chf.parse("50000"))
    first, last = date(2026, 6, 1), date(2026, 11, 30)
    stay = a_stay(work, market.measure, agreement, market.ac, first, last)
    share = work.session.exec(select(PlacementShare).where(PlacementShare.placement_id == stay.id)).one()
    work.session.add(PlacementLeg(share_id=share.id, year=2026, engaged=Chf.parse("18300"), released=Chf()))
    leg = Leg(market.ac.id, agreement.id, Chf.parse("19300"), first)
    engage(work, [leg], Source("placement", stay.id, "engaged"))
    for month, sum_ in ((6, "1500"), (7, "1550"), (8, "1550"), (9, "1500")):
        earned = Leg(market.ac.id, agreement.id, Chf.parse(sum_), date(2026, month, 1))
        accrue(work, [earned], Source("attendance", share.id, f"earned-{month}"))

    (line,) = year_forecast(later(work, days=-work.today.day + 15), 2026).lines

    (measure,) = line.measures
    assert measure.rates.together.realised == Fraction(1, 2)
    assert measure.forecast.delivered == Chf.parse("6100")
    assert measure.forecast.expected == Chf.parse("3050")
    assert line.other_rest == Chf.parse("1000")
    assert line.total == Chf.parse("10150")
    assert line.beyond == Chf.parse("-39850")
    told = csv.write(forecast_table(year_forecast(work, 2026), "fr")).decode()
    assert "reste engagé du mois" in told
    assert ";forecast;;10150.00" in told


def test_a_line_of_another_sector_is_not_forecast_for_me(work):
    the_numbers(work)
    market = a_market(later(work, days=-600))
    grant_budget(work, market.ac.id, 2026, Chf.parse("50000"))
    other = acting(work, an_actor(work, unit_by_code(work, "GSR-VAL-DE-TRAVERS"), role="finance"))

    assert year_forecast(other, 2026).lines == ()
    assert [one.line for one in year_forecast(work, 2026).lines] == ["LACI"]
