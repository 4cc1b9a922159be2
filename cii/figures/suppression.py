"""Small numbers stay hidden: which cells of a table must be left out so that nobody can compute them back.

Pure. A table has rows and columns that add up; its margins are published as well. Source: product.md §7.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

TOTAL = "*"
"""The name of the margin's row and column."""

Cell = tuple[str, str]
"""Row and column; `TOTAL` in either names a margin."""


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

    First each count from 1 to `minimum` - 1, and the cells in `also`; then as many more as it takes until no
    hidden cell is the only unknown of its sums, and until the hidden cells of a sum hold `minimum` persons
    together. The smallest is taken first, margins last.
    """
    whole = table.whole()
    theirs = {cell for cell in whole if not known(*cell)}
    out = {cell for cell in theirs if 0 < whole[cell] < minimum} | (set(also) & theirs)
    while (weak := _weak(out, whole, minimum)) is not None:
        line = [cell for cell in theirs - out if cell != weak and (cell[0] == weak[0] or cell[1] == weak[1])]
        spare = [cell for cell in line if whole[cell]] or line
        if not spare:
            spare = [cell for cell in theirs - out if whole[cell]]
        if not spare:
            break
        out.add(min(spare, key=lambda cell: (TOTAL in cell, whole[cell] == 0, whole[cell], cell)))
    return frozenset(out)


def _weak(out: Collection[Cell], whole: Mapping[Cell, int], minimum: int) -> Cell | None:
    """A hidden cell that can be computed, or one of a sum whose hidden cells hold too few persons."""
    for cell in sorted(out):
        if _computable(cell, out):
            return cell
    for axis in (0, 1):
        for name in sorted({cell[axis] for cell in out}):
            line = [cell for cell in sorted(out) if cell[axis] == name]
            inside = [cell for cell in line if cell[1 - axis] != TOTAL]
            if inside and len(inside) == len(line) and sum(whole[cell] for cell in inside) < minimum:
                return inside[0]
    return None


def _computable(cell: Cell, out: Collection[Cell]) -> bool:
    """Whether the sums give the cell away.

    Rows and columns (margins among them) are the nodes, hidden cells the edges: an edge on no circle follows
    from the sums.
    """
    edges = [(("row", row), ("column", column)) for row, column in out if (row, column) != cell]
    near: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for one, other in edges:
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    start, goal = ("row", cell[0]), ("column", cell[1])
    seen, todo = {start}, [start]
    while todo:
        for following in near.get(todo.pop(), []):
            if following == goal:
                return False
            if following not in seen:
                seen.add(following)
                todo.append(following)
    return True
