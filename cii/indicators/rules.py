"""Definitions of indicators as they are published: read with line numbers, every fault at once. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from cii.files.problems import at, did_you_mean, hint
from cii.files.reading import Branch, Reader, decoded
from cii.files.vocabulary import Title
from cii.indicators.vocabulary import (
    Direction,
    EnteredBy,
    EnteredIn,
    EnteredWhen,
    IndicatorField,
    IndicatorUnit,
)
from cii.kernel.errors import Refusal

OWN = "entered"
"""The value of one agreement alone, told in its own words: the only code without a common definition."""
_WORDINGS = ("name", "definition", "denominator")
_KEYS = (
    "version", "valid_from", "field", "unit", "direction", "computed", "by", "where", "when", "source",
    *_WORDINGS,
)  # fmt: skip
_YES = ("true", "false")
_Word = TypeVar("_Word", bound=StrEnum)


class UnknownIndicator(Refusal):
    """No such definition is published, or none in force on the day."""

    code, kind = "unknown-indicator", "unfit"


class UnitOfIndicator(Refusal):
    """The definition counts in another unit: figures under one name would not compare."""

    code, kind = "unit-of-indicator", "unfit"


@dataclass(frozen=True, slots=True)
class Published:
    """One version of a definition; `computed`: the house computes it from what is recorded anyway.

    `by`, `where`, `when`: who brings what it counts, in which form, how often. Texts by language.
    """

    code: str
    version: int
    valid_from: date
    field: IndicatorField
    unit: IndicatorUnit
    direction: Direction
    computed: bool
    by: EnteredBy
    where: EnteredIn
    when: EnteredWhen
    name: Title
    definition: Title
    denominator: Title
    source: str


def read_definitions(data: bytes, source: str) -> list[Published]:
    """The definitions of a file, by code; refuses BrokenFile with every fault and its line."""
    reader = Reader(source)
    file = reader.load(decoded(data, source))
    found = [_definition(reader, code, reader.branch(file, code, at("file"))) for code in file.entries]
    reader.done()
    return found


def _definition(reader: Reader, code: str, entry: Branch) -> Published:
    where = at("item", code)
    reader.keys(entry, _KEYS, where)

    def word(name: str, words: type[_Word]) -> _Word:
        said = reader.text(entry, name, where)
        if said in set(words):
            return words(said)
        if said:
            reader.note(entry.mark(name), "unknown-word", did_you_mean(said, words), name=said)
        return next(iter(words))

    computed = reader.text(entry, "computed", where)
    if computed and computed not in _YES:
        reader.note(entry.mark("computed"), "unknown-word", did_you_mean(computed, _YES), name=computed)
    name, definition, denominator = (reader.title(entry, one, where) for one in _WORDINGS)
    return Published(
        code,
        reader.number(entry, "version", where),
        _day(reader, entry, where),
        word("field", IndicatorField),
        word("unit", IndicatorUnit),
        word("direction", Direction),
        computed == "true",
        word("by", EnteredBy),
        word("where", EnteredIn),
        word("when", EnteredWhen),
        name,
        definition,
        denominator,
        reader.text(entry, "source", where),
    )


def _day(reader: Reader, entry: Branch, where: str) -> date:
    said = reader.text(entry, "valid_from", where)
    try:
        return date.fromisoformat(said)
    except ValueError:
        if said:
            reader.note(entry.mark("valid_from"), "bad-date", hint("write", text="2026-01-31"), value=said)
        return date.min


def in_force(published: Iterable[Published], day: date) -> dict[str, Published]:
    """The version of each code that holds on a day: the one that began last."""
    rows = sorted(published, key=lambda one: (one.code, one.valid_from, one.version))
    return {one.code: one for one in rows if one.valid_from <= day}


def source_faults(
    rows: str, wishes: Iterable[tuple[str, IndicatorUnit]], known: Mapping[str, Published]
) -> Iterator[Refusal]:
    """What is wrong with the definitions that indicators name, each at its row of the field `rows`."""
    for number, (source, unit) in enumerate(wishes):
        found = known.get(source)
        if found is None:
            yield UnknownIndicator(field=f"{rows}-{number}-source", name=source)
        elif source != OWN and found.unit is not unit:
            yield UnitOfIndicator(field=f"{rows}-{number}-unit", name=source)
