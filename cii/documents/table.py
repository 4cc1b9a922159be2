"""A table of plain values, the same for screen exports, files and pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Literal

from cii.kernel.errors import Refusal
from cii.kernel.money import Chf

Kind = Literal["text", "integer", "number", "money", "percent", "date", "moment", "status", "value"]
"""How a column is written; numbers stand to the right. A `value` column mixes sums, counts, shares and days,
each written by its own type (a `Fraction` is a share), as indicators of different units need it."""


class NulCharacter(Refusal):
    """The text holds a NUL: no file for people does."""

    code, kind = "nul-character", "unfit"


class Level(Enum):
    """How a state stands, for its shape and shade beside the word: never the colour alone."""

    GOOD = "good"
    WATCH = "watch"
    BAD = "bad"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Status:
    """A state in words, with the level that draws its shape on a page."""

    words: str
    level: Level = Level.NEUTRAL


Cell = str | int | Decimal | Fraction | Chf | date | datetime | Status | bool | None
"""None is an empty cell: not known, or suppressed as a small number; say which in a note."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title as people read it, its kind, its width in characters if the usual does not do."""

    title: str
    kind: Kind = "text"
    width: int | None = None

    @property
    def to_the_right(self) -> bool:
        """Whether its values are numbers, aligned by their digits."""
        return self.kind in {"integer", "number", "money", "percent", "value"}


def shown_as(column: Column, cell: Cell) -> Kind:  # noqa: C901 - one case per type
    """The kind by which a cell is written: its column's, or its own under text and mixed values."""
    if isinstance(cell, str):
        return "text"
    if column.kind not in {"text", "status", "value"}:
        return column.kind
    own: Kind = "text"
    match cell:
        case Status():
            own = "status"
        case Chf():
            own = "money"
        case bool() | None:
            own = "text"
        case int():
            own = "integer"
        case Decimal():
            own = "number"
        case Fraction():
            own = "percent"
        case datetime():
            own = "moment"
        case date():
            own = "date"
    return own


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns, each row as long as the columns; `totals` is a last row set apart.

    `title` names the sheet or stands above the table; `notes` stand below it (not in XLSX and CSV).
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Cell] | None = None
    notes: Sequence[str] = ()

    def __post_init__(self) -> None:
        for row in (*self.rows, *([self.totals] if self.totals else [])):
            if len(row) != len(self.columns):
                raise ValueError(f"{self.title}: {len(row)} cells under {len(self.columns)} columns")


def readable(text: str) -> str:
    """The text itself; refuses NulCharacter."""
    if "\0" in text:
        raise NulCharacter
    return text
