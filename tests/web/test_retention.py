"""Retention and the hand-over to the archive on pages and at the API, as the officer walks through them."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlmodel import col, select

from cii.access.actions import AddAccount, add_account, add_membership
from cii.access.tables import Account
from cii.access.vocabulary import Role
from cii.cases.actions import open_case
from cii.cases.vocabulary import CasePath, CaseStatus
from cii.institutions.queries import unit_by_code
from cii.people.actions import AttachPerson, attach_person
from tests.web.build_town import PASSWORD

LONG_AGO = datetime(2009, 3, 2, 9, tzinfo=UTC)
SAID = {"by": "archiviste cantonale", "reference": "AEN 2026/17", "said_on": "2026-10-15"}


@pytest.fixture
def archived(site):
    """Somebody whose only case was closed long ago, and an officer."""
    with site.work() as work:
        officer = work.session.exec(select(Account).where(col(Account.email) == "due@cii.example")).first()
        if officer is None:
            officer = add_account(work, AddAccount("due@cii.example", "Préposée", password=PASSWORD))
            add_membership(work, officer, unit_by_code(work, "DPO").id, Role.DATA_PROTECTION_OFFICER)
        before, unit = replace(work, now=LONG_AGO), unit_by_code(work, "ORP-LITTORAL").id
        person = attach_person(before, AttachPerson(None, "Ancienne", "Personne", date(1950, 1, 2)), unit)
        case = open_case(
            before, person_id=person.id, path=CasePath.NETWORK, opened_by_unit_id=unit, lead_unit_id=unit
        )
        case.status, case.closed_at, case.outcome = CaseStatus.CLOSED, LONG_AGO, "goal"
        work.session.add(case)
        return person.ref


def an_offer(officer, person) -> str:
    return officer.post(f"/rights/due/{person}/offer").partition("?")[0].rpartition("/")[2]


def test_who_is_due_stands_in_the_list_by_reference_and_without_a_name(site, archived):
    officer = site.as_("due")

    listed = officer.get("/rights/due")

    assert archived in listed
    assert "dossier du réseau CII" in listed
    assert "à proposer aux archives" in listed
    assert "Ancienne" not in listed
    one = officer.get(f"/rights/due/{archived}")
    assert "02.03.2019" in one
    assert f"/rights/erasures/new?person={archived}" not in one


def test_a_file_is_offered_fetched_accepted_and_received(site, archived):
    officer = site.as_("due")

    ref = an_offer(officer, archived)
    package = officer.client.get(f"/rights/archive/{ref}/package")
    held = zipfile.ZipFile(io.BytesIO(package.data))
    officer.post(f"/rights/archive/{ref}/answer", accepted="yes", **SAID)
    officer.post(f"/rights/archive/{ref}/receipt", **SAID)

    assert package.mimetype == "application/zip"
    assert "manifest.json" in held.namelist()
    shown = officer.get(f"/rights/archive/{ref}")
    assert "versé" in shown
    assert "AEN 2026/17" in shown
    assert "/package" not in shown
    officer.get(f"/rights/archive/{ref}/package", 404)
    one = officer.get(f"/rights/due/{archived}")
    assert "réglé avec les archives" in one
    assert f"/rights/erasures/new?person={archived}" in one
    assert ref in officer.get("/rights/archive")


def test_an_answer_before_the_offer_is_refused_beside_its_field(site, archived):
    officer = site.as_("due")
    ref = an_offer(officer, archived)

    early = SAID | {"by": "archiviste", "said_on": "2026-10-14"}
    again = officer.post(f"/rights/archive/{ref}/answer", 422, accepted="no", **early)

    assert "La date se situe entre le 15.10.2026" in again
    assert 'value="archiviste"' in again
    officer.post(f"/rights/archive/{ref}/answer", accepted="no", **SAID)
    assert "refusé" in officer.get(f"/rights/archive/{ref}")


def test_a_second_offer_is_refused_while_the_first_waits(site, archived):
    officer = site.as_("due")
    an_offer(officer, archived)

    refused = officer.post(f"/rights/due/{archived}/offer", 409)

    assert "attend déjà les archives" in refused


def test_the_same_at_the_api(site, archived):
    client = site.as_("due").client
    csrf = client.get("/help").text.split('name="csrf_token" value="')[1].split('"')[0]

    def sent(url, body):
        return client.post(url, json=body, headers={"X-CSRF-Token": csrf, "Idempotency-Key": uuid4().hex})

    made = sent("/api/v1/archive-offers", {"person_ref": archived})
    ref = made.get_json()["ref"]
    taken = sent(f"/api/v1/archive-offers/{ref}/answer", {"accepted": True, **SAID}).get_json()
    package = client.get(f"/api/v1/archive-offers/{ref}/package")
    done = sent(f"/api/v1/archive-offers/{ref}/receipt", SAID).get_json()

    assert (made.status_code, taken["state"], package.status_code) == (201, "accepted", 200)
    assert [one["kind"] for one in done["steps"]] == ["accepted", "handed_over"]
    assert client.get(f"/api/v1/archive-offers/{ref}").get_json()["package"] is False
    standing = client.get(f"/api/v1/retention/{archived}").get_json()
    assert (standing["until"], standing["settled"]) == (None, True)
    assert {"rule": "case_network", "last_day": "2019-03-02"} in standing["terms"]
    due = client.get("/api/v1/retention?limit=200").get_json()["items"]
    assert archived in {one["person_ref"] for one in due}
    assert done["ref"] in {one["ref"] for one in client.get("/api/v1/archive-offers").get_json()["items"]}


def test_nobody_but_the_officer_comes_here(site, archived):
    manager = site.as_("manager")

    for address in ("/rights/due", f"/rights/due/{archived}", "/rights/archive"):
        assert re.search("403|pas le droit|autoris", manager.get(address, 403))
