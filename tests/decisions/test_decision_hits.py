"""Hit policies with one and several outputs, and what a table is refused for when it is read."""

import pytest

from cii.decisions.decision import decide, decide_many
from cii.decisions.domain import FactOutOfDomain, MissingFacts
from cii.decisions.hits import NoRule
from cii.decisions.matching import matcher
from cii.decisions.rulebook import parse_table
from cii.files.reading import BrokenFile

HEAD = """---
table: t
version: 1
title: {{fr: t, de: t, en: t}}
valid_from: 2020-01-01
hit_policy: {policy}
inputs:
  x: {{type: whole 0..10, title: {{fr: x, de: x, en: x}}}}
outputs:
{outputs}
why:
  w: {{fr: w, de: w, en: w}}
---

{heading}
|---|---|---|---|---|
"""
PAIR = """  path: {type: 'text "network", "daily", "none"', title: {fr: a, de: a, en: a}}
  days: {type: 'whole 30, 10, 20', title: {fr: b, de: b, en: b}}"""
ROWS = [
    (">= 1", '"daily"', 20),
    (">= 2", '"network"', 10),
    (">= 3", '"daily"', 30),
    (">= 4", '"network"', 30),
]


def a_table(policy, rows=ROWS, outputs=PAIR):
    head = HEAD.format(policy=policy, outputs=outputs, heading="| rule | x | path | days | why |")
    return parse_table(
        head + "".join(f"| R{at} | {x} | {a} | {b} | w |\n" for at, (x, a, b) in enumerate(rows, 1)), "t.md"
    )


def a_sum(policy, kind="whole", rows=((">= 1", 5), (">= 2", 3), (">= 3", 5)), more=""):
    outputs = f"  o: {{type: '{kind}', title: {{fr: o, de: o, en: o}}{more}}}"
    head = HEAD.format(policy=policy, outputs=outputs, heading="| rule | x | o | why |").replace(
        "|---|---|---|---|---|", "|---|---|---|---|"
    )
    return parse_table(
        head + "".join(f"| R{at} | {x} | {o} | w |\n" for at, (x, o) in enumerate(rows, 1)), "t.md"
    )


def results(table, x):
    return [tuple(one.values()) for one in decide(table, {"x": x}).results]


@pytest.mark.parametrize(
    ("policy", "x", "expected"),
    [
        ("C", 2, [("daily", 20), ("network", 10)]),
        ("C", 0, []),
        ("R", 4, [("daily", 20), ("network", 10), ("daily", 30), ("network", 30)]),
        ("O", 4, [("network", 30), ("network", 10), ("daily", 30), ("daily", 20)]),
        ("P", 4, [("network", 30)]),
        ("P", 2, [("network", 10)]),
        ("F", 4, [("daily", 20)]),
    ],
)
def test_several_outputs_are_ranked_output_by_output_and_listed_as_contexts(policy, x, expected):
    assert results(a_table(policy), x) == expected


@pytest.mark.parametrize(
    ("policy", "at_three", "at_none"), [("C+", 13, None), ("C<", 3, None), ("C>", 5, None), ("C#", 3, 0)]
)
def test_an_aggregation_counts_every_hit_and_is_no_value_without_any(policy, at_three, at_none):
    table = a_sum(policy)

    assert decide(table, {"x": 3}).outputs == {"o": at_three}
    empty = decide(table, {"x": 0})
    assert (empty.outputs, empty.rules, empty.why) == ({"o": at_none}, (), ())


def test_lengths_can_be_added_up():
    table = a_sum("C+", kind="months", rows=((">= 1", "P3M"), (">= 2", "P1Y")))

    assert str(decide(table, {"x": 2}).outputs["o"]) == "P15M"


def test_a_default_answers_where_no_rule_holds_and_never_silently_otherwise():
    table, strict = a_sum("U", more=", default: 7", rows=((">= 5", 1),)), a_sum("U", rows=((">= 5", 1),))

    assert decide(table, {"x": 1}).outputs == {"o": 7}
    assert decide(table, {"x": 5}).outputs == {"o": 1}
    with pytest.raises(NoRule):
        decide(strict, {"x": 1})


def faults(make):
    with pytest.raises(BrokenFile) as no:
        make()
    return [(one.code, one.line) for one in no.value.problems]


@pytest.mark.parametrize("policy", ["C+", "C<", "C>", "C#"])
def test_an_aggregation_over_several_outputs_is_refused_when_the_table_is_read(policy):
    assert faults(lambda: a_table(policy)) == [("one-output", 9)]


@pytest.mark.parametrize(
    ("policy", "kind", "value", "code"),
    [("C+", "text", '"a"', "output-not-countable"), ("C+", "date", "2020-01-01", "output-not-countable"),
     ("C<", "yes/no", "yes", "output-not-countable"), ("P", "whole", "3", "no-priority"), ("O", "text", '"a"', "no-priority")],
)  # fmt: skip
def test_outputs_that_a_policy_cannot_use_are_refused_when_the_table_is_read(policy, kind, value, code):
    assert [one for one, _ in faults(lambda: a_sum(policy, kind, rows=(("-", value),)))] == [code]


def test_a_default_that_is_no_value_is_refused_with_its_line_and_an_input_has_none():
    assert faults(lambda: a_sum("U", more=", default: many")) == [("bad-default", 10)]


def test_many_persons_are_decided_and_a_refusal_stops_nobody_else():
    rows = [{"x": 5}, {"x": 11}, {}, {"x": 0}]

    found = list(decide_many(a_sum("U", rows=((">= 5", 1), ("[1..4]", 2))), rows))

    assert found[0].outputs == {"o": 1}
    assert [type(one) for one in found[1:]] == [FactOutOfDomain, MissingFacts, NoRule]


def test_a_kept_refusal_gives_each_person_a_fresh_one():
    table = a_sum("U", rows=((">= 5", 1),))

    one, two = decide_many(table, [{"x": 0}, {"x": 1}])

    assert one is not two
    assert one.facts == two.facts == {"table": "t", "version": 1}
    assert matcher(table) is matcher(table)
