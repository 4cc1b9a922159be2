"""The unit prices as a table for programs: one row per tariff, codes in every language."""

from fractions import Fraction

from cii.documents.table import Cell, Column, Table
from cii.figures.rules_unit_prices import PERMILLE
from cii.figures.unit_prices import ComparedExtra, UnitPrice, UnitPrices

_HEADS = (
    "kind", "measure", "line", "provider", "agreement", "basis", "tariff", "per_place_and_month",
    "per_place_and_working_day", "median_of_kind", "extras",
)  # fmt: skip


_EXTRA_HEADS = (
    "extra", "unit", "amount", "median_of_kind_and_unit", "above_median", "provider", "agreements", "measure",
    "wording",
)  # fmt: skip


def unit_prices_table(found: UnitPrices) -> Table:
    """One row per tariff; an empty price does not compare with a place."""
    return Table(
        f"unit-prices-{found.day}",
        [Column(head, "value") for head in _HEADS],
        [_row(one) for one in found.prices],
    )


def extras_table(found: UnitPrices) -> Table:
    """One row per extra; an agreement that declares nothing has a row with its number alone."""
    rows = [_extra_row(one) for one in found.extras]
    rows += [(*[None] * 6, number, None, None) for number in found.undeclared]
    return Table(f"extras-{found.day}", [Column(head, "value") for head in _EXTRA_HEADS], rows)


def _extra_row(one: ComparedExtra) -> tuple[Cell, ...]:
    return (
        one.kind.value, one.unit.value, one.amount, one.median,
        None if one.above is None else Fraction(one.above, PERMILLE), one.provider,
        ", ".join(one.agreements), one.measure or None, one.wording,
    )  # fmt: skip


def _row(one: UnitPrice) -> tuple[Cell, ...]:
    extras = "; ".join(f"{held.kind} {held.amount} / {held.unit}" for held in one.extras)
    return (
        one.kind.value, one.measure, one.line, one.provider, one.number, one.basis.value, one.amount,
        one.per_month, one.per_day, one.median, extras or ("none" if one.extras_none else None),
    )  # fmt: skip
