"""The forecast of needs as a table for programs: one row per number, with its method; all in codes."""

from collections.abc import Iterator

from cii.documents.table import Cell, Column, Table
from cii.figures.needs import GroupNeeds, NeedsFigures

_HEADS = ("group", "quarter", "figure", "value")


def needs_table(found: NeedsFigures) -> Table:
    """One row per figure; an empty value is one that is not known or too small to be told."""
    rows: list[tuple[Cell, ...]] = [
        ("", "", "rule", found.rule),
        ("", "", "stand", found.stand),
        ("", "", "least_quarters", found.least),
        ("", "", "smallest_count", found.minimum),
    ]
    if (tried := found.tried) is not None:
        rows += [
            ("", "", "tried_quarters", tried.quarters),
            ("", "", "tried_mean_error", tried.mean_error),
            ("", "", "tried_mean_error_last", tried.last_error),
            ("", "", "tried_mean_error_year_ago", tried.year_ago_error),
            ("", "", "tried_with_interval", tried.bounded),
            ("", "", "tried_inside", tried.inside),
        ]
    for one in found.groups:
        rows += _group(found, one)
    return Table(f"needs-{found.quarters[-1]}", [Column(head, "value") for head in _HEADS], rows)


def _group(found: NeedsFigures, one: GroupNeeds) -> Iterator[tuple[Cell, ...]]:
    last = found.quarters[-1]
    for quarter, count in zip(found.quarters, one.counts, strict=True):
        yield (one.group, quarter, "requests", count)
    yield (one.group, last, "waiting", one.waiting)
    yield (one.group, last, "stay_days", one.stay_days)
    yield (one.group, last, "method", one.method.value if one.method else None)
    for name, error in one.errors.items():
        yield (one.group, last, f"mean_error_{name}", error)
    for ahead in one.ahead:
        for figure, value in (
            ("expected", ahead.expected),
            ("expected_low", ahead.low),
            ("expected_high", ahead.high),
            ("places_needed", ahead.needed),
            ("places_needed_low", ahead.needed_low),
            ("places_needed_high", ahead.needed_high),
            ("places", ahead.places),
            ("places_planned", ahead.planned),
        ):
            yield (one.group, ahead.quarter, figure, value)
