"""How a table fits a page: type size, upright or across, who shares the free width, where heads break."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from cii.documents.table import Column, readable

_UPRIGHT, _ACROSS = 480.0, 725.0
"""Free width of an A4 page in points."""
_TRIALS = ((9.0, False), (8.3, False), (9.0, True), (8.3, True), (7.5, True), (6.5, True))
_SHORT, _LONG = 24, 72
_NARROWEST_TEXT = 24
_NARROWEST_HEAD = 13
_GLYPH = 0.52
"""Usual width of a character in parts of the type size; digits take 0.5."""
_PADDING = 12.0


@dataclass(frozen=True, slots=True)
class Fit:
    """Type size in points, whether the table lies across, each column's share of the free width, its head.

    A share of 0 takes the width of its content.
    """

    size: float
    across: bool
    rooms: Sequence[int]
    titles: Sequence[Sequence[str]]


def fitted(columns: Sequence[Column], lengths: Sequence[int]) -> Fit:
    """The first way of setting in which all columns have the width they need; `lengths` of the longest cells.

    Numbers and short texts need their length, long texts wrap. What fits no way is set the smallest way.
    """
    titles = [_lines(column, length) for column, length in zip(columns, lengths, strict=True)]
    heads = [max((len(line) for line in lines), default=0) for lines in titles]
    wraps = [
        not column.to_the_right and length > _SHORT for column, length in zip(columns, lengths, strict=True)
    ]
    needs = [
        max(head, min(length, _NARROWEST_TEXT) if wrap else length)
        for head, length, wrap in zip(heads, lengths, wraps, strict=True)
    ]
    size, across = next(
        (trial for trial in _TRIALS if _width(needs, trial[0]) <= _free(across=trial[1])), _TRIALS[-1]
    )
    rooms = [min(length, _LONG) if wrap else 0 for length, wrap in zip(lengths, wraps, strict=True)]
    if not any(rooms):
        texts = [at for at, column in enumerate(columns) if column.kind == "text"] or [0]
        rooms = [max(needs[at], 4) if at in texts else 0 for at in range(len(columns))]
    return Fit(size, across, rooms, titles)


def _lines(column: Column, length: int) -> list[str]:
    """The head broken so that it does not widen a column of numbers or short texts by much."""
    title = readable(column.title)
    longest_word = max(map(len, title.split()), default=0)
    width = max(min(length, _SHORT), longest_word, _NARROWEST_HEAD)
    return textwrap.wrap(title, width, break_long_words=False, break_on_hyphens=False) or [""]


def _width(needs: Sequence[int], size: float) -> float:
    return sum(need * _GLYPH * size + _PADDING for need in needs)


def _free(*, across: bool) -> float:
    return _ACROSS if across else _UPRIGHT
