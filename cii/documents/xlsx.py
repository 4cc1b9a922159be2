"""XLSX workbooks: real dates and numbers, no formulas, the same bytes for the same values.

Money is written as a number with two decimals. Excel counts in binary doubles and keeps 15 digits: a sum of
at most 15 digits comes back to the centime, a larger one (ten thousand billion francs) is the caller's fault.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Any, BinaryIO

import xlsxwriter

from cii.documents.table import Cell, Column, Kind, Status, Table, readable, shown_as
from cii.kernel.clock import ZURICH
from cii.kernel.money import Chf

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Sheet = Table
"""A table is a sheet: its title is the sheet's name, its columns the frozen and filtered head."""

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": False,
}
_EXACT_CENTIMES = 10**15
_EXACT_INTEGER = 10**15
_LONGEST_TEXT = 32_767
_FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_NUMBER_FORMATS: Mapping[Kind, str] = {
    "integer": "#,##0",
    "number": "#,##0.####",
    "money": "#,##0.00",
    "percent": "0.0%",
    "date": "dd.mm.yyyy",
    "moment": "dd.mm.yyyy hh:mm",
}
_WIDTHS: Mapping[Kind, int] = {"text": 28, "status": 18, "money": 16, "moment": 18}
_PROPERTIES = frozenset({"title", "subject", "author", "company", "category", "keywords", "comments"})


def workbook(
    sheets: Sequence[Sheet], created: datetime, properties: Mapping[str, str] | None = None
) -> bytes:
    """The workbook with one sheet per table, in order; `created` (aware) stands for the present moment.

    `properties`: title, subject, author, company, category, keywords, comments.
    """
    properties = properties or {}
    if unknown := properties.keys() - _PROPERTIES:
        raise ValueError(f"no such property of a workbook: {', '.join(sorted(unknown))}")
    stamp = created.astimezone(UTC).replace(tzinfo=None)
    held = BytesIO()
    with xlsxwriter.Workbook(held, _OPTIONS) as book:
        book.set_properties({**properties, "created": stamp})
        formats = _formats(book)
        for name, sheet in zip(sheet_names(sheets), sheets, strict=True):
            _write(book.add_worksheet(name), sheet, formats)
    return held.getvalue()


def write_rows(  # noqa: PLR0917 - a sheet's name, head and rows
    out: BinaryIO,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    created: datetime,
    more: Sequence[Sheet] = (),
) -> None:
    """A workbook with one long sheet into an open file, row by row, and further sheets behind it.

    At most 1,048,575 rows, which the caller knows before.
    """
    head = Table(title, columns, ())
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"created": created.astimezone(UTC).replace(tzinfo=None)})
        formats = _formats(book)
        names = sheet_names([head, *more])
        page = book.add_worksheet(names[0])
        _write(page, head, formats)
        looks = [formats[shown_as(column, 0), False] for column in columns]
        for line, row in enumerate(rows, start=1):
            for at, cell in enumerate(row):
                look = formats["text", False] if isinstance(cell, str) else looks[at]
                _cell(page, line, at, cell, look)
        for name, sheet in zip(names[1:], more, strict=True):
            _write(book.add_worksheet(name), sheet, formats)


def sheet_names(sheets: Sequence[Sheet]) -> list[str]:
    """Names that spreadsheet programs accept: 31 characters, no brackets or slashes, no name twice."""
    names: list[str] = []
    for sheet in sheets:
        base = " ".join(sheet.title.translate(_FORBIDDEN_IN_NAMES).split()).strip("'")[:31] or "1"
        name, n = base, 1
        while name.casefold() in {used.casefold() for used in names}:
            n += 1
            name = f"{base[: 31 - len(f' {n}')]} {n}"
        names.append(name)
    return names


def _formats(book: Any) -> dict[tuple[Kind | None, bool], Any]:  # noqa: ANN401 - the library is untyped
    base = {"valign": "top"}
    total = {"bold": True, "top": 1}
    formats: dict[tuple[Kind | None, bool], Any] = {
        (None, False): book.add_format({"bold": True, "bottom": 1, "valign": "vcenter", "text_wrap": True}),
        ("text", False): book.add_format({**base, "text_wrap": True}),
        ("text", True): book.add_format({**base, **total}),
    }
    for kind, number_format in _NUMBER_FORMATS.items():
        formats[kind, False] = book.add_format({**base, "num_format": number_format})
        formats[kind, True] = book.add_format({**base, **total, "num_format": number_format})
    formats["status", False], formats["status", True] = formats["text", False], formats["text", True]
    return formats


def _write(page: Any, sheet: Sheet, formats: Mapping[tuple[Kind | None, bool], Any]) -> None:  # noqa: ANN401
    last = max(len(sheet.columns) - 1, 0)
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width or _width(column))
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, len(sheet.rows), last)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    for at, column in enumerate(sheet.columns):
        page.write_string(0, at, readable(column.title), formats[None, False])
    lines = [(row, False) for row in sheet.rows] + ([(sheet.totals, True)] if sheet.totals else [])
    for line, (row, total) in enumerate(lines, start=1):
        for at, (column, cell) in enumerate(zip(sheet.columns, row, strict=True)):
            _cell(page, line, at, cell, formats[shown_as(column, cell), total])


def _width(column: Column) -> int:
    return max(_WIDTHS.get(column.kind, 12), min(len(column.title) + 4, 32))


def _cell(page: Any, line: int, at: int, cell: Cell, look: Any) -> None:  # noqa: ANN401
    match cell:
        case None:
            page.write_blank(line, at, None, look)
        case bool():
            page.write_boolean(line, at, cell, look)
        case str() | Status():
            text = readable(cell if isinstance(cell, str) else cell.words)
            if len(text) > _LONGEST_TEXT:
                raise ValueError(f"a cell holds at most {_LONGEST_TEXT} characters")
            page.write_string(line, at, text, look)
        case datetime():
            page.write_datetime(line, at, cell.astimezone(ZURICH).replace(tzinfo=None), look)
        case date():
            page.write_datetime(line, at, cell, look)
        case _:
            page.write_number(line, at, _number(cell), look)


def _number(cell: int | Decimal | Fraction | Chf) -> float:
    """The double nearest to the value; exact to the centime, or refused."""
    if isinstance(cell, Chf):
        if abs(cell.centimes) >= _EXACT_CENTIMES:
            raise ValueError(f"{cell} has more digits than a spreadsheet keeps")
        return cell.centimes / 100
    if isinstance(cell, int) and abs(cell) >= _EXACT_INTEGER:
        raise ValueError(f"{cell} has more digits than a spreadsheet keeps")
    return float(cell)
