"""Free places of many measures and lines at once, each over days of its own, in five statements.

A day that nobody opened yet counts with what is granted for it and nobody in it. Places include the margins
that agreements in force state, as `days` opens them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, Integer, and_, column, func, select, values
from sqlmodel import col

from cii.agreements.living import Living, living
from cii.kernel.period import Period
from cii.measures.dated import all_places, all_quotas
from cii.measures.rules import Dated, steps
from cii.placements.tables import MeasureDay, QuotaDay
from cii.store.work import Work

Cell = tuple[int, int]
"""A measure and a line; line 0 is the measure as a whole."""
WHOLE = 0


@dataclass(frozen=True, slots=True)
class Granted:
    """What was granted to each measure and line, with the margins: one series per kind and agreement."""

    places: Mapping[int, Sequence[Dated]]
    quotas: Mapping[Cell, Sequence[Dated]]

    def of(self, cell: Cell) -> Sequence[Dated]:
        """The dated limits of a cell."""
        return self.quotas.get(cell, ()) if cell[1] else self.places.get(cell[0], ())

    def least(self, cell: Cell, days: Period) -> int:
        """The least number granted over these days."""
        return min(one.places for one in steps(self.of(cell), days.start, days.last))


def granted_of_all(work: Work, agreed: Mapping[Cell, Sequence[Living]] | None = None) -> Granted:
    """The limits of every measure and line; `agreed`: the agreements in force, where the caller read them."""
    held = living(work) if agreed is None else agreed
    places = {measure: list(rows) for measure, rows in all_places(work).items()}
    quotas = {cell: list(rows) for cell, rows in all_quotas(work).items()}
    for cell in sorted(quotas.keys() & held.keys()):
        rows = list(_margins(cell[1], held[cell]))
        quotas[cell] += rows
        places.setdefault(cell[0], []).extend(rows)
    return Granted(places, quotas)


def _margins(line: int, agreed: Iterable[Living]) -> Iterable[Dated]:
    """Each agreement's margin, as a number that begins with it and falls to none at its end."""
    for one in agreed:
        if one.overbooking > 0:
            series = ("margin", one.agreement_id, line)
            yield Dated(series, one.overbooking, one.valid_from, 0)
            if one.valid_to is not None:
                yield Dated(series, 0, one.valid_to, 1)


@dataclass(frozen=True, slots=True)
class Free:
    """The least number of free places over the days asked for, and the most that are taken on one of them."""

    free: int
    taken: int


def free_over(work: Work, spans: Mapping[Cell, Period], granted: Granted) -> dict[Cell, Free]:
    """Free places of each cell over its own days: no more can be given away on any of them."""
    opened: dict[Cell, Any] = {}
    for table, keys in (
        (MeasureDay, [MeasureDay.measure_id]),
        (QuotaDay, [QuotaDay.measure_id, QuotaDay.line_id]),
    ):
        wanted = {cell: days for cell, days in spans.items() if bool(cell[1]) == (table is QuotaDay)}
        if not wanted:
            continue
        asked = _asked(wanted)
        here = [col(key) == asked.c[name] for key, name in zip(keys, ("measure_id", "line_id"), strict=False)]
        for row in work.session.execute(
            select(
                asked.c.measure_id,
                asked.c.line_id,
                func.count().label("days"),
                func.min(table.places - table.taken).label("free"),
                func.max(table.taken).label("taken"),
            )
            .select_from(asked)
            .join(table, and_(*here, col(table.day).between(asked.c.first, asked.c.last)))
            .group_by(asked.c.measure_id, asked.c.line_id)
        ):
            opened[row.measure_id, row.line_id] = row
    return {cell: _least(opened.get(cell), granted, cell, days) for cell, days in spans.items()}


def _asked(spans: Mapping[Cell, Period]) -> Any:  # noqa: ANN401 - a table of values
    columns = (
        column("measure_id", Integer),
        column("line_id", Integer),
        column("first", Date),
        column("last", Date),
    )
    rows = [(*cell, days.start, days.last) for cell, days in sorted(spans.items())]
    return values(*columns, name="asked").data(rows).cte("asked")


def _least(row: Any, granted: Granted, cell: Cell, days: Period) -> Free:  # noqa: ANN401 - a row or none
    if row is None:
        return Free(max(0, granted.least(cell, days)), 0)
    free = int(row.free)
    if int(row.days) < len(days):
        free = min(free, granted.least(cell, days))
    return Free(max(0, free), int(row.taken))


__all__ = ["WHOLE", "Cell", "Free", "Granted", "free_over", "granted_of_all"]
