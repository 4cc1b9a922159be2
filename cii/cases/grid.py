"""Grid files `workflows/grids/*.yaml`: read with line numbers, every fault at once.

grid: common
version: 1
title: {fr: …, de: …, en: …}
items:
  mobility: {section: grid, kind: choice, title: {fr: …, de: …, en: …}, values: {car: {fr: …, …}, none: {…}}}
  percent:  {section: grid, kind: number, title: {…}, low: 0, high: 100}
"""

from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from cii.cases.rules import Grid, GridItem
from cii.cases.vocabulary import GridSection, ItemKind
from cii.workflow.reading import Branch, Reader, did_you_mean

_ITEM_KEYS = ("section", "kind", "title", "values", "low", "high")
_Word = TypeVar("_Word", bound=StrEnum)


@lru_cache(maxsize=64)
def parse_grid(text: str, source: str) -> Grid:
    """The grid of a file; refuses BrokenFile with each fault and its line."""
    reader = Reader(source)
    root = reader.load(text)
    reader.keys(root, ("grid", "version", "title", "items"), "a grid file")
    held = reader.branch(root, "items", "The file", needed=True)
    items = {key: _item(reader, key, reader.branch(held, key, "The items")) for key in held.entries}
    grid = Grid(
        reader.text(root, "grid", "The file"),
        reader.number(root, "version", "The file"),
        reader.title(root, "title", "the grid"),
        items,
    )
    reader.done()
    return grid


def _item(reader: Reader, key: str, branch: Branch) -> GridItem:
    where = f"Item “{key}”"
    reader.keys(branch, _ITEM_KEYS, "an item")
    kind = _word(reader, branch, "kind", where, ItemKind)
    values = reader.branch(branch, "values", where, needed=kind is ItemKind.CHOICE)
    return GridItem(
        key=key,
        section=_word(reader, branch, "section", where, GridSection),
        kind=kind,
        title=reader.title(branch, "title", where),
        values={value: reader.title(values, value, f"“{value}”") for value in values.entries},
        low=_bound(reader, branch, "low", where),
        high=_bound(reader, branch, "high", where),
    )


def _word(reader: Reader, branch: Branch, name: str, where: str, words: type[_Word]) -> _Word:
    text = reader.text(branch, name, where)
    known = [one.value for one in words]
    if text not in known:
        line = branch.lines.get(name, branch.line)
        hint = did_you_mean(text, known)
        reader.fault(line, f"unknown-{name}", f"{where}: “{text}” is no {name} of an item.", hint)
        return next(iter(words))
    return words(text)


def _bound(reader: Reader, branch: Branch, name: str, where: str) -> int:
    text = reader.text(branch, name, where, default="0")
    if not (text.isascii() and text.isdigit()):
        reader.fault(branch.lines[name], "not-a-number", f"{where}: “{text}” is no whole number from 0.")
        return 0
    return int(text)
