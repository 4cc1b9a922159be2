"""The rules of a year's account, with the figures of the trade."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cii.agreements.vocabulary import Profile
from cii.final_accounts.rules import (
    Attested,
    Carried,
    Item,
    attested,
    carry_over_faults,
    clause_faults,
    contribution,
    item_faults,
    settle,
)
from cii.final_accounts.vocabulary import Purpose, SurplusRule
from cii.kernel.money import Chf

LIMIT = 150


def chf(text: str) -> Chf:
    return Chf.parse(text)


def counted(costs: str, revenue: str = "0") -> Attested:
    return Attested(chf(costs), Chf(), Chf(), Chf(), chf(revenue))


def test_all_revenue_is_deducted_from_attested_costs():
    found = attested([Item("wages", chf("480000")), Item("sales", chf("95000"), revenue=True)], LIMIT)

    assert str(settle(found, chf("385000"), Chf(), SurplusRule.RETURN).subsidy) == "385000.00"


def test_a_type_of_cost_is_told_once_and_known():
    twice = [Item("wages", chf("1")), Item("wages", chf("1")), Item("yacht", chf("1"))]

    faults = item_faults(twice, ["wages", "sales"])

    assert [(one.code, one.facts["text"]) for one in faults] == [
        ("account-cost-type-unknown", "wages"),
        ("account-cost-type-unknown", "yacht"),
    ]
    assert [one.code for one in item_faults([Item("sales", chf("1"), revenue=True)], ["sales"])] == [
        "account-without-costs"
    ]


def test_what_was_overpaid_is_reclaimed_and_never_a_negative_balance():
    found = settle(counted("480000", "95000"), chf("386250"), chf("386250"), SurplusRule.RETURN)

    assert (str(found.reclaim), str(found.balance)) == ("1250.00", "0.00")


def test_administration_counts_up_to_its_limit():
    items = [Item("wages", chf("100000")), Item("administration", chf("20000"), administration=True)]

    found = attested(items, LIMIT)

    assert (str(found.limit), str(found.cut), str(found.accepted)) == ("15000.00", "5000.00", "115000.00")


def test_revenue_beyond_the_costs_leaves_nothing_to_be_borne():
    found = settle(counted("100", "120"), chf("50"), chf("30"), SurplusRule.RETURN)

    assert (str(found.subsidy), str(found.reclaim)) == ("0.00", "30.00")


@pytest.mark.parametrize(
    ("rule", "permille", "kept", "reclaim"),
    [
        (SurplusRule.RETURN, 0, "0.00", "10000.00"),
        (SurplusRule.SHARE, 400, "4000.00", "6000.00"),
        (SurplusRule.KEEP, 0, "10000.00", "0.00"),
    ],
)
def test_the_clause_says_how_much_of_a_surplus_stays(rule, permille, kept, reclaim):
    found = settle(counted("90000"), chf("100000"), chf("100000"), rule, permille)

    assert (str(found.surplus), str(found.kept), str(found.reclaim)) == ("10000.00", kept, reclaim)


_sums = st.integers(min_value=0, max_value=10**9).map(Chf)


@given(st.tuples(_sums, _sums, _sums, _sums), st.sampled_from(SurplusRule), st.integers(0, 1000))
def test_paid_plus_balance_less_reclaim_is_the_subsidy(sums, rule, permille):
    costs, revenue, agreed, paid = sums
    found = settle(Attested(costs, Chf(), Chf(), Chf(), revenue), agreed, paid, rule, permille)

    assert paid + found.balance - found.reclaim == found.subsidy
    assert not (found.balance and found.reclaim)
    assert found.kept <= found.surplus


def test_a_planned_revenue_beyond_the_costs_contributes_nothing():
    assert contribution([Item("wages", chf("10")), Item("sales", chf("12"), revenue=True)]) == Chf()


@pytest.mark.parametrize(
    ("profile", "rule", "permille", "codes"),
    [
        (Profile.AC, SurplusRule.RETURN, 0, []),
        (Profile.AC, SurplusRule.KEEP, 0, ["surplus-not-allowed"]),
        (Profile.AC, SurplusRule.SHARE, 500, ["surplus-not-allowed"]),
        (Profile.BE_POIAS, SurplusRule.KEEP, 0, ["surplus-not-allowed"]),
        (Profile.AI, SurplusRule.KEEP, 0, ["surplus-to-carry-over"]),
        (Profile.AS, SurplusRule.SHARE, 400, []),
        (Profile.AS, SurplusRule.SHARE, 0, ["surplus-share-unfit"]),
        (Profile.AS, SurplusRule.KEEP, 400, ["surplus-share-unfit"]),
    ],
)
def test_each_profile_has_its_rule_on_surplus(profile, rule, permille, codes):
    assert [one.code for one in clause_faults(profile, rule, permille)] == codes


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ({}, []),
        ({"profile": Profile.AC}, ["carry-over-not-allowed"]),
        ({"purpose": Purpose.INVESTMENT}, ["carry-over-purpose"]),
        ({"elsewhere": True}, ["carry-over-transfer"]),
        ({"amount": chf("-18000.01")}, ["carry-over-floor"]),
        ({"amount": Chf()}, ["carry-over-nothing"]),
        ({"purpose": Purpose.OTHER, "elsewhere": True}, ["carry-over-purpose", "carry-over-transfer"]),
    ],
)
def test_the_carry_over_offsets_results_of_its_agreement_and_nothing_else(more, codes):
    told = {
        "profile": Profile.AI, "purpose": Purpose.OPERATING_RESULT, "amount": chf("-7500"),
        "elsewhere": False, "held": chf("18000"),
    }  # fmt: skip

    assert [one.code for one in carry_over_faults(Carried(**(told | more)))] == codes
