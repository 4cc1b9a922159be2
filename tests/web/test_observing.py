"""The provider's grid of observation on its pages, and where the case reads it."""

import pytest

from tests.web.test_social import program

DONE = {
    "effective_on": "2026-10-14",
    "answers-punctuality": "3",
    "answers-remarks": "Volontaire",
    "source": "Atelier",
}


def url(site, name):
    return f"/provider/placements/{site.town.placements[name]}/observation"


def test_what_a_provider_observes_stands_dated_in_the_grid_of_the_case(site):
    provider, manager = site.as_("provider"), site.as_("manager")
    assert url(site, "shared") in provider.get(url(site, "shared").removesuffix("/observation"))

    provider.post(url(site, "shared"), **DONE)

    page = provider.get(url(site, "shared"))
    assert "<title>Grille d&#39;observation, Berger Alix" in page
    assert "Volontaire" in page
    assert "3 sur 4" in page
    (case,) = [
        one["case_ref"]
        for one in program(site, "manager").ask("GET", "/api/v1/placements")["items"]
        if one["ref"] == site.town.placements["shared"]
    ]
    grid = manager.get(f"/cases/{case}/grid")
    assert "Fondation de l&#39;Arbalète" in grid
    assert "Noé Calame" in grid
    assert "14.10.2026" in grid
    assert "Observation du prestataire" in manager.get(f"/cases/{case}/timeline")


def test_each_fault_stands_beside_its_input_and_a_blank_grid_is_no_observation(site):
    provider = site.as_("provider")

    page = provider.post(
        url(site, "running"), 422, **DONE | {"answers-punctuality": "9", "effective_on": "2026-08-31"}
    )
    blank = provider.post(url(site, "running"), 422, effective_on="2026-10-14", source="")

    assert "f-answers-punctuality-error" in page
    assert page.count("Le 31.08.2026 n&#39;est pas dans la période") == 2
    assert "Volontaire" in page
    assert "il faut au moins un élément" in blank


@pytest.mark.parametrize(
    ("name", "why"),
    [("summer", "étaient reçues jusqu&#39;au 30.09.2026"), ("accepted", "n&#39;a pas commencé")],
)
def test_nothing_is_taken_before_the_stay_or_thirty_days_after_it(site, name, why):
    provider = site.as_("provider")

    page = provider.get(url(site, name))
    no = provider.post(url(site, name), 409, **DONE)

    assert why in page
    assert "f-effective_on" not in page
    assert why in no


def test_nobody_else_observes(site):
    site.as_("other_provider").get(url(site, "running"), 404)
    site.as_("manager").get(url(site, "running"), 403)


def test_a_program_observes_as_the_page_does(site):
    provider = program(site, "provider")
    address = f"/api/v1/placements/{site.town.placements['running']}/observations"
    entry = {"item": "autonomy", "value": "2", "effective_on": "2026-10-13"}

    made = provider.ask("POST", address, 201, entries=[entry])
    no = provider.ask("POST", address, 422, entries=[entry | {"value": "7"}])

    assert made == provider.ask("GET", address)
    assert ("autonomy", "2") in [(one["item"], one["entries"][0]["value"]) for one in made["items"]]
    assert no["reasons"][0]["field"] == "entries.0.value"
    program(site, "other_provider").ask("GET", address, 404)
