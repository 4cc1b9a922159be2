"""The dictionary and the schema of each kind of report agree with the files that the kind makes."""

import json
from datetime import timedelta

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from cii.kernel.span import Span
from cii.reports.actions import freeze
from cii.reports.files import Head, made
from cii.reports.meanings import dictionary, schema
from cii.reports.queries import preview, render, render_draft
from cii.reports.readers import Readers
from cii.reports.registry import KINDS
from cii.reports.vocabulary import FileFormat, ReportKind
from tests.coordination.build_coordination import the_group
from tests.reports.stage import Q3, a_quarter

PERIODS = {"month": "2026-09", "quarter": "2026-Q3", "year": "2026"}
UNSCOPED = ["quarterly", "monthly", "annual", "ceiling", "unit_prices"]


@pytest.fixture
def market(work):
    return a_quarter(work)


def checked(kind, data):
    Draft202012Validator(schema(KINDS[kind]), format_checker=FormatChecker()).validate(json.loads(data))


@pytest.mark.parametrize("kind", KINDS)
def test_every_schema_is_one(kind):
    Draft202012Validator.check_schema(schema(KINDS[kind]))


def test_a_frozen_issue_keeps_the_schema_for_every_reader(work, market):
    issue = freeze(the_group(work), Q3)

    for readers in (Readers(whole=True), Readers(), Readers(frozenset({"SEMP"}))):
        checked(ReportKind.QUARTERLY, render(work, issue, "json", "fr", readers))
    checked(ReportKind.QUARTERLY, render_draft(work, Q3, "json", "fr", work.now - timedelta(days=30)))


@pytest.mark.parametrize("name", UNSCOPED)
def test_a_draft_of_every_kind_keeps_its_schema(work, market, name):
    kind = KINDS[ReportKind(name)]
    group = the_group(work)

    values = preview(group, Span.parse(PERIODS[kind.span]), kind=kind.name)
    checked(kind.name, made(values, Head(group.now), FileFormat.JSON, "fr"))


def test_another_form_is_not_the_schema(work, market):
    issue = freeze(the_group(work), Q3)
    told = json.loads(render(work, issue, "json", "fr", Readers(whole=True)))

    for path, wrong in (
        (("values", "total", "cost"), 12),
        (("values", "total", "exits"), "3"),
        (("values", "kind"), "annual"),
        (("report", "sha256"), "0"),
    ):
        changed = json.loads(json.dumps(told))
        at = changed
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = wrong
        with pytest.raises(ValidationError):
            checked(ReportKind.QUARTERLY, json.dumps(changed))


def test_every_number_of_a_pack_stands_in_its_dictionary(work, market):
    kind = KINDS[ReportKind.QUARTERLY]
    values = preview(the_group(work), Q3)
    rows = {(row[0], row[1]): row for row in dictionary(kind).rows}

    assert {(one.section, one.name) for one in kind.figures(values)} <= set(rows)
    assert rows["lines", "occupancy"][2:6] == ["share of one", "Occupation", "Belegung", "Occupancy"]
    assert "entrée" in rows["lines", "occupied_days"][6]
    assert [row[1] for row in dictionary(kind).rows[:5]] == ["section", "key", "figure", "value", "state"]
