"""The rows of which an issue was made, as they are kept."""

import gzip
import json
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import select

from cii.documents import store
from cii.people.tables import Person
from cii.placements.tables import Placement
from cii.reports.actions import freeze, sweep_files
from cii.reports.frozen import NotDerived, assure, fingerprint, packed, rows_of, unpacked
from cii.reports.queries import folder
from cii.reports.registry import KINDS
from cii.reports.tables import ReportInput
from cii.reports.vocabulary import ReportKind
from tests.coordination.build_coordination import the_group
from tests.reports.stage import Q3, a_quarter

QUARTERLY = KINDS[ReportKind.QUARTERLY]


@pytest.fixture
def market(work):
    return a_quarter(work)


def kept(work, issue):
    rows = work.session.exec(select(ReportInput).where(ReportInput.issue_id == issue.id)).all()
    return {row.name: row for row in rows}


def test_an_issue_keeps_every_row_of_which_it_was_made(work, market):
    issue = freeze(the_group(work), Q3)

    tables = kept(work, issue)
    stays = gzip.decompress(store.get(folder(work), tables["stays"].sha256)).decode().splitlines()

    assert (tables["stays"].rows, tables["attendance"].rows) == (9, 7)
    assert {json.loads(line)["ref"] for line in stays} == set(work.session.exec(select(Placement.ref)))
    assert json.loads(stays[0]).keys() == {
        "ref", "measure", "line", "starts_on", "started_on", "last", "ended_on", "exit_type",
    }  # fmt: skip
    assert issue.input_sha256 == fingerprint(packed(QUARTERLY.facts(work, Q3, "", issue.known_at)))


def test_the_dated_numbers_used_are_kept(work, market):
    tables = kept(work, freeze(the_group(work), Q3))

    numbers = rows_of(unpacked(store.get(folder(work), tables["parameters"].sha256)))
    assert {row["name"]: (row["value"], row["day"]) for row in numbers} == {
        "exit_durable_from_months": (6, "2026-09-30"),
        "report_deadline_months": (work.parameter("report_deadline_months", Q3.period.last), "2026-09-30"),
        "small_cell_minimum": (5, "2026-09-30"),
    }


def test_no_person_is_named_in_the_rows(work, market):
    issue = freeze(the_group(work), Q3)

    lines = b"".join(
        unpacked(store.get(folder(work), one.sha256)) for one in kept(work, issue).values()
    ).decode()
    persons = work.session.exec(select(Person)).all()
    assert len(persons) == 10
    assert not [person.ref for person in persons if person.ref in lines]


def test_rows_that_do_not_give_the_values_are_found_before_anything_is_kept(work, market):
    facts = QUARTERLY.facts(work, Q3, "", work.now)
    tables = packed(facts)
    fewer = packed({**facts, "stays": facts["stays"][1:]})

    with pytest.raises(NotDerived):
        assure(QUARTERLY, [replace(one, data=less.data) for one, less in zip(tables, fewer, strict=True)], "")


def test_kept_rows_never_change_and_are_not_swept(work, market):
    issue = freeze(the_group(work), Q3)

    sweep_files(work)
    assert all(store.get(folder(work), one.sha256) for one in kept(work, issue).values())
    with pytest.raises(DatabaseError, match="append-only"), work.session.begin_nested():
        work.session.execute(text("UPDATE report_input SET rows = 0 WHERE issue_id = :id"), {"id": issue.id})
