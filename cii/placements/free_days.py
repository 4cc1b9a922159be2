"""Free places of many measures over the days of one stay: for the line that would use one, and as a whole.

Two statements whatever the number of measures; two more where days are not opened yet: those count with what
is granted for them and nobody in them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, bindparam, case, func, select, union
from sqlmodel import col

from cii.kernel.period import Period
from cii.placements.freedom import WHOLE, granted_of_all
from cii.placements.tables import MeasureDay, QuotaDay
from cii.store.columns import BigId
from cii.store.work import Work

AFTER = timedelta(days=92)
"""So long after the stay a later one is looked for."""

_IDS = bindparam("ids", expanding=True, type_=BigId)
_BETWEEN = (bindparam("first", type_=Date), bindparam("last", type_=Date))
_WHOLE = (
    select(col(MeasureDay.measure_id), func.count(), func.min(MeasureDay.places - MeasureDay.taken))
    .where(col(MeasureDay.measure_id).in_(_IDS), col(MeasureDay.day).between(*_BETWEEN))
    .group_by(col(MeasureDay.measure_id))
)
_LINE = (
    select(
        col(QuotaDay.measure_id),
        func.count(),
        func.min(QuotaDay.places - QuotaDay.taken),
        func.max(QuotaDay.places),
    )
    .where(
        col(QuotaDay.line_id) == bindparam("line"),
        col(QuotaDay.measure_id).in_(_IDS),
        col(QuotaDay.day).between(*_BETWEEN),
    )
    .group_by(col(QuotaDay.measure_id))
)


@dataclass(frozen=True, slots=True)
class Freedom:
    """Free places over the days asked for: of the paying line, and of the measure as a whole.

    `free` is the least number over all days that the line may use; `full_days` counts days without any, from
    `first_full` on. `later`: from that day on the same stay would find a place, where it is known.
    """

    free: int
    measure_free: int
    line_free: int
    line_places: int
    full_days: int = 0
    first_full: date | None = None
    later: date | None = None


def free_places(work: Work, measure_ids: Collection[int], line_id: int, stay: Period) -> dict[int, Freedom]:
    """The least number of free places of each measure over the stay, without telling on which days."""
    asked = {"ids": list(measure_ids), "line": line_id, "first": stay.start, "last": stay.last}
    work.session.flush()
    reader = work.session.connection()
    whole = {row[0]: (row[1], row[2]) for row in reader.execute(_WHOLE, asked)}
    line = {row[0]: (row[1], row[2], row[3]) for row in reader.execute(_LINE, asked)}
    days = len(stay)
    found = {}
    for measure in measure_ids:
        opened, free = whole.get(measure, (0, 0))
        opened_line, line_free, places = line.get(measure, (0, 0, 0))
        if opened == days:
            of_line = line_free if opened_line == days else 0
            found[measure] = Freedom(max(0, min(free, of_line)), free, of_line, places)
    missing = [measure for measure in measure_ids if measure not in found]
    if missing:
        found |= _planned(work, missing, line_id, stay, whole, line)
    return found


def _planned(  # noqa: PLR0917 - what is opened already
    work: Work,
    missing: Collection[int],
    line_id: int,
    stay: Period,
    whole: Mapping[int, tuple[int, int]],
    line: Mapping[int, tuple[int, int, int]],
) -> dict[int, Freedom]:
    """Of measures some of whose days are not opened yet."""
    granted = granted_of_all(work)
    found = {}
    for measure in missing:
        free = granted.least((measure, WHOLE), stay)
        of_line = places = granted.least((measure, line_id), stay)
        if measure in whole:
            free = min(free, whole[measure][1])
        if measure in line:
            of_line, places = min(of_line, line[measure][1]), max(places, line[measure][2])
        found[measure] = Freedom(max(0, min(free, of_line)), free, of_line, places)
    return found


def full_days(work: Work, found: Mapping[int, Freedom], line_id: int, stay: Period) -> dict[int, Freedom]:
    """The same, with the days on which nothing is free and the day from which the stay would find a place."""
    full = [measure for measure, one in found.items() if one.free <= 0 < one.line_places]
    if not full:
        return dict(found)
    until = stay.last + AFTER
    shut = union(
        select(col(MeasureDay.measure_id), col(MeasureDay.day)).where(
            col(MeasureDay.measure_id).in_(full),
            col(MeasureDay.day).between(stay.start, until),
            col(MeasureDay.taken) >= col(MeasureDay.places),
        ),
        select(col(QuotaDay.measure_id), col(QuotaDay.day)).where(
            col(QuotaDay.line_id) == line_id,
            col(QuotaDay.measure_id).in_(full),
            col(QuotaDay.day).between(stay.start, until),
            col(QuotaDay.taken) >= col(QuotaDay.places),
        ),
    ).subquery("shut")
    inside = case((shut.c.day <= stay.last, 1))
    told: dict[int, Any] = {
        row.measure_id: row
        for row in work.session.execute(
            select(
                shut.c.measure_id,
                func.count(inside).label("days"),
                func.min(shut.c.day).label("first"),
                func.max(shut.c.day).label("last"),
            ).group_by(shut.c.measure_id)
        )
    }
    return {measure: _told(one, told.get(measure), stay, until) for measure, one in found.items()}


def _told(one: Freedom, row: Any, stay: Period, until: date) -> Freedom:  # noqa: ANN401 - a row or none
    if row is None or not row.days:
        return one
    later = row.last + timedelta(days=1)
    reached = later + timedelta(days=len(stay) - 1) <= until
    return replace(one, full_days=row.days, first_full=row.first, later=later if reached else None)


def lines_free(work: Work, measure_ids: Collection[int], stay: Period) -> dict[int, list[int]]:
    """The lines with a free place on every day of the stay that is opened, by measure."""
    found: dict[int, list[int]] = {}
    if not measure_ids:
        return found
    for measure, line in work.session.execute(
        select(col(QuotaDay.measure_id), col(QuotaDay.line_id))
        .where(col(QuotaDay.measure_id).in_(measure_ids), col(QuotaDay.day).between(stay.start, stay.last))
        .group_by(col(QuotaDay.measure_id), col(QuotaDay.line_id))
        .having(func.min(QuotaDay.places - QuotaDay.taken) > 0)
        .order_by(col(QuotaDay.measure_id), col(QuotaDay.line_id))
    ):
        found.setdefault(measure, []).append(line)
    return found


__all__ = ["Freedom", "free_places", "full_days", "lines_free"]
