"""Which months of attendance a provider has still to attest for the unemployment insurance, and by when.

Source: OACI 96; product.md AC6.
"""

from dataclasses import dataclass
from datetime import date

from cii.institutions.queries import lines_by_id
from cii.institutions.vocabulary import Sector
from cii.kernel.period import ONE_DAY, Period, month_of
from cii.placements.queries import PlacementRow
from cii.settlement.rules_absences import attestation_due
from cii.settlement.sheet import Sheet, attendance_sheet
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Attestation:
    """A month that is over: by when it is attested, and of whom days are missing (how many)."""

    month: Period
    due_on: date
    missing: tuple[tuple[PlacementRow, int], ...]

    def late(self, today: date) -> bool:
        """Whether days are missing after the term."""
        return bool(self.missing) and today > self.due_on


def recent_sheet(work: Work) -> Sheet:
    """The sheet of this month and the two before, for all that a provider's home tells of attendance."""
    last = month_of(work.today.replace(day=1) - ONE_DAY)
    before = month_of(last.start - ONE_DAY)
    return attendance_sheet(work, Period(before.start, month_of(work.today).end))


def attestations(work: Work, sheet: Sheet) -> list[Attestation]:
    """The two months that ended last, of the actor's participants whom the unemployment insurance pays."""
    before, last, _ = sheet.month.months()
    lines = lines_by_id(work, {line for row in sheet.rows for line in row.line_ids})
    rows = [row for row in sheet.rows if any(lines[line].sector is Sector.AC for line in row.line_ids)]
    nth = work.parameter("attendance_attestation_working_day")
    found = []
    for month in (before, last):
        missing = tuple(
            (row.placement, count)
            for row in rows
            if (count := sum(day in month for day in row.open - row.marks.keys()))
        )
        found.append(Attestation(month, attestation_due(month, nth, work.calendar), missing))
    return found
