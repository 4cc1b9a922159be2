"""Grid files `workflows/grids/*.yaml`: read with line numbers, every fault at once.

    grid: observation
    version: 1
    title: {fr: …, de: …, en: …}
    sections: {conduct: {fr: …, de: …, en: …}}
    shared: {grid: common, version: 1, items: [punctuality]}
    items:
      - {key: lifting, group: conduct, section: functional_limits, kind: choice, choices: {none: {fr: …, …}},
         filled_by: [physician], title: {fr: …, de: …, en: …}}

The `unit` of a number is a wording by language, or one sign that every language writes alike (`"%"`).

A scale runs from 1 (weak) to 4 (strong): there is no middle to hide in.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from cii.cases.rules import Grid, GridItem
from cii.cases.vocabulary import GridSection, ItemKind, PartyRole
from cii.files.problems import Mark, at, did_you_mean, example
from cii.files.reading import Branch, Reader
from cii.files.vocabulary import LANGUAGES

_FILE_KEYS = ("grid", "version", "title", "sections", "shared", "items")
_ITEM_KEYS = ("key", "group", "section", "kind", "title", "choices", "low", "high", "unit", "filled_by")
SCALE = (1, 4)
_Word = TypeVar("_Word", bound=StrEnum)


@lru_cache(maxsize=64)
def parse_grid(text: str, source: str) -> Grid:
    """The grid of a file; refuses BrokenFile with each fault and its line."""
    reader = Reader(source)
    root = reader.load(text)
    reader.keys(root, _FILE_KEYS, at("file"))
    held = reader.branch(root, "sections", at("file"))
    groups = {key: reader.title(held, key, at("section", key)) for key in held.entries}
    items: dict[str, GridItem] = {}
    lines: dict[str, int] = {}
    for entry in reader.row(root, "items"):
        if not isinstance(entry, Branch):
            reader.note(Mark(entry.line, entry.column), "item-form", example("{key: …, section: …, kind: …}"))
            continue
        item = _item(reader, entry, groups)
        if item.key in items:
            reader.note(entry.mark("key"), "duplicate-key", name=item.key, first=lines[item.key])
        items[item.key] = item
        lines.setdefault(item.key, entry.mark("key").line)
    if not items:
        reader.note(root.mark("items"), "missing-key", name="items", where=at("file"))
    grid = Grid(
        reader.text(root, "grid", at("file")),
        reader.number(root, "version", at("file")),
        reader.title(root, "title", at("file")),
        groups,
        items,
        _shared(reader, root),
    )
    reader.done()
    return grid


def _shared(reader: Reader, root: Branch) -> tuple[str, int, tuple[str, ...]] | None:
    if "shared" not in root.entries:
        return None
    branch = reader.branch(root, "shared", at("file"))
    reader.keys(branch, ("grid", "version", "items"), at("shared"))
    return (
        reader.text(branch, "grid", at("shared")),
        reader.number(branch, "version", at("shared")),
        tuple(one.text for one in reader.words(branch, "items")),
    )


def _item(reader: Reader, branch: Branch, groups: Mapping[str, object]) -> GridItem:
    key = reader.text(branch, "key", at("item", "?"))
    where = at("item", key)
    reader.keys(branch, _ITEM_KEYS, where)
    kind = _word(reader, branch.mark("kind"), reader.text(branch, "kind", where), ItemKind)
    group = reader.text(branch, "group", where)
    if group not in groups:
        reader.note(
            branch.mark("group"), "unknown-group", did_you_mean(group, groups), name=group, where=where
        )
    section = reader.text(branch, "section", where)
    choices = reader.branch(branch, "choices", where, needed=kind is ItemKind.CHOICE)
    low, high = (
        SCALE if kind is ItemKind.SCALE else (_bound(reader, branch, name, where) for name in ("low", "high"))
    )
    return GridItem(
        key=key,
        group=group,
        section=_word(reader, branch.mark("section"), section, GridSection),
        kind=kind,
        title=reader.title(branch, "title", where),
        values={value: reader.title(choices, value, where) for value in choices.entries},
        filled_by=tuple(
            _word(reader, Mark(one.line, one.column), one.text, PartyRole)
            for one in reader.words(branch, "filled_by")
        ),
        low=low,
        high=high,
        unit=_unit(reader, branch, where),
    )


def _unit(reader: Reader, branch: Branch, where: str) -> Mapping[str, str]:
    held = branch.entries.get("unit")
    if held is None or isinstance(held, Branch):
        return reader.title(branch, "unit", where) if held is not None else {}
    return dict.fromkeys(LANGUAGES, reader.text(branch, "unit", where, default=""))


def _word(reader: Reader, mark: Mark, text: str, words: type[_Word]) -> _Word:
    known = [one.value for one in words]
    if text not in known:
        reader.note(mark, "unknown-word", did_you_mean(text, known), name=text)
        return next(iter(words))
    return words(text)


def _bound(reader: Reader, branch: Branch, name: str, where: str) -> int:
    text = reader.text(branch, name, where, default="0")
    if not (text.isascii() and text.isdigit()):
        reader.note(branch.mark(name), "not-a-bound", name=name, value=text)
        return 0
    return int(text)
