"""The pages of the year accounts: a budget, its instalments, the clause on surplus, the paper."""

import re
from datetime import date

from sqlmodel import select

from cii.agreements.actions import Bought, DraftAgreement, draft_agreement, negotiate
from cii.agreements.queries import agreement_by_ref, agreement_view
from cii.agreements.tables import Agreement
from cii.final_accounts.tables import YearAccount
from cii.measures.queries import measures_by_id
from tests.web.test_social import program

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


def by_costs(site, line: str = "LACI") -> str:
    """An agreement laid before the provider, whose year no place binds: it may be settled by its costs."""
    number = f"2026-{line}-09"
    with site.work() as work:
        like = agreement_view(work, site.town.agreements[line])
        (measure,) = measures_by_id(work, {one.measure_id for one in like.measures}).values()
        known = work.session.scalars(select(Agreement.ref).where(Agreement.number == number)).first()
        wish = DraftAgreement(
            number, like.provider.ref, like.agreement.profile, like.agreement.instrument, date(2026, 1, 1),
            date(2026, 12, 31), (Bought(measure.ref, site.town.lines[line]),),
        )  # fmt: skip
        return known or negotiate(work, draft_agreement(work, wish).ref).ref


def test_a_budget_goes_from_the_provider_to_its_first_instalment_by_three_persons(site):
    provider, approver, payer = (site.as_(who) for who in ("provider", "finance", "finance2"))
    payer_of = f"{by_costs(site)}.{site.town.lines['LACI']}"
    assert payer_of in provider.get("/final-accounts/new")
    ref = provider.post(
        "/final-accounts/new", payer=payer_of, year="2026", instalments="12",
        **typed(wages="1'500.00", sales="300.00"),
    ).rsplit("/", 1)[1]  # fmt: skip

    approver.post(
        f"/final-accounts/{ref}/approval", version=the_version(approver.get(f"/final-accounts/{ref}"))
    )
    assert "une autre personne les libère" in approver.get(f"/final-accounts/{ref}")
    shown = payer.get(f"/final-accounts/{ref}")
    first = re.search(r'<option value="(\w{10})"', shown.split('name="payment_ref"')[1])
    payer.post(f"/final-accounts/{ref}/payments", version=the_version(shown), payment_ref=first[1])

    assert "Libéré" in payer.get(f"/final-accounts/{ref}")
    assert "1&#39;200.00" in provider.get("/final-accounts")
    site.as_("other_provider").get(f"/final-accounts/{ref}", 404)


def test_each_step_of_a_year_is_refused_before_its_time(site):
    provider, contracts, finance = (site.as_(who) for who in ("provider", "contracts", "finance3"))
    agreement, line = by_costs(site), site.town.lines["LACI"]
    with site.work() as work:
        mine = agreement_by_ref(work, agreement).id
        ref = work.session.scalars(select(YearAccount.ref).where(YearAccount.agreement_id == mine)).first()
    if ref is None:
        ref = provider.post(
            "/final-accounts/new", payer=f"{agreement}.{line}", year="2026", instalments="1",
            **typed(wages="1.00"),
        ).rsplit("/", 1)[1]  # fmt: skip
    seen = the_version(provider.get(f"/final-accounts/{ref}/submission"))

    provider.post(f"/final-accounts/{ref}/submission", 409, version=seen, **typed(wages="9.00"))
    contracts.post(f"/final-accounts/{ref}/return", 409, version=seen, reason="Loyer à attester")
    finance.post(f"/final-accounts/{ref}/settlement", 409, version=seen)
    finance.post(f"/final-accounts/{ref}/receipt", 404, version=seen, received_on="2026-10-01")
    volume = finance.post("/final-accounts", 422, payer=f"{agreement}.{line}", year="2025")
    printed = provider.client.get(f"/final-accounts/{ref}/paper")

    assert "Aucun volume minimal" in volume
    assert printed.data.startswith(b"%PDF")


def test_what_was_typed_stays_when_a_budget_is_refused(site):
    provider = site.as_("provider")
    payer_of = f"{site.town.agreements['LACI']}.{site.town.lines['LACI']}"
    provider.get("/final-accounts/new")

    shown = provider.post(
        "/final-accounts/new", 422, payer=payer_of, year="2025", instalments="12", **typed(sales="31.05")
    )

    assert "Au moins un coût est indiqué" in shown
    assert 'value="31.05"' in shown


def test_the_ac_gives_every_surplus_back_and_carries_nothing_over(site):
    contracts, ref = site.as_("contracts"), site.town.agreements["LACI"]
    told = {"rule": "keep", "share_permille": "0", "valid_from": "2026-01-01"}
    result = {"year": "2025", "amount": "18000", "purpose": "operating_result", "reason": "Résultat"}

    assert "L&#39;excédent est restitué." in contracts.get(f"/final-accounts/surplus/{ref}")
    clause = contracts.post(f"/final-accounts/surplus/{ref}/clause", 422, **told)
    carried = contracts.post(f"/final-accounts/surplus/{ref}/carry-over", 422, **result)

    assert "Aucun excédent ne reste au prestataire" in clause
    assert "n&#39;a pas de compte de report" in carried
    assert "2026-LACI-01" in contracts.get("/final-accounts/surplus")


def test_a_program_enters_a_budget_and_is_refused_what_is_not_its_own_or_too_early(site):
    provider, finance, contracts = (program(site, who) for who in ("provider", "finance", "contracts"))
    agreement, line = by_costs(site, "SAS"), site.town.lines["SAS"]
    payer = {"agreement_ref": agreement, "line_ref": line}
    costs = [{"code": "wages", "amount": "10000.00"}, {"code": "sales", "amount": "500.00"}]

    made = provider.ask("POST", "/api/v1/final-accounts", 201, **payer, year=2026, instalments=3, items=costs)
    at = f"/api/v1/final-accounts/{made['ref']}"
    early = provider.move(at, "submission", 409, items=costs)
    settled = contracts.move(at, "return", 409, reason="Trop tôt")
    volume = finance.ask("POST", "/api/v1/final-accounts/volumes", 422, agreement_ref=site.town.agreements["LACI"],
                         line_ref=site.town.lines["LACI"], year=2025)  # fmt: skip
    clause = contracts.ask("POST", "/api/v1/final-accounts/surplus", 201, agreement_ref=agreement, rule="share",
                           share_permille=400, valid_from="2026-01-01")  # fmt: skip
    carried = contracts.ask("POST", "/api/v1/final-accounts/surplus/carry-over", 422, agreement_ref=agreement,
                            year=2026, amount="1.00", reason="Résultat")  # fmt: skip

    assert (made["state"], made["contribution"], made["moves"]) == ("budgeted", "9500.00", ["budget"])
    assert provider.ask("GET", at)["budget"][1] == {"code": "sales", "amount": "500.00", "revenue": True}
    assert made["ref"] in {row["ref"] for row in provider.ask("GET", "/api/v1/final-accounts")["items"]}
    finance.ask("GET", at, 404)
    finance.ask("POST", f"{at}/approval", 404, "x")
    finance.ask("POST", f"{at}/settlement", 404, "x")
    finance.ask("POST", f"{at}/receipt", 404, "x", received_on="2026-10-01")
    finance.ask("POST", "/api/v1/final-accounts/payments/zzzzzzzzzz/release", 404)
    assert [told["code"] for told in (early, settled)] == ["illegal-move"] * 2
    assert [told["code"] for told in (volume, carried)] == ["volume-not-guaranteed", "carry-over-not-allowed"]
    assert (clause["rule"], clause["share_permille"]) == ("share", 400)


def test_a_year_that_places_bind_is_refused_at_its_field_with_what_would_change_it(site):
    provider = site.as_("provider")
    payer_of = f"{site.town.agreements['LACI']}.{site.town.lines['LACI']}"
    provider.get("/final-accounts/new")

    shown = provider.post(
        "/final-accounts/new", 409, payer=payer_of, year="2026", instalments="12", **typed(wages="10.00")
    )

    assert 'id="f-year-error"' in shown
    assert "se règle par décomptes" in shown.split('id="f-year-error"')[1]
