from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cii.documents import xlsx
from cii.documents.table import Column, NulCharacter, Status, Table
from cii.kernel.money import Chf

MADE = datetime(2026, 10, 12, 9, 30, tzinfo=UTC)


def opened(*tables, **properties):
    return openpyxl.load_workbook(BytesIO(xlsx.workbook(tables, MADE, properties)))


def test_totals_of_the_sheet_are_the_totals_of_the_rows(places):
    sheet = opened(places).worksheets[0]

    *rows, total = sheet.iter_rows(min_row=2, values_only=True)

    assert len(rows) == 40
    assert sum(Chf.rounded(Fraction(str(row[4])) * 100).centimes for row in rows) == round(total[4] * 100)
    assert sum(row[2] for row in rows) == total[2]


def test_days_numbers_and_shares_stay_what_they_are(places):
    row = next(opened(places).worksheets[0].iter_rows(min_row=2))

    assert row[5].value == datetime(2026, 7, 2)
    assert row[5].number_format == "dd.mm.yyyy"
    assert row[2].value == 13
    assert row[4].value == 12345.72
    assert row[4].number_format == "#,##0.00"
    assert row[3].value == pytest.approx(3 / 97)
    assert row[6].value == "à surveiller"


def test_moments_are_written_in_swiss_time():
    table = Table("A", [Column("Quand", "moment")], [(MADE,)])

    assert opened(table).worksheets[0]["A2"].value == datetime(2026, 10, 12, 11, 30)


@given(st.integers(1 - 10**15, 10**15 - 1))
def test_every_sum_comes_back_to_the_centime(centimes):
    table = Table("A", [Column("CHF", "money")], [(Chf(centimes),)])

    assert round(Decimal(repr(opened(table).worksheets[0]["A2"].value)) * 100) == centimes


def test_a_sum_of_more_digits_than_a_spreadsheet_keeps_is_a_fault():
    with pytest.raises(ValueError, match="more digits"):
        xlsx.workbook([Table("A", [Column("CHF", "money")], [(Chf(10**15),)])], MADE)


@pytest.mark.parametrize(
    "text", ["=1+1", "+41 32 889 00 00", "-1", "@SUM(A1)", "\t=1", "https://example.ch", "{=1}"]
)
def test_text_never_becomes_a_formula_or_a_link(text):
    cell = opened(Table("A", [Column("Texte")], [(text,)])).worksheets[0]["A2"]

    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_the_head_is_frozen_and_filtered_without_the_totals(places):
    sheet = opened(places).worksheets[0]

    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:G41"
    assert sheet.column_dimensions["A"].width == pytest.approx(48, abs=1)


def test_the_same_values_give_the_same_bytes(places):
    assert xlsx.workbook([places], MADE, {"title": "T"}) == xlsx.workbook([places], MADE, {"title": "T"})


def test_the_workbook_bears_its_title_and_its_date(places):
    properties = opened(places, title="Rapport", author="Groupe de coordination").properties

    assert properties.title == "Rapport"
    assert properties.creator == "Groupe de coordination"
    assert properties.created == datetime(2026, 10, 12, 9, 30)


def test_an_unknown_property_is_a_fault(places):
    with pytest.raises(ValueError, match="no such property"):
        xlsx.workbook([places], MADE, {"titel": "x"})


def test_sheet_names_are_short_without_brackets_and_unique():
    tables = [
        Table(title, [Column("A")], []) for title in ("Coûts [CHF]: AC/AI", "x" * 40, "X" * 40, "", "'")
    ]

    assert xlsx.sheet_names(tables) == ["Coûts CHF AC AI", "x" * 31, "X" * 29 + " 2", "1", "1 2"]


def test_an_empty_cell_a_yes_and_a_state_are_written():
    table = Table("A", [Column("A"), Column("B"), Column("C", "status")], [(None, True, Status("ouvert"))])

    assert next(opened(table).worksheets[0].iter_rows(min_row=2, values_only=True)) == (None, True, "ouvert")


def test_nul_and_endless_texts_are_not_written():
    with pytest.raises(NulCharacter):
        xlsx.workbook([Table("A", [Column("A")], [("a\0",)])], MADE)
    with pytest.raises(ValueError, match="32767"):
        xlsx.workbook([Table("A", [Column("A")], [("a" * 32_768,)])], MADE)


def test_a_row_of_another_length_is_a_fault():
    with pytest.raises(ValueError, match="2 cells under 1 columns"):
        Table("A", [Column("A")], [("a", "b")])
