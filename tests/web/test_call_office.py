"""Calls at the office: from the specification to the draft of the agreement, each step with its hands."""

from html import unescape

import pytest

from cii.calls.queries import call_by_ref
from cii.wire.etags import etag
from tests.web.test_agreements import the_version


def sent(form: str, **more: str) -> dict[str, str]:
    measure = form.split('name="services-offers-0-measure_ref"')[1].split('<option value="')[2][:10]
    return {
        "title": "Atelier de réinsertion 2027", "kind": "call", "sector": "AC", "lang": "fr",
        "base_requirements": "Trois ans d'expérience", "offers_until": "2026-10-20",
        "criteria-0-code": "price", "criteria-0-wording": "Prix", "criteria-0-weight": "40",
        "criteria-1-code": "concept", "criteria-1-wording": "Concept d'encadrement", "criteria-1-weight": "60",
        "aims-purpose": "Réinsertion durable", "services-offers-0-measure_ref": measure,
        "services-offers-0-content": "Atelier", "principles-duties-0-kind": "ethics",
        "principles-duties-0-wording": "Charte",
    } | more  # fmt: skip


def seen(site, ref: str) -> str:
    """The version of a call whose page has nothing to press."""
    with site.work() as work:
        return etag(ref, call_by_ref(work, ref).version)


@pytest.fixture
def published(site) -> str:
    reader = site.as_("contracts")
    reader.post("/calls/new", **sent(reader.get("/calls/new")))
    ref = reader.get("/calls").split("/calls/")[-1][:10]
    ref = next(one[:10] for one in reader.get("/calls").split('href="/calls/')[1:] if one[:3] != "new")
    reader.post(f"/calls/{ref}/publication", version=the_version(reader.get(f"/calls/{ref}")))
    return ref


def test_a_specification_is_written_and_published(site, published):
    page = site.as_("contracts").get(f"/calls/{published}")

    assert "Concept d&#39;encadrement" in page
    assert "Publié" in page
    assert "Trois ans" in site.app.test_client().get(f"/public/calls/{published}").text


def test_a_draft_that_lacks_something_is_not_published(site):
    reader = site.as_("contracts")
    reader.post("/calls/new", **sent(reader.get("/calls/new"), **{"criteria-1-weight": "50"}))
    ref = next(one[:10] for one in reader.get("/calls").split('href="/calls/')[1:] if one[:3] != "new")

    refused = reader.post(f"/calls/{ref}/publication", 422, version=the_version(reader.get(f"/calls/{ref}")))
    form = reader.get(f"/calls/{ref}/specification")
    reader.post(f"/calls/{ref}/specification", version=the_version(form), **sent(form, title="Autre objet"))

    assert "100" in refused
    assert 'value="concept"' in form
    assert "Autre objet" in reader.get(f"/calls/{ref}")
    reader.post(f"/calls/{ref}/end", version=the_version(reader.get(f"/calls/{ref}")))
    assert "Procédure interrompue" in reader.get(f"/calls/{ref}")


def test_an_offer_on_paper_stays_in_its_envelope_until_the_closing(site, published):
    reader = site.as_("contracts")
    wish = {"name": "Fondation du Val", "price": "120000", "received_on": "2026-10-15", "lang": "fr"}

    sealed = reader.post(f"/calls/{published}/offers", 409, **wish)
    early = reader.post(f"/calls/{published}/closing", 409, version=seen(site, published))

    assert "Aucune enveloppe ne s" in sealed
    assert "Des offres peuvent encore arriver" in early
    page = reader.get(f"/calls/{published}")
    assert 'name="received_on"' not in page
    assert f"/calls/{published}/closing" not in page


def test_what_comes_too_early_is_refused_with_its_reason(site, published):
    reader = site.as_("contracts")
    version = seen(site, published)
    nobody = "0000000000"

    for address in (f"/calls/{published}/ranking", f"/calls/{published}/confirmation"):
        reader.post(address, 409, version=version)
    reader.post(
        f"/calls/{published}/points",
        409,
        **{"offer_ref": nobody, "points-0-criterion": "price", "points-0-points": "3"},
    )
    reader.post(
        f"/calls/{published}/award",
        409,
        version=version,
        offer_ref=nobody,
        reason="La meilleure offre reçue à ce jour",
    )
    reader.post(
        f"/calls/{published}/agreement", 409, version=version, number="2027-X", profile="AC",
        instrument="agreement", valid_from="2027-01-01", last_day="2028-12-31",
    )  # fmt: skip


def test_a_direct_award_leads_to_a_draft_by_two_hands(site):
    reader, second = site.as_("contracts"), site.as_("contracts2")
    ref, _ = an_award(site, reader, second)
    url = f"/calls/{ref}"
    early = {"number": "2027-GRE-01", "profile": "AC", "instrument": "agreement", "valid_from": "2027-01-01",
             "bought-0-measure_ref": "zzzzzzzzzz", "bought-0-line_ref": "zzzzzzzzzz"}  # fmt: skip
    untold = reader.post(f"{url}/agreement", 409, version=the_version(reader.get(url)), **early)
    reader.post(f"{url}/letters", version=the_version(reader.get(url)))
    page = reader.get(url)
    bought = {
        f"bought-0-{name}": page.split(f'name="bought-0-{name}"')[1].split('<option value="')[2][:10]
        for name in ("measure_ref", "line_ref")
    }

    reader.post(
        f"/calls/{ref}/agreement", version=the_version(page), number="2027-GRE-01", profile="AC",
        instrument="agreement", valid_from="2027-01-01", last_day="2028-12-31", **bought,
    )  # fmt: skip

    assert "avant que le projet de convention soit établi" in untold
    assert "2027-GRE-01" in reader.get("/agreements")
    assert "Projet de convention établi" in reader.get(url)


def test_another_sector_and_a_provider_see_no_call(site, published):
    site.as_("ai").get(f"/calls/{published}", 403)
    site.as_("provider").get(f"/calls/{published}", 404)
    site.as_("manager").get("/calls", 403)


def test_the_letter_of_an_award_reaches_the_provider_and_nobody_else(site):
    reader, second, provider = site.as_("contracts"), site.as_("contracts2"), site.as_("provider")
    ref, offer = an_award(site, reader, second)
    url, letter = f"/calls/{ref}", f"/offers/{offer}/letter.pdf"

    draft = reader.client.get(letter)
    provider.get(letter, 404)
    reader.post(f"/calls/{ref}/letters", 412, version="x.1")
    reader.post(f"/calls/{ref}/letters", version=the_version(reader.get(url)))
    reader.post(f"/calls/{ref}/letters", 409, version=the_version(reader.get(url)))
    mine = provider.client.get(letter)

    assert draft.data.startswith(b"%PDF")
    assert mine.data.startswith(b"%PDF")
    assert mine.data != draft.data
    assert mine.headers["Content-Disposition"] == f'attachment; filename="cii-{offer}.pdf"'
    assert "Adjudication" in provider.get("/provider/offers")
    assert letter in provider.get(f"/provider/offers/{offer}")
    assert "la prestation vous est adjugée" in unescape(provider.get("/notices"))
    other = site.as_("other_provider")
    other.get(letter, 404)
    other.get(f"/provider/offers/{offer}", 404)
    assert "Aucune offre" in other.get("/provider/offers")
    site.as_("manager").get(letter, 403)


def an_award(site, reader, second) -> tuple[str, str]:
    """A direct award confirmed by the second; its ref and that of its offer."""
    form = reader.get("/calls/new")
    reader.post("/calls/new", **sent(form, kind="direct", offers_until=""))
    ref = next(one[:10] for one in reader.get("/calls").split('href="/calls/')[1:] if one[:3] != "new")
    url = f"/calls/{ref}"
    reader.post(f"{url}/publication", version=the_version(reader.get(url)))
    provider = reader.get(url).split('name="provider_ref"')[1].split('<option value="')[2][:10]
    reader.post(
        f"{url}/offers", name="Fondation de l'Arbalète", price="120000", received_on="2026-10-15",
        lang="fr", provider_ref=provider, address="Rue du Bois 3\n2000 Neuchâtel",
    )  # fmt: skip
    page = reader.get(url)
    offer = page.split('name="offer_ref"')[1].split('<option value="')[2][:10]
    reader.post(
        f"{url}/award", version=the_version(page), offer_ref=offer,
        reason="Seul prestataire de cette offre dans la région",
    )  # fmt: skip
    reader.post(f"{url}/confirmation", 403, version=the_version(reader.get(url)))
    second.post(f"{url}/confirmation", version=the_version(second.get(url)))
    return ref, offer


def test_the_language_of_a_call_is_chosen_and_its_requirements_have_room(site):
    page = site.as_("contracts").get("/calls/new")

    assert '<option value="fr" selected>Français</option>' in page
    assert '<textarea class="ds-input" id="f-base_requirements"' in page
