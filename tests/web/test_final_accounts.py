"""The pages of the year accounts: a budget, its instalments, the clause on surplus, the paper."""

TYPES = (
    "wages", "social_charges", "rent", "material", "services", "depreciation", "administration", "sales",
    "other_revenue",
)  # fmt: skip


def the_version(page: str) -> str:
    return page.split('name="version" value="')[1].split('"', maxsplit=1)[0].replace("&#34;", '"')


def typed(**amounts: str) -> dict[str, str]:
    """Every type as the form sends it; what is not named is nought."""
    told = {f"items-{n}-code": code for n, code in enumerate(TYPES)}
    return told | {f"items-{n}-amount": amounts.get(code, "0.00") for n, code in enumerate(TYPES)}


def test_a_budget_goes_from_the_provider_to_its_first_instalment_by_three_persons(site):
    provider, approver, payer = (site.as_(who) for who in ("provider", "finance", "finance2"))
    payer_of = f"{site.town.agreements['LACI']}.{site.town.lines['LACI']}"
    assert payer_of in provider.get("/final-accounts/new")
    made = provider.post(
        "/final-accounts/new", payer=payer_of, year="2026", instalments="12",
        **typed(wages="1'500.00", sales="300.00"),
    )  # fmt: skip
    address = made[made.index("/final-accounts/") :]

    approver.post(f"{address}/approval", version=the_version(approver.get(address)))
    assert "une autre personne les libère" in approver.get(address)
    shown = payer.get(address)
    first = re.search(r'<option value="(\w{10})"', shown.split('name="payment_ref"')[1])
    payer.post(f"{address}/payments", version=the_version(shown), payment_ref=first[1])
    early = provider.get(f"{address}/submission")
    refused = provider.post(f"{address}/submission", 409, version=the_version(early), **typed(wages="9.00"))

    assert "Libéré" in payer.get(address)
    assert "1&#39;200.00" in provider.get("/final-accounts")
    assert "une fois écoulée" in refused
    site.as_("other_provider").get(address, 404)


def test_what_was_typed_stays_when_a_budget_is_refused(site):
    provider = site.as_("provider")
    payer_of = f"{site.town.agreements['LACI']}.{site.town.lines['LACI']}"
    provider.get("/final-accounts/new")

    shown = provider.post(
        "/final-accounts/new", 422, payer=payer_of, year="2025", instalments="12", **typed(sales="31.05")
    )

    assert "Au moins un coût est indiqué" in shown
    assert 'value="31.05"' in shown


def test_the_clause_of_the_ac_gives_every_surplus_back(site):
    contracts, ref = site.as_("contracts"), site.town.agreements["LACI"]
    address = f"/final-accounts/surplus/{ref}"

    assert "L&#39;excédent est restitué." in contracts.get(address)
    shown = contracts.post(f"{address}/clause", 422, rule="keep", share_permille="0", valid_from="2026-01-01")

    assert "Aucun excédent ne reste au prestataire" in shown
    assert "2026-LACI-01" in contracts.get("/final-accounts/surplus")
