"""Random tables: the compiled look-up means what the cells say, and what is missing or shown is exactly so."""

from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cii.decisions.decision import counterfactual, decide, decide_many, trace
from cii.decisions.domain import MissingFacts
from cii.decisions.hits import NoRule, RulesOverlap, answer, hits_of, rank
from cii.decisions.matching import pieces_of
from cii.decisions.proof import prove
from cii.decisions.vocabulary import HitPolicy
from cii.kernel.errors import Refusal
from tests.decisions.build_tables import facts_for, tables

MANY = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def said(found):
    """What an answer says, comparable; refusals by code and facts."""
    if isinstance(found, Refusal):
        return (found.code, tuple(found.facts.values()))
    return (tuple(tuple(one.items()) for one in found.results), found.why)


def tried(table, known):
    """The answer by the plain meaning of the table: every cell of every rule."""
    try:
        return answer(table, hits_of(table, known))
    except (NoRule, RulesOverlap) as no:
        return no


def decided(table, facts):
    try:
        return decide(table, facts)
    except Refusal as no:
        return no


@MANY
@given(tables(), st.data())
def test_the_compiled_look_up_answers_as_every_cell_tried_one_by_one(made, data):
    table, kinds = made
    facts = data.draw(facts_for(kinds))

    found = decided(table, facts)

    assert said(found) == said(tried(table, facts))
    if not isinstance(found, Refusal):
        assert found.rules == tried(table, facts).rules
        assert found.used == facts
    assert [said(one) for one in decide_many(table, [facts])] == [said(found)]


@MANY
@given(tables(), st.data())
def test_the_trace_says_of_each_condition_what_the_cell_says(made, data):
    table, kinds = made
    facts = data.draw(facts_for(kinds, some=True))

    for rule, verdict in zip(table.rules, trace(table, facts), strict=True):
        asked = [at for at, cell in enumerate(rule.cells) if not cell.any]
        assert [one.input for one in verdict.cells] == [f"x{at}" for at in asked]
        for at, one in zip(asked, verdict.cells, strict=True):
            if f"x{at}" not in facts:
                assert one.verdict == "missing"
            else:
                assert (one.verdict == "holds") is rule.cells[at].holds(facts[f"x{at}"])


def worlds(table, facts):
    """Every completion of the facts, one value for each piece of each unknown input, with its answer."""
    axes = [[facts[one.name]] if one.name in facts else one.samples(one.all) for one in pieces_of(table)]
    names = [one.name for one in pieces_of(table)]
    return {point: said(tried(table, dict(zip(names, point, strict=True)))) for point in product(*axes)}


@MANY
@given(tables(), st.data())
def test_exactly_the_facts_that_can_still_change_the_answer_are_missing(made, data):
    table, kinds = made
    facts = data.draw(facts_for(kinds, some=True))
    seen = worlds(table, facts)
    names = [f"x{at}" for at in range(len(kinds))]

    found = decided(table, facts)

    if len(set(seen.values())) == 1:
        assert said(found) == next(iter(seen.values()))
    else:
        matter = [
            name
            for at, name in enumerate(names)
            if any(
                one[:at] == two[:at] and one[at + 1 :] == two[at + 1 :] and seen[one] != seen[two]
                for one, two in product(seen, seen)
            )
        ]
        assert isinstance(found, MissingFacts)
        assert list(found.names) == matter


@MANY
@given(tables(), st.data())
def test_a_decision_on_some_facts_names_only_rules_that_hold_whatever_the_rest_or_may(made, data):
    table, kinds = made
    facts = data.draw(facts_for(kinds, some=True))
    found = decided(table, facts)
    if isinstance(found, Refusal):
        return
    names = [f"x{at}" for at in range(len(kinds))]
    possible = [
        set(tried(table, dict(zip(names, point, strict=True))).rules) for point in worlds(table, facts)
    ]
    certain = set.intersection(*possible)

    assert set(found.rules) == (certain or set().union(*possible))


@MANY
@given(tables(), st.data())
def test_each_counterfactual_example_really_changes_the_answer_and_none_is_left_out(made, data):
    table, kinds = made
    facts = data.draw(facts_for(kinds))
    now = decided(table, facts)
    if isinstance(now, Refusal):
        return
    changes = counterfactual(table, facts)

    for one in changes:
        other = decided(table, {**facts, one.input: one.example})
        assert isinstance(other, Refusal) or other.results != now.results
        assert one.outputs == ({} if isinstance(other, Refusal) else other.outputs)
    told = {one.input for one in changes}
    for pieces in pieces_of(table):
        others = [decided(table, {**facts, pieces.name: value}) for value in pieces.samples(pieces.all)]
        differ = any(isinstance(one, Refusal) or one.results != now.results for one in others)
        assert differ is (pieces.name in told)


@MANY
@given(tables(policies=(HitPolicy.UNIQUE,)), st.data())
def test_a_proven_table_is_never_silent_and_a_gap_always_is(made, data):
    table, kinds = made
    proof = prove(table)
    silent = [point for point, answer in worlds(table, {}).items() if answer[0] == "no-rule-holds"]

    assert proof.status == ("gaps" if silent else "complete")
    for gap in proof.gaps:
        assert isinstance(decided(table, gap.example), NoRule)
    facts = data.draw(facts_for(kinds))
    if proof.status == "complete":
        assert hits_of(table, facts)
    if not proof.overlaps:
        assert len(hits_of(table, facts)) <= 1
    for overlap in proof.overlaps:
        held = {rule.id for rule in hits_of(table, overlap.region.example)}
        assert held >= set(overlap.rules)


@MANY
@given(tables(policies=(HitPolicy.FIRST, HitPolicy.PRIORITY)))
def test_a_rule_without_a_turn_is_exactly_one_that_never_answers(made):
    table, kinds = made
    names = [f"x{at}" for at in range(len(kinds))]
    turns, holds = set(), set()
    for point in worlds(table, {}):
        hits = hits_of(table, dict(zip(names, point, strict=True)))
        holds |= {rule.id for rule in hits}
        if hits and table.hit_policy is HitPolicy.FIRST:
            turns.add(hits[0].id)
        elif hits:
            turns.add(min(hits, key=lambda rule: rank(table.outputs, rule)).id)
    proof = prove(table)

    assert set(proof.shadowed) == holds - turns
    assert set(proof.unreachable) == {rule.id for rule in table.rules} - holds
