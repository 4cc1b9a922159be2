"""The need for places and the fairness of placements on the demo canton: pages, interface and files agree."""

import csv
import io
import re

import pytest
from openpyxl import load_workbook

from cii.app import create_app
from cii.demo.directory import PASSWORD
from cii.kernel.clock import FixedClock
from tests.conftest import ENGINES, NOW

pytestmark = pytest.mark.xdist_group("demo-canton")


@pytest.fixture(scope="module", params=ENGINES)
def canton(request, small_canton):
    """The application on a demo canton of few cases."""
    app = create_app(small_canton(request.param), FixedClock(NOW))
    yield app
    app.wiring.engine.dispose()


def reader(app, email):
    """A client of that account, in French."""
    client = app.test_client()
    token = client.post("/api/v1/session", json={"email": email, "password": PASSWORD}).get_json()["token"]
    return lambda url, **query: client.get(
        url, query_string=query, headers={"Authorization": f"Bearer {token}", "Accept-Language": "fr"}
    )


@pytest.fixture
def group(canton):
    """A member of the coordination group."""
    return reader(canton, "gc@cii.example")


def rows_of(answer):
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


def test_page_interface_and_file_tell_the_same_forecast(group):
    told = group("/api/v1/needs").get_json()
    page = re.sub(r"(\s|&nbsp;)+", " ", group("/needs").text)
    rows = rows_of(group("/needs/csv"))
    by_interface = rows_of(group("/api/v1/needs/csv"))

    everyone = told["groups"][0]
    assert (told["rule"], told["stand"], everyone["group"]) == ("needs/1", "2026-09-30", "all")
    assert len(told["quarters"]) == len(everyone["counts"]) >= 6
    for quarter, count in zip(told["quarters"], everyone["counts"], strict=True):
        assert ["all", quarter, "requests", "" if count is None else str(count)] in rows
    assert [one["quarter"] for one in everyone["ahead"]] == ["2026-Q4", "2027-Q1", "2027-Q2", "2027-Q3"]
    for one in everyone["ahead"]:
        assert ["all", one["quarter"], "places", str(one["places"])] in rows
        assert f">{one['places']}<" in page
    assert "Prochain trimestre : 4e trimestre 2026" in page
    assert "Règle needs/1" in page
    assert rows == by_interface


def test_the_forecast_may_start_from_an_earlier_quarter_and_not_from_one_that_runs(group):
    earlier = group("/needs", quarter="2025-Q2")
    running = group("/needs", quarter="2026-Q4")

    assert "il faut au moins 6 trimestres" in earlier.text
    assert running.status_code == 422
    assert "au plus 2026-Q3" in running.text


def test_the_files_are_workbooks_too(group):
    needs, fair = (
        load_workbook(io.BytesIO(group(url).data)).active for url in ("/needs/xlsx", "/fairness/xlsx")
    )

    assert [cell.value for cell in needs[1]] == ["group", "quarter", "figure", "value"]
    assert [cell.value for cell in needs[2]][2:] == ["rule", "needs/1"]
    assert fair["A1"].value == "dimension"


def test_the_fairness_of_placements_is_the_same_on_the_page_in_the_interface_and_in_the_file(group):
    told = group("/api/v1/fairness").get_json()
    page = re.sub(r"\s+", " ", group("/fairness").text)
    rows = rows_of(group("/fairness/csv"))

    assert (told["first"], told["last"]) == ("2025-10-01", "2026-09-30")
    assert set(told["by"]) == {"sector", "region", "age", "sex", "language"}
    assert rows == rows_of(group("/api/v1/fairness/csv"))
    assert rows[1][5] == str(told["whole"]["total"])
    assert "du 01.10.2025 au 30.09.2026" in page
    assert f">{told['whole']['total']}<" in page


def test_a_period_of_fairness_is_of_whole_months_for_the_group_as_well(group):
    refused = group("/fairness", first="2026-09-02", last="2026-09-30")

    assert refused.status_code == 422
    assert "du premier jour d&#39;un mois" in refused.text


def test_a_case_manager_is_not_shown_them(canton):
    manager = reader(canton, "orp@cii.example")

    assert {manager(one).status_code for one in ("/needs", "/fairness", "/api/v1/needs")} == {403}
