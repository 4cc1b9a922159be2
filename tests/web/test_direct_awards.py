"""A direct award published from the agreement's page, read by everybody."""

from html import unescape

from cii.agreements.queries import agreement_by_ref
from cii.agreements.vocabulary import Award
from tests.web.test_agreements import the_version

WISH = {
    "title": "Atelier de menuiserie", "base_requirements": "Trois ans d'expérience dans le canton",
    "criteria-0-code": "prix", "criteria-0-wording": "Prix", "criteria-0-weight": "40",
    "criteria-1-code": "concept", "criteria-1-wording": "Concept", "criteria-1-weight": "60",
}  # fmt: skip


def said_direct(site, ref: str) -> None:
    with site.work() as work:
        agreement_by_ref(work, ref).award = Award.DIRECT


def test_the_award_is_published_from_the_agreement_and_read_by_everybody(site):
    ref = site.town.agreements["draft"]
    said_direct(site, ref)
    office, url = site.as_("contracts"), f"/agreements/{ref}/direct-award"
    page, form = office.get(f"/agreements/{ref}"), office.get(url)

    place = office.post(f"/agreements/{ref}/direct-award", version=the_version(form), **WISH)
    call = place.rpartition("/")[2]
    public = unescape(site.app.test_client().get(f"/public/calls/{call}").text)

    assert url in page
    assert "Atelier de menuiserie" in form
    assert "Trois ans d'expérience dans le canton" in public
    assert "Concept" in public
    assert f"/public/calls/{call}" in office.get(f"/agreements/{ref}")
    assert url not in office.get(f"/agreements/{ref}")
    assert "Il n'y a rien à publier ici" in unescape(office.get(url))
    assert 'value="concept"' in office.get(f"/agreements/{ref}/text/evaluation")


def test_what_is_refused_stands_beside_what_was_typed(site):
    ref = site.town.agreements["draft"]
    said_direct(site, ref)
    office, url = site.as_("contracts"), f"/agreements/{ref}/direct-award"
    version = the_version(office.get(url))

    uneven = unescape(office.post(url, 422, version=version, **{**WISH, "criteria-1-weight": "50"}))
    office.post(url, 422, version=version, **{**WISH, "title": ""})
    office.post(url, 412, version="x.1", **WISH)
    site.as_("provider").get(url, 403)
    site.as_("finance").get(url, 403)

    assert "90 % au lieu de 100" in uneven.replace("\xa0", " ")
    assert "Trois ans d'expérience dans le canton" in uneven


def test_an_agreement_from_a_call_has_nothing_to_publish(site):
    ref = site.town.agreements["draft"]
    with site.work() as work:
        agreement_by_ref(work, ref).award = Award.CALL
    office = site.as_("contracts")
    url, page = f"/agreements/{ref}/direct-award", office.get(f"/agreements/{ref}/direct-award")

    refused = office.post(url, 409, version=the_version(office.get(f"/agreements/{ref}")), **WISH)

    assert "Il n&#39;y a rien à publier ici" in page
    assert "de gré à gré" in refused
    assert url not in office.get(f"/agreements/{ref}")
