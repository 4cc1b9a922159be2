"""CSV for people and machines: UTF-8 with BOM, `;`, CRLF; text that looks like a formula is defused.

Money and numbers have a point and no grouping, shares are fractions of one, days and moments ISO 8601
(moments in Swiss time with their offset): what a program reads back without a guess. A text that begins with
= + - @ TAB or CR gets an apostrophe before it, which `csv_reading` takes off again; numbers keep their sign.
"""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from io import StringIO, TextIOWrapper
from typing import BinaryIO

from cii.documents.table import Cell, Column, Status, Table, readable
from cii.kernel.clock import ZURICH
from cii.kernel.money import Chf

MEDIA_TYPE = "text/csv; charset=utf-8"
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_DECIMALS = 6


def write(table: Table) -> bytes:
    """The table as a file: head, rows, and the totals last, if any. Refuses: NulCharacter."""
    lines: list[Sequence[Cell]] = [[column.title for column in table.columns], *table.rows]
    if table.totals:
        lines.append(table.totals)
    held = StringIO(newline="")
    out = csv.writer(held, delimiter=";", lineterminator="\r\n")
    out.writerows([written(cell) for cell in line] for line in lines)
    return (BOM + held.getvalue()).encode()


def write_rows(out: BinaryIO, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
    """A long table into an open file, row by row, with nothing held back. Refuses: NulCharacter."""
    text = TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    text.write(BOM)
    lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
    lines.writerow([column.title for column in columns])
    lines.writerows([written(cell) for cell in row] for row in rows)
    text.detach()


def written(cell: Cell) -> str:  # noqa: PLR0911 - one line per type
    """One cell as text, before quoting."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case str() | Status():
            return guarded(readable(cell if isinstance(cell, str) else cell.words))
        case Chf() | int():
            return str(cell)
        case Decimal() | Fraction():
            return _decimal(Fraction(cell))
        case datetime():
            return cell.astimezone(ZURICH).isoformat(timespec="seconds")
        case date():
            return cell.isoformat()


def guarded(text: str) -> str:
    """The text with an apostrophe before it when a spreadsheet could take it for a formula."""
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA) else text


def unguarded(text: str) -> str:
    """The text as it was before `guarded`."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_FORMULA) else text


def _decimal(value: Fraction) -> str:
    """Six decimals at most, half away from zero, without trailing zeros."""
    units = (abs(value) * 10**_DECIMALS * 2 + 1) // 2
    text = f"{Decimal(int(units)).scaleb(-_DECIMALS):f}".rstrip("0").rstrip(".") or "0"
    return f"-{text}" if value < 0 and units else text
