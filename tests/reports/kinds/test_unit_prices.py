"""The unit prices of a year as a report: brought to one unit, with extras; both engines."""

from datetime import date

import pytest

from cii.agreements.vocabulary import Basis
from cii.conventions.actions import stored
from cii.conventions.parts_deal import Extra, Price
from cii.conventions.tables import ConventionPart
from cii.conventions.vocabulary import ExtraKind, Part, PricedUnit
from cii.kernel.money import Chf
from cii.kernel.span import Span
from cii.reports.actions import freeze
from cii.reports.queries import preview
from cii.reports.readers import Readers
from cii.reports.vocabulary import ReportKind
from tests.agreements.build_agreements import a_market
from tests.coordination.build_coordination import the_group
from tests.figures.build_figures import later, the_numbers
from tests.reports.kinds.asking import printed, refrozen

YEAR = Span.parse("2026")


@pytest.fixture
def market(work):
    """Unemployment insurance pays 2 200 a month, social aid 600 a week; the first declares an extra."""
    the_numbers(work)
    made = a_market(later(work, days=-600))
    made.work = work
    made.measure.code, made.measure.name = "ATELIER", "Atelier"
    agreement = made.agreement(last_day=date(2027, 3, 31))
    made.agreement(made.social, last_day=date(2027, 3, 31), amount="600", basis=Basis.WEEK)
    extra = Extra(ExtraKind.COACHING, PricedUnit.HOUR, Chf.parse("120"), wording="Entretien individuel")
    body = stored(Part.PRICE, Price(extras=(extra,)))
    work.session.add(
        ConventionPart(agreement_id=agreement.id, part=Part.PRICE, body=body, recorded_at=work.now)
    )
    work.session.flush()
    return made


def drafted(work, span=YEAR):
    return preview(work, span, kind=ReportKind.UNIT_PRICES, readers=Readers())


def test_each_price_stands_by_place_and_month_beside_the_median_of_its_kind(work, market):
    values = drafted(work)

    told = {
        row["line"]: (row["amount"], row["per_month"], row["median"]) for row in values["prices"].values()
    }
    assert told == {"LACI": ("2200.00", "2200.00", "2400.00"), "SAS": ("600.00", "2600.00", "2400.00")}
    assert {row["provider"] for row in values["prices"].values()} != {None}


def test_extras_are_told_and_who_says_nothing_is_named(work, market):
    values = drafted(work)

    assert [(one["kind"], one["unit"], one["amount"]) for one in values["extras"].values()] == [
        ("coaching", "hour", "120.00")
    ]
    (silent,) = values["undeclared"]
    assert silent in printed(work, ReportKind.UNIT_PRICES, YEAR, "fr").replace("\xad", "")
    assert "Einheitspreise nach Anbieter" in printed(work, ReportKind.UNIT_PRICES, YEAR, "de")


def test_a_year_without_any_agreement_has_no_price(work, market):
    assert drafted(work, Span.parse("2019"))["prices"] == {}


def test_it_is_frozen_and_made_again_from_its_rows(work, market):
    group = later(the_group(work), days=100)

    issue = freeze(group, YEAR, ReportKind.UNIT_PRICES)

    refrozen(group, issue)
    assert freeze(later(group, hours=1), YEAR, ReportKind.UNIT_PRICES) is issue
