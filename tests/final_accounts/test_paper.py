"""The settled year on paper, with the QR invoice for what is owed back."""

import io

import pypdf

from cii.documents.final_account import QrPart, the_bill
from cii.final_accounts.actions import (
    creditor_reference,
)
from cii.final_accounts.paper import paper
from cii.store.work import Work
from tests.final_accounts.build_final_accounts import MORE, a_year


def test_the_settled_year_is_printed_with_a_qr_invoice_for_what_is_owed_back(work: Work):
    town = a_year(work)
    made = town.settled(planned=MORE)

    first, again = paper(town.finance, made.ref, "fr"), paper(town.finance, made.ref, "fr")
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(first.content)).pages]
    said = " ".join(" ".join(pages).replace("\xa0", " ").replace("\u202f", " ").split())

    assert len(pages) == 2
    assert "385'000.00" in said.replace("’", "'")
    assert "Section paiement" in said
    assert "1 250.00" in said
    assert "CH93 0076 2011 6238 5295 7" in said
    assert first == again


def test_the_payment_part_says_what_the_standard_asks():
    told = {
        "iban": "CH9300762011623852957", "name": "État", "street": "Rue", "house_number": "1",
        "postcode": "2000", "city": "Neuchâtel",
    }  # fmt: skip

    data = the_bill(QrPart(told, "1250.00", creditor_reference("abcde12345"), "Compte 2026"), "fr")

    rows = data.qr_data().split("\r\n")
    assert rows[:4] == ["SPC", "0200", "1", "CH9300762011623852957"]
    assert rows[18:20] == ["1250.00", "CHF"]
    assert rows[27:30] == ["SCOR", creditor_reference("abcde12345"), "Compte 2026"]
