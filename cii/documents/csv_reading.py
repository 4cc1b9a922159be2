"""Reads tables that people bring: any usual encoding and separator, heads in any spelling, faults by line.

Line numbers are those of an editor: a quoted cell may run over several lines, a row is named by its first.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import ClassVar

from cii.documents.csv import unguarded
from cii.documents.table import NulCharacter
from cii.kernel.errors import Refusal

MAX_BYTES = 10_000_000
_SEPARATORS = (";", ",", "\t")
_NOTHING_BUT_WORDS = re.compile(r"[^a-z0-9]+")
_SEPARATOR_LINE = re.compile(r"sep=.\r?\n?", re.IGNORECASE)


class EmptyFile(Refusal):
    """The file holds nothing."""

    code, kind = "empty-file", "unfit"


class FileTooLarge(Refusal):
    """The file is larger than allowed; `megabytes` is the limit."""

    code, kind = "file-too-large", "unfit"
    status: ClassVar[int] = 413


class NotATable(Refusal):
    """The file is no text of rows: unreadable from `line` on (a quote left open, a binary file)."""

    code, kind = "not-a-table", "unfit"


class MissingColumns(Refusal):
    """The head of the table lacks `columns`."""

    code, kind = "missing-columns", "unfit"


class DoubleColumn(Refusal):
    """Two columns of the head mean the same, `column`."""

    code, kind = "double-column", "unfit"


class RowLength(Refusal):
    """The row has `found` cells under a head of `expected`."""

    code, kind = "row-length", "unfit"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column to read: the name it gets, the titles it may bear, whether the file must have it."""

    name: str
    titles: Sequence[str] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line where it begins, and its cells by wanted name, trimmed; absent ones are empty."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row: its line, the title of the column as the file has it (if one), the reason."""

    line: int
    column: str | None
    reason: Refusal


@dataclass(frozen=True, slots=True)
class Rows:
    """What was read: rows in order, faults in order, titles by wanted name, titles that nobody asked for."""

    rows: Sequence[Row]
    faults: Sequence[Fault]
    titles: Mapping[str, str]
    ignored: Sequence[str]


def read_rows(data: bytes, columns: Sequence[Wanted], *, max_bytes: int = MAX_BYTES) -> Rows:
    """The rows of a CSV file under the wanted columns, whatever its order of columns.

    Refuses the whole file: EmptyFile, FileTooLarge, NulCharacter, NotATable, MissingColumns, DoubleColumn.
    A row that is too long or too short is a fault (RowLength), the others are read.
    """
    if len(data) > max_bytes:
        raise FileTooLarge(megabytes=max_bytes // 1_000_000)
    text = decoded(data)
    if not text.strip():
        raise EmptyFile
    separator = max(_SEPARATORS, key=lambda one: _recognised(text, one, columns))
    return rows_under(_records(text, separator), columns)


def rows_under(records: Iterator[tuple[int, list[str]]], columns: Sequence[Wanted]) -> Rows:
    """The rows of a table whose first record is its head; records: line and cells, none of them blank.

    Refuses: MissingColumns, DoubleColumn.
    """
    _, head = next(records)
    places, ignored = _places(head, columns)
    rows, faults = [], []
    for line, cells in records:
        if len(cells) != len(head):
            faults.append(Fault(line, None, RowLength(expected=len(head), found=len(cells))))
            continue
        rows.append(Row(line, {want.name: _cell(cells, places.get(want.name)) for want in columns}))
    titles = {name: head[at].strip() for name, at in places.items()}
    return Rows(tuple(rows), tuple(faults), titles, tuple(ignored))


def decoded(data: bytes) -> str:
    """The text: UTF-8, UTF-16 when its BOM says so, else Windows-1252 (it holds the letters of Latin-1)."""
    encodings = ["utf-16"] if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise NulCharacter
        return text
    raise NotATable(line=1)


def folded(title: str) -> str:
    """The title without case, accents and punctuation: `N° AVS`, `n avs` and `N_AVS` are one."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", title) if not unicodedata.combining(c))
    return _NOTHING_BUT_WORDS.sub(" ", bare.casefold()).strip()


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank, with the line where it begins."""
    lines = StringIO(text, newline="")
    start = 1
    if _SEPARATOR_LINE.fullmatch(lines.readline()):
        start = 2
    else:
        lines.seek(0)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    before = 0
    while True:
        line = start + before
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            raise NotATable(line=line) from fault
        before = reader.line_num
        if any(cell.strip() for cell in record):
            yield line, record


def _recognised(text: str, separator: str, columns: Sequence[Wanted]) -> tuple[int, int]:
    """How many wanted columns the head has when cut by this separator, then how many cells."""
    try:
        head = next(_records(text, separator))[1]
    except (Refusal, StopIteration):
        return 0, 0
    known = _known(columns)
    return sum(folded(title) in known for title in head), len(head)


def _known(columns: Sequence[Wanted]) -> dict[str, str]:
    return {folded(title): want.name for want in columns for title in (want.name, *want.titles)}


def _places(head: Sequence[str], columns: Sequence[Wanted]) -> tuple[dict[str, int], list[str]]:
    known, places, ignored = _known(columns), dict[str, int](), list[str]()
    for at, title in enumerate(head):
        name = known.get(folded(title))
        if name is None:
            ignored.append(title.strip())
        elif name in places:
            raise DoubleColumn(column=title.strip()[:80])
        else:
            places[name] = at
    lacking = [want for want in columns if want.required and want.name not in places]
    if lacking:
        raise MissingColumns(columns=", ".join((want.titles or (want.name,))[0] for want in lacking))
    return places, [title for title in ignored if title]


def _cell(cells: Sequence[str], at: int | None) -> str:
    return "" if at is None else unguarded(cells[at].strip())
