"""The unit prices as a table for programs: one row per tariff, codes in every language."""

from cii.documents.table import Cell, Column, Table
from cii.figures.unit_prices import UnitPrice, UnitPrices

_HEADS = (
    "kind", "measure", "line", "provider", "agreement", "basis", "tariff", "per_place_and_month",
    "per_place_and_working_day", "median_of_kind", "extras",
)  # fmt: skip


def unit_prices_table(found: UnitPrices) -> Table:
    """One row per tariff; an empty price does not compare with a place."""
    return Table(
        f"unit-prices-{found.day}",
        [Column(head, "value") for head in _HEADS],
        [_row(one) for one in found.prices],
    )


def _row(one: UnitPrice) -> tuple[Cell, ...]:
    extras = "; ".join(f"{held.kind} {held.amount} / {held.unit}" for held in one.extras)
    return (
        one.kind.value, one.measure, one.line, one.provider, one.number, one.basis.value, one.amount,
        one.per_month, one.per_day, one.median, extras or ("none" if one.extras_none else None),
    )  # fmt: skip
