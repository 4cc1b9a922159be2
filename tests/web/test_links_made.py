"""The pages on which signed links are made, and the mail that carries one."""

import re

import pytest

from tests.web.build_links import a_link, case, csrf_of, leader, rows
from tests.web.build_path import path


@pytest.mark.parametrize("way", ["page", "api"])
def test_the_answer_that_shows_a_link_once_is_kept_under_no_key(site, leader, case, way):
    form = {"bearer": "Marie Exemple", "delivery": "letter", "lang": "fr", "days": 7}
    if way == "page":
        send = lambda: leader.client.post(  # noqa: E731
            f"/cases/{case}/links/new/satisfaction", data={"csrf_token": csrf_of(leader), "idempotency_key": f"s {case}", **form},
        )  # fmt: skip
    else:
        send = lambda: leader.client.post(  # noqa: E731
            f"/api/v1/cases/{case}/links", json={"purpose": "satisfaction", **form},
            headers={"Idempotency-Key": f"s {case}", "X-CSRF-Token": csrf_of(leader)},
        )  # fmt: skip

    first, second = send(), send()

    token = re.search(r"/links/([\w-]{40,})", first.text)[1]
    assert (first.status_code, second.status_code) == ({"page": 200, "api": 201}[way], 409)
    assert token not in second.text
    assert ("answer-shown-once" in second.text) == (way == "api")
    assert "exécutée" in second.text
    held = rows(site, "SELECT body FROM idempotency_record WHERE key = :key", key=f"s {case}")
    assert held == [(None,)]
    assert token not in str(rows(site, "SELECT * FROM idempotency_record"))
    assert len(rows(site, "SELECT 1 FROM signed_link l JOIN case_file c ON c.id = l.case_id WHERE c.ref = :ref", ref=case)) == 1  # fmt: skip


def test_a_mail_holds_the_link_and_nothing_about_anybody(site, leader, case):
    page = leader.post(
        f"/cases/{case}/links/new/satisfaction", 200, bearer="Marie Exemple", delivery="mail",
        address="marie@exemple.ch", lang="de", days="7",
    )  # fmt: skip

    mail = rows(site, "SELECT recipient, subject, body FROM outbox ORDER BY id DESC LIMIT 1")[0]
    assert mail[0] == "marie@exemple.ch"
    assert "Geburtsdatum gefragt" in mail[2]
    assert not {"Marie", "Dominique", "Exemple", case} & set(re.findall(r"\w+", mail[1] + mail[2]))
    token = re.search(r"/links/([\w-]{20,})", mail[2])[1]
    assert token not in page
    link = rows(site, "SELECT token_hash, address_hash, delivery FROM signed_link ORDER BY id DESC LIMIT 1")[
        0
    ]
    assert len(link[1]) == 64
    assert "marie@exemple.ch" not in str(link)


def test_every_reason_against_a_link_is_told_at_once_beside_its_field(site, leader, case):
    page = leader.post(f"/cases/{case}/links/new/medical_opinion", 422, bearer="X", delivery="mail", address="x", lang="fr", days="400")  # fmt: skip

    beside = set(re.findall(r"f-(\w+)-error", page))
    assert beside >= {"address", "days", "unit_ref", "question"}


def test_a_second_link_for_the_same_bearer_and_purpose_waits_for_the_first(site, leader, case):
    a_link(leader, case, "satisfaction")

    page = leader.post(f"/cases/{case}/links/new/satisfaction", 409, bearer="marie exemple", delivery="letter", lang="fr", days="7")  # fmt: skip

    assert "déjà ouvert" in page


def test_links_of_another_unit_and_of_a_foreign_case_stay_hidden(site, path, leader, case):
    a_link(leader, case, "satisfaction", bearer="Confidentiel")
    ref = rows(site, "SELECT ref FROM signed_link ORDER BY id DESC LIMIT 1")[0][0]

    assert "Confidentiel" not in path.as_("manager").get(f"/cases/{case}/links")
    path.as_("manager").post(f"/cases/{case}/links/{ref}/revoke", 404)
    path.as_("stranger").get(f"/cases/{case}/links", 404)
    path.as_("stranger").get(f"/cases/{case}/links/new/plan", 404)
    path.as_("doctor").get(f"/cases/{case}/links", 403)


def test_a_form_for_an_unknown_purpose_is_not_found(site, leader, case):
    leader.get(f"/cases/{case}/links/new/everything", 404)


__all__ = ["case", "leader", "path"]
