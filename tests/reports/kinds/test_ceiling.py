"""The statement of the federal ceiling as a report: hand-counted, a count missing, corrected; both engines."""

from datetime import date

import pytest

from cii.budgets.actions import Leg, Source, accrue, engage, grant_budget
from cii.figures.actions_ceiling import EnterCeilingFact, enter_ceiling_fact
from cii.figures.vocabulary import CeilingInput
from cii.institutions.queries import unit_by_code
from cii.kernel.money import Chf
from cii.kernel.span import Span
from cii.reports.actions import freeze
from cii.reports.queries import issue_values, preview
from cii.reports.readers import Readers
from cii.reports.vocabulary import ReportKind
from tests.agreements.build_agreements import a_market, acting, an_actor
from tests.coordination.build_coordination import the_group
from tests.figures.build_figures import later, the_numbers
from tests.reports.kinds.asking import printed, refrozen

YEAR = Span.parse("2026")


@pytest.fixture
def clerk(work):
    """The finance of unemployment insurance; its line has 17 millions, 16.5 bound, 0.4 of them delivered."""
    the_numbers(work)
    market = a_market(later(work, days=-600))
    grant_budget(work, market.ac.id, 2026, Chf.parse("17000000"))
    grant_budget(work, market.social.id, 2026, Chf.parse("9000000"))
    agreement = market.agreement()
    for book, amount, source in ((engage, "16500000", "placement"), (accrue, "400000", "attendance")):
        leg = Leg(market.ac.id, agreement.id, Chf.parse(amount), date(2026, 7, 1))
        book(work, [leg], Source(source, 1, source))
    return acting(work, an_actor(work, unit_by_code(work, "ORP-LITTORAL"), role="finance"))


def enter(clerk, year, kind, value):
    return enter_ceiling_fact(clerk, EnterCeilingFact(year, kind, value, "Publication d'essai"))


def drafted(work, known_at=None):
    return preview(work, YEAR, known_at, kind=ReportKind.CEILING, readers=Readers())


def test_the_bands_the_ceiling_and_the_lines_of_unemployment_insurance_alone(work, clerk):
    enter(clerk, 2026, CeilingInput.ACTIVE_POPULATION, 100_000)
    enter(clerk, 2026, CeilingInput.JOB_SEEKERS, 6_000)
    enter(clerk, 2025, CeilingInput.JOB_SEEKERS, 6_400)

    values = drafted(later(work, hours=1))

    row = values["standing"]["2026"]
    assert (row["ceiling"], row["national"]) == ("16120000.00", "967200.00")
    assert (row["left"], row["exceeding"], row["budget_beyond"]) == ("0.00", "380000.00", "880000.00")
    assert [one["amount"] for one in values["bands"].values()] == ["4200000.00", "7840000.00", "4080000.00"]
    assert values["line_use"] == {
        "LACI": {"line": "LACI", "granted": "17000000.00", "used": "400000.00", "committed": "16100000.00"}
    }
    assert (values["unknown"], values["provisional"]) == ([], False)
    assert "16'120'000" in printed(later(work, hours=1), ReportKind.CEILING, YEAR, "fr").replace("’", "'")


def test_without_counts_the_ceiling_is_missing_not_zero(work, clerk):
    values = drafted(work)

    assert values["standing"]["2026"]["ceiling"] is None
    assert "standing.2026.ceiling" in values["unknown"]
    assert values["bands"] == {}
    pages = printed(work, ReportKind.CEILING, YEAR, "fr")
    assert "Données non saisies : population active 2026" in pages
    assert "Nicht erfasste Angaben" in printed(work, ReportKind.CEILING, YEAR, "de")


def test_with_one_mean_missing_it_is_provisional(work, clerk):
    enter(clerk, 2026, CeilingInput.ACTIVE_POPULATION, 100_000)
    enter(clerk, 2025, CeilingInput.JOB_SEEKERS, 6_400)

    values = drafted(later(work, hours=1))

    assert (values["provisional"], values["standing"]["2026"]["ceiling"]) == (True, "16120000.00")


def test_a_count_corrected_later_makes_the_next_version(work, clerk):
    enter(clerk, 2026, CeilingInput.ACTIVE_POPULATION, 100_000)
    enter(clerk, 2026, CeilingInput.JOB_SEEKERS, 6_000)
    group = later(the_group(work), days=100)
    first = freeze(group, YEAR, ReportKind.CEILING)
    refrozen(group, first)
    enter(later(clerk, days=101), 2026, CeilingInput.JOB_SEEKERS, 6_400)

    second = freeze(later(group, days=2), YEAR, ReportKind.CEILING)

    assert issue_values(group, first)["standing"]["2026"]["ceiling"] == "15440000.00"
    assert (second.version, issue_values(group, second)["standing"]["2026"]["ceiling"]) == (2, "16120000.00")
    again = drafted(later(work, days=110), known_at=group.now)
    assert again["standing"]["2026"]["ceiling"] == "15440000.00"
