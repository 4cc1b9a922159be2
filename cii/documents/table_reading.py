"""Tables that people bring, as CSV or as a workbook: read alike, faults by line and column.

Of a workbook the first sheet is read; days come as ISO dates, numbers with a point. Formulas are not
computed: the value that was saved counts. XML is read without entities, sizes are bounded before unpacking.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError
from zipfile import BadZipFile, ZipFile

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

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

_UNPACKED = 60_000_000
"""More than any attendance of a year unpacks to."""
_ZIP = b"PK\x03\x04"
_FIRST_DAY = date(1899, 12, 30)
_DATES = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)})
"""Built-in formats of days."""
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_WIDEST = 200


def read_table(data: bytes, columns: Sequence[Wanted], *, max_bytes: int = MAX_BYTES) -> Rows:
    """The rows under the wanted columns, of a CSV file or of the first sheet of a workbook.

    Refuses the whole file: EmptyFile, FileTooLarge, NulCharacter, NotATable, MissingColumns, DoubleColumn.
    """
    if not data.startswith(_ZIP):
        return read_rows(data, columns, max_bytes=max_bytes)
    if len(data) > max_bytes:
        raise FileTooLarge(megabytes=max_bytes // 1_000_000)
    records = _records(data)
    if not records:
        raise EmptyFile
    width = max(len(cells) for _, cells in records[:1])
    return rows_under(((line, _fitted(cells, width)) for line, cells in records), columns)


def _fitted(cells: list[str], width: int) -> list[str]:
    """The cells under the head: a sheet leaves empty ones out and may hold empty ones beyond."""
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    return [*cells, *[""] * (width - len(cells))]


def _records(data: bytes) -> list[tuple[int, list[str]]]:
    try:
        with ZipFile(BytesIO(data)) as book:
            if sum(one.file_size for one in book.infolist()) > _UNPACKED:
                raise FileTooLarge(megabytes=_UNPACKED // 1_000_000)
            names = set(book.namelist())
            shared = _strings(_part(book, "xl/sharedStrings.xml", names))
            dated = _dated(_part(book, "xl/styles.xml", names))
            sheet = _part(book, _first_sheet(book, names), names)
    except (
        BadZipFile,
        ParseError,
        DefusedXmlException,
        KeyError,
        ValueError,
        NotImplementedError,
        StopIteration,
    ) as no:
        raise NotATable(line=1) from no
    if sheet is None:
        raise NotATable(line=1)
    return [row for row in _rows(sheet, shared, dated) if any(cell.strip() for cell in row[1])]


def _part(book: ZipFile, name: str, names: set[str]) -> Element | None:
    return fromstring(book.read(name)) if name in names else None


def _first_sheet(book: ZipFile, names: set[str]) -> str:
    """The path of the sheet that stands first in the workbook."""
    listed, links = _part(book, "xl/workbook.xml", names), _part(book, "xl/_rels/workbook.xml.rels", names)
    if listed is None or links is None:
        raise KeyError("xl/workbook.xml")
    first = next(one for one in listed.iter() if _tag(one) == "sheet")
    key = next(value for name, value in first.attrib.items() if name.endswith("}id"))
    target = next(one.attrib["Target"] for one in links if one.attrib["Id"] == key)
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _strings(part: Element | None) -> list[str]:
    return [] if part is None else [_text(one) for one in part if _tag(one) == "si"]


def _text(element: Element) -> str:
    return "".join(one.text or "" for one in element.iter() if _tag(one) == "t")


def _dated(part: Element | None) -> frozenset[int]:
    """The styles that show a number as a day."""
    if part is None:
        return frozenset()
    own = {
        int(one.attrib["numFmtId"]): _is_day(one.attrib.get("formatCode", ""))
        for one in part.iter()
        if _tag(one) == "numFmt"
    }
    styles = next((one for one in part if _tag(one) == "cellXfs"), ())
    formats = [int(one.attrib.get("numFmtId", "0")) for one in styles]
    return frozenset(at for at, one in enumerate(formats) if own.get(one, one in _DATES))


def _is_day(code: str) -> bool:
    bare = _QUOTED.sub("", code).lower()
    return "d" in bare and ("m" in bare or "y" in bare)


def _rows(sheet: Element, shared: Sequence[str], dated: frozenset[int]) -> Iterator[tuple[int, list[str]]]:
    at = 0
    for row in sheet.iter():
        if _tag(row) != "row":
            continue
        at = int(row.attrib.get("r", at + 1))
        cells: dict[int, str] = {}
        column = -1
        for cell in row:
            place = _PLACE.fullmatch(cell.attrib.get("r", ""))
            column = _column(place[1]) if place else column + 1
            if column < _WIDEST:
                cells[column] = _value(cell, shared, dated, at).strip()
        yield at, [cells.get(n, "") for n in range(max(cells, default=-1) + 1)]


def _column(letters: str) -> int:
    n = 0
    for letter in letters:
        n = n * 26 + ord(letter) - 64
    return n - 1


def _value(cell: Element, shared: Sequence[str], dated: frozenset[int], line: int) -> str:
    kind = cell.attrib.get("t", "n")
    if kind == "inlineStr":
        return _text(cell)
    written = next((one.text or "" for one in cell if _tag(one) == "v"), "")
    try:
        if kind == "s":
            return shared[int(written)]
        if kind == "n" and written:
            return _number(written, day=int(cell.attrib.get("s", "0")) in dated)
    except (ValueError, IndexError, OverflowError) as no:
        raise NotATable(line=line) from no
    return written


def _number(written: str, *, day: bool) -> str:
    value = float(written)
    if day:
        at = datetime(_FIRST_DAY.year, _FIRST_DAY.month, _FIRST_DAY.day) + timedelta(days=value)  # noqa: DTZ001
        return at.date().isoformat()
    return str(int(value)) if value == int(value) else written
