"""Grid files `workflows/grids/*.yaml`: read with line numbers, every fault at once.

    grid: observation
    version: 1
    title: {fr: …, de: …, en: …}
    sections: {conduct: {fr: …, de: …, en: …}}
    shared: {grid: common, version: 1, items: [punctuality]}
    items:
      - {key: lifting, group: conduct, section: functional_limits, kind: choice, choices: {none: {fr: …, …}},
         filled_by: [physician], title: {fr: …, de: …, en: …}}

A scale runs from 1 (weak) to 4 (strong): there is no middle to hide in.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from cii.cases.rules import Grid, GridItem
from cii.cases.vocabulary import GridSection, ItemKind, PartyRole
from cii.workflow.reading import Branch, Reader, did_you_mean

_FILE_KEYS = ("grid", "version", "title", "sections", "shared", "items")
_ITEM_KEYS = ("key", "group", "section", "kind", "title", "choices", "low", "high", "unit", "filled_by")
SCALE = (1, 4)
_Word = TypeVar("_Word", bound=StrEnum)


@lru_cache(maxsize=64)
def parse_grid(text: str, source: str) -> Grid:
    """The grid of a file; refuses BrokenFile with each fault and its line."""
    reader = Reader(source)
    root = reader.load(text)
    reader.keys(root, _FILE_KEYS, "a grid file")
    held = reader.branch(root, "sections", "The file")
    groups = {key: reader.title(held, key, f"“{key}”") for key in held.entries}
    items: dict[str, GridItem] = {}
    for entry in reader.row(root, "items"):
        if not isinstance(entry, Branch):
            reader.fault(entry.line, "not-a-mapping", "An item is written {key: …, section: …, kind: …}.")
            continue
        item = _item(reader, entry, groups)
        if item.key in items:
            reader.fault(entry.line, "duplicate-key", f"Item “{item.key}” stands twice.")
        items[item.key] = item
    if not items:
        reader.fault(root.line, "missing-key", "The grid has no items.")
    grid = Grid(
        reader.text(root, "grid", "The file"),
        reader.number(root, "version", "The file"),
        reader.title(root, "title", "the grid"),
        groups,
        items,
        _shared(reader, root),
    )
    reader.done()
    return grid


def _shared(reader: Reader, root: Branch) -> tuple[str, int, tuple[str, ...]] | None:
    if "shared" not in root.entries:
        return None
    branch = reader.branch(root, "shared", "The file")
    reader.keys(branch, ("grid", "version", "items"), "shared items")
    return (
        reader.text(branch, "grid", "shared"),
        reader.number(branch, "version", "shared"),
        tuple(one.text for one in reader.words(branch, "items")),
    )


def _item(reader: Reader, branch: Branch, groups: Mapping[str, object]) -> GridItem:
    key = reader.text(branch, "key", "An item")
    where = f"Item “{key}”"
    reader.keys(branch, _ITEM_KEYS, "an item")
    kind = _word(reader, branch.lines.get("kind", branch.line), reader.text(branch, "kind", where), ItemKind)
    group = reader.text(branch, "group", where)
    if group not in groups:
        hint = did_you_mean(group, groups)
        reader.fault(branch.line, "unknown-group", f"{where}: “{group}” is no section of the file.", hint)
    section = reader.text(branch, "section", where)
    choices = reader.branch(branch, "choices", where, needed=kind is ItemKind.CHOICE)
    low, high = (
        SCALE if kind is ItemKind.SCALE else (_bound(reader, branch, name, where) for name in ("low", "high"))
    )
    return GridItem(
        key=key,
        group=group,
        section=_word(reader, branch.lines.get("section", branch.line), section, GridSection),
        kind=kind,
        title=reader.title(branch, "title", where),
        values={value: reader.title(choices, value, f"“{value}”") for value in choices.entries},
        filled_by=tuple(
            _word(reader, one.line, one.text, PartyRole) for one in reader.words(branch, "filled_by")
        ),
        low=low,
        high=high,
        unit=reader.text(branch, "unit", where, default=""),
    )


def _word(reader: Reader, line: int, text: str, words: type[_Word]) -> _Word:
    known = [one.value for one in words]
    if text not in known:
        reader.fault(line, "unknown-word", f"“{text}” is not known here.", did_you_mean(text, known))
        return next(iter(words))
    return words(text)


def _bound(reader: Reader, branch: Branch, name: str, where: str) -> int:
    text = reader.text(branch, name, where, default="0")
    if not (text.isascii() and text.isdigit()):
        reader.fault(branch.lines[name], "not-a-number", f"{where}: “{text}” is no whole number from 0.")
        return 0
    return int(text)
