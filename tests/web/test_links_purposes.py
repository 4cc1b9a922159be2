"""What each purpose of a signed link shows, and which act it does."""

import re
from datetime import date
from html import unescape

import pytest

from cii.placements.actions import AssignPlacement, Share, assign
from cii.placements.waiting import JoinWaitingList, join_waiting_list
from tests.web.build_links import BORN, _unit, a_link, bearer, csrf_of, leader, rows, the_end_of
from tests.web.build_path import path


def written(page):
    """What stands on a page to be read, without addresses and tokens."""
    return re.sub(r"<[^>]*>", " ", page)


def test_the_provider_accepts_a_place_by_link(site, path):
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


def a_wait(path, hand, case, measure):
    """The person of the case waits for a place in the measure; the entry's ref."""
    days = (date(2026, 10, 19), date(2026, 12, 18))
    return join_waiting_list(hand, JoinWaitingList(case, measure, path.site.town.lines["LACI"], *days)).ref


@pytest.mark.parametrize(
    ("said", "placement", "entry"),
    [
        ({"accept": "no", "reason": "person_declined"}, "refused", ("waiting", "lost")),
        ({"accept": "no", "reason": "not_suited"}, "refused", ("withdrawn", "leaves")),
        ({"accept": "yes"}, "accepted", ("placed", None)),
    ],
    ids=["declined", "not suited", "accepted"],
)
def test_the_answer_by_link_does_to_the_waits_what_the_answer_on_the_page_does(
    site, path, said, placement, entry
):
    case, town = path.case("agreed"), site.town
    with site.work() as work:
        hand = path.hand(work, "manager")
        waited, other = (a_wait(path, hand, case, one) for one in (town.workshop, town.course))
        share = Share(town.lines["LACI"], 1)
        wish = AssignPlacement(case, town.workshop, date(2026, 10, 19), date(2026, 10, 30), (share,))
        place = assign(hand, wish).ref
    link = a_link(path.as_("manager"), case, "place_answer", placement_ref=place, bearer="Fondation")
    person = bearer(site, link.token)
    person.enter(link.code)

    person.post("answer", **said)

    asked = "SELECT state, rank_effect FROM waiting_entry WHERE ref = :ref"
    assert rows(site, "SELECT state FROM placement WHERE ref = :ref", ref=place) == [(placement,)]
    assert rows(site, asked, ref=waited) == [entry]
    released = "released" if placement == "accepted" else "waiting"
    assert rows(site, asked, ref=other) == [(released, None)]


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
    assert "AVS" not in written(page)

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
    assert "ORP" not in written(page.split("<main")[1])
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


__all__ = ["leader", "path"]
