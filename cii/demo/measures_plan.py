"""The transformation plan of the report, 204 → 199 → 194 places, and what three measures of today become."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from cii.demo.directory import House
from cii.demo.sheet import Sheet
from cii.kernel.money import Chf
from cii.measures.vocabulary import MeasureKind

STATED_PLANS: Mapping[int, tuple[date, datetime]] = {
    2012: (date(2012, 12, 31), datetime(2011, 12, 31, 12, tzinfo=UTC)),
    2014: (date(2014, 12, 31), datetime(2012, 12, 31, 12, tzinfo=UTC)),
}
"""By which day each total of the report was aimed at, and when this was written down (an invented day)."""
AHEAD: tuple[tuple[str, str, MeasureKind, int, date], ...] = (
    ("RECYCLAGE", "SAS", MeasureKind.SOCIO_PROFESSIONAL, 8, date(2027, 6, 30)),
    ("RECYCLAGE", "SAS", MeasureKind.PROFESSIONAL, 4, date(2027, 6, 30)),
    ("RECYCLAGE", "SMIG", MeasureKind.PROFESSIONAL, 2, date(2027, 12, 31)),
    ("ESPACES-VERTS", "LACI", MeasureKind.PROFESSIONAL, 4, date(2027, 6, 30)),
    ("SOCIOPRO", "AI", MeasureKind.SOCIO_PROFESSIONAL, 8, date(2027, 3, 31)),
)
"""Measure, line, kind, places and day of each step that lies ahead (invented)."""
WRITTEN = datetime(2026, 9, 15, 9, tzinfo=UTC)
_Counts = tuple[int, int, int]


def plan_archive(  # noqa: PLR0917 - what is stated of one programme
    house: House, sheet: Sheet, measure: int, kinds: tuple[MeasureKind, ...], stated: Mapping[int, _Counts],
    columns: tuple[tuple[str, int], ...],
) -> None:  # fmt: skip
    """The steps of one programme of the archive: its places of 2012 and 2014, aimed at beforehand.

    Spread over the funding lines by the weights of the `columns`, as its quotas are.
    """
    for year, (due, recorded) in STATED_PLANS.items():
        for at, (kind, places) in enumerate(zip(kinds, stated[year], strict=True)):
            if not any(counts[at] for counts in stated.values()):
                continue
            parts = Chf(places).apportion([weight for _, weight in columns])
            for (line, _), part in zip(columns, parts, strict=True):
                _step(sheet, measure, house.lines[line], kind, part.centimes, due, recorded)


def plan_ahead(house: House, sheet: Sheet, measures: Mapping[str, int], times: int) -> None:
    """The steps that lie ahead in the measures of today; `times` multiplies the places."""
    for code, line, kind, places, due in AHEAD:
        _step(sheet, measures[code], house.lines[line], kind, places * times, due, WRITTEN)


def _step(  # noqa: PLR0917 - the columns of the row
    sheet: Sheet, measure: int, line: int, kind: MeasureKind, places: int, due: date, recorded: datetime
) -> None:
    sheet.put(
        "plan_target", measure_id=measure, line_id=line, kind=kind, places=places, due_on=due,
        recorded_at=recorded,
    )  # fmt: skip


__all__ = ["plan_ahead", "plan_archive"]
