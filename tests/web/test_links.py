"""The public door of signed links, and the pages on which they are made: a question, one answer, a receipt."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import text

from cii.cases.queries import case_by_ref
from cii.kernel.clock import FixedClock
from tests.web.build_path import path

BORN = "17.5.1980"
QUIET = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
CLOSED = "Ce lien n&#39;est pas valable ou ne l&#39;est plus."


@dataclass
class Bearer:
    """Somebody without an account, in a browser of their own."""

    client: object
    token: str

    @property
    def url(self):
        return f"/links/{self.token}"

    def get(self, status=200, **query):
        answer = self.client.get(f"/links/{self.token}", query_string=query or None)
        assert answer.status_code == status, answer.text.split("<main")[-1][:1500]
        return answer

    def post(self, where, status=303, **form):
        """Send a form of the link: to `/links/<token>/entry`, `/links/<token>/answer`, `/links/<token>/receipt`."""
        csrf = self.client.get("/login").text.split('name="csrf_token" value="')[1].split('"')[0]
        answer = self.client.post(f"/links/{self.token}/{where}", data={"csrf_token": csrf, **form})
        assert answer.status_code == status, answer.text.split("<main")[-1][:1500]
        return answer

    def enter(self, said, status=303):
        return self.post("entry", status, factor=said)


@dataclass
class Made:
    token: str
    code: str | None


def bearer(site, token):
    return Bearer(site.app.test_client(), token)


def a_link(reader, ref, purpose, **form):
    """A link handed over by letter, so that the page shows its address."""
    usual = {"bearer": "Marie Exemple", "delivery": "letter", "lang": "fr", "days": "7"}
    page = reader.post(f"/cases/{ref}/links/new/{purpose}", 200, **usual | form)
    code = re.search(r"\b(\d{6})\b(?=\s*</dd>)", page)
    return Made(re.search(r"/links/([\w-]{20,})", page)[1], code[1] if code else None)


def rows(site, sql, **values):
    with site.engine.connect() as connection:
        return connection.execute(text(sql), values).all()


@pytest.fixture
def case(path):
    """The ref of a network case under assessment, and its leader's browser."""
    return path.case("assessment")


@pytest.fixture
def leader(path):
    return path.as_("ai")


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


def _with_clock(wiring, clock):
    from dataclasses import replace

    return replace(wiring, clock=clock)


def test_a_link_ends_with_the_swiss_midnight_of_its_last_day(site, leader, case, monkeypatch):
    made = a_link(leader, case, "satisfaction", days="1")
    wiring = site.app.wiring
    for moment, status in (
        (datetime(2026, 10, 16, 21, 59, 59, tzinfo=UTC), 200),
        (datetime(2026, 10, 16, 22, 0, 0, tzinfo=UTC), 404),
    ):
        monkeypatch.setattr(site.app, "wiring", _with_clock(wiring, FixedClock(moment)))
        bearer(site, made.token).get(status)


def test_the_provider_accepts_a_place_by_link(site, path):
    from cii.placements.actions import AssignPlacement, Share, assign

    case = path.case("assessment")
    with site.work() as work:
        share = Share(site.town.lines["LACI"], 1)
        wish = AssignPlacement(case, site.town.workshop, date(2026, 10, 19), date(2026, 10, 30), (share,))
        place = assign(path.hand(work, "manager"), wish).ref
    reader = path.as_("manager")
    link = a_link(reader, case, "place_answer", placement_ref=place, bearer="Fondation de l'Arbalète")
    person = bearer(site, link.token)
    person.enter(link.code)
    assert "Atelier de menuiserie" in person.get().text

    page = person.post("answer", 422, accept="no", reason="", note="Trop loin").text
    assert "Trop loin" in page
    person.post("answer", accept="yes")

    assert "place acceptée" in person.get().text
    assert rows(site, "SELECT state FROM placement WHERE ref = :ref", ref=place) == [("accepted",)]


def test_the_physician_gives_an_opinion_and_sees_identity_and_question_only(site, path, leader):
    case = path.case("assessment")
    with site.work() as work:
        from cii.institutions.queries import unit_by_code

        unit = unit_by_code(work, "MEDECINS").ref
    link = a_link(leader, case, "medical_opinion", unit_ref=unit, question="Quel travail reste possible ?", bearer="Dr Paul Exemple")  # fmt: skip
    person = bearer(site, link.token)
    person.enter(f"{link.code[:3]} {link.code[3:]}")
    page = person.get().text.split("<main")[1]
    assert "Quel travail reste possible" in page
    assert "AVS" not in page

    person.post("answer", 422, statement="", limits="")
    person.post("answer", statement="Lombalgies.", limits="Pas de charges.", capacity="60")

    assert "avis médical remis" in person.get().text
    assert "Lombalgies" not in person.get().text
    assert "Pas de charges." in path.as_("doctor").get(f"/cases/{case}/health")


def test_the_person_reads_the_plan_and_agrees_to_it(site, path, leader):
    case = path.case("proposed")
    link = a_link(leader, case, "plan")
    person = bearer(site, link.token)
    person.enter("1980-05-17")
    assert "Atelier à mi-temps" in person.get().text

    person.post("answer", reply="agree")

    assert "plan approuvé" in person.get().text
    assert rows(site, "SELECT how FROM plan_consent ORDER BY id DESC LIMIT 1") == [("link",)]


def test_objectives_are_set_and_signed_by_the_person(site, path):
    place = site.town.placements["shared"]
    case = rows(
        site,
        "SELECT c.ref FROM case_file c JOIN placement p ON p.case_id = c.id WHERE p.ref = :ref",
        ref=place,
    )[0][0]
    reader, url = site.as_("manager"), f"/cases/{case}/placements/{place}/objectives"
    assert "Aucun objectif" in reader.get(url)
    form = {"objectives-0-goal": "Arriver à l'heure", "objectives-0-balance_on": "2026-11-15"}

    assert "f-objectives-0-balance_on-error" in reader.post(
        url, 422, **form | {"objectives-0-balance_on": "2030-01-01"}
    )
    reader.post(url, **form)
    link = a_link(reader, case, "objectives", placement_ref=place)
    person = bearer(site, link.token)
    born = rows(site, "SELECT birth_date FROM identity i JOIN placement p ON p.person_id = i.person_id WHERE p.ref = :ref", ref=place)  # fmt: skip
    person.enter(str(born[0][0]))
    assert "Arriver à l&#39;heure" in person.get().text
    person.post("answer")

    assert "objectifs signés" in person.get().text
    assert "15.10.2026" in reader.get(url)


def test_the_unit_records_that_objectives_were_signed_on_paper(site):
    place = site.town.placements["running"]
    case = rows(site, "SELECT c.ref FROM case_file c JOIN placement p ON p.case_id = c.id WHERE p.ref = :ref", ref=place)[0][0]  # fmt: skip
    reader, url = site.as_("manager"), f"/cases/{case}/placements/{place}/objectives"
    sign = f"/cases/{case}/placements/{place}/objectives/signature"
    assert "signed_on" not in reader.get(url)
    reader.post(sign, 409, signed_on="2026-10-15")
    reader.post(
        url,
        **{"objectives-0-goal": "Tenir un rythme", "objectives-0-balance_on": str(the_end_of(site, place))},
    )

    page = reader.post(sign, 422, signed_on="2026-10-16")
    told = reader.post(sign, signed_on="2026-10-15")

    assert page.count("f-signed_on-error") >= 1
    assert "entre le jour où les objectifs" in page
    assert "sur papier" in reader.get(told)
    assert "15.10.2026" in reader.get(url)
    assert rows(site, "SELECT signed_how, CAST(signed_on AS VARCHAR(10)) FROM individual_objective WHERE goal = 'Tenir un rythme'") == [
        ("signed_paper", "2026-10-15")
    ]  # fmt: skip
    site.as_("provider").post(sign, 403, signed_on="2026-10-15")


def test_a_program_sets_objectives_and_records_the_signature_on_paper(site):
    place = site.town.placements["running"]
    reader = site.as_("manager")

    def send(path, **body):
        headers = {"X-CSRF-Token": csrf_of(reader), "Idempotency-Key": f"{path} {body}"}
        return reader.client.post(f"/api/v1/placements/{place}/{path}", json=body, headers=headers)

    goal = {"goal": "Prendre les repas en commun", "balance_on": str(the_end_of(site, place))}
    added = send("objectives", objectives=[goal])
    early = send("objectives/signature", signed_on="2026-10-14")
    signed = send("objectives/signature", signed_on="2026-10-15")

    assert added.status_code == 201
    assert added.get_json()["items"][-1]["signed_on"] is None
    assert (early.status_code, early.get_json()["code"]) == (422, "signature-day")
    assert {(one["signed_how"], one["signed_on"]) for one in signed.get_json()["items"]} == {
        ("signed_paper", "2026-10-15")
    }
    assert reader.client.get(f"/api/v1/placements/{place}/objectives").get_json() == signed.get_json()
    provider = site.as_("provider").client.get(f"/api/v1/placements/{place}/objectives")
    assert provider.status_code == 403


def the_end_of(site, place):
    return rows(site, "SELECT planned_end FROM placement WHERE ref = :ref", ref=place)[0][0]


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


def csrf_of(reader):
    return reader.get("/help").split('name="csrf_token" value="')[1].split('"')[0]


def test_the_person_gives_a_consent_by_link_and_withdraws_it_by_another(site, path, leader):
    case = path.case("assessment")
    bodies = {name: ref for ref, name in rows(site, "SELECT ref, code FROM institution")}
    link = a_link(leader, case, "consent", institutions=[bodies["SEMP"], bodies["OAI"]],
                  sections=["identity", "plan"], consent_for="follow_up", valid_until="2027-03-31")  # fmt: skip
    person = bearer(site, link.token)
    person.enter(BORN)
    person.post("answer", agree="yes")
    given = rows(site, "SELECT ref, how, purpose FROM consent ORDER BY id DESC LIMIT 1")[0]
    assert given[1:] == ("link", "follow_up")

    partner = a_link(leader, case, "network_view", unit_ref=_unit(site, "ORP-LITTORAL"), question="Rendez-vous.", bearer="Réseau")  # fmt: skip
    other = a_link(leader, case, "consent", consent_ref=given[0])
    again = bearer(site, other.token)
    again.enter(BORN)
    assert "Retirer mon consentement" in again.get().text
    again.post("answer")

    assert rows(site, "SELECT withdrawn_at IS NULL FROM consent WHERE ref = :r", r=given[0])[0][0] in (
        0,
        False,
    )
    bearer(site, partner.token).get(404)


def _unit(site, code):
    return rows(site, "SELECT ref FROM unit WHERE code = :code", code=code)[0][0]


def test_a_network_member_sees_the_actions_disclosed_to_them_and_no_other(site, path, leader):
    case = path.case("proposed")
    form = leader.get(f"/cases/{case}/links/new/network_view")
    assert "Candidatures ciblées" in form
    link = a_link(leader, case, "network_view", unit_ref=_unit(site, "ORP-LITTORAL"), bearer="Mme Réseau")
    person = bearer(site, link.token)
    person.enter(link.code)

    page = person.get().text

    assert "Candidatures ciblées" in page
    assert "Atelier à mi-temps" not in page
    assert "ORP" not in page.split("<main")[1]
    person.post("answer")
    assert "pris connaissance" in person.get().text


def test_a_case_that_is_closed_closes_the_links_of_partners_in_the_same_request(site, path, leader):
    case = path.case("agreed")
    partner = a_link(leader, case, "network_view", unit_ref=_unit(site, "ORP-LITTORAL"), bearer="Réseau")
    rating = a_link(leader, case, "satisfaction")
    page = leader.get(f"/cases/{case}")
    task = page.split('name="task_ref" value="')[1].split('"')[0]
    version = unescape(page.split('name="task_ref"')[0].rpartition('name="version" value="')[2].split('"')[0])
    bearer(site, partner.token).get(200)

    leader.post(f"/cases/{case}/tasks", task_ref=task, outcome="close", closing="job", version=version)

    bearer(site, partner.token).get(404)
    bearer(site, rating.token).get(200)
    listed = leader.get(f"/cases/{case}/links")
    assert "révoqué" in listed


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
