"""Two versions of a table held against each other on the same facts."""

from datetime import date

from cii.decisions.rulebook import parse_table
from cii.decisions.whatif import Asked, Effect, Verdict, compare, revived, sentences

FILE = """---
table: path
version: 1
title: {fr: Voie, de: Weg, en: Path}
valid_from: 2020-01-01
inputs:
  age: {type: whole 0..120, title: {fr: Âge, de: Alter, en: Age}}
  since: {type: date 2009-01-01.., title: {fr: Depuis, de: Seit, en: Since}}
outputs:
  path: {type: 'text "young", "general"', title: {fr: Voie, de: Weg, en: Path}}
why:
  young: {fr: "{age} ans.", de: "{age} Jahre.", en: "Aged {age}."}
  general: {fr: Voie générale., de: Allgemeiner Weg., en: General path.}
---

| rule | age | since | path | why |
|------|-----|-------|------|-----|
| R1 | < 30 | - | "young" | young |
| R2 | >= 30 | - | "general" | general |
"""
NOW = Asked(parse_table(FILE, "path.md"))


def a_draft(*changes):
    text = FILE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return Asked(parse_table(text, "draft.md"))


def test_a_case_moves_when_the_outcome_differs():
    draft = a_draft(("< 30", "< 25"), (">= 30", ">= 25"))

    found = compare(NOW, draft, {"age": 27})

    assert found.effect is Effect.MOVED
    assert found.before.rules == ("R1",)
    assert found.after.outcomes == ((("path", "general"),),)


def test_the_same_outcome_by_another_rule_is_another_reason():
    draft = a_draft(("| R2 |", "| R9 |"))

    assert compare(NOW, draft, {"age": 40}).effect is Effect.OTHER_REASON
    assert compare(NOW, draft, {"age": 20}).effect is Effect.SAME


def test_a_gap_of_the_draft_is_a_move_and_not_silence():
    draft = a_draft((">= 30", ">= 40"))

    found = compare(NOW, draft, {"age": 35})

    assert found.effect is Effect.MOVED
    assert found.after.verdict is Verdict.NO_RULE


def test_two_rules_of_the_draft_at_once_are_a_move_that_names_both():
    found = compare(NOW, a_draft((">= 30", ">= 20")), {"age": 25})

    assert found.after.verdict is Verdict.OVERLAP
    assert found.after.rules == ("R1", "R2")


def test_nothing_can_be_said_where_the_draft_asks_for_more():
    draft = a_draft(
        ("| R1 | < 30 | - |", "| R1 | < 30 | >= 2026-01-01 |"), ("| R2 | >= 30 | - |", "| R2 | >= 30 | - |")
    )

    found = compare(NOW, draft, {"age": 20})

    assert found.effect is Effect.UNSAID
    assert found.after.facts == ("since",)
    assert compare(NOW, draft, {"age": 40}).effect is Effect.SAME


def test_a_fact_outside_the_drafts_domain_is_named():
    draft = a_draft(("whole 0..120", "whole 0..60"))

    found = compare(NOW, draft, {"age": 70})

    assert found.effect is Effect.UNSAID
    assert (found.after.verdict, found.after.facts) == (Verdict.UNFIT, ("age",))


def test_facts_of_rows_are_read_in_the_tables_terms():
    kept = {"age": 20, "since": "2026-10-15", "other": 1, "gone": None}

    assert revived(NOW.table.domains, kept) == {"age": 20, "since": date(2026, 10, 15)}


def test_a_list_kept_where_a_value_belongs_is_unfit():
    assert compare(NOW, NOW, {"age": [1]}).before.verdict is Verdict.UNFIT


def test_a_number_and_a_truth_that_are_equal_in_python_are_not_the_same_fact():
    assert NOW.say({"age": 1}).verdict is Verdict.ANSWER
    assert NOW.say({"age": True}).verdict is Verdict.UNFIT


def test_both_versions_say_why_in_the_readers_language():
    assert sentences(NOW.table, {"age": 20}, "de") == ["20 Jahre."]
    assert sentences(NOW.table, {"age": 700}, "de") == []
