"""The pages of payments on their way to the providers."""

import io

IBAN = "CH93 0076 2011 6238 5295 7"


def plain(page):
    """The page with apostrophes and spaces as they are typed."""
    return page.replace("&#39;", "'").replace("\N{NO-BREAK SPACE}", " ")


def between(page, before, after):
    return page.split(before, 1)[1].split(after, 1)[0]


def test_an_account_is_asked_on_the_page_by_one_and_confirmed_by_another(site):
    asker, other = site.as_("finance"), site.as_("finance2")
    provider = between(
        between(asker.get("/payments/accounts"), 'name="provider_ref"', "</select>"), 'option value="', '"'
    )
    provider = provider or between(
        between(asker.get("/payments/accounts"), 'name="provider_ref"', "</select>").split('option value=""', 1)[1],
        'value="', '"',
    )  # fmt: skip
    sent = {
        "provider_ref": provider,
        "holder": "Fondation d'essai",
        "postcode": "2000",
        "town": "Neuchâtel",
        "reason": "Annoncé par lettre, vérifié au téléphone",
    }

    page = plain(asker.post("/payments/accounts", 422, iban="CH93 0076", valid_from="2020-01-01", **sent))
    assert "pas un IBAN valable" in page
    assert "au plus tôt dès aujourd'hui" in page
    assert "Annoncé par lettre" in page

    asker.post("/payments/accounts", iban=IBAN, valid_from="2027-01-01", **sent)
    assert "une autre personne doit décider" in asker.get("/payments/accounts")
    ref = between(other.get("/payments/accounts"), 'action="/payments/accounts/', "/decision")
    asker.post(f"/payments/accounts/{ref}/decision", 403, confirmed="yes")
    other.post(f"/payments/accounts/{ref}/decision", confirmed="yes")

    page = other.get("/payments/accounts")
    assert "CH93 0076 2011 6238 5295 7" in plain(page)
    assert "confirmé" in page


def test_an_answer_with_faults_is_told_by_line_and_changes_nothing(site):
    finance = site.as_("finance")
    csrf = between(finance.get("/help"), 'name="csrf_token" value="', '"')
    told = b"id;outcome;amount;date;reason\r\nnowhere-1;executed;1.00;2026-10-01;\r\nx-1;peut;1e400;31.02.2026;\r\n"
    form = {
        "csrf_token": csrf,
        "idempotency_key": "one-answer",
        "file": (io.BytesIO(told), "r.csv", "text/csv"),
    }

    answer = finance.client.post("/payments/answers", data=form, content_type="multipart/form-data")

    page = plain(answer.text)
    assert answer.status_code == 422
    assert "Aucun paiement de votre secteur n'est parti sous l'identifiant « nowhere-1 »" in page
    assert page.count("ne se lit pas") == 3


def test_payments_are_for_those_who_pay(site):
    assert "Fichiers partis" in site.as_("finance").get("/payments")
    site.as_("provider").get("/payments", 403)
    site.as_("contracts").get("/payments/accounts", 403)
    site.as_("finance").get("/payments/files/zzzzzzzzzz/csv", 404)
    site.as_("finance").post("/payments", 403, sector="AS")


def test_a_payment_that_nobody_rejected_is_not_released_again(site):
    site.as_("finance").get("/payments/zzzzzzzzzz/release", 404)
    site.as_("finance").post("/payments/zzzzzzzzzz/release", 404, reason="Compte corrigé")
