"""A domain cut at every value where some cell changes its mind; inside a piece all cells agree.

A set of pieces is a bit mask, so that rules can be compared by `&`. Source: workflow.md §3 (proof over
declared domains).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from cii.workflow.domain import Domain, Months, shown
from cii.workflow.sfeel import Cell, Span


@dataclass(frozen=True, slots=True)
class Piece:
    """Values between which no cell can tell; `sample` is one of them."""

    span: Span
    sample: Any


@dataclass(frozen=True, slots=True)
class Pieces:
    """All pieces of one input, in order."""

    name: str
    domain: Domain
    pieces: tuple[Piece, ...]

    @property
    def all(self) -> int:
        """The mask of the whole domain."""
        return (1 << len(self.pieces)) - 1

    def mask(self, cell: Cell) -> int:
        """The pieces in which the cell holds."""
        if cell.any:
            return self.all
        return sum(1 << at for at, piece in enumerate(self.pieces) if cell.holds(piece.sample))

    def at(self, value: Any) -> int:  # noqa: ANN401 - a value of the domain
        """The number of the piece that holds the value."""
        for number, piece in enumerate(self.pieces):
            if piece.sample == value or (self.domain.ordered and piece.span.holds(value)):
                return number
        return len(self.pieces) - 1

    def samples(self, mask: int) -> list[Any]:
        """One value of each piece in the mask."""
        return [piece.sample for at, piece in enumerate(self.pieces) if mask >> at & 1]

    def readable(self, mask: int) -> str:
        """The pieces of the mask in words of the files: `[60..90]`, `< 60`, `"none", "low"`, `-` for all."""
        if mask == self.all:
            return "-"
        chosen = [at for at in range(len(self.pieces)) if mask >> at & 1]
        if not self.domain.ordered:
            words = [shown(self.pieces[at].sample) for at in chosen if self.pieces[at].sample != OTHER]
            if len(words) == len(chosen):
                return ", ".join(words)
            rest = [shown(one.sample) for at, one in enumerate(self.pieces) if not mask >> at & 1]
            return f"not({', '.join(rest)})"
        spans: list[Span] = []
        for number, at in enumerate(chosen):
            span = self.pieces[at].span
            if number and chosen[number - 1] == at - 1:
                spans[-1] = Span(spans[-1].low, spans[-1].low_in, span.high, span.high_in)
            else:
                spans.append(span)
        return ", ".join(str(self._tidy(span)) for span in spans)

    def _tidy(self, span: Span) -> Span:
        """Whole steps are written with closed bounds; bounds of the domain itself are left away."""
        low, low_in, high, high_in = span.low, span.low_in, span.high, span.high_in
        if self.domain.discrete:
            if low is not None and not low_in:
                low, low_in = _later(low, 1), True
            if high is not None and not high_in:
                high, high_in = _later(high, -1), True
        if low == high:
            return Span(low, True, high, True)
        if low is not None and low == self.domain.low and low_in:
            low = None
        if high is not None and high == self.domain.high and high_in:
            high = None
        return Span(low, low_in, high, high_in)


OTHER = "\N{HORIZONTAL ELLIPSIS}"
"""Stands for any text that no rule names."""


def cut(name: str, domain: Domain, cells: Iterable[Cell]) -> Pieces:
    """The pieces of one input, given all its cells."""
    if domain.kind == "yes/no":
        return Pieces(name, domain, tuple(Piece(Span(one, True, one, True), one) for one in (True, False)))
    bounds = {one for cell in cells for one in cell.bounds()}
    if domain.kind == "text":
        words = domain.values or (*sorted(bounds), OTHER)
        return Pieces(name, domain, tuple(Piece(Span(one, True, one, True), one) for one in words))
    bounds |= {one for one in (domain.low, domain.high) if one is not None}
    points = sorted(bounds)
    pieces: list[Piece] = []
    if domain.low is None:
        pieces.append(Piece(Span(high=points[0] if points else None, high_in=False), _before(points, domain)))
    for at, point in enumerate(points):
        pieces.append(Piece(Span(point, True, point, True), point))
        after = points[at + 1] if at + 1 < len(points) else None
        if after is None:
            if domain.high is None:
                pieces.append(Piece(Span(low=point, low_in=False), _later(point, 1)))
        elif not (domain.discrete and _later(point, 1) == after):
            sample = _later(point, 1) if domain.discrete else _middle(point, after)
            pieces.append(Piece(Span(point, False, after, False), sample))
    return Pieces(name, domain, tuple(pieces))


def _before(points: list[Any], domain: Domain) -> Any:  # noqa: ANN401
    if points:
        return _later(points[0], -1)
    return {"date": date(2000, 1, 1), "months": Months(0), "days": timedelta(0)}.get(domain.kind, 0)


def _later(value: Any, steps: int) -> Any:  # noqa: ANN401
    if isinstance(value, date | timedelta):
        return value + timedelta(days=steps)
    return Months(value.count + steps) if isinstance(value, Months) else value + steps


def _middle(low: int | Decimal, high: int | Decimal) -> int | Decimal:
    return (Decimal(low) + Decimal(high)) / 2
