"""The programmes on the demo canton: the figures that the source prints, on the page, in the API, in the file."""

import csv
import io
import re
from datetime import date, datetime
from html import unescape
from urllib.parse import parse_qsl

import pytest

from cii.app import create_app
from cii.demo.directory import PASSWORD
from cii.kernel.clock import ZURICH, FixedClock
from tests.conftest import ENGINES, NOW

pytestmark = pytest.mark.xdist_group("demo-canton")
LEGISLATURE = {"first": "2009-01-01", "last": "2013-03-31"}
YOUTH = "youth-case-management"
EVERYDAY = "everyday-cii"


@pytest.fixture(scope="module", params=ENGINES)
def canton(request, small_canton):
    """The application on a demo canton of few cases; the archive is in it whole."""
    app = create_app(small_canton(request.param), FixedClock(NOW))
    yield app
    app.wiring.engine.dispose()


def reader(app, email):
    """A client of that account."""
    client = app.test_client()
    answer = client.post("/api/v1/session", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    token = answer.get_json()["token"]
    return lambda url, **query: client.get(
        url, query_string=query, headers={"Authorization": f"Bearer {token}", "Accept-Language": "fr"}
    )


@pytest.fixture
def group(canton):
    """A member of the coordination group, who may know every number."""
    return reader(canton, "gc@cii.example")


def test_the_interface_tells_the_figures_of_the_source(group):
    found = group(f"/api/v1/programmes/{YOUTH}", **LEGISLATURE).get_json()

    assert (found["announced"], found["open"], found["closed"]) == (383, 127, 256)
    assert found["outcomes"] == {"adapted_structure": 58, "apprenticeship": 57, "diploma": 28, "job": 14}
    assert (found["solutions"], found["solution_percent"]) == (157, "61.3")
    assert found["out_of_criteria"] == sum(found["reasons"].values()) == 99
    assert found["announced"] == found["open"] + found["solutions"] + found["out_of_criteria"]


def test_the_page_shows_them_too(group):
    page = re.sub(r"\s+|&nbsp;|\xa0|\u202f", " ", group(f"/programmes/{YOUTH}", **LEGISLATURE).text)

    for said in (
        "383",
        "127",
        "256",
        "157",
        "99",
        "61.3 % des cas clos",
        "CFC ou AFP",
        "28",
        "57",
        "14",
        "58",
    ):
        assert said in page
    assert "Annoncé" in page


def test_the_file_holds_the_same_numbers(group):
    text = group(f"/programmes/{YOUTH}/export.csv", **LEGISLATURE).get_data().decode("utf-8-sig")
    same = group(f"/api/v1/programmes/{YOUTH}/csv", **LEGISLATURE).get_data().decode("utf-8-sig")

    rows = csv_of(group(f"/programmes/{YOUTH}/export.csv", **LEGISLATURE))
    assert [rows["cases", one] for one in ("announced", "open", "closed")] == ["383", "127", "256"]
    assert [rows["outcome", one] for one in ("diploma", "apprenticeship", "job", "adapted_structure")] == [
        "28", "57", "14", "58",
    ]  # fmt: skip
    assert (rows["solutions", "solutions"], rows["solutions", "percent_of_closed"]) == ("157", "61.3")
    assert rows["admissibility", "out_of_criteria"] == "99"
    assert text.splitlines()[1:] == same.splitlines()[1:]


def test_each_part_of_a_period_leads_to_the_same_numbers_on_page_interface_and_file(group):
    found = group(f"/api/v1/programmes/{YOUTH}", **LEGISLATURE).get_json()
    page = group(f"/programmes/{YOUTH}", **LEGISLATURE).text
    whole = csv_of(group(f"/programmes/{YOUTH}/export.csv", **LEGISLATURE))

    parts = found["parts"]
    assert [one["first"][:4] for one in parts] == ["2009", "2010", "2011", "2012", "2013"]
    for name in ("announced", "open", "closed"):
        assert sum(one[name] for one in parts) == found[name]
    for part in parts:
        days = {"first": part["first"], "last": part["last"], "stand": found["stand"]}
        numbers = [part[name] for name in ("announced", "open", "closed")]
        inside = group(f"/api/v1/programmes/{YOUTH}", **days).get_json()
        file = csv_of(group(f"/programmes/{YOUTH}/export.csv", **days))
        address = (
            f"/programmes/{YOUTH}?first={days['first']}&amp;last={days['last']}&amp;stand={days['stand']}"
        )
        assert address in page
        assert [inside[name] for name in ("announced", "open", "closed")] == numbers
        assert [file["cases", name] for name in ("announced", "open", "closed")] == [str(n) for n in numbers]
        assert [whole[f"period_{name}", f"{days['first']}/{days['last']}"] for name in ("announced", "open", "closed")] == [
            str(n) for n in numbers
        ]  # fmt: skip


def test_the_numbers_of_a_period_lead_to_exactly_its_cases_by_page_interface_and_kept_filter(canton):
    clerk = reader(canton, "orp.chef@cii.example")
    days = {"first": "2025-10-01", "last": "2026-03-31"}
    page = clerk(f"/programmes/{EVERYDAY}", **days).text

    ways = [unescape(one) for one in re.findall(r'href="(/cases\?path=[^"]+)"', page)]
    inside = {"path": EVERYDAY, "opened_from": days["first"], "opened_until": days["last"], "limit": 200}
    rows = clerk("/api/v1/cases", **inside).get_json()["items"]
    every = clerk("/api/v1/cases", path=EVERYDAY, limit=200).get_json()["items"]

    assert unescape(page).count("La liste montre l'état actuel.") == 2
    period = f"path={EVERYDAY}&opened_from=2025-10-01&opened_until=2026-03-31"
    assert {one.partition("?")[2] for one in ways} == {
        period,
        f"{period}&status=open",
        f"{period}&status=closed",
    }
    opened = {one["ref"]: datetime.fromisoformat(one["opened_at"]).astimezone(ZURICH).date() for one in every}
    first, last = (date.fromisoformat(days[name]) for name in ("first", "last"))
    assert (
        {one["ref"] for one in rows}
        == {ref for ref, day in opened.items() if first <= day <= last}
        != set(opened)
    )
    listed = clerk("/cases", **dict(parse_qsl(f"{period}&status=closed"))).text
    assert {one["number"] for one in rows if one["status"] == "closed"} == set(
        re.findall(r"CII-\w{4}-\w{4}", listed)
    )
    assert (
        'name="query" value="path=everyday-cii&amp;opened_from=2025-10-01'
        in clerk("/cases", **dict(parse_qsl(period))).text
    )
    assert clerk("/cases", opened_from="hier").status_code == 422


def test_the_quarter_that_was_chosen_stays_and_leads_back_to_its_year(group):
    quarter = {"first": "2012-04-01", "last": "2012-06-30", "stand": "2013-03-31"}
    found = group(f"/api/v1/programmes/{YOUTH}", **quarter).get_json()

    page = group(f"/programmes/{YOUTH}", **quarter).text

    assert [one["first"] for one in found["parts"]] == ["2012-04-01", "2012-05-01", "2012-06-01"]
    assert "/programmes?first=2012-04-01&amp;last=2012-06-30" in page
    assert "export.csv?first=2012-04-01&amp;last=2012-06-30&amp;stand=2013-03-31" in page
    assert "first=2012-01-01&amp;last=2012-12-31&amp;stand=2013-03-31" in page
    assert "état à la fin du 31.03.2013" in page
    assert "avril 2012" in page


def csv_of(answer):
    text = answer.get_data().decode("utf-8-sig")
    return {(row[0], row[1]): row[2] for row in csv.reader(io.StringIO(text), delimiter=";")}


def test_each_programme_has_its_page_and_steps(group):
    for programme in ("everyday-cii", "reseau-cii", YOUTH, "ne-eso"):
        found = group(f"/api/v1/programmes/{programme}", first="2009-01-01").get_json()
        page = group(f"/programmes/{programme}", first="2009-01-01")
        assert found["announced"] == found["open"] + found["closed"] > 0
        assert found["steps"]
        assert page.status_code == 200
    assert group("/programmes").text.count("/programmes/") >= 4


def test_refusals_and_redirects_stand_by_institution(group):
    found = group("/api/v1/programmes/reseau-cii", first="2009-01-01").get_json()

    assert sum(one["accepted"] for one in found["referrals"]) > 0
    assert {"institution", "accepted", "declined", "redirected"} == set(found["referrals"][0])


def test_small_numbers_of_others_are_not_published(canton):
    """Of the 99 out of criteria four were not able to work: another institution learns neither this nor a sum."""
    others = reader(canton, "orp.chef@cii.example")

    found = others(f"/api/v1/programmes/{YOUTH}", **LEGISLATURE).get_json()

    assert found["out_of_criteria"] == 99
    assert found["reasons"]["not_able_to_work"] is None
    assert [one for one in found["reasons"].values() if one is None] == [None, None]
    assert "non publié" in others(f"/programmes/{YOUTH}", **LEGISLATURE).text


def test_others_are_told_of_whole_months_so_that_two_periods_give_no_day_away(canton, group):
    others = reader(canton, "gpcii@cii.example")
    path, day = "/api/v1/programmes/reseau-cii", {"first": "2026-01-01", "last": "2026-10-14"}

    refused = others(path, **day)
    later = others(path, first="2026-01-01", last="2026-08-31", stand="2026-09-15")
    page = others("/programmes/reseau-cii", **day)
    usual = others(path).get_json()

    assert group(path, **day).status_code == 200
    assert [refused.status_code, later.status_code, page.status_code] == [422, 422, 422]
    assert {one["field"] for one in refused.get_json()["reasons"]} == {"last", "stand"}
    assert [(one["code"], one["field"]) for one in later.get_json()["reasons"]] == [
        ("period-too-fine", "stand")
    ]
    assert "30.09.2026" in page.text or "30 septembre 2026" in page.text
    assert (usual["first"], usual["last"], usual["stand"]) == ("2026-01-01", "2026-09-30", "2026-09-30")
    assert others("/programmes").status_code == others("/programmes/reseau-cii").status_code == 200


def test_an_unknown_programme_is_not_there_and_a_bad_day_is_refused(group):
    assert group("/programmes/nothing").status_code == 404
    assert group("/api/v1/programmes/nothing").status_code == 404
    assert group(f"/programmes/{YOUTH}", first="2009-13-01").status_code == 422
    assert group(f"/api/v1/programmes/{YOUTH}", last="no").status_code == 422


def test_who_sees_no_figures_sees_no_programmes(canton):
    assert reader(canton, "orp@cii.example")("/programmes").status_code == 403
