"""Tables that people bring, as CSV or as a workbook: read alike, faults by line and column.

Of a workbook the first sheet is read; days come as ISO dates, numbers with a point, hours as 7:30. Formulas
and macros are not run: the value that was saved counts. Sizes are bounded before unpacking.
"""

import warnings
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from cii.documents.csv_reading import (
    MAX_BYTES,
    EmptyFile,
    FileTooLarge,
    NotATable,
    Rows,
    Wanted,
    read_rows,
    rows_under,
)
from cii.kernel.errors import Refusal

_UNPACKED = 60_000_000
"""More than any attendance of a year unpacks to."""
_ZIP = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a workbook under a password begins, and one of the years before 2007."""
_LONGEST, _WIDEST = 1_048_576, 200


class LockedWorkbook(Refusal):
    """The workbook is under a password, or of the old format that nobody writes since 2007."""

    code, kind = "locked-workbook", "unfit"


def read_table(data: bytes, columns: Sequence[Wanted], *, max_bytes: int = MAX_BYTES) -> Rows:
    """The rows under the wanted columns, of a CSV file or of the first sheet of a workbook.

    Refuses the whole file: EmptyFile, FileTooLarge, NulCharacter, NotATable, LockedWorkbook, MissingColumns,
    DoubleColumn.
    """
    if data.startswith(_COMPOUND):
        raise LockedWorkbook
    if not data.startswith(_ZIP):
        return read_rows(data, columns, max_bytes=max_bytes)
    if len(data) > max_bytes:
        raise FileTooLarge(megabytes=max_bytes // 1_000_000)
    _bounded(data)
    records = _records(data)
    if not records:
        raise EmptyFile
    width = len(records[0][1])
    return rows_under(((line, cells + [""] * (width - len(cells))) for line, cells in records), columns)


def _bounded(data: bytes) -> None:
    try:
        with ZipFile(BytesIO(data)) as book:
            unpacked = sum(one.file_size for one in book.infolist())
    except (BadZipFile, NotImplementedError, ValueError) as no:
        raise NotATable(line=1) from no
    if unpacked > _UNPACKED:
        raise FileTooLarge(megabytes=_UNPACKED // 1_000_000)


def _records(data: bytes) -> list[tuple[int, list[str]]]:
    """Each row that is not blank, with its number in the sheet, without the empty cells at its end."""
    from openpyxl import load_workbook  # noqa: PLC0415 - a tenth of a second that no start waits for

    records, at = list[tuple[int, list[str]]](), 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what the library would leave out when writing
            book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # some programs write them wrong
            rows = sheet.iter_rows(max_row=_LONGEST, max_col=_WIDEST, values_only=True)
            for at, row in enumerate(rows, start=1):
                if cells := _cells(row):
                    records.append((at, cells))
    except Exception as no:  # a strange file fails in ways that the library does not name
        raise NotATable(line=at + 1) from no
    return records


def _cells(row: Sequence[object]) -> list[str]:
    filled = max((at for at, cell in enumerate(row, start=1) if cell is not None), default=0)
    cells = [_text(cell).strip() for cell in row[:filled]]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(cell: object) -> str:  # noqa: PLR0911 - a sentence per kind of value
    match cell:
        case None:
            return ""
        case bool():
            return str(int(cell))
        case float():
            return format(Decimal(int(cell) if cell.is_integer() else repr(cell)), "f")
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case time():
            return f"{cell.hour}:{cell.minute:02}"
        case timedelta():
            minutes = round(cell.total_seconds() / 60)
            return f"{minutes // 60}:{minutes % 60:02}"
        case _:
            return str(cell)
