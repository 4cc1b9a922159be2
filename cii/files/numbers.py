"""A file of dated numbers as it is written: a unit for each, values with date, source, certainty.

A wrong name or value is told with its line and what was probably meant, as in the other published files.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from cii.files.problems import at, did_you_mean
from cii.files.reading import Branch, Mark, Reader, decoded

CERTAINTIES = ("S", "V", "R")
_ENTRY, _VALUE = ("unit", "title", "values"), ("from", "value", "source", "certainty")
_WHOLE = re.compile(r"[0-9]{1,9}")
_LONGEST = 9999
"""No term is longer, in whatever it is counted."""


@dataclass(frozen=True, slots=True)
class Names:
    """Which numbers a file must hold: `terms` are counted from one, `answers` are yes (1) or no (0)."""

    terms: Collection[str]
    answers: Collection[str] = ()


def check_numbers(data: bytes, source: str, names: Names | None = None) -> int:
    """How many values the file holds; with `names` those numbers and no others.

    Refuses BrokenFile with every fault and its line.
    """
    reader = Reader(source)
    file = reader.load(decoded(data, source))
    known = (*names.terms, *names.answers) if names else tuple(file.entries)
    reader.keys(file, known, at("file"))
    count = 0
    for name in known:
        entry = reader.branch(file, name, at("file"), needed=True)
        if entry.entries:
            count += _check_entry(reader, name, entry, names)
    reader.done()
    return count


def _check_entry(reader: Reader, name: str, entry: Branch, names: Names | None) -> int:
    where = at("item", name)
    reader.keys(entry, _ENTRY, where)
    reader.text(entry, "unit", where)
    if names or "title" in entry.entries:
        reader.title(entry, "title", where)
    rows = [one for one in reader.row(entry, "values") if isinstance(one, Branch)]
    if not rows:
        reader.note(entry.mark("values"), "missing-key", name="values", where=where)
    for row in rows:
        reader.keys(row, _VALUE, where)
        _check_value(reader, row, where, _range(name, names))
    return len(rows)


def _range(name: str, names: Names | None) -> range:
    if names is None:
        return range(10**9)
    return range(2) if name in names.answers else range(1, _LONGEST + 1)


def _check_value(reader: Reader, row: Branch, where: str, fits: range) -> None:
    since, value = reader.text(row, "from", where), reader.text(row, "value", where)
    reader.text(row, "source", where)
    certainty = reader.text(row, "certainty", where)
    if since and not _is_date(since):
        reader.note(row.mark("from"), "bad-date", value=since)
    if value and not (_WHOLE.fullmatch(value) and int(value) in fits):
        reader.note(row.mark("value"), "not-a-number", name="value", value=value)
    if certainty and certainty not in CERTAINTIES:
        _unknown(reader, row.mark("certainty"), certainty)


def _unknown(reader: Reader, mark: Mark, word: str) -> None:
    reader.note(mark, "unknown-word", did_you_mean(word, CERTAINTIES), name=word)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
