"""The public door of signed links: a question, one answer, a receipt; closed links say the same."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from cii.cases.queries import case_by_ref
from cii.kernel.clock import FixedClock
from tests.web.build_links import BORN, CLOSED, QUIET, Bearer, _with_clock, a_link, bearer, case, leader, rows
from tests.web.build_path import path


def test_the_door_shows_nothing_of_anybody_and_changes_nothing(site, path, leader, case):
    made = a_link(leader, case, "satisfaction")
    before = rows(site, "SELECT opened_at, attempts, used_at FROM signed_link ORDER BY id DESC LIMIT 1")

    answer = bearer(site, made.token).get()

    assert "Votre date de naissance" in answer.text
    assert "Dominique" not in answer.text
    assert "Marie Exemple" not in answer.text
    assert {name: answer.headers[name] for name in QUIET} == QUIET
    assert 'name="referrer" content="no-referrer"' in answer.text
    assert (
        rows(site, "SELECT opened_at, attempts, used_at FROM signed_link ORDER BY id DESC LIMIT 1") == before
    )


@pytest.mark.parametrize("lang", ["fr", "de", "en"])
def test_the_bearer_chooses_the_language_on_the_page(site, leader, case, lang):
    made = a_link(leader, case, "satisfaction", bearer=f"Marie {lang}")

    page = bearer(site, made.token).get(lang=lang).text

    assert {"fr": "Ouvrir", "de": "Öffnen", "en": "Open"}[lang] in page
    assert f"/links/{made.token}?lang=de" in page
    assert "app-nav" not in page


def test_the_person_rates_once_and_takes_a_receipt(site, leader, case):
    made = a_link(leader, case, "satisfaction")
    person = bearer(site, made.token)
    person.enter(BORN)
    points = {"informed": "4", "listened": "5", "useful": "3", "overall": "4"}
    assert "accompagnement" in person.get().text

    person.post("answer", 422, **points | {"useful": ""})
    person.post("answer", **points, note="Merci.")
    person.post("answer", **points, note="Encore.")

    assert "avis donné" in person.get().text
    assert rows(site, "SELECT informed, note FROM satisfaction ORDER BY id DESC LIMIT 1") == [(4, "Merci.")]
    pdf = person.post("receipt", 200)
    assert pdf.data.startswith(b"%PDF-")
    assert pdf.headers["Content-Disposition"].startswith("attachment")
    bearer(site, made.token).get(404)
    assert "avis donné" in leader.get(f"/cases/{case}/links")


def test_the_wrong_answer_is_counted_the_fifth_closes_the_link_and_its_maker_is_told(site, leader, case):
    made = a_link(leader, case, "satisfaction")
    person = bearer(site, made.token)

    pages = [person.enter("1.1.1970", 422).text for _ in range(4)]
    fifth, sixth = person.enter("1.1.1970", 429), person.enter(BORN, 429)

    assert "Tentatives restantes : 4" in pages[0].replace("\u00a0", " ")
    assert "cinq réponses inexactes" in fifth.text
    assert "Retry-After" in sixth.headers
    person.get(404)
    assert rows(site, "SELECT count(*) FROM notice WHERE kind = 'link-locked'")[0][0] >= 1
    failed = rows(site, "SELECT actor FROM journal_entry WHERE action = 'fail_link' ORDER BY id DESC LIMIT 5")
    assert failed == [("Marie Exemple",)] * 5


def test_used_revoked_unknown_and_tampered_links_say_the_same(site, leader, case):
    revoked = a_link(leader, case, "satisfaction")
    ref = rows(site, "SELECT ref FROM signed_link ORDER BY id DESC LIMIT 1")[0][0]
    leader.post(f"/cases/{case}/links/{ref}/revoke")
    leader.post(f"/cases/{case}/links/{ref}/revoke", 409)
    live = a_link(leader, case, "satisfaction")
    tampered = live.token[:-1] + ("A" if live.token[-1] != "A" else "B")

    told = {
        re.sub(r"[\w-]{40,}", "", bearer(site, token).get(404).text.split("<main")[1])
        for token in (revoked.token, tampered, "x" * 43, "y" * 10_000, "%00", "';--")
    }

    assert len(told) == 1
    assert CLOSED in told.pop()
    for token in (revoked.token, "y" * 10_000):
        bearer(site, token).enter(BORN, 404)
        bearer(site, token).post("answer", 404)
        bearer(site, token).post("receipt", 404)


def test_without_the_answer_at_the_door_nothing_is_answered(site, leader, case):
    made = a_link(leader, case, "satisfaction")

    bearer(site, made.token).post("answer", 404, informed="4", listened="5", useful="3", overall="4")

    other = bearer(site, made.token)
    other.client.set_cookie("cii_link", "99999999999.0000")
    assert "Votre date de naissance" in other.get().text


def test_a_pass_opens_its_own_link_only_and_for_half_an_hour(site, leader, case, monkeypatch):
    first = a_link(leader, case, "satisfaction")
    second = a_link(leader, case, "satisfaction", bearer="Une autre personne")
    person = bearer(site, first.token)
    person.enter(BORN)

    assert "Votre date de naissance" in Bearer(person.client, second.token).get().text
    later = FixedClock(site.app.wiring.clock.now() + timedelta(minutes=31))
    monkeypatch.setattr(site.app, "wiring", _with_clock(site.app.wiring, later))
    assert "Votre date de naissance" in person.get().text


def test_a_link_ends_with_the_swiss_midnight_of_its_last_day(site, leader, case, monkeypatch):
    made = a_link(leader, case, "satisfaction", days="1")
    wiring = site.app.wiring
    for moment, status in (
        (datetime(2026, 10, 16, 21, 59, 59, tzinfo=UTC), 200),
        (datetime(2026, 10, 16, 22, 0, 0, tzinfo=UTC), 404),
    ):
        monkeypatch.setattr(site.app, "wiring", _with_clock(wiring, FixedClock(moment)))
        bearer(site, made.token).get(status)


def test_the_reads_of_a_bearer_stand_in_the_journal_under_their_name(site, leader, case):
    link = a_link(leader, case, "satisfaction", bearer="Nom du porteur")
    person = bearer(site, link.token)
    person.enter(BORN)
    person.get()

    acts = [
        one[0]
        for one in rows(site, "SELECT action FROM journal_entry WHERE actor = 'Nom du porteur' ORDER BY id")
    ]

    assert acts[:2] == ["open_link", "read"]
    with site.work() as work:
        assert case_by_ref(work, case).ref == case


def test_a_bare_form_of_a_page_without_referrer_is_let_in_when_the_browser_says_where_it_comes_from(
    site, leader, case
):
    link = a_link(leader, case, "satisfaction")
    person = bearer(site, link.token)
    csrf = person.client.get("/login").text.split('name="csrf_token" value="')[1].split('"')[0]
    data = {"csrf_token": csrf, "factor": BORN}

    own = person.client.post(f"{person.url}/entry", data=data, headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"})  # fmt: skip
    foreign = person.client.post(f"{person.url}/entry", data=data, headers={"Origin": "null"})

    assert (own.status_code, foreign.status_code) == (303, 403)


__all__ = ["path"]


__all__ = ["case", "leader", "path"]
