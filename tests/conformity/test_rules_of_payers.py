"""The rules of the payers with their numbers (product.md §4): where each is proven, and what only a check can say."""

import ast
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cii.agreements.vocabulary import Profile
from cii.conformity.rules import check
from cii.conformity.severities import TABLE
from tests.conformity.build_whole import changed, the_facts

TESTS = Path(__file__).resolve().parents[1]

ELSEWHERE = {
    "AC2": {
        "final_accounts/test_final_accounts.py": "test_costs_of_480_000_and_sales_of_95_000_are_a_subsidy_of_385_000"
    },
    "AC2, no surplus account": {
        "final_accounts/test_surplus.py": "test_the_ac_leaves_no_surplus_and_has_no_carry_over"
    },
    "AC3": {"final_accounts/test_final_accounts.py": "test_an_overpaid_1_250_becomes_a_receivable"},
    "AC4": {"figures/test_ceiling.py": "test_the_federal_ceiling_of_a_hundred_thousand_active"},
    "AC4, national measures": {
        "figures/test_ceiling.py": "test_national_measures_take_six_percent_of_the_ceiling_at_most"
    },
    "AC7": {"wages/test_subsidies.py": "test_61_percent_is_refused_and_60_is_taken"},
    "AC7, months": {
        "wages/test_rules.py": "test_60_percent_for_6_months_exceptionally_12_and_12_from_the_age_of_50"
    },
    "AC6": {"settlement/test_absences.py": "test_a_month_is_attested_by_the_third_working_day_of_the_next"},
    "AI2": {
        "agreements/test_proration.py": "test_an_interrupted_month_is_due_in_full_or_pro_rata_as_the_tariff_says"
    },
    "AI3": {
        "final_accounts/test_surplus.py": "test_the_ai_carries_18_000_over_then_takes_7_500_and_10_500_stay"
    },
    "AI3, no other use": {
        "final_accounts/test_rules.py": "test_the_carry_over_offsets_results_of_its_agreement_and_nothing_else"
    },
    "AI6": {"agreements/test_tariffs.py": "test_a_tariff_says_what_belongs_to_its_basis_and_profile"},
    "FR1": {"figures/test_rules.py": "test_forty_exits_against_the_national_reference"},
    "B1": {"outcomes/test_outcomes.py": "test_a_new_formula_never_changes_what_was_computed"},
    "B1, subcontractors": {
        "outcomes/test_schemes.py": "test_subcontractors_have_together_no_more_than_the_whole"
    },
    "B2": {
        "outcomes/test_simulation.py": "test_each_provider_stands_beside_what_it_was_paid_with_the_average_per_person"
    },
    "B3": {
        "outcomes/test_schemes.py": "test_the_category_is_set_by_the_referral_service_alone_and_each_change_stays"
    },
    "B3, drift": {"outcomes/test_simulation.py": "test_a_drift_of_more_than_ten_points_is_marked"},
}
"""Numbers that other rooms compute: the test that proves each."""


@pytest.mark.parametrize("rule", ELSEWHERE)
def test_a_number_of_another_room_is_proven_there(rule: str):
    [(file, name)] = ELSEWHERE[rule].items()
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))

    assert name in {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}


def test_each_rule_of_a_payer_that_an_agreement_can_keep_is_in_the_table():
    known = {line.indication for line in TABLE.values()} | {rule.partition(",")[0] for rule in ELSEWHERE}

    assert {f"AC{n}" for n in range(1, 10)} <= known
    assert {f"AI{n}" for n in range(1, 8)} <= known
    assert {"AS1", "FR1", "FR2", "B1", "B2", "B3"} <= known


@pytest.mark.parametrize(("day", "due"), [(date(2026, 12, 31), False), (date(2027, 1, 1), True)])
def test_a_price_of_january_2024_is_due_for_renegotiation_in_january_2027(day: date, due: bool):
    facts = the_facts(Profile.AI)

    found = check(replace(facts, priced_from=date(2024, 1, 1), day=day))

    assert any(one.indication == "AI5" for one in found) is due


def test_social_aid_has_the_fewest_errors_when_nothing_is_written():
    errors = {}
    for profile in (Profile.AC, Profile.AI, Profile.AS):
        facts = the_facts(profile)
        empty = changed(facts, "whole", text=type(facts.now.text)(), goals=(), gauges=(), owed=())
        errors[profile] = sum(one.severity.value == "error" for one in check(empty))

    assert errors[Profile.AS] == 0
    assert min(errors[Profile.AC], errors[Profile.AI]) > 0
