"""The pages of the budgets."""

from datetime import date
from io import BytesIO

from sqlalchemy import text

from cii.budgets.actions import grant_budget
from cii.institutions.tables import FundingLine
from cii.kernel.money import Chf
from tests.institutions.build_institutions import line_by_code


def test_the_positions_say_what_is_granted_committed_and_left(site):
    page = site.as_("coordination").get("/budgets", year=2026)

    assert "CHF\u00a0640&#39;000.00" in page
    assert "dans le budget" in page
    assert "Total" in page


def test_the_left_rail_tells_the_budgets_used_in_words(site):
    assert "Budgets utilisés" in site.as_("finance").get("/measures")


def test_a_position_leads_to_its_movements_and_their_source(site):
    page = site.as_("finance").get(f"/budgets/{site.town.lines['LACI']}/2026")

    assert "Engagement" in page
    assert "disponible → engagé" in page
    assert "placement" in page
    assert "2026-LACI-01" in page


def test_movements_are_filtered_by_stage(site):
    page = site.as_("coordination").get(f"/budgets/{site.town.lines['SMIG']}/2026", stage="paid")

    assert "Aucun mouvement" in page


def test_the_budget_of_another_sector_does_not_exist_for_me(site):
    site.as_("finance").get(f"/budgets/{site.town.lines['SAS']}/2026", 404)


def test_a_budget_is_raised_with_its_reason(site):
    reader = site.as_("finance")

    where = reader.post(
        "/budgets/new",
        line_ref=site.town.lines["LACI"],
        year="2026",
        amount="10'000",
        reason="Crédit complémentaire",
        hard="yes",
    )

    page = reader.get(where)
    assert "Crédit complémentaire" in page
    assert "CHF\u00a010&#39;000.00" in page


def test_a_budget_is_not_lowered_below_what_is_committed_and_the_form_keeps_its_text(site):
    page = site.as_("finance").post(
        "/budgets/new",
        409,
        line_ref=site.town.lines["LACI"],
        year="2026",
        amount="-1300000",
        reason="Coupe",
        hard="yes",
    )

    assert "Coupe" in page
    assert "ne peut pas être réduit" in page


def test_a_reversal_is_asked_by_one_and_decided_by_another(site):
    asker, decider, line = site.as_("finance"), site.as_("finance2"), site.town.lines["LACI"]
    entry = asker.get(f"/budgets/{line}/2026").split("/budgets/entries/")[1].split("/")[0]

    asker.get(f"/budgets/entries/{entry}/reversal")
    asker.post(f"/budgets/entries/{entry}/reversal", reason="Saisi deux fois")

    assert "une autre personne doit décider" in asker.get("/budgets")
    page = decider.get("/budgets")
    assert "Saisi deux fois" in page
    asked = page.split('name="request_ref" value="')[1].split('"')[0]
    asker.post("/budgets/reversals", 403, request_ref=asked, granted="yes")
    decider.post("/budgets/reversals", request_ref=asked, granted="no")
    assert "Saisi deux fois" not in decider.get("/budgets")


def test_nobody_else_grants_a_budget(site):
    site.as_("coordination").get("/budgets/new", 403)
    site.as_("provider").get("/budgets", 403)


def a_second_line(site) -> str:
    """Another line of unemployment insurance with its budget, opened once per canton."""
    with site.work() as work:
        found = work.session.execute(text("SELECT ref FROM funding_line WHERE code = 'MIP-X'")).scalar()
        if found is None:
            like = line_by_code(work, "LACI")
            row = FundingLine(
                institution_id=like.institution_id, sector=like.sector, code="MIP-X", name="Cantonales",
                valid_from=date(2020, 1, 1), federal_permille=0, cantonal_permille=1000, communal_permille=0,
            )  # fmt: skip
            work.session.add(row)
            work.session.flush()
            grant_budget(work, row.id, 2026, Chf.parse("5000"))
            found = row.ref
        return found


def test_a_transfer_is_asked_on_a_page_and_granted_by_somebody_else(site):
    asker, decider, other = site.as_("finance"), site.as_("finance2"), a_second_line(site)
    wish = {"line_ref": site.town.lines["LACI"], "to_line_ref": other, "year": "2026", "amount": "2'500",
            "decision": "ACE 2026-114", "reason": "Demande du canton"}  # fmt: skip

    assert "par décision" in asker.get("/budgets/transfers/new")
    assert "ne peut pas être réduit" in asker.post(
        "/budgets/transfers/new", 409, **(wish | {"amount": "9000000"})
    )
    blank = asker.post("/budgets/transfers/new", 422, **(wish | {"amount": ""}))
    assert "Ce champ ne peut pas rester vide." in blank.split('id="f-amount-error"')[1].split("</")[0]
    asker.post("/budgets/transfers/new", **wish)

    assert "LACI → MIP-X, 2026" in asker.get("/budgets")
    asked = (
        decider.get("/budgets")
        .split("LACI → MIP-X, 2026")[1]
        .split('name="transfer_ref" value="')[1]
        .split('"')[0]
    )
    asker.post("/budgets/transfers", 403, transfer_ref=asked, granted="yes")
    decider.post("/budgets/transfers", transfer_ref=asked, granted="yes")
    page = asker.get(f"/budgets/{other}/2026")
    assert "Virement, reçu" in page
    assert "ACE 2026-114: Demande du canton" in page
    assert "LACI → MIP-X" not in decider.get("/budgets")


def test_a_ceiling_is_set_beside_the_line_and_refuses_to_fall_below_what_is_bound(site):
    finance, line = site.as_("finance"), site.town.lines["LACI"]
    where, moving = f"/budgets/{line}/2026/ceilings", f"/budgets/{line}/2026/ceilings/transfer"
    wish = {"agreement_ref": site.town.agreements["LACI"], "decision": "D-12", "reason": "Plan annuel"}

    assert "Aucun plafond" in finance.get(where) or "D-12" in finance.get(where)
    assert "ne peut pas être fixé" in finance.post(where, 409, amount="1", **wish)
    finance.post(where, amount="900000", **wish)
    finance.post(
        where, amount="800000", measure_ref=site.town.workshop, decision="D-13", reason="Plan annuel"
    )

    page = finance.get(where)
    assert "2026-LACI-01" in page
    assert "CHF\u00a0800&#39;000.00" in page
    assert "Virement entre plafonds" in page
    refs = finance.get(moving).split('<option value="')
    first, second = (one.split('"')[0] for one in refs[2:4])
    finance.post(
        moving, from_ceiling_ref=first, to_ceiling_ref=second, amount="100", decision="D-14",
        reason="Besoin",
    )  # fmt: skip
    assert "décision D-14" in finance.get("/budgets")
    site.as_("coordination").get(where)
    site.as_("coordination").post(where, 403, amount="1", **wish)
    site.as_("finance").get(f"/budgets/{site.town.lines['SAS']}/2026/ceilings", 404)


def test_the_page_of_the_closing_lists_what_is_on_its_way_and_closes_once_nothing_is(site):
    finance, line = site.as_("finance"), site.town.lines["LACI"]

    page = finance.get(f"/budgets/{line}/2026/closing")
    assert "2026-LACI-01" in page
    assert "Boucler définitivement" not in page
    assert "ne peuvent pas être bouclés" in finance.post(f"/budgets/{line}/2026/closing", 409)
    with site.work() as work:
        grant_budget(work, line_by_code(work, "LACI").id, 2024, Chf.parse("10"))
    assert "Rien ne s" in finance.get(f"/budgets/{line}/2024/closing")
    finance.post(f"/budgets/{line}/2024/closing")
    assert "bouclé" in finance.get(f"/budgets/{line}/2024")
    refused = finance.post(
        "/budgets/new", 409, line_ref=line, year="2024", amount="1", reason="Complément", hard="yes"
    )
    assert "sont bouclés" in refused
    site.as_("coordination").get(f"/budgets/{line}/2026/closing", 403)


def a_file(*rows: str):
    content = "\n".join(["Ligne;Année;Convention;Stade;Montant;Date", *rows]).encode("cp1252")
    return BytesIO(content), "soldes.csv"


def test_opening_balances_are_tried_then_taken_and_faults_stand_by_line_and_column(site):
    finance, good = site.as_("finance"), "LACI;2023;;disponible;1'000.50;01.01.2023"

    assert "Convention" in finance.get("/budgets/opening")
    page = finance.post("/budgets/opening", 422, file=a_file(good, "LACI;2023;;disponible;x;2023-01-01"))
    assert "faults" in page
    assert "ne se lit pas" in page
    assert ">Montant</td>" in page.split('id="faults"')[1]
    tried = finance.post("/budgets/opening", 200, file=a_file(good), dry_run="yes")
    assert "CHF\u00a01&#39;000.50" in tried
    finance.get(f"/budgets/{site.town.lines['LACI']}/2023", 404)
    finance.post("/budgets/opening", 200, file=a_file(good))
    assert "Solde d&#39;ouverture" in finance.get(f"/budgets/{site.town.lines['LACI']}/2023")


def test_postings_are_counted_explained_and_taken_as_files(site):
    finance = site.as_("finance")

    page = finance.get("/budgets/postings", first="2026-10-01", last="2026-10-31")
    told = finance.client.get("/budgets/postings.csv?first=2026-10-01&last=2026-10-31")
    book = finance.client.get("/budgets/postings.xlsx?first=2026-10-01&last=2026-10-31")

    assert "origin_on" in page
    assert told.text.startswith("\ufeffbooked_on;effective_on;origin_on;line;")
    assert ";SAS;" not in told.text
    assert "cii-2026-10-01-2026-10-31.csv" in told.headers["Content-Disposition"]
    assert book.data.startswith(b"PK")
    for first, last in (
        ("2026-10-31", "2026-10-01"),
        ("0001-01-01", "2026-10-01"),
        ("2026-10-01", "9999-12-31"),
        ("2026-02-31", "2026-10-01"),
    ):
        finance.get("/budgets/postings", 422, first=first, last=last)
