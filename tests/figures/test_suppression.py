"""Small numbers cannot be computed back from what is published."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from cii.figures.suppression import TOTAL, Counts, hidden


def table(**rows: dict[str, int]) -> Counts:
    columns = list(dict.fromkeys(name for row in rows.values() for name in row))
    return Counts(list(rows), columns, {(r, c): n for r, row in rows.items() for c, n in row.items()})


def test_counts_from_five_on_stay():
    assert hidden(table(a={"x": 5, "y": 0}, b={"x": 7, "y": 9}), 5) == frozenset()


def test_a_small_count_takes_others_with_it_so_that_totals_do_not_give_it_away():
    out = hidden(table(a={"x": 3, "y": 20}, b={"x": 12, "y": 8}), 5)

    assert ("a", "x") in out
    assert len([cell for cell in out if cell[0] == "a"]) >= 2
    assert len([cell for cell in out if cell[1] == "x"]) >= 2
    assert (TOTAL, TOTAL) not in out


def test_no_more_is_hidden_than_it_takes():
    out = hidden(table(a={"x": 2, "y": 8, "z": 9}), 5)

    assert out == {("a", "x"), ("a", "y"), (TOTAL, "x"), (TOTAL, "y")}


def test_two_small_counts_that_hold_too_few_together_take_a_third():
    out = hidden(table(a={"x": 1, "y": 1, "z": 9}), 5)

    assert {("a", "x"), ("a", "y"), ("a", "z")} <= out


def test_the_reader_of_the_institution_sees_its_own_counts():
    counts = table(a={"AC": 2, "AS": 3}, b={"AC": 8, "AS": 9})
    out = hidden(counts, 5, known=lambda _row, column: column == "AC")

    assert ("a", "AC") not in out
    assert ("a", "AS") in out
    assert ("a", TOTAL) in out


def determined(out, counts: Counts) -> set:
    """Hidden cells that linear algebra gives away, by elimination over the sums (margins counted negative)."""
    cells = sorted(out)
    rows = [*counts.rows, TOTAL]
    columns = [*counts.columns, TOTAL]
    sums = [[(row, c) for c in columns] for row in rows] + [[(r, column) for r in rows] for column in columns]
    matrix = [[Fraction(cell in line) for cell in cells] for line in sums]
    pivot_rows = []
    for at in range(len(cells)):
        found = next((row for row in matrix if row[at] and row not in pivot_rows), None)
        if found is None:
            continue
        found[:] = [value / found[at] for value in found]
        pivot_rows.append(found)
        for row in matrix:
            if row is not found and row[at]:
                factor = row[at]
                row[:] = [mine - factor * theirs for mine, theirs in zip(row, found, strict=True)]
    return {
        cells[next(at for at, value in enumerate(row) if value)]
        for row in matrix
        if sum(1 for value in row if value) == 1
    }


@settings(max_examples=120, deadline=None)
@given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=1, max_size=4))
def test_no_hidden_cell_follows_from_the_sums(grid):
    names = [f"r{n}" for n in range(len(grid))]
    counts = Counts(
        names,
        ["x", "y", "z"],
        {(r, c): n for r, row in zip(names, grid, strict=True) for c, n in zip("xyz", row, strict=True)},
    )
    whole = counts.whole()

    out = hidden(counts, 5)

    assert {cell for cell, n in whole.items() if 0 < n < 5} <= out
    assert determined(out, counts) == set()
