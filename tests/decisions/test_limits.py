"""Drafts made to fill the memory or to stop the clock: each is refused in words, or answered within a measure."""

import gc
import random
import resource
import weakref
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal

import pytest

from cii.decisions.checks import table_problems
from cii.decisions.decision import decide
from cii.decisions.domain import FactWrongType, MissingFacts, check_facts, parse_domain
from cii.decisions.matching import TableTooHeavy
from cii.decisions.proof import idle_justifications, prove
from cii.decisions.regions import cut
from cii.decisions.rulebook import Table, parse_table
from cii.decisions.rulelines import Column, Rule
from cii.decisions.sfeel import BadCell, parse_cell
from cii.decisions.vocabulary import HitPolicy
from cii.decisions.whatif import Asked, Verdict
from cii.files.problems import BrokenFile
from cii.files.reading import MOST_FAULTS

MEGABYTE = 1024 * 1024
DOMAIN = parse_domain("whole 0..1000")
HEAD = """---
table: large
version: 1
title: {{fr: t, de: t, en: t}}
valid_from: 2020-01-01
hit_policy: {policy}
inputs:
{inputs}outputs:
  o: {{type: whole 0..9}}
why:
  w: {{fr: w, de: w, en: w}}
{overlaps}---

"""


def a_file(*rows, inputs=1, kind="whole 0..1000", policy="U", overlaps=""):
    names = [f"x{at}" for at in range(inputs)]
    columns = "".join(f"  {name}: {{type: {kind}}}\n" for name in names)
    lines = [f"| rule | {' | '.join(names)} | o | why |", "|---" * (inputs + 3) + "|"]
    lines += [f"| R{at} | {row} | 1 | w |" for at, row in enumerate(rows, 1)]
    return HEAD.format(policy=policy, inputs=columns, overlaps=overlaps) + "\n".join(lines) + "\n"


def faults(text):
    with pytest.raises(BrokenFile) as no:
        parse_table(text, "draft.md")
    return [one for one in no.value.problems if one.severity == "error"]


def a_table(rules, inputs, policy=HitPolicy.UNIQUE, share=0.2, seed=1):
    """Rules of wide random intervals, a share of the cells filled, each rule with an answer of its own."""
    dice = random.Random(seed)

    def cell():
        low = dice.randrange(990)
        return parse_cell(
            f"[{low}..{dice.randrange(low + 1, 1001)}]" if dice.random() < share else "-", DOMAIN
        )

    columns = tuple(Column(f"x{at}", DOMAIN) for at in range(inputs))
    lines = tuple(
        Rule(f"R{at}", tuple(cell() for _ in columns), (at,), "w", at) for at in range(1, rules + 1)
    )
    out = (Column("o", parse_domain("whole 0..1000")),)
    why = {"w": {"fr": "w"}}
    return Table("t", 1, {}, policy, columns, out, lines, why, date.min, None, (), "", {}, "d", "t.md")


@contextmanager
def within(megabytes):
    """The work takes at most so much more memory than there was before it."""
    before = _peak()
    yield
    assert _peak() - before <= megabytes


def _peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE


def test_a_draft_of_two_hundred_rules_and_thirty_inputs_is_proven_within_a_measure():
    table = a_table(200, 30)

    with within(megabytes=400):
        proof = prove(table)

    assert proof.status in {"gaps", "complete", "not proven"}
    assert (len(proof.overlaps), proof.more_overlaps) == (200, True)


def test_gaps_too_many_to_hold_at_once_are_shown_in_part(monkeypatch):
    monkeypatch.setattr("cii.decisions.proof._HELD", 1_000)

    proof = prove(a_table(25, 12, share=0.4))

    assert (proof.status, proof.more) == ("gaps", True)
    assert 0 < len(proof.gaps) <= 20


def test_facts_of_many_worlds_are_asked_for_without_following_each():
    rows = [f"not({at % 130}) | not({at // 7 % 130}) | not({at})" for at in range(1_000)]
    table = parse_table(a_file(*rows, inputs=3, policy="C#"), "draft.md")

    with within(megabytes=300), pytest.raises(MissingFacts) as no:
        decide(table, {})

    assert no.value.names == ("x0", "x1", "x2")


def test_faults_of_a_table_whose_rules_all_overlap_are_told_by_the_hundred_not_by_the_million():
    table = parse_table(a_file(*["-"] * 1_000), "draft.md")

    found = table_problems(table)

    assert len([one for one in found if one.code == "table-overlap"]) == 200


def test_justifications_are_held_against_all_overlaps_not_only_those_listed():
    overlaps = "overlaps: [{rules: [R38, R39, R40], because: {fr: a, de: a, en: a}}]\n"

    table = parse_table(a_file(*["-"] * 40, overlaps=overlaps), "draft.md")

    assert prove(table).more_overlaps
    assert idle_justifications(table) == []


def test_a_table_of_more_rules_than_people_read_is_refused_with_both_limits():
    (one,) = faults(a_file(*["-"] * 1_001))

    assert one.code == "table-too-large"
    assert str(one).startswith(
        "draft.md:15: La table compte 1001 règles et 1 entrées\xa0; 1000 règles et 100 entrées au plus sont admises."
    )


def test_a_table_of_more_inputs_than_people_read_is_refused():
    (one,) = faults(a_file(" | ".join(["-"] * 101), inputs=101))

    assert one.code == "table-too-large"


def test_conditions_that_would_take_minutes_to_compile_are_refused_at_once():
    rows = [", ".join(str(number) for number in range(at, at + 100)) for at in range(0, 20_000, 70)]

    with within(megabytes=300):
        (one,) = faults(a_file(*rows, kind="whole 0..30000"))

    assert one.code == "table-too-heavy"


def test_a_draft_longer_than_a_file_may_be_is_refused_unread():
    text = a_file("-") + "\n" * 200_000

    (one,) = faults(text)

    assert one.code == "file-too-large"


def test_a_domain_of_thousands_of_values_is_refused():
    said = parse_domain("whole " + ", ".join(str(one) for one in range(1_001)))

    assert str(said) == "plus de 1000 valeurs sont énumérées"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("days", "999999999999999"),
        ("days 0..", "< -999999999999999"),
        ("date-time", "0001-01-01"),
        ("date-time", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_a_value_beyond_the_calendar_is_a_bad_cell(kind, text):
    with pytest.raises(BadCell):
        parse_cell(text, parse_domain(kind))


def test_a_bound_beyond_the_calendar_is_a_bad_domain():
    assert isinstance(parse_domain("days 0..999999999999999"), str)


def test_the_last_instant_of_the_calendar_can_be_read_back():
    cell = parse_cell("< 9999-12-31T23:59:59Z", parse_domain("date-time"))
    pieces = cut("x", parse_domain("date-time"), [cell])

    assert pieces.readable(1) == "< 9999-12-31T23:59:59+00:00"


@pytest.mark.parametrize(
    ("kind", "value"), [("number", Decimal("1e999999999")), ("date-time", datetime(1, 1, 1))]
)
def test_a_fact_larger_than_anything_counted_is_of_a_wrong_type(kind, value):
    with pytest.raises(FactWrongType):
        check_facts({"x": parse_domain(kind)}, {"x": value})


def test_faults_of_a_file_are_told_by_the_hundred_and_reading_ends_there():
    rows = [" | ".join(["<< 3"] * 50)] * 20

    found = faults(a_file(*rows, inputs=50))

    assert [one.code for one in found] == ["bad-cell"] * MOST_FAULTS + ["more-faults"]


def test_a_draft_that_follows_more_outcomes_than_it_is_allowed_is_refused_and_the_same_table_in_force_is_not():
    rows = [f"not({at % 30}) | not({at // 7 % 30})" for at in range(100)]
    text = a_file(*rows, inputs=2, policy="C#")

    published = Asked(parse_table(text, "path.md")).say({})
    with pytest.raises(TableTooHeavy) as no:
        Asked(parse_table(text, "draft.md"), 1_000).say({})

    assert published.verdict is Verdict.MISSING
    assert no.value.facts == {"most": 1_000}


def _ask_all(version):
    for at in range(100):
        version.say({"x0": at})


def test_a_draft_with_an_outcome_per_rule_for_everybody_is_refused_before_it_fills_the_memory():
    text = a_file(*[f"not({at})" for at in range(100)], policy="C")
    draft, published = Asked(parse_table(text, "draft.md"), 300_000), Asked(parse_table(text, "path.md"))

    with pytest.raises(TableTooHeavy):
        _ask_all(draft)

    assert {len(published.say({"x0": at}).outcomes) for at in range(100)} == {99}


def test_a_draft_of_the_size_of_our_tables_comes_nowhere_near_what_it_is_allowed():
    table = parse_table(a_file("< 400", ">= 400"), "draft.md")

    asked = Asked(table, 1_000)

    assert [asked.say({"x0": at}).verdict for at in range(1_000)] == [Verdict.ANSWER] * 1_000
    assert asked.say({}).verdict is Verdict.ANSWER


def test_what_is_made_of_a_draft_is_let_go_with_it():
    table = parse_table(a_file("-"), "draft.md")
    decide(table, {"x0": 1})
    prove(table)
    kept = weakref.ref(table)

    del table
    gc.collect()

    assert kept() is None
