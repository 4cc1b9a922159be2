"""The rows of a table: told in Python, as safe as the macros beside them."""

from datetime import UTC, date, datetime
from fractions import Fraction
from types import SimpleNamespace

import pytest
from flask import render_template_string
from markupsafe import Markup

from cii.kernel.money import Chf
from cii.web.choices import called
from cii.web.rows import table_rows
from tests.browser.guide import create_guide

EVIL = '<b onclick="x">'


def told(row, kind="text", **more):
    columns = [{"key": "name", "label": EVIL}, {"key": "value", "label": EVIL, "kind": kind}]
    usual = {"cards": True, "select": None} | more
    return table_rows(
        "fr", columns, [row], lambda kind, value: Markup("<i>{}:{}</i>").format(kind, value), **usual
    )


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", EVIL),
        ("chip", {"tone": EVIL, "label": EVIL}),
        ("link", {"url": EVIL, "label": EVIL}),
        ("light", EVIL),
    ],
)
def test_what_people_typed_stays_text_in_every_kind_of_cell(kind, value):
    row = {"name": EVIL, "value": value, "url": EVIL, "tone": EVIL, "ref": EVIL}

    said = told(row, kind, select=EVIL)

    assert EVIL not in said
    assert "&lt;b onclick=&#34;x&#34;&gt;" in said


def test_an_empty_cell_is_a_dash_and_markup_stands_as_it_is():
    assert '<span class="none">' in told({"name": "A", "value": None})
    assert "<em>B</em>" in told({"name": "A", "value": Markup("<em>B</em>")}, "markup")


def test_a_row_without_one_of_the_columns_is_a_fault():
    with pytest.raises(KeyError):
        told({"name": "A"})


@pytest.mark.parametrize(
    ("kind", "value", "macro"),
    [
        ("money", Chf(123_456), "money_cell(value)"),
        ("number", 12_345, "number_cell(value)"),
        ("percent", Fraction(1, 3), "percent_cell(value)"),
        ("day", date(2026, 10, 15), "day_cell(value)"),
        ("moment", datetime(2026, 10, 15, 6, 30, tzinfo=UTC), "moment_cell(value)"),
        ("chip", {"tone": "good", "label": "l'état"}, "chip(value.label, value.tone)"),
    ],
)
def test_a_cell_told_in_python_is_the_cell_of_the_macro(kind, value, macro):
    name = macro.split("(")[0]
    source = f'{{% from "parts/cells.html" import {name} with context %}}{{{{ {macro} }}}}'
    with create_guide().test_request_context("/"):
        of_the_macro = render_template_string(source, value=value)

    said = told({"name": "A", "value": value}, kind)

    assert f">{of_the_macro.strip()}</td>" in said


def test_a_number_told_already_stands_right_and_one_that_names_stands_left_unbroken():
    assert '<td class="right" data-label' in told({"name": "A", "value": "+2.6"}, "figure", cards=True)
    for kind in ("figure", "code"):
        assert '<span class="num">CH04 9999</span></td>' in told({"name": "A", "value": "CH04 9999"}, kind)
    assert 'class="right"' not in told({"name": "A", "value": "CH04 9999"}, "code")


def test_whom_the_reader_may_not_know_is_told_apart_by_the_placement():
    people = {1: SimpleNamespace(name="Amélie Rochat")}
    known, unknown = (SimpleNamespace(person_id=one, placement_ref="7m6vwyvhdk") for one in (1, 2))

    with create_guide().test_request_context("/"):
        assert called(people, known) == "Amélie Rochat"
        assert called(people, unknown) == "Participant 7m6vwyvhdk"
