"""The page of what a provider owes back: reason, rest, QR invoice, and its receipt noted once."""

from io import BytesIO

from pypdf import PdfReader

from tests.web.test_further_engagement import given_back
from tests.web.test_payments import between, plain
from tests.web.test_statements import the_version


def test_a_negative_statement_is_asked_back_by_invoice_and_its_receipt_is_noted(site):
    provider, checker, approver, payer = (
        site.as_(who) for who in ("provider", "finance", "finance2", "finance3")
    )
    july, august, stay = *site.town.statements.values(), site.town.placements["summer"]

    def act(hand, ref, name, status=303):
        version = the_version(hand.get(f"/statements/{ref}"))
        return hand.post(f"/statements/{ref}/{name}", status, version=version)

    act(checker, august, "check")
    act(approver, august, "approval")
    act(payer, july, "payment")
    act(payer, august, "payment")
    given_back(site)
    provider.post("/provider/attendance/2026/7", **{f"d.{stay}.2026-07-14": "unexcused_absence"})
    account = f"{site.town.agreements['LACI']}.{site.town.lines['LACI']}"
    ref = provider.post("/statements/new", payer=account, month="2026-07-01").rsplit("/", 1)[1]
    act(provider, ref, "submission")
    act(checker, ref, "check")
    act(approver, ref, "approval")
    act(payer, ref, "payment")

    listed = plain(payer.get("/payments"))
    owed = between(listed, 'href="/payments/owed/', '"')
    address = f"/payments/owed/{owed}"
    shown = plain(payer.get(address))
    paper = payer.client.get(f"/payments/owed/{owed}/invoice")
    said = " ".join(page.extract_text() for page in PdfReader(BytesIO(paper.data)).pages)
    future = plain(payer.post(address, 422, received_on="2027-12-31"))
    payer.post(address, received_on="2026-10-15")
    done = plain(payer.get(address))

    assert "Décompte rectificatif négatif" in listed
    assert "95.65" in shown
    assert (paper.status_code, paper.mimetype) == (200, "application/pdf")
    assert "95.65" in said
    assert "au plus tard le" in future
    assert "Tout est reçu" in done
    payer.post(address, 409, received_on="2026-10-15")
    assert "/payments/owed/" not in payer.get("/payments")
    site.as_("manager").get(address, 403)
