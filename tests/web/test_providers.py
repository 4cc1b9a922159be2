"""The pages of providers: the register, one provider, forms with their faults; what a provider tells itself."""

import re
from html import unescape
from io import BytesIO
from zipfile import ZipFile

from cii.conventions.parts_deal import Extra, Price
from cii.conventions.vocabulary import ExtraKind, PricedUnit
from cii.kernel.money import Chf
from tests.web.build_texts import says
from tests.web.test_agreements import the_version


def the_ref(site) -> str:
    page = site.as_("contracts").get("/providers")
    return re.search(r'/providers/([a-z0-9]{10})"', page).group(1)


def test_the_register_names_providers_with_form_and_number(site):
    page = unescape(site.as_("contracts").get("/providers"))

    assert "Conventions en vigueur" in page
    assert "Inscrire un prestataire" in page


def test_a_provider_is_told_with_the_instrument_proposed(site):
    ref = the_ref(site)

    page = unescape(site.as_("contracts").get(f"/providers/{ref}"))

    assert "Instrument proposé" in page
    assert "moins de 10" in page or "convention de prestations est recommandée" in page


def test_a_wrong_number_is_told_at_its_field_and_what_was_typed_stays(site):
    reader, ref = site.as_("contracts"), the_ref(site)
    form = reader.get(f"/providers/{ref}/change")

    page = unescape(
        reader.post(
            f"/providers/{ref}/change", 422,
            version=the_version(form), legal_form="foundation", non_profit="yes", uid="CHE-123.456.789",
        )
    )  # fmt: skip

    assert "CHE-123.456.789" in page
    assert re.search(r'id="f-uid-error"', page)


def test_a_label_is_recorded_with_its_validity_and_withdrawn(site):
    reader, ref = site.as_("contracts"), the_ref(site)
    assert reader.get(f"/providers/{ref}/labels")
    told = {"name": "Qualité A", "issuer": "Organe", "valid_from": "2026-01-01", "evidence": "classeur 4"}

    expired = unescape(reader.post(f"/providers/{ref}/labels", 422, **told, last_day="2026-02-01"))
    reader.post(f"/providers/{ref}/labels", **told, last_day="2029-12-31")
    form = reader.get(f"/providers/{ref}/withdrawal")
    label = re.search(r'<option value="([a-z0-9]{10})"', form).group(1)
    reader.post(f"/providers/{ref}/withdrawal", label_ref=label, reason="Retiré par l'organe")

    assert "est échu depuis" in expired
    assert "retiré" in unescape(reader.get(f"/providers/{ref}"))


def test_attestations_and_subcontractors_are_recorded(site):
    reader, ref = site.as_("contracts"), the_ref(site)
    assert reader.get(f"/providers/{ref}/attestations")
    assert reader.get(f"/providers/{ref}/subcontractors")
    told = {"name": "Transports Exemple", "uid": "CHE-123.456.788", "services": "Transports"}

    reader.post(
        f"/providers/{ref}/attestations",
        kind="ics", attested_on="2026-03-01", issuer="Fiduciaire", evidence="rapport 2025",
    )  # fmt: skip
    reader.post(f"/providers/{ref}/subcontractors", **told, share="60", starts_on="2026-01-01")
    beyond = unescape(
        reader.post(f"/providers/{ref}/subcontractors", 422, **told, share="41", starts_on="2026-01-01")
    )

    page = unescape(reader.get(f"/providers/{ref}"))
    assert "Système de contrôle interne" in page
    assert "Transports Exemple" in page
    assert "plus que le tout" in beyond


def test_a_proposal_is_kept(site):
    reader, ref = site.as_("contracts"), the_ref(site)

    reader.post(f"/providers/{ref}/proposal")

    assert "Instrument proposé" in unescape(reader.get(f"/providers/{ref}"))


def test_a_provider_tells_staff_and_asks_for_a_talk_that_is_answered(site):
    mine, reader = site.as_("provider"), site.as_("contracts")
    assert mine.get("/provider/staff")
    assert mine.get("/provider/talk")

    mine.post(
        "/provider/staff",
        change="hired", function="Éducateur", qualification="HES", workload="80", effective_on="2026-12-01",
    )  # fmt: skip
    mine.post("/provider/talk", subject="Effectifs", wording="Deux départs au printemps")
    ref = re.search(r'/providers/([a-z0-9]{10})"', mine.get("/providers")).group(1)
    link = re.search(r"/providers/[a-z0-9]{10}/talks/([a-z0-9]{10})", reader.get(f"/providers/{ref}")).group(
        1
    )
    assert reader.get(f"/providers/{ref}/talks/{link}")
    reader.post(f"/providers/{ref}/talks/{link}", answer="Le 10 décembre")

    page = unescape(mine.get(f"/providers/{ref}"))
    assert "Éducateur" in page
    assert "Le 10 décembre" in page


def test_a_provider_changes_nothing_in_the_register(site):
    mine = site.as_("provider")
    ref = re.search(r'/providers/([a-z0-9]{10})"', mine.get("/providers")).group(1)

    mine.get(f"/providers/{ref}/labels", 403)
    mine.get("/providers/new", 403)
    site.as_("other_provider").get(f"/providers/{ref}", 404)


def test_a_new_provider_with_faults_hears_of_them(site):
    reader = site.as_("contracts")
    assert "IDE" in reader.get("/providers/new")

    page = reader.post("/providers", 422, legal_form="foundation", uid="CHE-1")

    assert "f-institution_ref-error" in page


def test_unit_prices_are_compared_on_a_page_and_in_files(site):
    reader = site.as_("contracts")

    page = unescape(reader.get("/unit-prices"))
    held = reader.get("/unit-prices/csv")
    book = reader.client.get("/unit-prices/xlsx")

    assert "Médiane du genre" in page
    assert """<div>Fondation de l'Arbalète<div class="sub">2026-LACI-01</div></div>""" in page
    assert "ne déclarent ni prestation supplémentaire ni leur absence" in page
    assert "Aucune prestation supplémentaire n'est déclarée." in page
    assert "per_place_and_month" in held
    with ZipFile(BytesIO(book.data)) as sheets:
        assert "extras-2026-10-15" in sheets.read("xl/workbook.xml").decode()
    assert site.as_("contracts").get("/providers?lang=de")


def test_extras_are_compared_by_kind_and_unit_with_the_agreements_that_declare_them(site):
    reader, hour = site.as_("contracts"), (ExtraKind.COACHING, PricedUnit.HOUR)
    dear = Extra(*hour, Chf.parse("180"), wording="Sur demande")
    numbers = [
        says(site, site.town.agreements["LACI"], price=Price(extras=(dear,))),
        says(site, site.town.agreements["SAS"], price=Price(extras=(Extra(*hour, Chf.parse("120")),))),
    ]

    page = unescape(reader.get("/unit-prices")).replace("\xa0", " ")

    shown = page.split('id="extras"', 1)[1]
    assert "Coaching personnalisé" in shown
    assert "Sur demande" in shown
    assert "+20 %" in shown
    assert "−20 %" in shown
    assert "CHF 150.00" in shown
    assert all(f'<span class="num">{number}</span>' in shown for number in numbers)
