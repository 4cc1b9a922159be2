"""The file of terms as it is written: every rule has its dated number, with unit, source and certainty.

A wrong name or value is told with its line and what was probably meant, as in the other published files.
"""

import re
from datetime import date

from cii.files.problems import at, did_you_mean
from cii.files.reading import Branch, Mark, Reader, decoded
from cii.rights.rules_archiving import OFFERED
from cii.rights.rules_retention import PARAMETERS

TERMS = tuple(name for name, _ in PARAMETERS.values() if name.startswith("retention_"))
CERTAINTIES = ("S", "V", "R")
_ENTRY, _VALUE = ("unit", "title", "values"), ("from", "value", "source", "certainty")
_WHOLE = re.compile(r"[0-9]{1,4}")


def check_terms(data: bytes, source: str) -> int:
    """How many numbers the file of terms holds; refuses BrokenFile with every fault and its line."""
    reader = Reader(source)
    file = reader.load(decoded(data, source))
    known = (*TERMS, *OFFERED.values())
    reader.keys(file, known, at("file"))
    count = 0
    for name in known:
        entry = reader.branch(file, name, at("file"), needed=True)
        if entry.entries:
            count += _check_entry(reader, name, entry)
    reader.done()
    return count


def _check_entry(reader: Reader, name: str, entry: Branch) -> int:
    where = at("item", name)
    reader.keys(entry, _ENTRY, where)
    reader.text(entry, "unit", where)
    reader.title(entry, "title", where)
    rows = [one for one in reader.row(entry, "values") if isinstance(one, Branch)]
    if not rows:
        reader.note(entry.mark("values"), "missing-key", name="values", where=where)
    for row in rows:
        reader.keys(row, _VALUE, where)
        _check_value(reader, row, where, yes_or_no=name in OFFERED.values())
    return len(rows)


def _check_value(reader: Reader, row: Branch, where: str, *, yes_or_no: bool) -> None:
    since, value = reader.text(row, "from", where), reader.text(row, "value", where)
    reader.text(row, "source", where)
    certainty = reader.text(row, "certainty", where)
    if since and not _is_date(since):
        reader.note(row.mark("from"), "bad-date", value=since)
    fits = _WHOLE.fullmatch(value) and (int(value) <= 1 if yes_or_no else int(value) > 0)
    if value and not fits:
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
