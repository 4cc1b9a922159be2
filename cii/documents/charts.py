"""Bars of one column of a table, as SVG: the same drawing for the page on the screen and for paper.

Colours are attributes, which a style sheet overrides (`.chart-bar`, `.chart-track`, `.chart-mark`): there
is no style in it and no script. A chart repeats figures of a table beside it; `told` is what is read aloud.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from html import escape

from cii.documents.table import Cell, Table, readable
from cii.kernel.money import Chf
from cii.texts.speech import say

WIDTH = 340
"""Of the drawing, in its own units: what a telephone shows in full size, and half a page of paper."""
_IN_ONE = 8
_ROW, _BAR, _SIZE, _SMALL = 36, 9, 13, 11
_LONGEST = 43
"""Characters on one row: a name and its value."""
_HIDDEN = "\N{BULLET}"


@dataclass(frozen=True, slots=True)
class Chart:
    """The numbers of a table's `column`, one bar for each row under the text of its first cell.

    `mark`: a value that a line shows across all bars, such as 1 for a share; `mark_said` names it.
    """

    title: str
    table: Table
    column: int
    mark: Fraction | None = None
    mark_said: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A part of a chart: the markup, and what it shows in words."""

    svg: str
    told: str


def drawings(chart: Chart, texts: Sequence[str], lang: str) -> list[Drawing]:
    """The chart in even parts of eight bars at most, on one scale; `texts`: its values as written."""
    lengths = [_length(row[chart.column]) for row in chart.table.rows]
    if not any(lengths):
        return []
    top = max(one for one in (*lengths, chart.mark) if one is not None)
    labels = [readable(str(row[0])) for row in chart.table.rows]
    bars = list(zip(labels, lengths, texts, strict=True))
    each = -(-len(bars) // -(-len(bars) // _IN_ONE))
    parts = (bars[at : at + each] for at in range(0, len(bars), each))
    return [Drawing(_svg(chart, part, top), _told(chart, part, lang)) for part in parts]


Bar = tuple[str, Fraction | None, str]


def _length(cell: Cell) -> Fraction | None:
    """How long a bar is; None where the value is hidden, unknown or below zero."""
    if isinstance(cell, bool) or not isinstance(cell, int | Decimal | Fraction | Chf):
        return None
    exact = Fraction(cell.centimes) if isinstance(cell, Chf) else Fraction(cell)
    return exact if exact >= 0 else None


def _told(chart: Chart, bars: Sequence[Bar], lang: str) -> str:
    said = [f"{label}: {_value(text, lang)}" for label, _, text in bars]
    return f"{chart.title}. {'; '.join(said)}."


def _value(text: str, lang: str) -> str:
    if text == _HIDDEN:
        return say("documents.chart-hidden", lang)
    return text or say("documents.chart-unknown", lang)


def _svg(chart: Chart, bars: Sequence[Bar], top: Fraction) -> str:
    foot = 16 if chart.mark else 2
    height = len(bars) * _ROW + foot
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart" aria-hidden="true"'
        f' viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        ' font-family="Source Sans Pro, Arial, Helvetica, sans-serif"'
        f' font-size="{_SIZE}">{"".join(_body(chart, bars, top, height))}</svg>'
    )


def _body(chart: Chart, bars: Sequence[Bar], top: Fraction, height: int) -> Iterator[str]:
    for at, (label, length, text) in enumerate(bars):
        y = at * _ROW
        room = _LONGEST - len(text)
        yield _text(0, y + 16, label if len(label) <= room else f"{label[: room - 1].rstrip()}…")
        yield _text(WIDTH, y + 16, text or "–", end=True)
        yield _bar("chart-track", y + 21, WIDTH, "#e4e9ec")
        if length:
            yield _bar("chart-bar", y + 21, _across(length, top), "#0b5c4b")
        if chart.mark:
            yield _mark(_across(chart.mark, top), y + 21)
    if chart.mark:
        yield _text(
            _across(chart.mark, top), height - 3, chart.mark_said, end=chart.mark * 2 > top, size=_SMALL
        )


def _mark(x: float, y: int) -> str:
    """A stroke over one bar and a little beyond."""
    x = min(x, WIDTH - 1)
    return f'<path class="chart-mark" d="M{x} {y - 3}v{_BAR + 6}" stroke="#56646e" stroke-width="2"/>'


def _across(value: Fraction, top: Fraction) -> float:
    return round(float(value / top) * WIDTH, 1)


def _bar(name: str, y: int, width: float, fill: str) -> str:
    return f'<rect class="{name}" x="0" y="{y}" width="{width}" height="{_BAR}" rx="2" fill="{fill}"/>'


def _text(x: float, y: int, said: str, *, end: bool = False, size: int | None = None) -> str:
    side = ' text-anchor="end"' if end else ""
    face = f' font-size="{size}"' if size else ""
    return f'<text x="{x}" y="{y}" fill="#1d2a33"{side}{face}>{escape(said)}</text>'
