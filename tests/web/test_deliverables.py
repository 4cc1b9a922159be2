"""The pages of what providers hand in: the provider's list, the payer's inbox, one deliverable."""

import re
from html import unescape

import pytest

from tests.web.test_agreements import the_version
from tests.web.test_attachments import SVG


def upload(reader, url, data=b"mois;participants\n2026-09;12\n", name="liste.csv", status=303, **form):
    """Hand a file in as a browser does."""
    csrf = reader.client.get("/help").text.split('name="csrf_token" value="')[1].split('"')[0]
    fields = {"csrf_token": csrf, "idempotency_key": form.pop("key", name + url), **form}
    parts = [
        f'--B\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    ]
    kind = (
        "image/svg+xml" if name.endswith("svg") else "application/pdf" if name.endswith("pdf") else "text/csv"
    )
    head = f'--B\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
    body = "".join((*parts, head)).encode() + data + b"\r\n--B--\r\n"
    answer = reader.client.post(url, data=body, content_type="multipart/form-data; boundary=B")
    assert answer.status_code == status, answer.text[:1500]
    return answer.text


def the_list(site) -> str:
    """The address of the list of participants that is owed since 5 October."""
    page = site.as_("provider").get("/provider/deliverables")
    return re.findall(r'href="(/deliverables/\w{10})"', page)[0]


def test_a_provider_hands_in_the_payer_returns_it_and_then_accepts(site):
    provider, payer = site.as_("provider"), site.as_("contracts")
    url = the_list(site)
    before = unescape(payer.get("/deliverables"))

    upload(provider, f"{url}/submissions", version=the_version(provider.get(url)), note="Sans les sorties")
    waiting = unescape(payer.get(url))
    payer.post(f"{url}/return", version=the_version(payer.get(url)), reason="Il manque les sorties.")
    again = unescape(provider.get(url))
    upload(provider, f"{url}/submissions", version=the_version(provider.get(url)), key="second")
    payer.post(f"{url}/acceptance", version=the_version(payer.get(url)))

    assert "En retard" in before
    assert "Sans les sorties" in waiting
    assert "Il manque les sorties." in again
    assert "Renvoyé, à compléter" in again
    assert "Accepté" in unescape(provider.get("/provider/deliverables"))
    assert "document accepté" in unescape(provider.get("/notices"))


def test_a_file_is_opened_by_its_two_sides_only(site):
    provider, payer = site.as_("provider"), site.as_("contracts")
    url = the_list(site)
    upload(provider, f"{url}/submissions", version=the_version(provider.get(url)))

    (file,) = re.findall(rf'href="({url}/submissions/\w{{10}})"', payer.get(url))

    assert payer.client.get(file).data.startswith(b"mois;participants")
    assert payer.client.get(file).headers["Content-Security-Policy"].startswith("sandbox")
    assert f'href="{file}"' not in site.as_("coordination").get(url)
    site.as_("coordination").get(file, 404)
    site.as_("other_provider").get(url, 404)
    site.as_("manager").get(url, 403)


@pytest.mark.parametrize(
    ("data", "name", "status", "said"),
    [
        (b"x" * 21_000_000, "gros.csv", 413, "dépasse 20"),
        (b"MZ\x90\x00\x03", "rapport.pdf", 415, "type accepté"),
        (SVG, "image.svg", 415, "type accepté"),
        (b"", "vide.pdf", 422, "vide"),
    ],
    ids=["21 MB", "program as pdf", "svg with script", "empty"],
)
def test_what_is_no_document_is_refused_beside_the_form(site, data, name, status, said):
    provider, url = site.as_("provider"), the_list(site)

    page = upload(
        provider,
        f"{url}/submissions",
        data,
        name,
        status,
        version=the_version(provider.get(url)),
        note="Ma remarque",
    )

    assert said in page
    assert "Ma remarque" in page
    assert "Aucun fichier remis" in unescape(provider.get(url))


def test_a_double_click_hands_in_once_and_a_stale_page_nothing(site):
    provider, payer, url = site.as_("provider"), site.as_("contracts"), the_list(site)
    seen = the_version(provider.get(url))

    for _ in range(2):
        upload(provider, f"{url}/submissions", version=seen, key="once")
    upload(provider, f"{url}/submissions", version=seen, key="other", status=412)
    payer.post(f"{url}/acceptance", 412, version=seen)
    payer.post(f"{url}/return", 422, version=the_version(payer.get(url)), reason="")

    assert len(re.findall(rf'href="{url}/submissions/', payer.get(url))) == 1


def test_the_pages_speak_german(site):
    page = unescape(site.as_("provider").get("/provider/deliverables?lang=de"))

    assert "Abzugebende Dokumente" in page


def test_a_payer_waives_what_is_owed_and_the_provider_reads_why(site):
    provider, payer, url = site.as_("provider"), site.as_("contracts"), the_list(site)
    version = the_version(payer.get(url))

    short = payer.post(f"{url}/waiver", 422, version=version, reason="Non")
    payer.post(f"{url}/waiver", version=version, reason="Aucun participant en septembre.")

    assert "10 caractères" in unescape(short)
    read = unescape(provider.get(url))
    assert "Plus demandé" in read
    assert "Aucun participant en septembre." in read
    assert "Remettre" not in read
    assert "document plus demandé" in unescape(provider.get("/notices"))
    assert url not in payer.get("/deliverables")
    payer.post(f"{url}/waiver", 412, version=version, reason="Aucun participant en septembre.")
    provider.post(f"{url}/waiver", 403, version=version, reason="Aucun participant en septembre.")
