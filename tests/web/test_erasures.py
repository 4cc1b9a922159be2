"""Holds and erasures on pages and at the API: an officer prepares, an administrator erases, both see it counted."""

from datetime import date
from uuid import uuid4

import pytest
from sqlmodel import col, select

from cii.access.actions import AddAccount, add_account, add_membership
from cii.access.tables import Account
from cii.access.vocabulary import Role
from cii.institutions.queries import unit_by_code
from cii.people.actions import AttachPerson, attach_person
from tests.web.build_town import PASSWORD

WHY = "Demande admise le 12 octobre."
HANDS = {"eraser": Role.DATA_PROTECTION_OFFICER, "eraser2": Role.ADMINISTRATOR}


@pytest.fixture
def somebody(site):
    """Somebody without a case, an officer and an administrator."""
    with site.work() as work:
        unit = unit_by_code(work, "DPO").id
        for name, role in HANDS.items():
            email = f"{name}@cii.example"
            if work.session.exec(select(Account.id).where(col(Account.email) == email)).first() is None:
                account = add_account(work, AddAccount(email, f"Main {name}", password=PASSWORD))
                add_membership(work, account, unit, role)
        return attach_person(work, AttachPerson(None, "Oubliable", "Rosalie", date(1951, 3, 4)), unit).ref


def prepared(officer, person: str) -> str:
    """The reference of an erasure that waits for its decision."""
    where = officer.post("/rights/erasures", person=person, ground="person_right", reason=WHY)
    return where.partition("?")[0].rpartition("/")[2]


def test_an_erasure_is_prepared_seen_and_done_by_somebody_else(site, somebody):
    officer, admin = site.as_("eraser"), site.as_("eraser2")
    assert f'value="{somebody}"' in officer.get(f"/rights/erasures/new?person={somebody}")
    ref = prepared(officer, somebody)
    mine, theirs = officer.get(f"/rights/erasures/{ref}"), admin.get(f"/rights/erasures/{ref}")

    admin.post(f"/rights/erasures/{ref}/approval")

    assert "Oubliable Rosalie" in mine
    assert "une autre personne le décide" in mine
    assert "Oubliable" not in theirs
    assert "Effacer définitivement" in theirs
    done = officer.get(f"/rights/erasures/{ref}")
    assert "Oubliable" not in done
    assert "identity" in done
    assert ref in admin.get("/rights/erasures")
    paper = admin.client.get(f"/rights/erasures/{ref}/certificate.pdf")
    assert paper.data.startswith(b"%PDF")
    again = officer.post("/rights/erasures", 422, person=somebody, ground="person_right", reason=WHY)
    assert "Rien n&#39;est conservé" in again or "Rien n'est conservé" in again


def test_who_prepared_cannot_decide_and_a_rejection_says_why(site, somebody):
    officer, admin = site.as_("eraser"), site.as_("eraser2")
    ref = prepared(officer, somebody)

    assert "ne le décide pas" in officer.post(f"/rights/erasures/{ref}/approval", 403)
    assert "au moins 10" in admin.post(f"/rights/erasures/{ref}/rejection", 422, reason="non")
    admin.post(f"/rights/erasures/{ref}/rejection", reason="La personne a retiré sa demande.")
    assert "La personne a retiré sa demande." in officer.get(f"/rights/erasures/{ref}")
    officer.get(f"/rights/erasures/{ref}/certificate.pdf", 404)


def test_a_hold_is_set_shown_told_as_a_hindrance_and_lifted(site, somebody):
    officer, admin = site.as_("eraser"), site.as_("eraser2")
    ref = prepared(officer, somebody)
    made = officer.post("/rights/holds", person=somebody, basis="appeal", reason="Recours pendant.", until="")
    hold = made.partition("?")[0].rpartition("/")[2]

    assert "Oubliable Rosalie" in officer.get("/rights/holds")
    assert "bloqué" in admin.post(f"/rights/erasures/{ref}/approval", 409)
    assert "Ce qui s" in admin.get(f"/rights/erasures/{ref}")
    officer.post(f"/rights/holds/{hold}/lifting", reason="Jugement entré en force.")
    assert "terminé" in officer.get(f"/rights/holds/{hold}")
    admin.post(f"/rights/erasures/{ref}/approval")


def test_the_same_at_the_api(site, somebody):
    def sent(who, url, body):
        client = site.as_(who).client
        csrf = client.get("/help").text.split('name="csrf_token" value="')[1].split('"')[0]
        head = {"X-CSRF-Token": csrf, "Idempotency-Key": uuid4().hex}
        return client.post(f"/api/v1{url}", json=body, headers=head)

    held = sent(
        "eraser", "/legal-holds", {"person": somebody, "basis": "audit", "reason": "Contrôle cantonal."}
    )
    blocked = sent("eraser", "/erasures", {"person": somebody, "ground": "court_order", "reason": WHY})
    ref = held.get_json()["ref"]
    lifted = sent("eraser", f"/legal-holds/{ref}/lifting", {"reason": "Contrôle terminé."})
    row = sent("eraser", "/erasures", {"person": somebody, "ground": "court_order", "reason": WHY}).get_json()
    reader = site.as_("eraser").client
    shown = reader.get(f"/api/v1/erasures/{row['ref']}").get_json()
    done = sent("eraser2", f"/erasures/{row['ref']}/approval", None)

    assert (held.status_code, blocked.status_code, lifted.get_json()["in_force"]) == (201, 409, False)
    assert (shown["state"], done.get_json()["state"]) == ("prepared", "done")
    assert reader.get(f"/api/v1/legal-holds/{ref}").get_json()["reason"] == "–"
    assert reader.get(f"/api/v1/erasures/{row['ref']}/certificate.pdf").data.startswith(b"%PDF")
    assert row["ref"] in {one["ref"] for one in reader.get("/api/v1/erasures").get_json()["items"]}
    assert ref in {one["ref"] for one in reader.get("/api/v1/legal-holds").get_json()["items"]}
    other = sent("eraser", "/erasures", {"person": somebody, "ground": "court_order", "reason": WHY})
    assert other.status_code == 422


def test_nobody_else_comes_here(site, somebody):
    ref = prepared(site.as_("eraser"), somebody)
    manager, admin = site.as_("manager"), site.as_("eraser2")

    for url in ("/rights/erasures", "/rights/holds", f"/rights/erasures/{ref}", "/rights/erasures/new"):
        manager.get(url, 403)
    for url in ("/rights/holds", "/rights/erasures/new"):
        admin.get(url, 403)
