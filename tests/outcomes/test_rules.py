from dataclasses import replace
from datetime import date

from cii.budgets.rules import BudgetYearClosed, BudgetYearMissing
from cii.kernel.money import Chf
from cii.outcomes.rules import (
    CategoryMissing,
    Claim,
    FormulaCategoryUnknown,
    FormulaEmpty,
    FormulaKpiMixed,
    FormulaLineTwice,
    FormulaLineWrong,
    FormulaTierPaysLess,
    KpiNotPaid,
    OutcomeBeforeStart,
    OutcomeClaimedTwice,
    OutcomeNotHeld,
    SchemeBudgetExceeded,
    SchemeNotInForce,
    TierNotReached,
    claim_faults,
    formula_faults,
    tier,
    worth,
)
from cii.outcomes.vocabulary import Measured
from tests.outcomes.build_outcomes import FORMULA, a_line

JOB = "Emploi durable"
KNOWN = {"A", "B"}
FINE = Claim(
    kpi=JOB,
    value=12,
    held_since=date(2026, 5, 31),
    today=date(2026, 11, 30),
    started_on=date(2026, 1, 5),
    category="A",
    lines=FORMULA,
    twice=False,
    budgets={2026: Chf.parse("10000")},
    years={2026: True},
    line="SAS",
)


def kinds(found) -> list[type]:
    return [type(one) for one in found]


def test_of_the_tiers_that_a_value_reaches_the_highest_pays():
    paid = {value: tier(FORMULA, "A", JOB, value) for value in (5, 6, 11, 12, 40)}

    assert {value: str(one.amount) if one else None for value, one in paid.items()} == {
        5: None, 6: "2000.00", 11: "2000.00", 12: "3500.00", 40: "3500.00",
    }  # fmt: skip


def test_a_kpi_counts_from_the_day_on_which_it_has_held_for_its_months():
    on_the_day, before = replace(FINE, today=date(2026, 11, 30)), replace(FINE, today=date(2026, 11, 29))

    assert claim_faults(on_the_day) == []
    (no,) = claim_faults(before)
    assert (type(no), no.facts["until"], no.facts["months"]) == (OutcomeNotHeld, date(2026, 11, 30), 6)


def test_every_reason_against_a_claim_is_told_at_once():
    asked = replace(FINE, today=date(2026, 6, 1), twice=True, budgets={2026: Chf.parse("3499.95")}, years={2026: False})  # fmt: skip

    assert kinds(claim_faults(asked)) == [
        OutcomeClaimedTwice, OutcomeNotHeld, BudgetYearClosed, SchemeBudgetExceeded,
    ]  # fmt: skip


def test_without_a_category_what_no_category_would_allow_is_told_beside_it():
    asked = replace(FINE, category=None, twice=True, today=date(2026, 6, 1), started_on=None)

    assert kinds(claim_faults(asked)) == [
        OutcomeBeforeStart, CategoryMissing, OutcomeClaimedTwice, OutcomeNotHeld,
    ]  # fmt: skip
    assert worth(asked) is None


def test_a_claim_needs_a_scheme_a_kpi_of_its_category_and_a_tier():
    assert kinds(claim_faults(replace(FINE, lines=None))) == [SchemeNotInForce]
    assert kinds(claim_faults(replace(FINE, kpi="Formation"))) == [KpiNotPaid]
    assert kinds(claim_faults(replace(FINE, value=5))) == [TierNotReached]
    assert kinds(claim_faults(replace(FINE, years={}))) == [BudgetYearMissing]
    assert kinds(claim_faults(replace(FINE, held_since=date(2026, 1, 4)))) == [OutcomeBeforeStart]


def test_a_formula_that_can_be_computed_has_no_fault():
    assert formula_faults(FORMULA, KNOWN) == []
    assert kinds(formula_faults([], KNOWN)) == [FormulaEmpty]


def test_every_fault_of_a_formula_is_told_by_its_row():
    lines = [
        a_line("A", JOB, 6, "2000"),
        a_line("A", JOB, 6, "2500"),
        a_line("A", JOB, 12, "1500"),
        a_line("A", JOB, 18, "4000", hold_months=3),
        a_line("C", JOB, 6, "1000"),
        a_line("B", " ", 0, "0", hold_months=-1),
    ]

    told = [
        (type(one), one.facts.get("row"), one.facts.get("column")) for one in formula_faults(lines, KNOWN)
    ]

    assert told == [
        (FormulaLineTwice, 2, None),
        (FormulaKpiMixed, 4, None),
        (FormulaCategoryUnknown, 5, None),
        (FormulaLineWrong, 6, 2),
        (FormulaLineWrong, 6, 4),
        (FormulaLineWrong, 6, 5),
        (FormulaLineWrong, 6, 6),
        (FormulaTierPaysLess, None, None),
    ]


def test_two_ways_to_measure_one_kpi_are_refused():
    lines = [a_line("A", JOB, 6, "2000"), a_line("A", JOB, 12, "3000", measured=Measured.ATTESTED)]

    assert kinds(formula_faults(lines, KNOWN)) == [FormulaKpiMixed]
