"""Decision tables: boundaries, hit policies, missing facts, explanations, counterfactuals and the proof."""

from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cii.decisions.decision import NoRule, RulesOverlap, counterfactual, decide, trace
from cii.decisions.domain import (
    FactNull,
    FactOutOfDomain,
    FactUnknown,
    FactWrongType,
    MissingFacts,
    parse_domain,
)
from cii.decisions.proof import prove
from cii.decisions.regions import cut
from cii.decisions.rulebook import NoTableInForce, parse_table, table_on
from cii.decisions.sfeel import parse_cell
from cii.files.reading import BrokenFile
from cii.kernel.errors import Refusal, Refusals
from cii.kernel.money import Chf

TABLES = [
    parse_table(path.read_text("utf-8"), path.name)
    for path in sorted((Path(__file__).parents[2] / "workflows/decisions").glob("*.md"))
]


def table(name, on=date(2026, 10, 15)):
    return table_on(TABLES, name, on)


ELIGIBLE = {
    "productivity": 75,
    "age": 45,
    "dependants": 0,
    "heavy_social_problem": False,
    "debts": Chf.parse("0.00"),
}


@pytest.mark.parametrize(
    ("fact", "value", "admitted"),
    [
        ("productivity", 60, True), ("productivity", 90, True), ("productivity", 59, False), ("productivity", 91, False),
        ("productivity", Decimal("59.9"), False), ("productivity", Decimal("90.1"), False),
        ("debts", Chf.parse("10000.00"), True), ("debts", Chf.parse("10000.05"), False), ("debts", 1_000_001, False),
        ("age", 30, True), ("age", 29, False), ("age", 65, True), ("age", 66, False),
        ("dependants", 1, False), ("heavy_social_problem", True, False),
    ],
)  # fmt: skip
def test_ne_eso_admits_up_to_the_boundary_and_not_beyond(fact, value, admitted):
    assert decide(table("ne-eso-screen"), {**ELIGIBLE, fact: value}).outputs["admitted"] is admitted


def test_ne_eso_follows_the_law_of_the_day():
    facts = {**ELIGIBLE, "age": 49}

    assert decide(table("ne-eso-screen", date(2011, 12, 31)), facts).outputs["admitted"] is False
    assert decide(table("ne-eso-screen", date(2012, 1, 1)), facts).outputs == {
        "admitted": True,
        "orientation": "ne-eso",
        "exit": "full",
    }
    assert decide(table("ne-eso-screen", date(2013, 1, 1)), facts).outputs["exit"] == "full_or_partial"
    with pytest.raises(NoTableInForce):
        table("ne-eso-screen", date(2010, 5, 31))


def test_too_productive_leads_to_the_primary_labour_market():
    found = decide(table("ne-eso-screen"), {**ELIGIBLE, "productivity": 91})

    assert found.outputs["orientation"] == "primary_labour_market"
    assert found.explain("fr") == [
        "Productivité de 91 %, au-dessus de 90 %\xa0: viser directement le premier marché du travail."
    ]


TRIAGE = {
    "consent_or_basis": True, "followed": 1, "may_owe": 1, "age": 42, "reinsertion_potential": "medium", "in_perimeter": True,
    "work_capacity": 60,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({}, "reseau-cii"), ({"may_owe": 0}, "not_eligible"), ({"followed": 0}, "not_eligible"),
        ({"consent_or_basis": False}, "not_eligible"), ({"in_perimeter": False}, "everyday-cii"),
        ({"reinsertion_potential": "none"}, "everyday-cii"), ({"age": 29}, "youth-case-management"), ({"age": 30}, "reseau-cii"),
        ({"age": 29, "work_capacity": 19}, "reseau-cii"), ({"age": 29, "work_capacity": 20}, "youth-case-management"),
    ],
)  # fmt: skip
def test_triage_names_the_path(change, path):
    assert decide(table("triage"), {**TRIAGE, **change}).outputs == {"path": path}


def test_only_facts_that_can_still_change_the_answer_are_asked_for():
    triage = table("triage")

    assert decide(triage, {"consent_or_basis": False}).rules == ("T1",)
    with pytest.raises(MissingFacts) as no:
        decide(
            triage,
            {
                "consent_or_basis": True,
                "followed": 1,
                "may_owe": 2,
                "age": 50,
                "reinsertion_potential": "high",
            },
        )
    assert no.value.names == ("in_perimeter",)
    with pytest.raises(MissingFacts) as youth:
        decide(triage, {**{k: v for k, v in TRIAGE.items() if k not in {"age", "work_capacity"}}})
    assert youth.value.names == ("age", "work_capacity")


@pytest.mark.parametrize(
    ("name", "value", "refusal"),
    [
        ("age", "42", FactWrongType), ("age", 42.0, FactWrongType), ("age", True, FactWrongType), ("age", None, FactNull),
        ("age", 121, FactOutOfDomain), ("age", -1, FactOutOfDomain), ("consent_or_basis", 1, FactWrongType),
        ("consent_or_basis", "yes", FactWrongType), ("reinsertion_potential", "middling", FactOutOfDomain),
        ("agee", 42, FactUnknown), ("age", Decimal("NaN"), FactWrongType),
    ],
)  # fmt: skip
def test_a_fact_that_does_not_fit_is_refused_with_its_field_and_never_ignored(name, value, refusal):
    with pytest.raises(refusal) as no:
        decide(table("triage"), {**TRIAGE, name: value})

    assert no.value.field == name


def test_all_bad_facts_are_refused_at_once():
    with pytest.raises(Refusals) as no:
        decide(table("triage"), {**TRIAGE, "age": "x", "followed": None, "other": 1})

    assert {reason.field for reason in no.value.reasons} == {"age", "followed", "other"}


def test_detection_names_its_criterion_and_says_why():
    facts = {"months_since_registration": 14, "framework_days_left": 90, "incapacity_months": 0, "social_aid_months": 0,
             "work_capacity": 100, "problems": 1, "systems": 1}  # fmt: skip

    found = decide(table("detection"), facts)

    assert found.outputs == {"detected": True, "criterion": "end_of_right"}
    assert found.explain("de") == ["Seit 14 Monaten arbeitslos, noch 90 Taggelder: die Aussteuerung naht."]
    assert decide(table("detection"), {**facts, "framework_days_left": 91}).outputs["detected"] is False
    assert decide(table("detection"), {"systems": 2}).outputs["criterion"] == "several_systems"


@pytest.mark.parametrize(("placements", "instrument"), [(9, "case_by_case"), (10, "agreement")])
def test_an_agreement_is_proposed_from_ten_placements_a_year(placements, instrument):
    assert decide(table("agreement-threshold"), {"placements_per_year": placements}).outputs == {
        "instrument": instrument
    }


def test_the_trace_gives_the_verdict_rule_by_rule():
    verdicts = trace(table("measure-eligibility"), {"sector": "AC", "age": 17, "work_capacity": 50})

    assert [(one.rule, one.verdict) for one in verdicts] == [
        ("M1", "holds"), ("M2", "fails"), ("M3", "missing"), ("M4", "missing"), ("M5", "holds"),
    ]  # fmt: skip
    cell = verdicts[1].cells[0]
    assert (cell.input, cell.verdict, cell.required, cell.observed) == ("work_capacity", "fails", "< 50", 50)


def test_the_counterfactual_says_what_alone_would_change_the_answer():
    changes = counterfactual(table("ne-eso-screen"), {**ELIGIBLE, "productivity": 55})

    assert [(one.input, one.needed, one.outputs["orientation"]) for one in changes] == [
        ("productivity", "[60..90]", "ne-eso"), ("productivity", "> 90", "primary_labour_market"),
    ]  # fmt: skip


FRONT = """---
table: t
version: 1
title: {{fr: t, de: t, en: t}}
valid_from: 2020-01-01
hit_policy: {policy}
inputs:
  x: {{type: "{kind}", title: {{fr: x, de: x, en: x}}}}
  y: {{type: yes/no, title: {{fr: y, de: y, en: y}}}}
outputs:
  o: {{type: "{out}", title: {{fr: o, de: o, en: o}}}}
why:
  w: {{fr: w, de: w, en: w}}
---
| rule | x | y | o | why |
|------|---|---|---|-----|
"""


def made(rules, policy="U", kind="number 0..10", out="number"):
    lines = [f"| R{at} | {x} | {y} | {o} | w |" for at, (x, y, o) in enumerate(rules, 1)]
    return parse_table(FRONT.format(policy=policy, kind=kind, out=out) + "\n".join(lines) + "\n", "t.md")


THREE = [(">= 2", "-", 5), (">= 4", "-", 3), (">= 6", "yes", 5)]
RANKED = [("-", "-", '"low"'), (">= 4", "-", '"high"'), (">= 6", "-", '"mid"')]


@pytest.mark.parametrize(
    ("policy", "facts", "result"),
    [
        ("F", {"x": 7, "y": True}, [5]), ("R", {"x": 7, "y": True}, [5, 3, 5]), ("C", {"x": 5, "y": True}, [5, 3]),
        ("C+", {"x": 7, "y": True}, [13]), ("C<", {"x": 7, "y": True}, [3]), ("C>", {"x": 7, "y": True}, [5]),
        ("C#", {"x": 7, "y": True}, [3]), ("C#", {"x": 1, "y": True}, [0]), ("R", {"x": 1, "y": True}, []), ("C+", {"x": 1, "y": True}, [None]), ("C<", {"x": 1, "y": True}, [None]),
        ("A", {"x": 2, "y": True}, [5]), ("U", {"x": 2, "y": True}, [5]),
    ],
)  # fmt: skip
def test_each_hit_policy_combines_its_rules(policy, facts, result):
    assert [one["o"] for one in decide(made(THREE, policy), facts).results] == result


def test_priority_and_output_order_follow_the_allowed_values():
    kind = "text 'high', 'mid', 'low'".replace("'", '\\"')
    facts = {"x": 7, "y": True}

    assert decide(made(RANKED, "P", out=kind), facts).outputs == {"o": "high"}
    assert [one["o"] for one in decide(made(RANKED, "O", out=kind), facts).results] == ["high", "mid", "low"]


@pytest.mark.parametrize("policy", ["U", "A"])
def test_rules_that_contradict_each_other_are_refused(policy):
    with pytest.raises(RulesOverlap) as no:
        decide(made(THREE, policy), {"x": 5, "y": False})

    assert no.value.facts["rules"] == "R1, R2"


def test_a_gap_is_a_refusal_and_the_proof_has_named_it():
    holed = made([("< 3", "-", 1), ("]3..10]", "yes", 2), ("]3..10]", "no", 3)])

    with pytest.raises(NoRule):
        decide(holed, {"x": 3, "y": True})
    proof = prove(holed)
    assert (proof.status, [str(one) for one in proof.gaps]) == ("gaps", ["x 3"])
    assert proof.gaps[0].example["x"] == 3


def test_the_proof_names_overlaps_and_shadowed_rules():
    overlap = prove(made([("<= 5", "-", 1), (">= 5", "yes", 2), ("> 5", "no", 3)])).overlaps
    shadowed = prove(made([("<= 5", "-", 1), ("> 5", "-", 2), ("[2..7]", "yes", 3)], "F")).shadowed

    assert [(one.rules, str(one.region)) for one in overlap] == [(("R1", "R2"), "x 5 and y yes")]
    assert shadowed == ("R3",)


def test_past_its_cap_the_proof_says_not_proven():
    assert prove(table("youth-admissibility"), cap=3).status == "not proven"


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("| R1 | >= 2 |", "| R1 | >= two |", 17, "bad-cell"), ("| R2 |", "| R1 |", 18, "duplicate-rule"), ("| 5 | w |", "| five | w |", 17, "bad-cell"),
        ("| rule | x |", "| rule | z |", 15, "unknown-column"), ("| 3 | w |", "| 3 | v |", 18, "missing-why"), ("| 3 | w |", "| 3 |", 18, "cell-count"),
        ("hit_policy: U", "hit_policy: Z", 6, "unknown-hit-policy"), ("type: yes/no", "type: boolean", 9, "bad-domain"),
        ("2020-01-01", "1.1.2020", 5, "bad-date"), ("table: t", "tabel: t", 2, "unknown-key"), ("w: {fr: w,", "w: {fr: '{q}',", 13, "unknown-placeholder"),
        ("---\ntable", "table", 1, "no-front-matter"), ("| rule | x |", "| x | rule |", 15, "column-order"),
        ("hit_policy: U", "hit_policy: C+\noverlaps: [{rules: [R9], because: x}]", 7, "unknown-rule"),
    ],
)  # fmt: skip
def test_a_broken_table_says_its_line(old, new, line, code):
    lines = "\n".join(f"| R{at} | {x} | {y} | {o} | w |" for at, (x, y, o) in enumerate(THREE, 1))
    text = FRONT.format(policy="U", kind="number 0..10", out="number") + lines
    assert old in text

    with pytest.raises(BrokenFile) as no:
        parse_table(text.replace(old, new, 1), "t.md")

    assert (line, code) in {(one.line, one.code) for one in no.value.problems}, no.value.problems


CELL = st.one_of(
    st.just("-"), st.integers(0, 6).map(str), st.integers(0, 6).map(lambda n: f"< {n}"), st.integers(0, 6).map(lambda n: f">= {n}"),
    st.tuples(st.integers(0, 3), st.integers(4, 6)).map(lambda p: f"not(]{p[0]}..{p[1]}])"),
)  # fmt: skip
RULES = st.lists(
    st.tuples(CELL, st.sampled_from(["-", "yes", "no"]), st.integers(1, 3)), min_size=1, max_size=5
)


@settings(max_examples=150, deadline=None)
@given(RULES, st.sampled_from(["U", "A", "F", "R", "C", "C+", "C<", "C>", "C#"]))
def test_deciding_missing_facts_and_proof_agree_with_trying_everything(rules, policy):
    made_up = made(rules, policy, kind="whole 0..6")
    answers = {}
    for x, y in product(range(7), (True, False)):
        hits = [
            at
            for at, (cell, flag, _) in enumerate(rules)
            if parse_cell(cell, parse_domain("whole 0..6")).holds(x) and flag in {"-", "yes" if y else "no"}
        ]
        answers[x, y] = _outcome(made_up, {"x": x, "y": y})
        outs = [rules[at][2] for at in hits]
        assert answers[x, y] == _expected(policy, outs), (x, y)
        if not hits:
            assert prove(made_up).status == "gaps"

    assert (prove(made_up).status == "complete") is all(_hits(rules, x, y) for x, y in answers)
    for x in range(7):
        both = {answers[x, True], answers[x, False]}
        try:
            decide(made_up, {"x": x})
        except MissingFacts as missing:
            assert missing.names == ("y",)  # noqa: PT017 - one of three ways it may end
        except (NoRule, RulesOverlap):
            assert len(both) == 1
        else:
            assert len(both) == 1


def _hits(rules, x, y):
    return [
        r
        for r in rules
        if parse_cell(r[0], parse_domain("whole 0..6")).holds(x) and r[1] in {"-", "yes" if y else "no"}
    ]


def _outcome(made_up, facts):
    try:
        return tuple(one["o"] for one in decide(made_up, facts).results)
    except Refusal as no:
        return no.code


def _expected(policy, outs):  # noqa: PLR0911 - a line per policy
    match policy:
        case "R" | "C":
            return tuple(outs)
        case "C#":
            return (len(outs),)
        case "C+" | "C<" | "C>" if not outs:
            return (None,)
        case _ if not outs:
            return "no-rule-holds"
        case "U":
            return "rules-overlap" if len(outs) > 1 else (outs[0],)
        case "A":
            return "rules-overlap" if len(set(outs)) > 1 else (outs[0],)
        case "F":
            return (outs[0],)
    return ({"C+": sum, "C<": min, "C>": max}[policy](outs),)


def test_a_domain_is_cut_at_every_boundary_and_read_back():
    domain = parse_domain("number 0..100")
    pieces = cut("p", domain, [parse_cell("[60..90]", domain), parse_cell("> 90", domain)])

    assert pieces.readable(pieces.mask(parse_cell("[60..90]", domain))) == "[60..90]"
    assert pieces.readable(pieces.all & ~pieces.mask(parse_cell("[60..90]", domain))) == "< 60, > 90"
