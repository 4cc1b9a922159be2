"""The agreement on paper, as pages and the API hand it out."""

from io import BytesIO

import pypdf


def the_words(data):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(data)).pages)


def handed(reader, url, status=200):
    answer = reader.client.get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return answer


def test_who_reads_an_agreement_gets_it_on_paper(site):
    ref = site.town.agreements["LACI"]

    answer = handed(site.as_("contracts"), f"/agreements/{ref}/document.pdf")

    assert answer.mimetype == "application/pdf"
    assert "2026-LACI-01" in the_words(answer.data)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="2026-LACI-01.pdf"'


def test_a_draft_on_paper_says_that_it_binds_nobody(site):
    ref = site.town.agreements["draft"]

    answer = handed(site.as_("contracts"), f"/agreements/{ref}/document.pdf")

    assert "Projet, sans valeur contractuelle" in the_words(answer.data)


def test_an_agreement_of_others_and_an_unknown_edition_are_not_found(site):
    ref = site.town.agreements["LACI"]

    handed(site.as_("other_provider"), f"/agreements/{ref}/document.pdf", 404)
    handed(site.as_("contracts"), f"/agreements/{ref}/editions/zzzzzzzzzz/document.pdf", 404)
    handed(site.as_("other_provider"), f"/agreements/{ref}/editions/zzzzzzzzzz/document.pdf", 404)


def test_the_api_hands_out_the_same_paper(site):
    ref = site.town.agreements["LACI"]
    reader = site.as_("contracts")

    page = handed(reader, f"/agreements/{ref}/document.pdf")
    api = handed(reader, f"/api/v1/agreements/{ref}/document.pdf")

    assert api.mimetype == "application/pdf"
    assert api.data == page.data
    handed(reader, f"/api/v1/agreements/{ref}/editions/zzzzzzzzzz/document.pdf", 404)
