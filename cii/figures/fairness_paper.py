"""The fairness view as a table for programs: one row per group of persons; codes in every language."""

from cii.documents.table import Cell, Column, Table
from cii.figures.fairness import FairnessFigures
from cii.figures.rules_fairness import Days, FairRow

_TEXTS = ("dimension", "group")
_NUMBERS = (
    "placed", "waiting", "gone", "total", "placed_percent", "days_until_placed_median",
    "days_until_placed_mean", "days_so_far_median", "days_so_far_mean",
)  # fmt: skip


def fairness_table(found: FairnessFigures) -> Table:
    """The whole first, then each dimension; an empty value is one that is not told."""
    rows = [_row("", found.whole)]
    rows += [_row(name, one) for name, held in found.by.items() for one in held]
    columns = [*(Column(head) for head in _TEXTS), *(Column(head, "value") for head in _NUMBERS)]
    return Table(f"fairness-{found.first}-{found.last}", columns, rows)


def _row(dimension: str, one: FairRow) -> tuple[Cell, ...]:
    return (
        dimension, one.group if dimension else "", one.placed, one.waiting, one.gone, one.total, one.percent,
        *_days(one.until_placed), *_days(one.so_far),
    )  # fmt: skip


def _days(held: Days | None) -> tuple[int | None, int | None]:
    return (None, None) if held is None else (held.median, held.mean)
