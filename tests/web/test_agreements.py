"""The pages of the agreements."""

import pytest

from cii.access.actions import AddAccount, add_account, add_membership
from cii.access.vocabulary import Role
from cii.agreements.queries import agreement_by_ref
from cii.conventions.signing import SignForSide, sign_for_side
from cii.institutions.queries import unit_by_code
from tests.agreements.build_agreements import acting
from tests.conformity.build_signing import made_ready, the_provider
from tests.web.build_town import PASSWORD


def the_version(page: str) -> str:
    return page.split('name="version" value="')[1].split('"', maxsplit=1)[0].replace("&#34;", '"')


def test_the_register_tells_state_and_end_of_each_agreement(site):
    page = site.as_("contracts").get("/agreements")

    assert "2026-LACI-01" in page
    assert "En vigueur" in page
    assert "31.12.2026" in page
    assert "jours ouvrables" in page
    assert "1 document en retard" in page


def test_an_agreement_shows_targets_tariffs_and_late_deliverables(site):
    page = site.as_("steering").get(f"/agreements/{site.town.agreements['LACI']}")

    assert "Taux de réinsertion" in page
    assert "40\u00a0%" in page
    assert "30\u00a0%" in page
    assert "CHF\u00a02&#39;200.00" in page
    assert "en retard" in page


def test_the_overview_tells_how_the_agreement_is_lived_today(site):
    ref = site.town.agreements["LACI"]

    mine, group, theirs = (
        site.as_(who).get(f"/agreements/{ref}").split('id="living"')[1].split("</section>")[0]
        for who in ("contracts", "steering", "provider")
    )

    assert "Placements en cours" in mine
    assert "Documents en retard" in mine
    assert f'<a class="ds-link" href="/agreements/{ref}/deliverables">1</a>' in mine
    assert "Indicateurs à la cible" in mine
    assert "Mesures correctrices ouvertes" in mine
    assert "Placements en cours" not in group
    assert "Mesures correctrices ouvertes" in group
    assert "Placements en cours" in theirs
    assert "Mesures correctrices" not in theirs


def test_a_draft_is_not_lived_yet(site):
    assert 'id="living"' not in site.as_("contracts").get(f"/agreements/{site.town.agreements['draft']}")


def test_whoever_prepared_an_agreement_reads_why_somebody_else_signs(site):
    reader, ref = site.as_("contracts"), site.town.agreements["draft"]
    page = reader.get(f"/agreements/{ref}")
    assert "une autre personne doit la signer" in page
    assert f"/agreements/{ref}/signature" not in page

    refused = reader.post(f"/agreements/{ref}/signature", 403, version=the_version(page))

    assert "signe" in refused


def test_a_draft_is_negotiated_signed_by_both_sides_put_in_force_and_ended(site):
    drafter, signer, ref = site.as_("contracts"), site.as_("contracts2"), site.town.agreements["unsigned"]
    url = f"/agreements/{ref}"

    drafter.post(f"/agreements/{ref}/negotiation", version=the_version(drafter.get(url)))
    early = signer.post(f"/agreements/{ref}/signature", 422, version=the_version(signer.get(url)))
    _made_ready(site, ref)
    signer.post(f"/agreements/{ref}/signature", version=the_version(signer.get(url)))
    assert "Mettre en vigueur" in signer.get(url)
    alone = signer.post(f"/agreements/{ref}/entry-into-force", 409, version=the_version(signer.get(url)))
    _signed_by_the_provider(site, ref)
    signer.post(f"/agreements/{ref}/entry-into-force", version=the_version(signer.get(url)))
    form = signer.get(f"/agreements/{ref}/termination")
    signer.post(
        f"/agreements/{ref}/termination",
        version=the_version(form),
        last_day="2027-06-30",
        reason="Réorientation",
    )

    page = signer.get(url)
    assert "le mandat" in early
    assert "les droits et devoirs des parties" in early
    assert "pas encore signé" in alone
    assert "En vigueur, résiliée" in page
    assert "Placements au-delà du dernier jour" in page
    assert "30.06.2027" in page


def _made_ready(site, ref):
    with site.work() as work:
        made_ready(work, agreement_by_ref(work, ref))


def _signed_by_the_provider(site, ref):
    with site.work() as work:
        provider = acting(work, the_provider(work, agreement_by_ref(work, ref)))
        sign_for_side(provider, SignForSide(ref, "Direction de l'atelier", work.today))


def test_a_deliverable_is_noted_as_received(site):
    reader, ref = site.as_("contracts"), site.town.agreements["SAS"]
    owed = reader.get(f"/agreements/{ref}").split('name="deliverable_ref" value="')[1].split('"')[0]

    reader.post(f"/agreements/{ref}/deliverables", deliverable_ref=owed)

    assert f'value="{owed}"' not in reader.get(f"/agreements/{ref}")
    assert "15.10.2026, 08:00" in reader.get(f"/agreements/{ref}/deliverables")


def test_a_provider_reads_its_own_agreements_only(site):
    mine, other, ref = site.as_("provider"), site.as_("other_provider"), site.town.agreements["LACI"]

    assert "2026-LACI-01" in mine.get(f"/agreements/{ref}")
    other.get(f"/agreements/{ref}", 404)
    assert "Aucune convention" in other.get("/agreements")


def test_who_may_only_read_finds_no_buttons_and_is_refused_the_act(site):
    reader, ref = site.as_("finance"), site.town.agreements["LACI"]

    assert "Résilier" not in reader.get(f"/agreements/{ref}")
    reader.get(f"/agreements/{ref}/termination", 403)


def test_an_agreement_is_not_ended_before_it_begins(site):
    reader, ref = site.as_("contracts"), site.town.agreements["LACI"]
    version = the_version(reader.get(f"/agreements/{ref}/termination"))

    page = reader.post(
        f"/agreements/{ref}/termination", 422, version=version, last_day="2025-01-01", reason="Essai"
    )

    assert "Essai" in page


@pytest.mark.parametrize("tab", ["", "/talks", "/evaluations", "/closures", "/deliverables", "/visit"])
def test_each_page_of_an_agreement_stands_under_agreements(site, tab):
    page = site.as_("contracts").get(f"/agreements/{site.town.agreements['LACI']}{tab}")

    assert '<a href="/agreements" aria-current="page">' in page


def test_what_a_provider_hands_in_stands_under_its_own_pages(site):
    page = site.as_("provider").get("/provider/deliverables")

    assert '<a href="/provider" aria-current="page">' in page
    assert '<a href="/agreements" aria-current="page">' not in page


def test_who_does_not_pay_an_agreement_is_offered_no_end_of_it(site):
    with site.work() as work:
        account = add_account(work, AddAccount("odas@cii.example", "Luc Jaquet", password=PASSWORD))
        add_membership(work, account, unit_by_code(work, "ODAS").id, Role.CONTRACT_MANAGER)
    reader, ref, own = site.as_("odas"), site.town.agreements["LACI"], site.town.agreements["SAS"]

    assert f"/agreements/{own}/termination" in reader.get(f"/agreements/{own}")
    assert f"/agreements/{ref}/termination" not in reader.get(f"/agreements/{ref}")
    reader.get(f"/agreements/{ref}/termination", 403)
    reader.get(f"/agreements/{ref}/dropping", 403)
