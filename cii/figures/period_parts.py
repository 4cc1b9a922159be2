"""A period of a programme cut into years, quarters or months, as many of them as it spans.

All parts are told as they stood at the same moment, so that they add up to the whole. A small number of
others is hidden with what it would follow from. Pure.
"""

from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from cii.figures.suppression import TOTAL, Cell, Counts, hidden
from cii.kernel.period import Period, Quarter, month_of, year_of

OPEN, CLOSED = "open", "closed"


@dataclass(frozen=True, slots=True)
class Part:
    """Cases opened in a part of the period, as they stood where the whole stands; None is not shown."""

    first: date
    last: date
    announced: int | None
    open: int | None
    closed: int | None


@dataclass(frozen=True, slots=True)
class Held:
    """A case as the parts count it: the day it was opened, whether it was open, whether the reader's own."""

    opened_on: date
    is_open: bool
    mine: bool


def cut(first: date, last: date) -> tuple[Period, ...]:
    """The years of a period of several, the quarters of a year, the months of a quarter; none of a month."""
    if last < first:
        return ()
    whole = Period.through(first, last)
    years = tuple(whole.years())
    if len(years) > 1:
        return years
    months = tuple(whole.months())
    quarters = [tuple(some) for _, some in groupby(months, lambda one: Quarter.of(one.start))]
    if len(quarters) > 1:
        return tuple(Period(some[0].start, some[-1].end) for some in quarters)
    return months if len(months) > 1 else ()


def wider(first: date, last: date, stand: date) -> Period | None:
    """What a month or a quarter lies in, up to the day on which it is looked at; None for anything else."""
    for whole, around in (
        (month_of(first), Quarter.of(first).period),
        (Quarter.of(first).period, year_of(first)),
    ):
        if first == whole.start and last == min(whole.last, stand):
            return Period(around.start, min(around.end, Period.through(stand, stand).end))
    return None


def told(
    periods: Collection[Period], cases: Collection[Held], minimum: int, shown: Collection[str]
) -> tuple[Part, ...]:
    """The parts in their order; years without any case are left out.

    `minimum` 0 hides nothing; `shown` names the sums of the whole (`open`, `closed`, `*`) that are told.
    """
    cells: dict[Cell, int] = {}
    others: dict[Cell, int] = {}
    starts = [one.start for one in periods]
    for case in cases if starts else ():
        start = starts[bisect_right(starts, case.opened_on) - 1]
        at = str(start), OPEN if case.is_open else CLOSED
        cells[at] = cells.get(at, 0) + 1
        if not case.mine:
            others[at] = others.get(at, 0) + 1
    names, columns = [str(start) for start in starts], [OPEN, CLOSED]
    gone = (
        hidden(
            Counts(names, columns, others),
            minimum,
            known=lambda row, column: row == TOTAL and column in shown,
        )
        if minimum
        else frozenset()
    )
    whole = Counts(names, columns, cells).whole()
    return tuple(
        Part(one.start, one.last, *_row(str(one.start), whole, gone))
        for one in periods
        if whole[str(one.start), TOTAL] or len(one) < len(year_of(one.start))
    )


def _row(name: str, whole: Mapping[Cell, int], gone: Collection[Cell]) -> tuple[int | None, ...]:
    return tuple(None if (name, column) in gone else whole[name, column] for column in (TOTAL, OPEN, CLOSED))
