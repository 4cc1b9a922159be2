"""The page of a statement that exceeds what is bound: refused in words, engaged further, approved, paid."""

from datetime import date

from cii.agreements.queries import agreement_by_ref
from cii.budgets.actions import Leg, Source, release
from cii.budgets.queries import position_of
from cii.institutions.queries import line_by_ref
from tests.web.test_statements import the_version


def given_back(site) -> None:
    """Nothing is bound any more for the other places of the agreement and line."""
    with site.work() as work:
        line = line_by_ref(work, site.town.lines["LACI"]).id
        agreement = agreement_by_ref(work, site.town.agreements["LACI"]).id
        left = position_of(work, line, 2026).committed
        release(work, [Leg(line, agreement, left, date(2026, 10, 1))], Source("placement", 1, "given back"))


def test_a_correction_above_the_commitment_is_engaged_further_from_the_page_that_refuses_it(site):
    provider, checker, approver, payer = (
        site.as_(who) for who in ("provider", "finance", "finance2", "finance3")
    )
    july, august, stay = *site.town.statements.values(), site.town.placements["summer"]
    account = f"{site.town.agreements['LACI']}.{site.town.lines['LACI']}"

    def act(hand, ref, name, status=303):
        version = the_version(hand.get(f"/statements/{ref}"))
        return hand.post(f"/statements/{ref}/{name}", status, version=version)

    act(checker, august, "check")
    act(approver, august, "approval")
    act(payer, july, "payment")
    act(payer, august, "payment")
    given_back(site)
    provider.post("/provider/attendance/2026/7", **{f"d.{stay}.2026-07-15": "excused_absence"})
    ref = provider.post("/statements/new", payer=account, month="2026-07-01").rsplit("/", 1)[1]
    act(provider, ref, "submission")
    act(checker, ref, "check")
    before = approver.get(f"/statements/{ref}")
    refused = act(approver, ref, "approval", 409)
    act(approver, ref, "engagement")
    act(approver, ref, "approval")
    act(payer, ref, "payment")

    assert f"/statements/{ref}/engagement" not in before
    assert "Le décompte dépasse l&#39;engagement de CHF 95.65" in refused.replace("\u00a0", " ")
    assert f"/statements/{ref}/engagement" in refused
    assert "Payé" in payer.get(f"/statements/{ref}")
