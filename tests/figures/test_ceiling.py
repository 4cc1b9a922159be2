"""The federal ceiling of unemployment insurance: bands, counts with their source, and what stands under it."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cii.budgets.actions import Leg, Source, accrue, engage, grant_budget
from cii.documents import csv
from cii.figures.actions_ceiling import EnterCeilingFact, enter_ceiling_fact
from cii.figures.ceiling import ceiling_statement, entered_facts
from cii.figures.ceiling_paper import ceiling_table
from cii.figures.rules_ceiling import (
    Band,
    CeilingInputMissing,
    CeilingValueSame,
    CeilingValueUnfit,
    CeilingYearUnfit,
    Use,
    band_shares,
    federal_ceiling,
    national_limit,
    standing,
)
from cii.figures.vocabulary import CeilingInput
from cii.institutions.queries import unit_by_code
from cii.kernel.errors import NotAllowed, Refusals
from cii.kernel.money import Chf
from tests.agreements.build_agreements import a_market, acting, an_actor
from tests.figures.build_figures import later, the_numbers

BANDS = [
    Band(12, Chf.parse("3500")),
    Band(40, Chf.parse("2800")),
    Band(100, Chf.parse("1700")),
]


@pytest.mark.parametrize(
    ("seekers", "before", "ceiling"),
    [
        (6_000, 0, "15440000"),
        (6_000, 6_400, "16120000"),
        (12_000, 0, "22240000"),
        (1_000, 900, "3500000"),
        (0, 0, "0"),
    ],
)
def test_the_federal_ceiling_of_a_hundred_thousand_active(seekers, before, ceiling):
    assert federal_ceiling(100_000, seekers, before, BANDS) == Chf.parse(ceiling)


def test_the_bands_show_how_many_count_in_each_and_nobody_beyond_the_last():
    shares = band_shares(100_000, 12_000, BANDS)

    assert [int(one.counted) for one in shares] == [1_200, 2_800, 6_000]
    assert [one.amount for one in shares] == [
        Chf.parse("4200000"),
        Chf.parse("7840000"),
        Chf.parse("10200000"),
    ]


def test_national_measures_take_six_percent_of_the_ceiling_at_most():
    assert national_limit(Chf.parse("16120000"), 60) == Chf.parse("967200")


def test_what_exceeds_the_ceiling_is_said_and_never_a_negative_rest():
    under = standing(Chf(100), Use(granted=Chf(150), used=Chf(80), committed=Chf(40)))

    assert (under.left, under.exceeding, under.budget_beyond) == (Chf(), Chf(20), Chf(50))


@pytest.fixture
def finance(work):
    """The finance of unemployment insurance, with the numbers of the house published."""
    the_numbers(work)
    market = a_market(later(work, days=-600))
    return clerk_of(work, "ORP-LITTORAL"), market


def clerk_of(work, unit):
    return acting(work, an_actor(work, unit_by_code(work, unit), role="finance"))


def enter(work, year, kind, value, source="Publication d'essai"):
    return enter_ceiling_fact(work, EnterCeilingFact(year, kind, value, source))


def test_the_statement_of_a_year_follows_from_its_counts_and_the_ledger(work, finance):
    clerk, market = finance
    grant_budget(work, market.ac.id, 2026, Chf.parse("17000000"))
    agreement = market.agreement()
    leg = Leg(market.ac.id, agreement.id, Chf.parse("16500000"), date(2026, 7, 1))
    engage(work, [leg], Source("placement", 1, "engaged"))
    accrue(
        work,
        [Leg(market.ac.id, agreement.id, Chf.parse("400000"), date(2026, 7, 1))],
        Source("attendance", 1, "earned"),
    )
    enter(clerk, 2026, CeilingInput.ACTIVE_POPULATION, 100_000)
    enter(clerk, 2025, CeilingInput.JOB_SEEKERS, 6_400)

    at_first = ceiling_statement(clerk, 2026)
    enter(clerk, 2026, CeilingInput.JOB_SEEKERS, 6_000)
    found = ceiling_statement(clerk, 2026)

    assert at_first.provisional
    assert not found.provisional
    assert found.ceiling == at_first.ceiling == Chf.parse("16120000")
    assert found.national == Chf.parse("967200")
    assert (found.use.used, found.use.committed) == (Chf.parse("400000"), Chf.parse("16100000"))
    assert found.standing.exceeding == Chf.parse("380000")
    assert found.standing.budget_beyond == Chf.parse("880000")
    told = csv.write(ceiling_table(found)).decode()
    assert "2026;ceiling;;16120000.00" in told
    assert "2026;exceeding;;380000.00" in told


def test_without_counts_there_is_no_ceiling_and_all_that_is_missing_is_named(finance):
    clerk, _ = finance

    with pytest.raises(Refusals) as refused:
        ceiling_statement(clerk, 2026)

    assert [type(one) for one in refused.value.reasons] == [CeilingInputMissing, CeilingInputMissing]


def test_a_correction_keeps_what_stood_before_with_source_and_author(finance):
    clerk, _ = finance
    enter(clerk, 2026, CeilingInput.ACTIVE_POPULATION, 99_000, "Relevé provisoire")
    enter(clerk, 2026, CeilingInput.ACTIVE_POPULATION, 100_000, "Relevé définitif")

    newest, before = entered_facts(clerk, 2026)

    assert (newest.value, newest.source, newest.stands) == (100_000, "Relevé définitif", True)
    assert (before.value, before.source, before.stands) == (99_000, "Relevé provisoire", False)
    with pytest.raises(CeilingValueSame):
        enter(clerk, 2026, CeilingInput.ACTIVE_POPULATION, 100_000, "Relevé définitif")


def test_a_negative_count_of_a_year_to_come_is_refused_with_both_reasons(finance):
    clerk, _ = finance

    with pytest.raises(Refusals) as refused:
        enter(clerk, 2031, CeilingInput.JOB_SEEKERS, -1)

    assert {type(one) for one in refused.value.reasons} == {CeilingValueUnfit, CeilingYearUnfit}
    with pytest.raises(CeilingValueUnfit):
        enter(clerk, 2026, CeilingInput.ACTIVE_POPULATION, 0)


def test_another_sector_does_not_enter_counts_nor_read_the_lines(work, finance):
    clerk, _ = finance
    enter(clerk, 2026, CeilingInput.ACTIVE_POPULATION, 100_000)
    enter(clerk, 2026, CeilingInput.JOB_SEEKERS, 6_000)
    other = clerk_of(work, "GSR-VAL-DE-TRAVERS")

    with pytest.raises(NotAllowed):
        enter(other, 2026, CeilingInput.JOB_SEEKERS, 6_100)

    assert ceiling_statement(other, 2026).ceiling == Chf.parse("15440000")
    assert ceiling_statement(other, 2026).lines is None


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE ceiling_fact SET value = 1",
        "DELETE FROM ceiling_fact",
        (
            "INSERT INTO ceiling_fact (ref, year, kind, value, source, recorded_at) "
            "SELECT 'again', year, kind, value, source, recorded_at FROM ceiling_fact"
        ),
        (
            "INSERT INTO ceiling_fact (ref, year, kind, value, source, recorded_at) "
            "SELECT 'none', 2025, kind, 0, source, recorded_at FROM ceiling_fact"
        ),
    ],
)
def test_the_database_keeps_counts_as_they_were_entered(work, finance, attack):
    clerk, _ = finance
    enter(clerk, 2026, CeilingInput.ACTIVE_POPULATION, 100_000)

    with pytest.raises(DBAPIError), work.session.begin_nested():
        work.session.execute(text(attack))
