"""The provider's home: documents due, stays at risk, volumes projected, staff notices; each leads to its act."""

import re
from datetime import date
from html import unescape

import pytest
from sqlalchemy import text

from cii.conventions.parts_deal import OfferVolume, Price, Volume
from cii.kernel.money import Chf
from tests.web.build_texts import says

STAFF = {"change": "left", "function": "Coach en insertion", "qualification": "Bachelor en travail social", "workload": "80", "effective_on": "2026-12-31"}  # fmt: skip
OVER = {
    "kind": "budget",
    "amount": "4200.00",
    "days": "",
    "expected_on": "2026-12-01",
    "wording": "Plus de places.",
}


def the_section(page: str, name: str) -> str:
    """What the page shows under a heading, up to the next."""
    return unescape(page.split(f'id="{name}"', 1)[1].split("<section", 1)[0]).replace("\xa0", " ")


def test_what_is_to_be_handed_in_leads_to_its_page(site):
    shown = the_section(site.as_("provider").get("/provider"), "deliverables")

    assert 'href="/deliverables/' in shown
    assert 'href="/provider/deliverables"' in shown
    other = the_section(site.as_("other_provider").get("/provider"), "deliverables")
    assert 'href="/deliverables/' not in other


def test_an_absence_that_nobody_pays_leads_to_the_notice_and_then_says_that_it_is_told(site):
    provider, stay = site.as_("provider"), site.town.placements["running"]
    assert 'id="risks"' not in provider.get("/provider")
    provider.post("/provider/attendance/2026/10", **{f"d.{stay}.2026-10-05": "unexcused_absence"})

    shown = the_section(provider.get("/provider"), "risks")
    assert "1 absence non excusée en octobre 2026, dont 1 non payée." in shown
    assert f'href="/provider/placements/{stay}/interruption?reason=absences"' in shown
    form = provider.get(f"/provider/placements/{stay}/interruption", reason="absences")
    assert 'value="absences" selected' in form
    provider.get(f"/provider/placements/{stay}/interruption", 422, reason="whims")

    told = {"reason": "absences", "expected_on": "2026-11-20", "wording": "Absences répétées."}
    provider.post(f"/provider/placements/{stay}/interruption", **told)
    shown = the_section(provider.get("/provider"), "risks")
    assert "annoncé pour le 20.11.2026, attend une réponse" in shown
    assert f'href="/provider/placements/{stay}/interruption' not in shown


def test_an_arrival_that_nobody_recorded_leads_to_its_entry(site):
    stay = site.town.placements["accepted"]
    with site.engine.begin() as connection:
        late = text("UPDATE placement SET starts_on = '2026-10-08' WHERE ref = :ref")
        connection.execute(late, {"ref": stay})

    shown = the_section(site.as_("provider").get("/provider"), "risks")

    assert "Attendue dès le 08.10.2026, la personne n'a pas d'entrée saisie." in shown
    assert "Saisir l'entrée" in shown
    assert 'id="risks"' not in site.as_("other_provider").get("/provider")


def test_a_total_that_will_be_exceeded_leads_to_the_notice_and_then_says_that_it_is_told(site):
    provider, ref = site.as_("provider"), site.town.agreements["LACI"]
    nothing = the_section(provider.get("/provider"), "volumes")
    assert "Aucune convention en vigueur ne fixe de volume" in nothing
    offer = OfferVolume(site.town.workshop, site.town.lines["LACI"], places=6)
    says(site, ref, volume=Volume(offers=(offer,)), price=Price(total=Chf.parse("100")))

    shown = the_section(provider.get("/provider"), "volumes")
    assert "montant total, CHF" in shown
    assert "dépassé dès le" in shown
    assert "jours de place" in shown
    assert "sous-utilisation probable" in shown
    assert 'href="/provider/talk"' in shown
    assert f'href="/provider/agreements/{ref}/overrun?volume=money"' in shown

    form = unescape(provider.get(f"/provider/agreements/{ref}/overrun", volume="money"))
    assert 'value="budget" selected' in form
    assert re.search(r'value="\d+\.00"', re.search(r'<input[^>]*name="amount"[^>]*>', form).group(0))
    assert 'value="2026-10-15"' in form
    empty = unescape(provider.get(f"/provider/agreements/{ref}/overrun", volume="placements"))
    assert "selected" not in empty.split('name="kind"', 1)[1].split("</select>")[0]
    provider.get(f"/provider/agreements/{ref}/overrun", 422, volume="whims")

    provider.post(f"/provider/agreements/{ref}/overrun", **OVER)
    shown = the_section(provider.get("/provider"), "volumes")
    assert "annoncé pour le 01.12.2026, attend une réponse" in shown
    assert f'href="/provider/agreements/{ref}/overrun' not in shown


def test_placements_beyond_are_proposed_in_days_of_an_average_stay(site):
    """More stays than the one placement agreed: each told with the mean of the days they are bound for."""
    provider, ref = site.as_("provider"), site.town.agreements["LACI"]
    offer = OfferVolume(site.town.workshop, site.town.lines["LACI"], places=6, placements_a_year=1)
    says(site, ref, volume=Volume(offers=(offer,)))
    with site.engine.connect() as connection:
        stays = connection.execute(
            text(
                "SELECT p.starts_on, p.ends_on FROM placement p JOIN placement_share s ON s.placement_id = p.id"
                " JOIN agreement a ON a.id = s.agreement_id WHERE a.ref = :ref AND s.line_id = p.line_id"
                " AND p.state IN ('reserved', 'accepted', 'started', 'ended')"
            ),
            {"ref": ref},
        ).all()
    days = [
        (date.fromisoformat(str(last)) - date.fromisoformat(str(first))).days + 1 for first, last in stays
    ]

    form = unescape(provider.get(f"/provider/agreements/{ref}/overrun", volume="placements"))

    told = re.search(r'value="(\d+)"', re.search(r'<input[^>]*name="days"[^>]*>', form).group(0)).group(1)
    assert 'value="volume" selected' in form
    assert int(told) >= (len(days) - 1) * sum(days) / len(days)


def test_who_pays_sees_the_volumes_on_the_agreement_without_the_providers_acts(site):
    ref = site.town.agreements["LACI"]
    assert 'id="volumes"' not in site.as_("contracts").get(f"/agreements/{ref}")
    offer = OfferVolume(site.town.workshop, site.town.lines["LACI"], places=6)
    says(site, ref, volume=Volume(offers=(offer,)), price=Price(total=Chf.parse("100")))

    paying = the_section(site.as_("contracts").get(f"/agreements/{ref}"), "volumes")
    providing = the_section(site.as_("provider").get(f"/agreements/{ref}"), "volumes")

    assert "toute la convention" in paying
    assert "dépassé dès le" in paying
    assert "Annoncer un dépassement" not in paying
    assert "Annoncer un dépassement" in providing
    assert 'id="volumes"' not in site.as_("coordination").get(f"/agreements/{ref}")


def test_a_change_of_staff_told_stands_on_the_home_of_who_told_it(site):
    provider = site.as_("provider")
    assert "Aucun changement n'est annoncé" in the_section(provider.get("/provider"), "staff")

    provider.post("/provider/staff", **STAFF)

    shown = the_section(provider.get("/provider"), "staff")
    assert "Coach en insertion" in shown
    assert "départ" in shown
    assert "31.12.2026" in shown
    assert "Coach en insertion" not in site.as_("other_provider").get("/provider")
    assert "changement de personnel (départ) avec effet le 31.12.2026" in unescape(
        site.as_("contracts").get("/notices")
    )


def test_a_change_of_staff_without_words_keeps_what_was_typed(site):
    provider = site.as_("provider")

    page = unescape(provider.post("/provider/staff", 422, **{**STAFF, "function": " "}))

    assert "f-function-error" in page
    assert "Bachelor en travail social" in page
    for change in (
        {"workload": "0"},
        {"workload": "101"},
        {"change": "moved"},
        {"effective_on": "31.2.2026"},
    ):
        provider.post("/provider/staff", 422, **{**STAFF, **change})


@pytest.mark.parametrize(
    ("lang", "words"),
    [("de", "1 unentschuldigte Absenz im Oktober 2026, davon 1 nicht bezahlt."),
     ("en", "1 absence without excuse in October 2026, 1 of them not paid.")],
)  # fmt: skip
def test_a_risk_is_told_in_the_readers_language(site, lang, words):
    stay = site.town.placements["running"]
    site.as_("provider").post("/provider/attendance/2026/10", **{f"d.{stay}.2026-10-05": "unexcused_absence"})

    assert words in the_section(site.as_("provider", lang).get("/provider"), "risks")
