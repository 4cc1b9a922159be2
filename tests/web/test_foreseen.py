"""Early warnings on the pages: told by the provider, answered by the other side, shown to both until then."""

import re
from html import unescape
from uuid import uuid4

import pytest
from sqlalchemy import text

TOLD = {"reason": "absences", "expected_on": "2026-11-20", "wording": "Trois absences en deux semaines."}
OVER = {"kind": "budget", "amount": "4200.00", "days": "", "expected_on": "2026-12-01", "wording": "Plus de places."}  # fmt: skip


@pytest.fixture
def stay(site):
    return site.town.placements["running"]


def the_case(site, stay) -> str:
    told = "SELECT c.ref FROM case_file c JOIN placement p ON p.case_id = c.id WHERE p.ref = :ref"
    with site.engine.connect() as connection:
        return connection.execute(text(told), {"ref": stay}).scalar_one()


def the_notice(page: str) -> str:
    return re.search(r'name="notice_ref" value="(\w{10})"', page).group(1)


def test_an_interruption_foreseen_stands_with_the_placing_side_until_it_is_answered(site, stay):
    provider, manager, case = site.as_("provider"), site.as_("manager"), the_case(site, stay)
    life = f"/cases/{case}/placements/{stay}/life"
    assert "Entre le 15.10.2026 et le 18.12.2026" in provider.get(f"/provider/placements/{stay}/interruption")

    provider.post(f"/provider/placements/{stay}/interruption", **TOLD)
    assert "risque de s'interrompre vers le 20.11.2026" in unescape(manager.get("/notices"))
    page = unescape(manager.get(life))
    assert "Trois absences en deux semaines." in page
    answer = {"notice_ref": the_notice(page), "answer": "Entretien à trois le 12 novembre."}
    manager.post(f"/cases/{case}/placements/{stay}/life/foreseen", **answer)

    assert "notice_ref" not in manager.get(life)
    mine = unescape(provider.get(f"/provider/placements/{stay}"))
    assert "Entretien à trois le 12 novembre." in mine
    assert "a répondu à votre annonce" in unescape(provider.get("/notices"))


def test_a_notice_with_faults_keeps_what_was_typed_beside_them(site, stay):
    url, late = f"/provider/placements/{stay}/interruption", {**TOLD, "expected_on": "2027-01-04"}

    page = unescape(site.as_("provider").post(url, 422, **late))
    empty = site.as_("provider").post(url, 422, **{**TOLD, "wording": ""})

    assert 'value="2027-01-04"' in page
    assert 'value="absences" selected' in page
    assert "Trois absences en deux semaines." in page
    assert "f-expected_on-error" in page
    assert "f-wording-error" in empty


@pytest.mark.parametrize(
    "change", [{"reason": ""}, {"reason": "whim"}, {"expected_on": "demain"}, {"expected_on": "2026-10-14"}]
)
def test_what_is_no_notice_is_refused(site, stay, change):
    site.as_("provider").post(f"/provider/placements/{stay}/interruption", 422, **{**TOLD, **change})


def test_a_second_notice_waits_and_an_answer_stands(site, stay):
    provider, manager = site.as_("provider"), site.as_("manager")
    life = f"/cases/{the_case(site, stay)}/placements/{stay}/life"
    provider.post(f"/provider/placements/{stay}/interruption", **TOLD)
    provider.post(f"/provider/placements/{stay}/interruption", 409, **TOLD)
    notice = the_notice(manager.get(life))

    manager.post(f"{life}/foreseen", 422, notice_ref=notice, answer="")
    manager.post(f"{life}/foreseen", notice_ref=notice, answer="Vu.")
    manager.post(f"{life}/foreseen", 409, notice_ref=notice, answer="Encore.")


def test_a_double_click_tells_once(site, stay):
    provider, key = site.as_("provider"), uuid4().hex
    for _ in range(2):
        provider.client.get("/help")
        csrf = provider.client.get("/help").text.split('name="csrf_token" value="')[1].split('"')[0]
        answer = provider.client.post(
            f"/provider/placements/{stay}/interruption",
            data={"csrf_token": csrf, "idempotency_key": key, **TOLD},
        )
        assert answer.status_code == 303

    with site.engine.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM interruption_notice")).scalar_one() == 1


def test_a_foreign_stay_is_unknown_and_other_roles_have_no_such_door(site, stay):
    site.as_("other_provider").get(f"/provider/placements/{stay}/interruption", 404)
    site.as_("other_provider").post(f"/provider/placements/{stay}/interruption", 404, **TOLD)
    for who in ("manager", "finance", "contracts", "coordination", "administrator", "officer"):
        site.as_(who).post(f"/provider/placements/{stay}/interruption", 403, **TOLD)


def test_an_overrun_foreseen_stands_on_the_agreement_until_its_manager_has_answered(site):
    provider, contracts, ref = site.as_("provider"), site.as_("contracts"), site.town.agreements["LACI"]
    assert "Annoncer un dépassement" in unescape(provider.get(f"/agreements/{ref}"))
    assert "Dépassements annoncés" not in unescape(contracts.get(f"/agreements/{ref}"))
    assert "Ce qui ne suffira pas" in unescape(provider.get(f"/provider/agreements/{ref}/overrun"))

    provider.post(f"/provider/agreements/{ref}/overrun", **OVER)
    assert "le prestataire annonce un dépassement" in unescape(contracts.get("/notices"))
    page = unescape(contracts.get(f"/agreements/{ref}"))
    assert "CHF 4'200.00" in page.replace("\xa0", " ")
    contracts.post(f"/agreements/{ref}/overruns", 422, notice_ref=the_notice(page), answer=" ")
    contracts.post(
        f"/agreements/{ref}/overruns", notice_ref=the_notice(page), answer="Avenant en préparation."
    )
    contracts.post(f"/agreements/{ref}/overruns", 409, notice_ref=the_notice(page), answer="Encore.")

    assert "Avenant en préparation." in unescape(provider.get(f"/agreements/{ref}"))
    assert "notice_ref" not in contracts.get(f"/agreements/{ref}")


def test_an_overrun_is_told_in_its_unit_with_a_day_ahead_and_once(site):
    provider, url = site.as_("provider"), f"/provider/agreements/{site.town.agreements['LACI']}/overrun"

    assert "f-amount-error" in provider.post(url, 422, **{**OVER, "amount": ""})
    assert "f-wording-error" in provider.post(url, 422, **{**OVER, "wording": ""})
    for change in ({"amount": "-5"}, {"amount": "beaucoup"}, {"days": "12"}, {"expected_on": "2026-10-01"},
                   {"expected_on": "2031-01-01"}, {"kind": "time"}):  # fmt: skip
        provider.post(url, 422, **{**OVER, **change})
    provider.post(url, **OVER)
    provider.post(url, 409, **OVER)


def test_an_overrun_is_told_by_the_agreements_own_provider_alone(site):
    ref = site.town.agreements["LACI"]

    site.as_("other_provider").get(f"/provider/agreements/{ref}/overrun", 404)
    site.as_("other_provider").post(f"/provider/agreements/{ref}/overrun", 404, **OVER)
    for who in ("contracts", "finance", "manager", "steering"):
        site.as_(who).post(f"/provider/agreements/{ref}/overrun", 403, **OVER)
    site.as_("provider").post(f"/agreements/{ref}/overruns", 403, notice_ref="zzzzzzzzzz", answer="Moi-même")
    site.as_("contracts").post(f"/agreements/{ref}/overruns", 404, notice_ref="zzzzzzzzzz", answer="Rien")
