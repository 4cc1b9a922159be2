"""Pay and subsidies at the pages and by program: asked, decided, computed, claimed, paid, compared."""

from sqlalchemy import text

from tests.web.test_social import program

JULY, AUGUST = "2026-07-01", "2026-08-01"


def the_version(page: str, form: str = "") -> str:
    part = page.split(form, 1)[1] if form else page
    return part.split('name="version" value="')[1].split('"', maxsplit=1)[0].replace("&#34;", '"')


def pay_on_the_pages(site) -> str:
    """From the request to the payment of July, with what the provider paid beside it."""
    town = site.town
    manager, finance, second, provider = (
        site.as_(who) for who in ("manager", "finance", "finance2", "provider")
    )
    place, line = town.placements["summer"], town.lines["LACI"]
    assert "Demander une décision" in manager.get("/wages/grants")
    assert place in manager.get("/wages/grants/new")
    wish = {"placement_ref": place, "kind": "pay", "starts_on": JULY, "ends_on": "2026-08-31",
            "category": "adult", "normal_pay": "", "percent": "", "employer": "", "reason": "Barème"}  # fmt: skip
    refused = manager.post("/wages/grants/new", 422, **(wish | {"ends_on": "2026-09-30", "category": ""}))
    assert "Les jours sortent du placement" in refused
    assert "Il manque une indication" in refused
    where = manager.post("/wages/grants/new", **wish)
    grant = where.rsplit("/", 1)[1]
    seen = the_version(finance.get(f"/wages/grants/{grant}"))
    finance.post(f"/wages/grants/{grant}/decision", version=seen, answer="grant", reason="D'accord")
    assert "CHF\u00a02&#39;440.00" in finance.get(where)

    provider.post("/wages/paid", placement_ref=place, month=JULY, amount="1000.00")
    assert "Pas encore calculé" in provider.get("/wages/paid")
    finance.post("/wages", line_ref=line, month=JULY)
    shown = finance.get(f"/wages/lines/{line}", month=JULY)
    assert [word for word in ("22 jours rétribués sur 23", "1&#39;166.96") if word not in shown] == []
    finance.post(f"/wages/lines/{line}/check", month=JULY)
    finance.post(f"/wages/lines/{line}/approval", 403, month=JULY)
    second.post(f"/wages/lines/{line}/approval", month=JULY)
    second.post(f"/wages/lines/{line}/payment", 403, month=JULY)
    finance.post(f"/wages/lines/{line}/payment", month=JULY)
    assert "juillet 2026" in finance.get("/wages")
    assert "Autre que le barème" in provider.get("/wages/paid")
    seen = the_version(finance.get(where), 'id="engage"')
    finance.post(f"/wages/grants/{grant}/engagement", version=seen, year="2026", amount="100", reason="Plus")
    site.as_("other_provider").get(where, 404)
    with site.work() as work:
        case = work.session.execute(
            text("SELECT c.ref FROM case_file c JOIN placement p ON p.case_id = c.id WHERE p.ref = :ref"),
            {"ref": place},
        ).scalar_one()
    shown = manager.get(f"/cases/{case}/placements")
    assert [one for one in ("Rétribution selon le barème", "CHF\u00a01&#39;166.96") if one not in shown] == []
    return grant


def subsidy_on_the_pages(site) -> None:
    """A subsidy by pay slip: refused, claimed, corrected, declined and paid."""
    manager, finance, second, provider = (
        site.as_(who) for who in ("manager", "finance", "finance2", "provider")
    )
    wish = {"placement_ref": site.town.placements["summer"], "kind": "ait", "starts_on": JULY,
            "ends_on": "2026-08-31", "category": "", "normal_pay": "4000", "percent": "60",
            "employer": "Menuiserie Exemple SA", "reason": "Initiation"}  # fmt: skip
    assert "dépasse le maximum admis" in manager.post("/wages/grants/new", 422, **(wish | {"percent": "61"}))
    where = manager.post("/wages/grants/new", **wish)
    grant = where.rsplit("/", 1)[1]
    finance.post(f"/wages/grants/{grant}/decision", version=the_version(finance.get(where)), answer="grant",
                 reason="")  # fmt: skip
    slip = {"month": JULY, "slip": "4000", "amount": "2400"}
    refused = provider.post(f"/wages/grants/{grant}/claims", 422, **(slip | {"month": "2026-09-01"}))
    assert "couvert par la décision" in refused
    provider.post(f"/wages/grants/{grant}/claims", **slip)
    assert "Menuiserie Exemple SA" in finance.get("/wages/subsidies")

    def part() -> tuple[str, dict[str, str]]:
        page = finance.get(where)
        at = page.split("/wages/parts/")[1]
        return at[:10], {"version": the_version(at)}

    ref, seen = part()
    finance.post(f"/wages/parts/{ref}/refusal", **seen, reason="Fiche illisible")
    assert "Fiche illisible" in provider.get(where)
    provider.post(f"/wages/grants/{grant}/claims", **slip)
    ref, seen = part()
    finance.post(f"/wages/parts/{ref}/check", **seen)
    second.post(f"/wages/parts/{ref}/approval", version=seen["version"].replace(".1", ".2"))
    finance.post(f"/wages/parts/{ref}/payment", version=seen["version"].replace(".1", ".3"))
    provider.post(f"/wages/grants/{grant}/corrections", **(slip | {"slip": "3000", "amount": "1800"}))
    assert "-600.00" in finance.get(where).replace("\u2212", "-")
    finance.post(
        f"/wages/grants/{grant}/release", 409, version=the_version(finance.get(where), 'id="engage"')
    )


def by_program(site, grant: str) -> None:
    """The same by program, with versions; August is paid."""
    town = site.town
    manager, finance, second, provider = (
        program(site, who) for who in ("manager", "finance", "finance2", "provider")
    )
    month = {"line_ref": town.lines["LACI"], "month": AUGUST}
    place = town.placements["summer"]

    assert finance.ask("POST", "/api/v1/wages/months/computation", **month) == {"count": 1}
    assert finance.ask("POST", "/api/v1/wages/months/check", **month) == {"count": 1}
    finance.ask("POST", "/api/v1/wages/months/approval", 403, **month)
    assert second.ask("POST", "/api/v1/wages/months/approval", **month) == {"count": 1}
    assert finance.ask("POST", "/api/v1/wages/months/payment", **month) == {"count": 1}
    months = finance.ask("GET", "/api/v1/wages/months")["items"]
    assert [(one["month"], one["amount"], one["paid"]) for one in months] == [
        (AUGUST, "1220.00", 1), (JULY, "1166.96", 1),
    ]  # fmt: skip
    provider.ask("POST", "/api/v1/wages/paid", 201, placement_ref=place, month=AUGUST, amount="1220.00")
    told = provider.ask("GET", "/api/v1/wages/paid")["items"]
    assert [(one["amount"], one["by_scale"]) for one in told] == [
        ("1220.00", "1220.00"),
        ("1000.00", "1166.96"),
    ]

    shown = finance.ask("GET", f"/api/v1/wage-grants/{grant}")
    assert [(one["amount"], one["state"], one["rule_version"]) for one in shown["months"]] == [
        ("1166.96", "paid", "participants-pay/1"), ("1220.00", "paid", "participants-pay/1"),
    ]  # fmt: skip
    seen = f'"{grant}.{shown["version"]}"'
    more = finance.ask("POST", f"/api/v1/wage-grants/{grant}/engagement", seen=seen, year=2026, amount="10.00",
                       reason="Encore")  # fmt: skip
    assert more["bound"] == [{"line": "LACI", "year": 2026, "left": "163.04"}]
    finance.ask("POST", f"/api/v1/wage-grants/{grant}/release", 412, seen=seen)
    rest = finance.ask("POST", f"/api/v1/wage-grants/{grant}/release", seen=f'"{grant}.{more["version"]}"')
    assert rest["bound"][0]["left"] == "0.00"
    program(site, "other_provider").ask("GET", f"/api/v1/wage-grants/{grant}", 404)

    wish = {"placement_ref": town.placements["running"], "kind": "social_enterprise", "starts_on": "2026-09-01",
            "ends_on": "2026-09-30", "normal_pay": "4000.00", "percent": 40, "employer": "Entreprise sociale",
            "reason": "Engagement"}  # fmt: skip
    made = manager.ask("POST", "/api/v1/wage-grants", 201, **wish)
    ref = made["ref"]
    finance.ask("POST", f"/api/v1/wage-grants/{ref}/decision", seen=f'"{ref}.1"', grant=True)
    slip = {"month": "2026-09-01", "slip": "4000.00", "amount": "1600.00"}
    part = provider.ask("POST", f"/api/v1/wage-grants/{ref}/claims", 201, **slip)["months"][0]["ref"]
    finance.ask("POST", f"/api/v1/wages/parts/{part}/refusal", seen=f'"{part}.1"', reason="Fiche illisible")
    part = provider.ask("POST", f"/api/v1/wage-grants/{ref}/claims", 201, **slip)["months"][1]["ref"]
    finance.ask("POST", f"/api/v1/wages/parts/{part}/check", seen=f'"{part}.1"')
    finance.ask("POST", f"/api/v1/wages/parts/{part}/approval", 403, seen=f'"{part}.2"')
    second.ask("POST", f"/api/v1/wages/parts/{part}/approval", seen=f'"{part}.2"')
    paid = finance.ask("POST", f"/api/v1/wages/parts/{part}/payment", seen=f'"{part}.3"')
    assert (paid["state"], paid["transferred"]) == ("paid", "1600.00")
    fewer = slip | {"slip": "3000.00", "amount": "1200.00"}
    provider.ask("POST", f"/api/v1/wage-grants/{ref}/corrections", 201, **fewer)
    rows = finance.ask("GET", "/api/v1/wages/parts?kind=social_enterprise")["items"]
    assert [one["amount"] for one in rows] == ["-400.00", "1600.00", "1600.00"]
    assert ref in {one["ref"] for one in manager.ask("GET", "/api/v1/wage-grants")["items"]}


def test_pay_and_subsidies_are_walked_on_the_pages_and_by_program(site):
    grant = pay_on_the_pages(site)
    subsidy_on_the_pages(site)
    by_program(site, grant)
