"""A domain cut at every value where some cell changes its mind; inside a piece all cells agree.

A set of pieces is a bit mask, so that rules can be compared by `&`. Source: workflow.md §3 (proof over
declared domains).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from cii.decisions.domain import Domain, Months, exact, shown
from cii.decisions.sfeel import Cell, Span


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

    def samples(self, mask: int) -> list[Any]:
        """One value of each piece in the mask."""
        return [piece.sample for at, piece in enumerate(self.pieces) if mask >> at & 1]

    def readable(self, mask: int) -> str:
        """The pieces of the mask in words of the files: `[60..90]`, `< 60`, `"none", "low"`, `-` for all."""
        if mask == self.all:
            return "-"
        chosen = [at for at in range(len(self.pieces)) if mask >> at & 1]
        if not self.domain.ordered or self.domain.values:
            words = [shown(self.pieces[at].sample) for at in chosen if self.pieces[at].sample != OTHER]
            if len(words) == len(chosen):
                return ", ".join(words)
            rest = [shown(one.sample) for at, one in enumerate(self.pieces) if not mask >> at & 1]
            return f"not({', '.join(rest)})"
        spans: list[Span] = []
        for number, at in enumerate(chosen):
            span = self.pieces[at].span
            if self.pieces[at].sample is None:
                continue
            if number and chosen[number - 1] == at - 1:
                spans[-1] = Span(spans[-1].low, spans[-1].low_in, span.high, span.high_in)
            else:
                spans.append(span)
        words = [str(self._tidy(span)) for span in spans]
        if self.pieces[chosen[-1]].sample is None:
            words.append("null")
        return ", ".join(words)

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
    """The pieces of one input, given all its cells; a fact that may have no value has a piece for that."""
    bounds = {one for cell in cells for one in cell.bounds()}
    if domain.allowed is not None:
        bounds |= set(domain.allowed.bounds())
    found: list[Piece]
    if domain.kind == "yes/no":
        found = _points((True, False))
    elif domain.values:
        found = _points(sorted(domain.values) if domain.ordered else domain.values)
    elif domain.kind == "text":
        found = _points((*sorted(bounds), OTHER))
    else:
        found = _intervals(domain, bounds)
    found = [piece for piece in found if domain.admits(piece.sample)]
    if domain.optional:
        found.append(Piece(Span(), None))
    return Pieces(name, domain, tuple(found))


def _points(values: Iterable[Any]) -> list[Piece]:
    return [Piece(Span(one, True, one, True), one) for one in values]


def _intervals(domain: Domain, bounds: set[Any]) -> list[Piece]:
    low, high = domain.low, domain.high
    if domain.kind == "time":
        low, high = low or time.min, high or time.max
    points = sorted(bounds | {one for one in (low, high) if one is not None})
    pieces: list[Piece] = []
    if low is None and (before := _before(points, domain)) not in points:
        pieces.append(Piece(Span(high=points[0] if points else None, high_in=False), before))
    for at, point in enumerate(points):
        pieces.append(Piece(Span(point, True, point, True), point))
        after = points[at + 1] if at + 1 < len(points) else None
        if after is None:
            if high is None and (sample := _later(point, 1)) != point:
                pieces.append(Piece(Span(low=point, low_in=False), sample))
        elif not (domain.discrete and _later(point, 1) == after):
            sample = _later(point, 1) if domain.discrete else _middle(point, after)
            if sample != point:
                pieces.append(Piece(Span(point, False, after, False), sample))
    return pieces


_ZERO: dict[str, Any] = {
    "date": date(2000, 1, 1),
    "date-time": datetime(2000, 1, 1, tzinfo=UTC),
    "months": Months(0),
    "days": timedelta(0),
}


def _before(points: list[Any], domain: Domain) -> Any:  # noqa: ANN401
    if points:
        return _later(points[0], -1)
    return _ZERO.get(domain.kind, 0)


def _later(value: Any, steps: int) -> Any:  # noqa: ANN401
    """The value some steps on; itself at the end of the calendar."""
    if isinstance(value, date | timedelta):
        try:
            return value + timedelta(days=steps)
        except OverflowError:
            return value
    return Months(value.count + steps) if isinstance(value, Months) else value + steps


def _middle(low: Any, high: Any) -> Any:  # noqa: ANN401
    """A value between two of an undivided kind; `low` itself when nothing lies between."""
    if isinstance(low, datetime | timedelta):
        return low + (high - low) / 2 if high - low > timedelta(microseconds=1) else low
    if isinstance(low, time):
        day = date(2000, 1, 1)
        return _middle(datetime.combine(day, low), datetime.combine(day, high)).time()
    return exact((Decimal(low) + Decimal(high)) / 2)
