"""Pay by outcome at the pages and by program: one scheme from its first line to a payment that is taken back."""

import pytest
from sqlalchemy import text

from cii.access.actions import AddAccount, add_account, add_membership, grant
from cii.access.vocabulary import Role, Section
from cii.institutions.queries import unit_by_code
from tests.web.build_town import PASSWORD
from tests.web.test_social import program

STAFF = {
    "aiguillage": ("OCOSP", Role.REFERRAL_SERVICE),
    "aiguillage2": ("OCOSP", Role.REFERRAL_SERVICE),
    "as.finances": ("ODAS", Role.FINANCE),
    "as.caisse": ("ODAS", Role.FINANCE),
}
FORMULA = """A; Forfait de base; début de la place; 0; 1; 800.00
A; Emploi durable; mois de contrat; 6; 6; 2'000.00

B; Forfait de base; début de la place; 0; 1; 1200.00"""


@pytest.fixture
def rewarded(site):
    """The canton with a referral service that follows one person, and the accounting of social aid."""
    with site.work() as work:
        for key, (unit, role) in STAFF.items():
            account = add_account(work, AddAccount(f"{key}@cii.example", key, password=PASSWORD))
            add_membership(work, account, unit_by_code(work, unit).id, role)
        case, person = work.session.execute(
            text("SELECT case_id, person_id FROM placement WHERE ref = :ref"),
            {"ref": site.town.placements["shared"]},
        ).one()
        sections = Section.IDENTITY | Section.PLACEMENT
        grant(
            work, unit_id=unit_by_code(work, "OCOSP").id, case_id=case, person_id=person, reads=sections,
            basis="consent", cause="referral:1",
        )  # fmt: skip
    return site


def the_version(page: str) -> str:
    return page.split('name="version" value="')[1].split('"', maxsplit=1)[0].replace("&#34;", '"')


def on_the_pages(site) -> None:
    """From the first line of a formula to a payment that is taken back."""
    town = site.town
    contracts, second, referral = (site.as_(who) for who in ("contracts", "contracts2", "aiguillage"))
    finance, cashier, provider = (site.as_(who) for who in ("as.finances", "as.caisse", "provider"))
    told = {"criteria": "Disponible et autonome", "content": "Atelier", "valid_from": "2026-01-01"}
    for code, title in (("A", "Proche de l'emploi"), ("B", "Insertion à construire")):
        contracts.post("/outcomes/categories", code=code, title=title, **told)

    payer = f"{town.agreements['SAS']}.{town.lines['SAS']}"
    assert "Créer un modèle" in contracts.get("/outcomes")
    contracts.get("/outcomes/new")
    where = contracts.post("/outcomes/new", payer=payer, title="Pilote")
    scheme = where.rsplit("/", 1)[1]
    page = contracts.get(f"/outcomes/schemes/{scheme}")
    refused = contracts.post(
        f"/outcomes/schemes/{scheme}/draft", 422, version=the_version(page), valid_from="2026-01-01",
        lines="A; Forfait; début; 0; 1; 800\nZ; Forfait; début de la place; 0; 1; mille",
    )  # fmt: skip
    assert "Ligne 1, colonne 3" in refused
    assert "Ligne 2, colonne 6" in refused
    contracts.post(
        f"/outcomes/schemes/{scheme}/draft", version=the_version(page), valid_from="2026-01-01", lines=FORMULA
    )
    assert "une autre personne le met en vigueur" in contracts.get(where)
    second.post(f"/outcomes/schemes/{scheme}/publication", version=the_version(second.get(where)))
    finance.post(f"/outcomes/schemes/{scheme}/budget", year="2026", amount="3000", reason="Pilote 2026")
    contracts.post(
        f"/outcomes/schemes/{scheme}/subcontractors", name="Atelier Sàrl", percent="25", since="2026-01-01"
    )
    shown = provider.get(where)
    words = ("Emploi durable", "dès 6 mois", "2&#39;000.00", "3&#39;000.00", "Atelier Sàrl", "25")
    assert [word for word in words if word not in shown] == []

    place = town.placements["shared"]
    claim = {"place": f"{scheme}.{place}", "kpi": "Forfait de base", "value": "1", "held_since": "2026-09-14"}
    early = provider.post("/outcomes/claims", 409, **(claim | {"held_since": "2026-09-13"}))
    assert "le placement n&#39;avait pas commencé" in early
    assert "n&#39;a fixé aucune catégorie" in early
    provider.post("/outcomes/categories/placements", 403, placement_ref=place, category="A",
                  effective_on="2026-09-14", reason="Nous le savons")  # fmt: skip
    referral.post("/outcomes/categories/placements", placement_ref=place, category="A",
                  effective_on="2026-09-14", reason="Critères 1 et 2 remplis")  # fmt: skip
    assert "Critères 1 et 2 remplis" in referral.get("/outcomes/categories")
    one = provider.post("/outcomes/claims", **claim)
    assert "Zwahlen" not in finance.get("/outcomes/claims")
    assert "Berger Alix" in provider.get("/outcomes/claims")

    ref = one.rsplit("/", 1)[1]

    def seen(reader):
        return {"version": the_version(reader.get(f"/outcomes/claims/{ref}"))}

    referral.post(f"/outcomes/claims/{ref}/verification", **seen(referral), evidence="Contrat de place vu")
    finance.post(f"/outcomes/claims/{ref}/acceptance", **seen(finance))
    assert "revient à une autre personne" in finance.get(one)
    cashier.post(f"/outcomes/claims/{ref}/payment", **seen(cashier))
    assert "CHF\u00a0800.00" in provider.get(one)
    cashier.post(f"/outcomes/claims/{ref}/reversal-request", **seen(cashier), reason="Place jamais occupée")
    finance.post(f"/outcomes/claims/{ref}/reversal", **seen(finance))
    assert "Place jamais occupée" in provider.get(one)
    assert "Retiré" in finance.get("/outcomes/claims", state="reversed")

    ref = provider.post("/outcomes/claims", **claim).rsplit("/", 1)[1]
    referral.post(f"/outcomes/claims/{ref}/refusal", **seen(referral), reason="La place n'est pas prouvée")
    assert "Refusé" in provider.get(f"/outcomes/claims/{ref}")
    part = contracts.get(where).split('name="subcontractor_ref"')[1].split('<option value="')[2][:10]
    contracts.post(
        f"/outcomes/schemes/{scheme}/subcontractors/end", subcontractor_ref=part, valid_to="2027-01-01"
    )


def simulated(site) -> None:
    """Beside what was paid, for who may; nobody else sees the scheme."""
    with site.work() as work:
        ref = work.session.execute(text("SELECT ref FROM outcome_scheme")).scalar_one()

    site.as_("other_provider").get(f"/outcomes/schemes/{ref}", 404)
    site.as_("finance").get(f"/outcomes/schemes/{ref}", 404)
    site.as_("provider").get(f"/outcomes/schemes/{ref}/simulation", 403)
    page = site.as_("coordination").get(
        f"/outcomes/schemes/{ref}/simulation", first="2026-09-01", last="2026-09-30"
    )
    file = site.as_("contracts").get(
        f"/outcomes/schemes/{ref}/simulation.csv", first="2026-09-01", last="2026-09-30"
    )

    assert "Fondation de l&#39;Arbalète" in page
    assert "CHF\u00a0800.00" in page
    line = next(row for row in file.splitlines() if row.startswith("Fondation de l'Arbalète"))
    assert line.split(";")[1:6] == ["1", "0", "1", "800.00", "0.00"]
    assert site.as_("contracts").get("/outcomes/categories", quarter="2026-Q3")


def by_program(site) -> None:
    """The same by program, with versions."""
    referral, provider, finance = (program(site, who) for who in ("aiguillage2", "provider", "as.finances"))
    scheme = finance.ask("GET", "/api/v1/outcome-schemes")["items"][0]["ref"]
    at = f"/api/v1/outcome-schemes/{scheme}"

    shown = finance.ask("GET", at)
    assert [line["amount"] for line in shown["versions"][0]["lines"]] == ["800.00", "2000.00", "1200.00"]
    assert shown["years"] == [{"year": 2026, "decided": "3000.00", "used": "0.00", "left": "3000.00"}]
    assert shown["subcontractors"][0]["permille"] == 250
    told = finance.ask("GET", f"{at}/simulation?first=2026-09-01&last=2026-09-30")
    assert (told["providers"][0]["earned"], told["providers"][0]["mix"][0]["share"]) == ("800.00", "100.0")
    assert finance.ask("GET", f"{at}/drift?quarter=2026-Q3")["categories"] == []
    assert [one["code"] for one in provider.ask("GET", "/api/v1/client-categories")["items"]] == ["A", "B"]

    made = provider.ask(
        "POST", "/api/v1/outcomes", 201, scheme_ref=scheme, placement_ref=site.town.placements["shared"],
        kpi="Forfait de base", value=1, held_since="2026-09-14",
    )  # fmt: skip
    one = f"/api/v1/outcomes/{made['ref']}"
    provider.ask("POST", f"{one}/verification", 403, evidence="Vu")
    referral.ask("POST", f"{one}/verification", 428, evidence="Vu")
    referral.ask("POST", f"{one}/verification", 412, seen=f'"{made["ref"]}.9"', evidence="Vu")
    done = referral.ask("POST", f"{one}/verification", seen=f'"{made["ref"]}.1"', evidence="Vu")
    assert (done["state"], done["amount"], done["formula_version"]) == ("verified", "800.00", 1)
    assert [step["kind"] for step in finance.ask("GET", one)["steps"]] == ["claimed", "verified"]
    program(site, "other_provider").ask("GET", one, 404)
    assert done["due_on"] == "2026-09-14"


def test_a_scheme_is_walked_on_the_pages_simulated_and_asked_by_program(rewarded):
    on_the_pages(rewarded)
    simulated(rewarded)
    by_program(rewarded)
