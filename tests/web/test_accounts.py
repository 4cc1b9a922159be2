"""The pages of the accounts."""


def test_the_administration_finds_accounts_by_name(site):
    page = site.as_("administrator").get("/accounts", text="borel")

    assert "Denise Borel" in page
    assert "finances, LMMT" in page
    assert "Yves Tissot" not in page


def test_an_account_is_opened_seated_and_closed(site):
    reader = site.as_("administrator")
    known = site.town.accounts["finance"]
    unit = reader.get(f"/accounts/{known}").split(">LMMT,")[0].rsplit('value="', 1)[1].split('"')[0]

    reader.get("/accounts/new")
    ref = reader.post(
        "/accounts/new", name="Nadia Exemple", email="nadia@cii.example", lang="de", password=""
    ).rsplit("/", 1)[1]
    reader.post(f"/accounts/{ref}/seats", unit_ref=unit, role="finance", valid_from="")
    page = reader.get(f"/accounts/{ref}")
    assert "finances" in page
    assert "sans mot de passe" in page

    reader.get(f"/accounts/{ref}/password")
    reader.post(f"/accounts/{ref}/password", password="une phrase assez longue")
    assert "sans mot de passe" not in reader.get(f"/accounts/{ref}")

    seat = page.split('name="seat" value="')[1].split('"')[0]
    reader.post(f"/accounts/{ref}/seats/end", seat=seat)
    reader.post(f"/accounts/{ref}/closing")
    assert "fermé" in reader.get(f"/accounts/{ref}")


def test_a_seat_of_another_account_is_not_ended_here(site):
    reader, ref = site.as_("administrator"), site.town.accounts["finance3"]

    reader.post(f"/accounts/{ref}/seats/end", 404, seat="1")


def test_an_address_is_taken_once_and_the_form_keeps_the_name(site):
    page = site.as_("administrator").post(
        "/accounts/new", 409, name="Autre Borel", email="finance@cii.example", lang="fr", password=""
    )

    assert "Autre Borel" in page
    assert "f-email-error" in page


def test_a_short_password_is_refused_and_never_shown_again(site):
    page = site.as_("administrator").post(
        "/accounts/new", 422, name="X", email="x@cii.example", lang="fr", password="tropcourt"
    )

    assert "tropcourt" not in page


def test_nobody_closes_their_own_account_by_the_page(site):
    reader = site.as_("administrator")

    assert "Fermer le compte" not in reader.get(f"/accounts/{site.town.accounts['administrator']}")


def test_others_do_not_manage_accounts(site):
    site.as_("manager").get("/accounts", 403)
