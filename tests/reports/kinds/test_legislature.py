"""The report of a legislature: axes by year that add up, use by year; both engines."""

import pytest

from cii.kernel.span import Span
from cii.reports.actions import freeze
from cii.reports.kind_legislature import _few_in_years, _years
from cii.reports.queries import issue_values, preview
from cii.reports.readers import Readers
from cii.reports.vocabulary import ReportKind
from tests.coordination.build_coordination import the_group
from tests.figures.build_figures import later
from tests.reports.kinds.asking import printed, refrozen
from tests.reports.stage import a_quarter

FOUR = Span.parse("2023-2026")


@pytest.fixture
def market(work):
    return a_quarter(work)


def drafted(work, readers):
    return preview(work, FOUR, kind=ReportKind.LEGISLATURE, readers=readers)


def case(year, n, outcome=None, institution="SFPO"):
    return [
        {"ref": f"{year}{outcome}{at}", "path": "youth-case-management", "institution": institution,
         "opened_on": f"{year}-02-01", "closed_on": None, "outcome": outcome}
        for at in range(n)
    ]  # fmt: skip


def test_the_years_of_a_programme_add_up_to_its_axis(work, market):
    values = drafted(work, Readers(whole=True))

    for path, row in values["axes"].items():
        mine = [one for one in values["years"].values() if one["programme"] == path]
        assert len(mine) == 4
        for name in ("announced", "open", "closed"):
            assert sum(one[name] for one in mine) == row[name]
    assert sum(row["announced"] for row in values["axes"].values()) == 10


def test_the_use_of_each_year_is_that_year_s_alone(work, market):
    values = drafted(work, Readers(whole=True))

    assert [row["participants"] for _, row in sorted(values["use"].items())] == [0, 0, 0, 9]
    assert (values["use"]["2026"]["exits"], values["use"]["2026"]["mixed"]) == (3, 1)
    assert values["met"]["2026"] == {"year": "2026", "coordination": 1, "steering": 0}
    assert "Bilan de législature" in printed(work, ReportKind.LEGISLATURE, FOUR, "fr")
    assert "Legislaturbericht" in printed(work, ReportKind.LEGISLATURE, FOUR, "de")


def test_a_small_year_does_not_follow_from_the_others():
    rows = case(2023, 3) + case(2024, 20) + case(2025, 30) + case(2025, 9, "job") + case(2026, 12, "job")
    years = dict(_years(rows, FOUR.period.years()))
    seen = {"axes": {"youth-case-management": {}}, "years": years}

    out = {".".join(path) for path in _few_in_years(seen, Readers(), 5)}

    at = "years.youth-case-management"
    assert f"{at}/2023.open" in out
    assert len([path for path in out if path.endswith(".open")]) >= 2
    assert not list(_few_in_years(seen, Readers(frozenset({"SFPO"})), 5))


def test_few_persons_and_who_leads_are_hidden_from_others(work, market):
    seen = drafted(work, Readers())

    assert "use.2026.exits" in seen["hidden"]
    assert seen["use"]["2026"]["cost"] is None
    assert not any("of" in row for part in ("axes", "years") for row in seen[part].values())


def test_it_is_frozen_and_made_again_from_its_rows(work, market):
    group = later(the_group(work), days=100)

    issue = freeze(group, FOUR, ReportKind.LEGISLATURE)

    refrozen(group, issue)
    assert issue_values(group, issue)["use"]["2026"]["entries"] == 9
