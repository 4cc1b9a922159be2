"""Small numbers stay hidden: which cells of a table must be left out so that nobody can compute them back.

Pure. A table has rows and columns that add up; its margins are published as well. Source: product.md §7.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

TOTAL = "*"
"""The name of the margin's row and column."""

Cell = tuple[str, str]
"""Row and column; `TOTAL` in either names a margin."""
_Node = tuple[str, str]
_DEAR = 10**6


@dataclass(frozen=True, slots=True)
class Counts:
    """A table of counts of persons; rows and columns by name, cells that are left out are zero."""

    rows: Sequence[str]
    columns: Sequence[str]
    cells: Mapping[Cell, int]

    def whole(self) -> dict[Cell, int]:
        """Every cell with the margins."""
        found = {
            (row, column): self.cells.get((row, column), 0) for row in self.rows for column in self.columns
        }
        for row in self.rows:
            found[row, TOTAL] = sum(found[row, column] for column in self.columns)
        for column in (*self.columns, TOTAL):
            found[TOTAL, column] = sum(found[row, column] for row in self.rows)
        return found


def hidden(
    table: Counts,
    minimum: int,
    *,
    known: Callable[[str, str], bool] = lambda _row, _column: False,
    also: Collection[Cell] = (),
) -> frozenset[Cell]:
    """The cells to leave out for a reader who knows the cells for which `known` says so.

    First each count from 1 to `minimum` - 1, and the cells in `also`; then the cheapest others (small before
    large, margins late, zeros last) until no hidden cell follows from the sums, and until the hidden cells of
    a sum hold `minimum` persons together.
    """
    whole = table.whole()
    theirs = {cell for cell in whole if not known(*cell)}
    out = {cell for cell in theirs if 0 < whole[cell] < minimum} | (set(also) & theirs)
    price = {cell: _price(cell, whole[cell]) for cell in theirs}
    while more := _unsafe(out, price) or _too_few(out, whole, price, minimum):
        out |= more
    return frozenset(out)


def _price(cell: Cell, count: int) -> int:
    """What it costs to hide one more cell."""
    return (count or _DEAR) + (_DEAR if TOTAL in cell else 0) + 1


def _unsafe(out: Collection[Cell], price: Mapping[Cell, int]) -> set[Cell]:
    """What must be hidden as well so that no hidden cell follows from the sums; empty when none does.

    Rows and columns (margins among them) are the nodes, cells the edges: a hidden cell is safe when hidden
    cells close a circle through it.
    """
    for cell in sorted(out, key=lambda one: (TOTAL in one, one)):
        circle = _circle(cell, out, price)
        if circle and not circle <= set(out):
            return circle
    return set()


def _circle(cell: Cell, out: Collection[Cell], price: Mapping[Cell, int]) -> set[Cell]:
    """The cells of the cheapest circle through this one, hidden ones free; empty when there is none."""
    near: dict[_Node, list[tuple[_Node, Cell]]] = {}
    for other in price:
        if other != cell:
            row, column = ("row", other[0]), ("column", other[1])
            near.setdefault(row, []).append((column, other))
            near.setdefault(column, []).append((row, other))
    start, goal = ("row", cell[0]), ("column", cell[1])
    todo: list[tuple[int, _Node, tuple[Cell, ...]]] = [(0, start, ())]
    seen: set[_Node] = set()
    while todo:
        cost, node, path = heappop(todo)
        if node == goal:
            return set(path)
        if node in seen:
            continue
        seen.add(node)
        for following, edge in near.get(node, []):
            if following not in seen:
                heappush(todo, (cost + (0 if edge in out else price[edge]), following, (*path, edge)))
    return set()


def _too_few(
    out: Collection[Cell], whole: Mapping[Cell, int], price: Mapping[Cell, int], minimum: int
) -> set[Cell]:
    """One more cell of a sum that is shown while its hidden cells hold too few persons together."""
    for axis in (0, 1):
        for name in sorted({cell[axis] for cell in out}):
            line = [cell for cell in out if cell[axis] == name]
            margin_shown = all(cell[1 - axis] != TOTAL for cell in line)
            if margin_shown and sum(whole[cell] for cell in line) < minimum:
                spare = [cell for cell in price if cell[axis] == name and cell not in out]
                if spare:
                    return {min(spare, key=lambda cell: (price[cell], cell))}
    return set()
