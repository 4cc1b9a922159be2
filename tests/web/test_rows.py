"""The rows of a table: told in Python, as safe as the macros beside them."""

import pytest
from markupsafe import Markup

from cii.web.rows import table_rows

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
