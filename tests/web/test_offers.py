"""Offers at the pages: handed in by a provider, sealed for the office until the closing, then read with their files."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from cii.kernel.clock import FixedClock
from tests.conftest import NOW
from tests.web.test_agreements import the_version
from tests.web.test_attachments import SVG
from tests.web.test_call_office import seen, sent

PAPERS = (("concept", "concept.txt", b"Encadrement : deux maitres."), ("evidence", "a.csv", b"a;b\n1;2\n"),
          ("evidence", "b.csv", b"c;d\n3;4\n"))  # fmt: skip


def handed(reader, url, files=PAPERS, status=303, key="offer", **form):
    """Hand in an offer as a browser does."""
    csrf = reader.client.get("/help").text.split('name="csrf_token" value="')[1].split('"')[0]
    fields = {"csrf_token": csrf, "idempotency_key": key, "price": "118000", "lang": "fr", **form}
    head = "--B\r\nContent-Disposition: form-data; name="
    body = "".join(f'{head}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()).encode()
    for name, file, data in files:
        kind = {"svg": "image/svg+xml", "csv": "text/csv", "txt": "text/plain"}.get(
            file[-3:], "application/pdf"
        )
        body += f'{head}"{name}"; filename="{file}"\r\nContent-Type: {kind}\r\n\r\n'.encode() + data + b"\r\n"
    answer = reader.client.post(url, data=body + b"--B--\r\n", content_type="multipart/form-data; boundary=B")
    assert answer.status_code == status, answer.text[:1500]
    return answer.headers.get("Location", answer.text)


@pytest.fixture
def published(site) -> str:
    reader = site.as_("contracts")
    reader.post("/calls/new", **sent(reader.get("/calls/new")))
    ref = next(one[:10] for one in reader.get("/calls").split('href="/calls/')[1:] if one[:3] != "new")
    reader.post(f"/calls/{ref}/publication", version=the_version(reader.get(f"/calls/{ref}")))
    return ref


@pytest.fixture
def a_week_later(site):
    """Turns the clock to a day on which offers can no longer be made; who was logged in logs in again."""
    held = site.app.wiring
    yield lambda: setattr(site.app, "wiring", replace(held, clock=FixedClock(NOW + timedelta(days=7))))
    site.app.wiring = held


def test_a_provider_hands_in_and_the_office_reads_nothing_before_the_closing(site, published):
    provider, office = site.as_("provider"), site.as_("contracts")
    before = seen(site, published)

    url = handed(provider, f"/provider/calls/{published}/offer", wording="Un atelier de vingt places")
    mine = unescape(provider.get(url))
    files = re.findall(r'href="(/offers/\w{10}/papers/\w{10})"', mine)
    sealed = office.get(f"/calls/{published}")

    assert "L'offre est scellée" in mine
    assert "118'000.00" in mine
    assert len(files) == 3
    assert provider.client.get(files[0]).data == PAPERS[0][2]
    for told in ("Arbal", "118", "vingt places", url.rpartition("/")[2]):
        assert told not in sealed.partition("<main")[2]
    assert seen(site, published) == before
    assert "restent scell" in sealed
    for reader in (office, site.as_("contracts2"), site.as_("coordination"), site.as_("auditor")):
        for file in (*files, f"/offers/{url.rpartition('/')[2]}/letter.pdf"):
            assert reader.client.get(file).status_code in {403, 404}
    office.get("/notices")
    assert "offre" not in unescape(office.get("/notices")).partition("<main")[2].lower()


def test_the_closing_opens_the_offers_for_the_office(site, published, a_week_later):
    url = handed(
        site.as_("provider"), f"/provider/calls/{published}/offer", wording="Un atelier de vingt places"
    )
    a_week_later()
    provider, office = site.as_("provider"), site.as_("contracts")

    late = handed(provider, f"/provider/calls/{published}/offer", status=409, key="late")
    office.post(f"/calls/{published}/closing", version=the_version(office.get(f"/calls/{published}")))
    office.post(
        f"/calls/{published}/offers", name="Association du Val", price="99000", received_on="2026-10-16", lang="de",
    )  # fmt: skip
    page = unescape(office.get(f"/calls/{published}"))
    (file, *_) = re.findall(r'href="(/offers/\w{10}/papers/\w{10})"', page)

    assert "après le dernier jour" in unescape(late)
    for told in ("Arbalète", "118'000.00", "vingt places", "Association du Val", "Justificatif"):
        assert told in page
    assert office.client.get(file).data == PAPERS[0][2]
    assert office.client.get(file).headers["Content-Security-Policy"].startswith("sandbox")
    site.as_("other_provider").get(file, 404)
    provider.post(f"/provider/offers/{url.rpartition('/')[2]}/withdrawal", 409)


def test_an_offer_is_replaced_and_withdrawn_on_time(site, published):
    provider = site.as_("provider")
    first = handed(provider, f"/provider/calls/{published}/offer")
    form = unescape(provider.get(f"/provider/calls/{published}/offer"))
    second = handed(provider, f"/provider/calls/{published}/offer", key="again", price="112000")

    provider.get(first, 404)
    ref = second.rpartition("/")[2]
    site.as_("other_provider").post(f"/provider/offers/{ref}/withdrawal", 404)
    provider.post(f"/provider/offers/{ref}/withdrawal")

    assert "est déjà remise" in form
    assert "Aucune offre" in unescape(provider.get("/provider/offers"))
    assert "Atelier de réinsertion 2027" in unescape(provider.get("/provider/offers"))


def test_a_double_click_hands_in_once(site, published):
    provider = site.as_("provider")

    places = {handed(provider, f"/provider/calls/{published}/offer") for _ in range(2)}

    assert len(places) == 1


@pytest.mark.parametrize(
    ("files", "status", "said"),
    [
        ((), 422, "Joignez le fichier"),
        ((("concept", "a.svg", SVG),), 415, "type accepté"),
        ((("concept", "a.pdf", b"MZ\x90\x00\x03"),), 415, "type accepté"),
        ((("concept", "a.txt", b""),), 422, "vide"),
        ((("concept", "a.txt", b"x" * 21_000_000),), 413, "dépasse 20"),
        (PAPERS * 4, 422, "10 fichiers"),
    ],
    ids=["no concept", "svg", "program as pdf", "empty", "21 MB", "twelve files"],
)
def test_what_is_no_offer_is_refused_beside_the_form(site, published, files, status, said):
    provider = site.as_("provider")

    page = unescape(
        handed(provider, f"/provider/calls/{published}/offer", files, status, wording="Mon résumé")
    )

    assert said in page
    assert "Mon résumé" in page
    assert "Aucune offre" in unescape(provider.get("/provider/offers"))


def test_the_public_page_says_how_offers_are_handed_in(site, published):
    anybody = site.app.test_client()

    page = unescape(anybody.get(f"/public/calls/{published}").text)
    german = unescape(anybody.get(f"/public/calls/{published}?lang=de", follow_redirects=True).text)

    assert "Remettre une offre" in page
    assert f"/provider/calls/{published}/offer" in page
    assert "bis und mit 20.10.2026" in german
    site.as_("contracts").get(f"/provider/calls/{published}/offer", 403)


def test_only_who_may_hand_in_is_offered_the_form_of_an_open_call(site, published):
    form, url = f'href="/provider/calls/{published}/offer"', f"/public/calls/{published}"

    assert form in site.app.test_client().get(url).text
    assert form in site.as_("provider").get(url)
    assert form not in site.as_("contracts").get(url)
