"""What the proof of a table says: gaps and overlaps in words, their justification, rules without a turn."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.decisions import orientation, wide
from cii.api.decisions import PROOF, proof_shown
from cii.decisions.checks import region_words, table_problems
from cii.decisions.proof import idle_justifications, proof_json, prove
from cii.decisions.rulebook import parse_table

SHIPPED = [
    parse_table(path.read_text("utf-8"), path.name)
    for path in sorted((Path(__file__).parents[2] / "workflows/decisions").glob("*.md"))
]
HEAD = """---
table: t
version: 1
title: {{fr: t, de: t, en: t}}
valid_from: 2020-01-01
hit_policy: {policy}
inputs:
  age: {{type: whole 0..120, title: {{fr: Âge, de: Alter, en: Age}}}}
  capacity: {{type: number 0..100, unit: {{fr: pour cent, de: Prozent, en: per cent}}, title: {{fr: Capacité, de: Arbeitsfähigkeit, en: Capacity}}}}
outputs:
  path: {{type: 'text "AI", "youth", "none"'{default}}}
why:
  w: {{fr: w, de: w, en: w}}
{overlaps}---

| rule | age | capacity | path | why |
|------|-----|----------|------|-----|
"""


def a_table(*rows, policy="U", overlaps="", default=""):
    head = HEAD.format(policy=policy, overlaps=overlaps, default=default)
    return parse_table(head + "".join(f"| R{at} | {row} | w |\n" for at, row in enumerate(rows, 1)), "t.md")


YOUNG, LOW, REST = '< 30 | - | "youth"', '- | < 20 | "AI"', '- | - | "none"'


@pytest.mark.parametrize("table", SHIPPED, ids=lambda table: table.file)
def test_a_shipped_table_has_no_gap_and_each_overlap_is_justified_by_its_rules_in_three_languages(table):
    proof = prove(table)

    assert (proof.status, proof.shadowed, proof.unreachable) == ("complete", (), ())
    assert table_problems(table) == []
    assert all(set(one.reason) == {"fr", "de", "en"} for one in proof.overlaps)
    assert all(group != {"all"} for group in table.overlaps)


def test_the_known_overlap_of_youth_case_management_and_disability_insurance_is_a_fault_with_line_and_suggestion():
    table = a_table(YOUNG, LOW, '>= 30 | >= 20 | "none"')

    (problem,) = table_problems(table)

    assert (problem.code, problem.line, problem.severity) == ("table-overlap", 19, "error")
    assert problem.said("fr") == (
        "t.md:19: Table «\xa0t\xa0»\xa0: les règles R1 et R2 valent ensemble pour Âge <= 29 et Capacité < 20, sans "
        "justification. Séparez les conditions, ou justifiez dans l'en-tête\xa0: overlaps: [{rules: [R1, R2], "
        "because: …}]."
    )
    assert "Alter <= 29 und Arbeitsfähigkeit < 20" in problem.said("de")


def test_a_justified_overlap_is_no_fault_and_says_why_on_the_proof():
    why = "overlaps:\n  - {rules: [R1, R2], because: {fr: les deux droits, de: beide Rechte, en: both rights}}\n"
    table = a_table(YOUNG, LOW, '>= 30 | >= 20 | "none"', overlaps=why)

    (overlap,) = prove(table).overlaps

    assert table_problems(table) == []
    assert (overlap.because, overlap.reason["de"]) == ("les deux droits", "beide Rechte")


def test_a_justification_without_overlap_is_a_fault_at_its_own_line():
    why = "overlaps:\n  - {rules: [R1, R2], because: both}\n"
    table = a_table('< 30 | - | "youth"', '>= 30 | - | "none"', overlaps=why)

    (problem,) = table_problems(table)

    assert (problem.code, problem.line) == ("overlap-not-found", 15)
    assert idle_justifications(table) == [frozenset({"R1", "R2"})]


def test_a_group_that_names_a_rule_too_many_is_a_fault():
    why = "overlaps:\n  - {rules: [R1, R2, R3], because: both}\n"

    (problem,) = table_problems(a_table(YOUNG, LOW, '>= 30 | >= 20 | "none"', overlaps=why))

    assert problem.code == "overlap-not-found"


def test_equal_outputs_still_overlap_under_unique_and_not_under_any():
    rows = ('< 30 | - | "AI"', '- | < 20 | "AI"', '>= 30 | >= 20 | "none"')

    assert [one.rules for one in prove(a_table(*rows)).overlaps] == [("R1", "R2")]
    assert prove(a_table(*rows, policy="A")).overlaps == ()


def test_gaps_are_merged_to_few_regions_and_a_gap_is_a_fault_with_an_example():
    table = a_table('[10..20] | [10..20] | "AI"')

    proof = prove(table)

    assert [str(one) for one in proof.gaps] == ["age <= 9, >= 21", "age [10..20] and capacity < 10, > 20"]
    assert [one.code for one in table_problems(table)] == ["table-gap", "table-gap"]
    assert region_words(table, proof.gaps[1], "de") == "Alter [10..20] und Arbeitsfähigkeit < 10, > 20"


def test_a_default_output_answers_where_no_rule_holds_so_that_the_gap_is_no_fault():
    table = a_table(YOUNG, default=", default: '\"none\"'")

    assert prove(table).status == "gaps"
    assert table_problems(table) == []


@pytest.mark.parametrize(
    ("policy", "rows", "shadowed"),
    [("F", (YOUNG, LOW, REST, '> 60 | - | "AI"'), ("R4",)), ("F", (REST, YOUNG), ("R2",)), ("P", (REST, '- | - | "AI"'), ("R1",))],
)  # fmt: skip
def test_a_rule_that_others_always_precede_is_named_with_its_line(policy, rows, shadowed):
    why = "overlaps:\n  - {rules: [all], because: in order}\n" if policy == "F" else ""
    table = a_table(*rows, policy=policy, overlaps=why)

    assert prove(table).shadowed == shadowed
    assert [one.code for one in table_problems(table)] == ["rule-shadowed"]


def test_a_rule_that_holds_for_nobody_is_named():
    table = a_table('> 120 | - | "AI"', REST)

    assert prove(table).unreachable == ("R1",)
    assert [(one.code, one.line) for one in table_problems(table)] == [("rule-unreachable", 18)]


def test_past_its_cap_the_proof_says_not_proven_and_how_far_it_came():
    proof = prove(orientation(), cap=5)

    assert (proof.status, proof.gaps) == ("not proven", ())
    assert proof.boxes > 5


def test_thirty_rules_over_twelve_inputs_are_proven_in_a_few_hundred_boxes():
    for seed in range(8):
        proof = prove(wide(seed=seed))

        assert (proof.status, proof.overlaps) == ("complete", ())
        assert proof.boxes < 1_000


def test_a_table_with_one_rule_taken_out_shows_exactly_its_region():
    table = wide()
    holed = replace(table, rules=table.rules[1:])
    cells = {f"x{at}": cell.text for at, cell in enumerate(table.rules[0].cells) if not cell.any}

    (gap,) = prove(holed).gaps

    assert gap.where.keys() == cells.keys()
    assert all(cell.holds(gap.example[f"x{at}"]) for at, cell in enumerate(table.rules[0].cells))


def test_the_proof_has_a_plain_form_for_machines():
    found = json.loads(json.dumps(proof_json(a_table(YOUNG, LOW))))

    assert (found["status"], found["shadowed"], found["more_gaps"]) == ("gaps", [], False)
    assert found["gaps"] == [
        {"where": {"age": ">= 30", "capacity": ">= 20"}, "example": {"age": "30", "capacity": "20"}}
    ]
    assert found["overlaps"][0]["rules"] == ["R1", "R2"]


def test_the_unit_of_a_column_is_said_in_each_language():
    (_, capacity) = a_table(REST).inputs

    assert (capacity.unit, capacity.units["de"]) == ("pour cent", "Prozent")


def test_the_proof_told_by_the_api_names_rules_that_hold_for_nobody_and_says_when_its_lists_go_on():
    alone = a_table('> 120 | - | "AI"', REST, policy="F")
    many = a_table(*[REST] * 40)

    one = PROOF().dump(proof_shown("t", 1, prove(alone)))
    two = PROOF().dump(proof_shown("t", 1, prove(many)))

    assert (one["unreachable"], one["more_gaps"], one["more_overlaps"]) == (("R1",), False, False)
    assert (two["unreachable"], two["more_overlaps"], len(two["overlaps"])) == ((), True, 200)
