"""Word files: templates filled, nothing brought in by values, the same bytes twice."""

import io
from datetime import UTC, datetime

import pytest
from docx import Document
from jinja2 import UndefinedError

from cii.documents.docx import MEDIA_TYPE, fill
from cii.documents.store import sniff
from cii.documents.table import NulCharacter

AT = datetime(2026, 10, 15, 8, tzinfo=UTC)


@pytest.fixture
def template(tmp_path):
    page = Document()
    page.add_heading("{{ title }}")
    page.add_paragraph("{%p for item in items %}")
    page.add_paragraph("{{ item.name }}: {{ item.text }}")
    page.add_paragraph("{%p endfor %}")
    place = tmp_path / "page.docx"
    page.save(place)
    return place


def texts(data):
    return [one.text for one in Document(io.BytesIO(data)).paragraphs]


def test_marks_are_filled_and_lines_break(template):
    data = fill(
        template,
        {
            "title": "Séance du 24 septembre",
            "items": [{"name": 1, "text": "un\ndeux"}, {"name": 2, "text": ""}],
        },
        created=AT,
    )

    assert texts(data) == ["Séance du 24 septembre", "1: un\ndeux", "2: "]
    assert sniff(data) == MEDIA_TYPE


def test_values_bring_neither_marks_nor_markup_in(template):
    odd = ["{{ title }}", "{% for x in y %}", "<w:br/>&amp;", "=1+1", 'HYPERLINK("x")', "cloche\x07fin"]
    data = fill(
        template, {"title": "A & B", "items": [{"name": "n", "text": one} for one in odd]}, created=AT
    )

    assert texts(data)[1:] == [f"n: {one}".replace("\x07", "") for one in odd]


def test_the_same_values_give_the_same_bytes_and_one_date(template):
    values = {"title": "T", "items": []}
    first, again = fill(template, values, created=AT), fill(template, values, created=AT)

    assert first == again
    told = Document(io.BytesIO(first)).core_properties
    assert (told.created, told.modified, told.author) == (AT, AT, "CII")


def test_a_mark_without_a_value_and_a_nul_are_refused(template):
    with pytest.raises(UndefinedError):
        fill(template, {"title": "T"}, created=AT)
    with pytest.raises(NulCharacter):
        fill(template, {"title": "a\0b", "items": []}, created=AT)
