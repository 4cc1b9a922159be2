"""What the database does for a search: it goes through the index of words, on both engines."""

from datetime import date

import pytest

from cii.cases.actions import open_case
from cii.cases.vocabulary import CasePath
from cii.people.actions import AttachPerson, attach_person
from cii.search import queries
from cii.search.rules import asked
from cii.store.work import Work
from tests.cases.build_cases import a_network


def plan(work: Work, made, values) -> str:
    """How the database means to answer a ready statement, in its words."""
    connection = work.session.connection()
    lite = connection.dialect.name == "sqlite"
    if not lite:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    told = made._told(connection.dialect)
    given = told.values({**made._fixed[connection.dialect], **values})
    rows = connection.exec_driver_sql(f"EXPLAIN {'QUERY PLAN' if lite else ''} {told.sql}", given)
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize("text", ["mul", "zo mul", "cii-"])
def test_names_and_numbers_are_found_by_their_index(work: Work, text):
    net = a_network(work)
    person = attach_person(work, AttachPerson(None, "Müller", "Zoé", date(1990, 1, 1)), net.units["AC"].id)
    open_case(
        work, person_id=person.id, path=CasePath.EVERYDAY, opened_by_unit_id=net.units["AC"].id,
        lead_unit_id=net.units["AC"].id,
    )  # fmt: skip
    actor, ask = net.hands["AC"].actor, asked(text)
    values = {"now": work.now, "rows": 11, **queries._words(ask, None)}
    queries.find(net.hands["AC"], text)

    persons = plan(work, queries._by_name(actor, len(ask.words)), values)
    cases = plan(work, queries._of_cases(actor, len(ask.words), ask.number is not None, False), values)

    for said in (persons, cases):
        assert "identity_word USING PRIMARY KEY (unit_id=? AND word>? AND word<?)" in said or (
            "pk_identity_word" in said
        )
        assert "SCAN identity" not in said
        assert "Seq Scan on identity_word" not in said
    if ask.number is not None:
        assert "case_file_1" in cases or "uq_case_file_number" in cases or "number>?" in cases
