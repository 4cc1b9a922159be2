"""The pages of the statements."""


def the_version(page: str) -> str:
    return page.split('name="version" value="')[1].split('"', maxsplit=1)[0].replace("&#34;", '"')


def test_finance_finds_the_statements_of_its_sector(site):
    page = site.as_("finance").get("/statements", state="approved")

    assert "Juillet 2026" in page
    assert "CHF\u00a02&#39;104.35" in page


def test_each_line_explains_its_amount(site):
    page = site.as_("finance").get(f"/statements/{site.town.statements['july']}")

    assert "95.7\u00a0%" in page
    assert "2&#39;200.00 par mois, au prorata des jours ouvrables" in page
    assert "15.07.2026 absence non excusée" in page


def test_the_provider_reads_the_names_of_its_participants(site):
    assert "Zwahlen Alix" in site.as_("provider").get(f"/statements/{site.town.statements['july']}")


def test_a_statement_is_checked_approved_and_paid_by_three_persons(site):
    ref = site.town.statements["august"]
    checker, approver, payer = site.as_("finance"), site.as_("finance2"), site.as_("finance3")

    def seen(reader):
        return the_version(reader.get(f"/statements/{ref}"))

    checker.post(f"/statements/{ref}/check", version=seen(checker))
    assert "une autre personne l&#39;approuve" in checker.get(f"/statements/{ref}")
    checker.post(f"/statements/{ref}/approval", 403, version=seen(approver))

    approver.post(f"/statements/{ref}/approval", version=seen(approver))
    assert "une autre personne libère le paiement" in approver.get(f"/statements/{ref}")
    approver.post(f"/statements/{ref}/engagement", 403, version=seen(payer))

    payer.post(f"/statements/{ref}/payment", version=seen(payer))
    assert "Payé" in payer.get(f"/statements/{ref}")


def test_a_statement_is_sent_back_with_its_reason_computed_again_and_submitted_anew(site):
    provider, checker = site.as_("provider"), site.as_("finance")
    agreement, line, stay = (
        site.town.agreements["SAS"],
        site.town.lines["SAS"],
        site.town.placements["shared"],
    )
    provider.post("/provider/attendance/2026/9", **{f"rest.{stay}": "yes"})
    payer = f"{agreement}.{line}"
    provider.get("/statements/new")
    ref = provider.post("/statements/new", payer=payer, month="2026-09-01").rsplit("/", 1)[1]
    contracts = site.as_("contracts")

    def seen(reader):
        return the_version(reader.get(f"/statements/{ref}"))

    provider.post(f"/statements/{ref}/submission", version=seen(provider))
    checker.get(f"/statements/{ref}", 404)
    form = contracts.get(f"/statements/{ref}/return")
    line = form.split('name="lines-0-line" value="')[1].split('"', maxsplit=1)[0]
    said = {"lines-0-line": line, "lines-0-reason": "Le 14, présence sans signature"}
    contracts.post(
        f"/statements/{ref}/return", version=the_version(form), reason="Absences du 21 à revoir", **said
    )
    page = provider.get(f"/statements/{ref}")
    assert "Absences du 21 à revoir" in page
    assert "Remarque du 15.10.2026 :" in page.replace("\u202f", " ").replace("\xa0", " ")
    assert "Le 14, présence sans signature" in page
    provider.post(f"/statements/{ref}/computing", version=seen(provider))
    provider.post(f"/statements/{ref}/submission", version=seen(provider))

    assert "Remis" in provider.get(f"/statements/{ref}")


def test_an_old_version_is_not_acted_upon(site):
    ref = site.town.statements["july"]

    site.as_("finance3").post(f"/statements/{ref}/payment", 412, version=f'"{ref}.1"')


def test_a_month_without_attendance_makes_no_statement_and_says_why(site):
    reader = site.as_("provider")
    payer = f"{site.town.agreements['LACI']}.{site.town.lines['LACI']}"

    page = reader.post("/statements/new", 409, payer=payer, month="2026-03-01")

    assert "2026-03-01" in page


def test_a_correction_is_computed_from_the_page_once_attendance_has_changed(site):
    reader = site.as_("provider")
    payer = f"{site.town.agreements['LACI']}.{site.town.lines['LACI']}"
    ref = site.town.placements["summer"]

    reader.post("/provider/attendance/2026/7", **{f"d.{ref}.2026-07-15": "excused_absence"})
    where = reader.post("/statements/new", payer=payer, month="2026-07-15")

    page = reader.get(where)
    assert "correction n° 1" in page
    assert "déjà décompté" in page


def test_a_statement_of_others_does_not_exist(site):
    site.as_("other_provider").get(f"/statements/{site.town.statements['july']}", 404)
    site.as_("coordination").get("/statements", 403)
