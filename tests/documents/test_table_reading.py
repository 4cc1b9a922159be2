"""Workbooks that people bring, as usual and as strange programs write them."""

import re
from datetime import date, datetime, time, timedelta
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils.datetime import MAC_EPOCH

from cii.documents.csv_reading import (
    DoubleColumn,
    EmptyFile,
    FileTooLarge,
    MissingColumns,
    NotATable,
    RowLength,
    Wanted,
)
from cii.documents.table_reading import LockedWorkbook, read_table

COLUMNS = [Wanted("who", ("Qui",)), Wanted("day", ("Jour",)), Wanted("hours", ("Heures",), required=False)]
HEAD = ("Qui", "Jour", "Heures")


def a_book(*rows: tuple[object, ...], change=lambda _: None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book)
    held = BytesIO()
    book.save(held)
    return held.getvalue()


def with_part(data: bytes, name: str, change) -> bytes:
    held = BytesIO()
    with ZipFile(BytesIO(data)) as book, ZipFile(held, "w", ZIP_DEFLATED) as out:
        for one in book.namelist():
            part = book.read(one).decode()
            out.writestr(one, change(part) if one == name else part)
    return held.getvalue()


def read(data: bytes) -> list[tuple[int, str, str, str]]:
    found = read_table(data, COLUMNS)
    assert found.faults == ()
    return [(row.line, row.cells["who"], row.cells["day"], row.cells["hours"]) for row in found.rows]


def test_days_numbers_hours_and_numbers_as_text_are_read_as_a_person_sees_them():
    data = a_book(
        HEAD,
        ("A", date(2026, 11, 2), 7),
        ("B", datetime(2026, 11, 3, 8, 15), 7.5),
        ("C", "04.11.2026", "7,5"),
        (756, date(2026, 11, 5), time(7, 5)),
        (7.0, date(2026, 11, 6), timedelta(hours=31, minutes=30)),
        (True, date(2026, 11, 7), 0.0001),
    )

    assert read(data) == [
        (2, "A", "2026-11-02", "7"),
        (3, "B", "2026-11-03", "7.5"),
        (4, "C", "04.11.2026", "7,5"),
        (5, "756", "2026-11-05", "7:05"),
        (6, "7", "2026-11-06", "31:30"),
        (7, "1", "2026-11-07", "0.0001"),
    ]


def test_a_workbook_that_counts_days_from_1904_names_the_same_days():
    def from_1904(book):
        book.epoch = MAC_EPOCH

    data = a_book(HEAD, ("A", date(2026, 11, 2)), change=from_1904)

    with ZipFile(BytesIO(data)) as book:
        assert 'date1904="1"' in book.read("xl/workbook.xml").decode()
        assert b"<v>44866</v>" in book.read("xl/worksheets/sheet1.xml")
    assert read(data) == [(2, "A", "2026-11-02", "")]


def test_of_a_formula_the_saved_value_counts_and_one_never_computed_is_empty():
    data = with_part(
        a_book(HEAD, ("A", date(2026, 11, 2), "=3+4.5"), ("B", date(2026, 11, 3), "=1/2")),
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace("<f>3+4.5</f><v></v>", "<f>3+4.5</f><v>7.5</v>").replace(
            "<f>3+4.5</f><v />", "<f>3+4.5</f><v>7.5</v>"
        ),
    )

    assert read(data) == [(2, "A", "2026-11-02", "7.5"), (3, "B", "2026-11-03", "")]


def test_lines_are_those_of_the_sheet_though_rows_are_empty_styled_or_merged():
    def as_people_do(book):
        sheet = book.active
        sheet["A4"].value, sheet["B4"].value = "B", date(2026, 11, 3)
        sheet["A5"].value, sheet["B5"].value = "C", date(2026, 11, 4)
        sheet.merge_cells("A5:A6")
        sheet["B6"].value = date(2026, 11, 5)
        for row in range(7, 40):
            sheet.cell(row, 1).font = openpyxl.styles.Font(bold=True)
            sheet.cell(row, 3).value = "  "

    data = a_book(HEAD, ("A", date(2026, 11, 2), None, None), change=as_people_do)

    assert read(data) == [
        (2, "A", "2026-11-02", ""),
        (4, "B", "2026-11-03", ""),
        (5, "C", "2026-11-04", ""),
        (6, "", "2026-11-05", ""),
    ]


def test_the_first_sheet_is_read_and_another_table_there_is_refused_by_its_columns():
    def a_cover(book):
        book.create_sheet("Couverture", 0).append(["Prestataire", "Mois"])

    good = a_book(HEAD, ("A", date(2026, 11, 2)), change=lambda book: book.create_sheet("Autre"))
    covered = a_book(HEAD, ("A", date(2026, 11, 2)), change=a_cover)

    assert len(read(good)) == 1
    with pytest.raises(MissingColumns) as no:
        read_table(covered, COLUMNS)
    assert no.value.facts == {"columns": "Qui, Jour"}


def test_a_column_twice_is_refused_and_a_cell_beyond_the_head_is_a_fault_of_its_line():
    twice = a_book(("Qui", "Jour", "JOUR"), ("A", date(2026, 11, 2), 7))
    beyond = a_book(HEAD, ("A", date(2026, 11, 2), 7, "note"), ("B", date(2026, 11, 3), 7))

    with pytest.raises(DoubleColumn):
        read_table(twice, COLUMNS)
    found = read_table(beyond, COLUMNS)

    assert [(one.line, type(one.reason), one.reason.facts) for one in found.faults] == [
        (2, RowLength, {"expected": 3, "found": 4})
    ]
    assert [row.line for row in found.rows] == [3]


def test_a_day_that_no_calendar_has_is_left_to_the_reader_of_its_column():
    data = with_part(
        a_book(HEAD, ("A", date(2026, 11, 2))),
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace("<v>46328</v>", "<v>99999999</v>"),
    )

    assert read(data) == [(2, "A", "#VALUE!", "")]


def test_a_workbook_with_macros_is_read_without_them():
    data = with_part(
        a_book(HEAD, ("A", date(2026, 11, 2))),
        "[Content_Types].xml",
        lambda part: part.replace(
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        ),
    )

    assert read(data) == [(2, "A", "2026-11-02", "")]


def test_a_sheet_whose_written_size_is_wrong_is_read_whole():
    data = with_part(
        a_book(HEAD, ("A", date(2026, 11, 2)), ("B", date(2026, 11, 3))),
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace('ref="A1:C3"', 'ref="A1"'),
    )

    assert [line for line, *_ in read(data)] == [2, 3]


def test_a_workbook_under_a_password_or_of_an_old_program_is_told_so():
    with pytest.raises(LockedWorkbook):
        read_table(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504, COLUMNS)


def test_a_file_that_unpacks_beyond_all_measure_is_refused_before_it_is_unpacked():
    held = BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as out, out.open("xl/worksheets/sheet1.xml", "w") as part:
        for _ in range(61):
            part.write(b" " * 1_000_000)

    assert len(held.getvalue()) < 100_000
    with pytest.raises(FileTooLarge):
        read_table(held.getvalue(), COLUMNS)
    with pytest.raises(FileTooLarge):
        read_table(a_book(HEAD), COLUMNS, max_bytes=100)


def bombed(text: str) -> str:
    """The part with an entity of entities, in place of the first text or number."""
    head, _, rest = text.partition("?>")
    entities = '<!DOCTYPE x [<!ENTITY a "1111"><!ENTITY b "&a;&a;&a;">]>'
    planted = re.sub("<(t|v)>[^<]+<", r"<\1>&b;<", rest, count=1)
    return f"{head}?>{entities}{planted}"


def a_written_book() -> bytes:
    """As other programs write: texts stand apart from the sheet."""
    held = BytesIO()
    with xlsxwriter.Workbook(held) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("Qui", "Jour"))
        sheet.write_row(1, 0, ("A", "04.11.2026"))
    return held.getvalue()


def test_texts_that_stand_apart_from_the_sheet_are_read():
    assert read(a_written_book()) == [(2, "A", "04.11.2026", "")]


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("xl/sharedStrings.xml", bombed),
        ("xl/worksheets/sheet1.xml", bombed),
        ("xl/workbook.xml", lambda text: text[:-20]),
        ("xl/worksheets/sheet1.xml", lambda text: text.replace("<v>0</v>", "<v>9</v>")),
    ],
    ids=["entities in texts", "entities in the sheet", "cut", "a text that is not there"],
)
def test_a_broken_or_malicious_workbook_is_no_table(part, change):
    data = with_part(a_written_book(), part, change)

    with pytest.raises(NotATable):
        read_table(data, COLUMNS)


def test_other_packed_files_are_no_table_and_an_empty_sheet_is_an_empty_file():
    held = BytesIO()
    with ZipFile(held, "w") as out:
        out.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")

    with pytest.raises(NotATable):
        read_table(held.getvalue(), COLUMNS)
    with pytest.raises(NotATable):
        read_table(b"PK\x03\x04 and then nothing", COLUMNS)
    with pytest.raises(EmptyFile):
        read_table(a_book(), COLUMNS)


def test_a_bad_value_names_the_line_where_reading_ended():
    data = with_part(
        a_book(HEAD, ("A", date(2026, 11, 2)), ("B", date(2026, 11, 3), 7)),
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace("<v>7</v>", "<v>sept</v>"),
    )

    with pytest.raises(NotATable) as no:
        read_table(data, COLUMNS)

    assert no.value.facts == {"line": 3}
