"""Four readings of each shipped table agree on every person whose facts fit: ours, two engines, a naive one.

Where the others fall silent on facts that do not fit, ours refuses by name: shown at the end of the file.
"""

import random
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from SpiffWorkflow.exceptions import SpiffWorkflowException

from cii.cli.parser import main
from cii.decisions.decision import decide
from cii.decisions.hits import NoRule
from cii.decisions.rulebook import parse_table
from cii.decisions.vocabulary import HitPolicy
from cii.dmn.writing import feel_cell, full_test
from cii.kernel.errors import Refusal
from tests.decisions.build_tables import facts_for, tables
from tests.decisions.oracle_naive import Naive
from tests.decisions.oracle_spiff import Spiff
from tests.decisions.oracle_zen import Zen

FILES = sorted((Path(__file__).parents[2] / "workflows" / "decisions").glob("*.md"))
TEXTS = {file.stem: file.read_text("utf-8") for file in FILES}
TABLES = {name: parse_table(text, f"{name}.md") for name, text in TEXTS.items()}
ALL = 10_000
SIMPLE = {"agreement-threshold", "measure-eligibility", "youth-admissibility"}
"""Tables whose every simple cell SpiffWorkflow takes: they are exported plainly, the others in full FEEL."""


def people(table, count, seed=11):
    """Invented persons with all facts: half of the numbers on and beside the bounds of the rules."""
    dice = random.Random(seed)
    ways = {column.name: values(table, at, dice) for at, column in enumerate(table.inputs)}
    for _ in range(count):
        yield {name: way() for name, way in ways.items()}


def values(table, at, dice):
    domain = table.inputs[at].domain
    if domain.kind == "yes/no":
        return lambda: dice.random() < 0.5
    if domain.values:
        return lambda: dice.choice(domain.values)
    said = " ".join(rule.cells[at].text for rule in table.rules)
    steps = (-1, 0, 1) if domain.discrete else (-1, Decimal("-0.5"), 0, Decimal("0.5"), 1)
    bounds = [int(one) + by for one in re.findall(r"\d+", said) for by in steps]
    bounds = [one for one in bounds if domain.admits(one)] + [domain.low, domain.high]
    return lambda: dice.choice(bounds) if dice.random() < 0.5 else dice.randint(domain.low, domain.high)


def plain(facts):
    """Facts as the other engines take them: halves are exact as floats."""
    return {name: float(one) if isinstance(one, Decimal) else one for name, one in facts.items()}


def agree(name, count, seed=11):
    """All four evaluators on so many persons; how often each rule answered."""
    table, naive = TABLES[name], Naive(TEXTS[name])
    zen, spiff = Zen(table), Spiff(table, full_feel=name not in SIMPLE)
    seen = Counter()
    for facts in people(table, count, seed):
        ours = decide(table, facts)
        theirs = plain(facts)
        said = (ours.rules[0], dict(ours.outputs))
        assert said == naive.decide(facts), facts
        assert {"rule": said[0], **said[1]} == zen.decide(theirs), facts
        assert said[1] == spiff.decide(theirs), facts
        seen[said[0]] += 1
    return seen


@pytest.mark.parametrize("name", TABLES)
def test_four_evaluators_agree_on_ten_thousand_persons_shared_among_the_tables(name):
    count = -(-ALL // len(TABLES))

    seen = agree(name, count)

    assert seen.total() == count
    assert set(seen) == {rule.id for rule in TABLES[name].rules}


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_four_evaluators_agree_on_ten_thousand_persons_per_table(name):
    seen = agree(name, ALL, seed=12)

    assert seen.total() == ALL
    assert min(seen[rule.id] for rule in TABLES[name].rules) >= 5


@pytest.mark.parametrize("name", TABLES)
def test_only_tables_with_cells_that_spiffworkflow_misreads_are_exported_to_it_in_full_feel(name):
    cells = [cell for rule in TABLES[name].rules for cell in rule.cells]

    assert all(full_test(cell) == feel_cell(cell) for cell in cells) is (name in SIMPLE)


def test_what_spiffworkflow_cannot_take_is_an_error_or_silence_there():
    young = {"consent_or_basis": True, "followed": 1, "may_owe": 1, "age": 20, "reinsertion_potential": "low",
             "in_perimeter": True, "work_capacity": 100}  # fmt: skip
    ending = {"months_since_registration": 12, "framework_days_left": 90, "incapacity_months": 0,
              "social_aid_months": 0, "work_capacity": 100, "problems": 0, "systems": 1}  # fmt: skip

    assert decide(TABLES["triage"], young).rules == ("T5",)
    assert Spiff(TABLES["triage"], full_feel=False).decide(young) == {}  # a list of texts never holds
    assert decide(TABLES["detection"], ending).rules == ("D3",)
    with pytest.raises(SpiffWorkflowException):
        Spiff(TABLES["detection"], full_feel=False).decide(ending)  # an interval is a syntax error


def test_the_command_exports_full_feel_and_our_import_says_that_it_reads_the_simple_form(capsys, tmp_path):
    written = tmp_path / "triage.dmn"
    triage = FILES[0].parent / "triage.md"

    assert main(["rules", "export-dmn", str(triage), "--full-feel", "--out", str(written)]) == 0
    assert '? in ("low", "medium", "high")' in written.read_text("utf-8")
    assert main(["rules", "import-dmn", str(written), "--out", str(tmp_path / "back")]) == 1
    told = capsys.readouterr().err

    assert "T5" in told
    assert '? in ("low", "medium", "high")' in told
    assert not (tmp_path / "back").exists()


PLAIN = ("whole 0..6", "number 0..2", "whole 1, 3, 5", "money 0..", 'text "a", "b", "c"', "yes/no")
"""Kinds of facts that all engines know."""


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables(policies=(HitPolicy.FIRST, HitPolicy.COLLECT), kinds=PLAIN), st.data())
def test_random_tables_of_any_cells_are_read_alike_by_three_engines(made, data):
    table, kinds = made
    zen, spiff = Zen(table), Spiff(table, full_feel=True)
    for _ in range(5):
        facts = data.draw(facts_for(kinds))
        theirs = plain(facts)
        try:
            ours = decide(table, facts)
        except NoRule:
            assert not zen.decide(theirs)
            assert spiff.decide(theirs) == {}
            continue
        if table.hit_policy is HitPolicy.FIRST:
            assert zen.decide(theirs) == {"rule": ours.rules[0], **ours.outputs}
            assert spiff.decide(theirs) == ours.outputs
        else:
            rules = [{"rule": rule, **one} for rule, one in zip(ours.rules, ours.results, strict=True)]
            assert zen.decide(theirs) == rules
            assert spiff.decide(theirs).get("o", []) == [one["o"] for one in ours.results]


ABLE = {"sector": "AC", "age": 30, "work_capacity": 80, "language_level": 3, "framework_days_left": 0}
GONE = object()


@pytest.mark.parametrize(
    ("name", "value", "code", "zen_says", "spiff_says"),
    [
        ("sector", GONE, "missing-facts", True, "error"),
        ("sector", None, "fact-null", True, True),
        ("sector", "ORP", "fact-out-of-domain", True, True),
        ("framework_days_left", GONE, "missing-facts", True, "error"),
        ("framework_days_left", None, "fact-null", True, True),
        ("framework_days_left", "0", "fact-wrong-type", True, True),
        ("age", "17", "fact-wrong-type", False, "error"),
        ("age", -1, "fact-out-of-domain", False, False),
    ],
)
def test_where_the_others_answer_silently_ours_refuses_by_name(name, value, code, zen_says, spiff_says):
    table = TABLES["measure-eligibility"]
    facts = {**ABLE, name: value}
    if value is GONE:
        del facts[name]
    assert decide(table, ABLE).rules == ("M4",)

    with pytest.raises(Refusal) as no:
        decide(table, facts)

    assert (no.value.code, no.value.field) == (code, name)
    assert Zen(table).decide(facts)["eligible"] is zen_says
    if spiff_says == "error":
        with pytest.raises(SpiffWorkflowException):
            Spiff(table, full_feel=False).decide(facts)
    else:
        assert Spiff(table, full_feel=False).decide(facts)["eligible"] is spiff_says
