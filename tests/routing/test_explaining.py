"""Why a decision came out as it did, for those who may know."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from cii.decisions.rulebook import parse_table
from cii.kernel.errors import UnknownThing
from cii.routing.explaining import _changes, explanation, explanations
from cii.routing.fact_sections import SECTION_OF
from cii.store.work import HOUSE
from cii.workflow.actions import decide
from cii.workflow.decided import kept_as
from cii.workflow.tables import WfDecision
from tests.routing.build_routing import WORKFLOWS, a_town, an_announced

PREGNANT = {
    "age": 20, "in_canton": True, "already_followed": False, "problems": 3, "able_to_work": True,
    "grave_psychic_disorder": False, "addiction": False, "pregnancy": True,
}  # fmt: skip


@pytest.fixture
def town(work):
    return a_town(work)


def a_decision(hand, case, table="youth-admissibility", facts=PREGNANT, **more):
    return decide(
        replace(hand, actor=HOUSE), table, facts, subject="case", subject_id=case.id, person_id=case.person_id,
        case_id=case.id, **more,
    ).row  # fmt: skip


def test_a_decision_names_rules_facts_law_and_what_would_change_it(town):
    orp = town.hands["ORP"]
    case = an_announced(orp).case

    triage = next(one for one in explanations(orp, case.id, case.person_id) if one.table == "triage")

    assert triage.rules == ("T8",)
    assert triage.inputs["age"] == 46
    assert (triage.version, triage.legal_basis[0], triage.by) == (1, "LACI 85f", orp.actor.name)
    assert "Réseau CII" in triage.why[0]["fr"]
    changes = {(one.fact, one.needed, one.outputs.get("path")) for one in triage.changes}
    assert ("age", "< 30", "youth-case-management") in changes
    assert ("in_perimeter", "no", "everyday-cii") in changes


def test_each_fact_says_where_it_came_from(town):
    orp = town.hands["ORP"]
    case = an_announced(orp).case
    sources = {"age": {"kind": "identity", "on": orp.today}, "in_canton": "status", "unasked": "grid"}

    row = a_decision(orp, case, facts={**PREGNANT, "age": 31}, sources=sources)

    found = explanation(orp, row.ref)
    assert found.sources == {
        "age": {"kind": "identity", "on": orp.today.isoformat()},
        "in_canton": {"kind": "status"},
    }


def test_a_medical_fact_is_not_shown_nor_what_gives_it_away(town):
    orp = town.hands["ORP"]
    case = an_announced(orp).case
    row = a_decision(orp, case)

    found = explanation(orp, row.ref)

    assert found.hidden
    assert "pregnancy" not in found.inputs
    assert (found.rules, found.why, found.changes) == ((), (), ())
    assert found.outputs == {"admissible": False}


def test_who_reads_the_medical_section_sees_all_of_it(town):
    case = an_announced(town.hands["ORP"]).case
    row = a_decision(town.hands["ORP"], case)

    found = explanation(town.hands["doctor"], row.ref)

    assert found.rules == ("Y8",)
    assert found.outputs["reason"] == "pregnancy"
    assert not found.hidden


def test_what_would_change_it_never_names_a_closed_fact(town):
    orp = town.hands["ORP"]
    case = an_announced(orp).case
    row = a_decision(orp, case, facts={**PREGNANT, "age": 31})

    found = explanation(orp, row.ref)

    assert found.rules == ("Y1",)
    assert {one.fact for one in found.changes} <= {
        "age",
        "in_canton",
        "already_followed",
        "problems",
        "able_to_work",
    }
    assert "pregnancy" not in repr([one.outputs for one in found.changes])


def test_who_does_not_see_the_case_does_not_see_its_decisions(town):
    case = an_announced(town.hands["ORP"]).case
    row = a_decision(town.hands["ORP"], case)

    for name in ("stranger", "group"):
        with pytest.raises(UnknownThing):
            explanation(town.hands[name], row.ref)
    with pytest.raises(UnknownThing):
        explanation(town.hands["ORP"], "0000000000")


def test_a_decision_is_kept_and_cannot_be_changed_or_deleted(work, town):
    case = an_announced(town.hands["ORP"]).case
    row = a_decision(town.hands["ORP"], case)

    for statement in ("DELETE FROM wf_decision", "UPDATE wf_decision SET sources = '{}'"):
        with pytest.raises(DBAPIError, match="append-only"), work.session.begin_nested():
            work.session.connection().execute(text(statement))
    assert work.session.exec(select(WfDecision.ref).where(col(WfDecision.ref) == row.ref)).one() == row.ref


def test_every_fact_of_a_shipped_table_about_persons_has_its_section():
    about_persons = {"detection", "triage", "lead-institution", "youth-admissibility", "ne-eso-screen"}
    asked = set()
    for file in (WORKFLOWS / "decisions").glob("*.md"):
        table = parse_table(file.read_text(encoding="utf-8"), file.name)
        if table.id in about_persons:
            asked |= {one.name for one in table.inputs}

    assert asked <= SECTION_OF.keys()


def test_a_rule_on_a_closed_fact_does_not_hide_behind_the_sentence_of_another(town):
    orp = town.hands["ORP"]
    row = a_decision(orp, an_announced(orp).case, facts={**PREGNANT, "age": 31})
    words = WORKFLOWS.joinpath("decisions/youth-admissibility.md").read_text(encoding="utf-8")
    shared = parse_table(words.replace('"pregnancy" | pregnancy |', '"pregnancy" | admitted |'), "shared.md")
    kept = replace(kept_as(orp, row.ref), law=shared)

    told = [one.fact for one in _changes(shared, kept, frozenset())]
    closed = [one.fact for one in _changes(shared, kept, frozenset({"pregnancy"}))]

    assert "age" in told
    assert "age" not in closed
