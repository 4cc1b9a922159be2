"""What persons ask about their own data, on the officer's pages and through the interface."""

import io
import re
from datetime import date, timedelta

import pypdf
import pytest
from sqlmodel import col, select

from cii.access.actions import AddAccount, add_account, add_membership
from cii.access.tables import Account
from cii.access.vocabulary import Role
from cii.institutions.queries import unit_by_code
from cii.journal.queries import history
from cii.people.actions import AttachPerson, attach_person
from cii.people.queries import find_by_avs
from cii.rights.person_requests import watch
from tests.people.build_people import an_avs
from tests.web.build_town import PASSWORD

SAID = "Le dossier est remis en mains propres."


@pytest.fixture
def asks(site):
    """A person known at the counter of the mountains, and an officer."""
    with site.work() as work:
        email = "rights-officer@cii.example"
        if work.session.exec(select(Account).where(col(Account.email) == email)).first() is None:
            account = add_account(work, AddAccount(email, "Marianne Préposée", password=PASSWORD))
            add_membership(work, account, unit_by_code(work, "DPO").id, Role.DATA_PROTECTION_OFFICER)
        avs = an_avs()
        unit = unit_by_code(work, "ORP-MONTAGNES").id
        attach_person(work, AttachPerson(avs, "Rochat", "Aline", date(1980, 5, 17)), unit)
    return avs


def a_form(avs, **more):
    return {
        "person": avs, "kind": "access", "proof": "passport", "form": "paper", "asked_on": "2026-10-01",
        "medical": "none",
    } | more  # fmt: skip


def recorded(site, avs, **more):
    """The officer, and the reference of a request just recorded."""
    officer = site.as_("rights-officer")
    where = officer.post("/rights/requests", **a_form(avs, **more)).partition("?")[0]
    return officer, where.rpartition("/")[2]


def test_a_request_shows_its_term_and_is_closed_by_its_answer(site, asks):
    officer, ref = recorded(site, asks)

    page = officer.get(f"/rights/requests/{ref}")
    assert "Rochat Aline" in page
    assert "31.10.2026" in page
    assert ref in officer.get("/rights").partition('id="closed"')[0]

    assert "2026-11-30" in officer.get(f"/rights/requests/{ref}/extension")
    officer.post(
        f"/rights/requests/{ref}/extension", due_on="2026-11-30", reason="Des pièces sont à l'archive."
    )
    assert "30.11.2026" in officer.get(f"/rights/requests/{ref}")
    officer.post(f"/rights/requests/{ref}/answer", reason=SAID)

    page = officer.get(f"/rights/requests/{ref}")
    assert SAID in page
    assert f"/rights/requests/{ref}/answer" not in page
    assert ref in officer.get("/rights").partition('id="closed"')[2]


def test_what_is_amiss_stands_beside_its_field_and_nobody_is_listed(site, asks):
    officer = site.as_("rights-officer")

    page = officer.post(
        "/rights/requests", 422, **a_form(an_avs(), medical="physician", asked_on="2026-12-01")
    )

    assert "Rien n&#39;est conservé au sujet" in page
    assert "Nommez le médecin" in page
    assert "ne peut pas être datée" in page
    assert "Rochat" not in page


def test_the_file_is_handed_out_as_pdf_and_json_and_each_download_is_listed(site, asks):
    officer, ref = recorded(site, asks)

    pdf = officer.client.get(f"/rights/requests/{ref}/file.pdf")
    told = officer.client.get(f"/rights/requests/{ref}/file.json")

    text = pypdf.PdfReader(io.BytesIO(pdf.data)).pages[0].extract_text()
    assert "Dossier de Aline Rochat" in text.replace("\xa0", " ")
    assert told.json["identities"][0]["last_name"] == "Rochat"
    assert told.headers["Content-Disposition"].startswith("attachment")
    assert told.headers["Cache-Control"] == "no-store"
    page = officer.get(f"/rights/requests/{ref}").partition('id="handed"')[2]
    assert re.findall(r">(PDF|JSON)<", page) == ["PDF", "JSON"]
    with site.work() as work:
        person = find_by_avs(work, asks)
        entries = history(work, person_ids=[person.id], actions=["export_person_file"])
    assert [(one.actor, one.ref) for one in entries] == [("Marianne Préposée", ref)] * 2


def test_a_refused_request_gives_no_file_and_keeps_its_reason(site, asks):
    officer, ref = recorded(site, asks)

    assert "LPD 26" in officer.get(f"/rights/requests/{ref}/refusal")
    officer.post(f"/rights/requests/{ref}/refusal", reason="La personne n'a pas prouvé son identité.")

    assert "pas prouvé" in officer.get(f"/rights/requests/{ref}")
    assert officer.client.get(f"/rights/requests/{ref}/file.pdf").status_code == 409


def test_a_request_for_correction_leads_to_no_file(site, asks):
    officer, ref = recorded(site, asks, kind="rectification", matter="La commune a changé.")

    page = officer.get(f"/rights/requests/{ref}")

    assert "La commune a changé." in page
    assert "file.pdf" not in page


def test_the_notice_of_a_request_soon_due_leads_to_it(site, asks):
    officer, ref = recorded(site, asks, asked_on="2026-09-20")
    with site.work() as work:
        watch(work, work.today - timedelta(days=1))

    row = officer.get("/notices").partition("doit recevoir une réponse jusqu&#39;au 20.10.2026")

    assert row[1]
    notice = re.findall(r"/notices/[0-9a-z]{10}(?=\")", row[0])[-1]
    assert ref in officer.get(notice)


def test_nobody_but_the_officer_reaches_the_requests(site, asks):
    _, ref = recorded(site, asks)

    for who in ("manager", "finance"):
        for url in ("/rights", "/rights/new", f"/rights/requests/{ref}", f"/rights/requests/{ref}/file.json"):
            assert site.as_(who).client.get(url).status_code in {403, 404}


def test_the_interface_records_reads_and_hands_out_alike(site, asks):
    client = site.app.test_client()
    token = client.post(
        "/api/v1/session", json={"email": "rights-officer@cii.example", "password": PASSWORD}
    ).json["token"]
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    row = client.post(
        "/api/v1/person-requests", json=a_form(asks), headers={"Idempotency-Key": f"rights-{asks}"}
    ).json

    assert (row["state"], row["due_on"]) == ("open", "2026-10-31")
    assert row["ref"] in [one["ref"] for one in client.get("/api/v1/person-requests").json["items"]]
    told = client.get(f"/api/v1/person-requests/{row['ref']}/file").json
    assert told["format"] == "cii-person-file/1"
    assert told["request"]["ref"] == row["ref"]
    assert client.get(f"/api/v1/person-requests/{row['ref']}/file.pdf").data.startswith(b"%PDF")
    assert [one["form"] for one in client.get(f"/api/v1/person-requests/{row['ref']}").json["handed"]] == [
        "json",
        "pdf",
    ]
    headers = {"Idempotency-Key": f"answer-{asks}"}
    done = client.post(
        f"/api/v1/person-requests/{row['ref']}/answer", json={"reason": SAID}, headers=headers
    ).json
    assert (done["state"], [one["kind"] for one in done["events"]]) == ("answered", ["answered"])
    assert row["ref"] in [
        one["ref"]
        for one in client.get("/api/v1/person-requests", query_string={"closed": "true"}).json["items"]
    ]
