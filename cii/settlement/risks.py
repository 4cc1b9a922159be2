"""The stays of a provider that are at risk of breaking off: absences that nobody pays, arrivals overdue."""

from dataclasses import dataclass

from cii.kernel.period import ONE_DAY, month_of
from cii.placements.queries import PlacementRow
from cii.placements.vocabulary import PlacementState
from cii.settlement.rules_risks import Risk, absence_risks, entry_overdue
from cii.settlement.sheet import Sheet
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class StayAtRisk:
    """A stay with what puts it at risk."""

    placement: PlacementRow
    risks: tuple[Risk, ...]


def stays_at_risk(work: Work, sheet: Sheet) -> list[StayAtRisk]:
    """The stays of the actor's participants that are at risk today, by their first day.

    `sheet`: of this month and the one before; of stays that are over nothing is told.
    """
    today = work.today
    months = (month_of(month_of(today).start - ONE_DAY), month_of(today))
    term = work.parameter("entry_overdue_working_days")
    found = []
    for row in sheet.rows:
        stay = row.placement
        risks: list[Risk] = []
        if stay.state is PlacementState.ACCEPTED:
            overdue = entry_overdue(stay.starts_on, today, term, work.calendar)
            risks = [overdue] if overdue else []
        elif stay.state is PlacementState.STARTED and stay.ends_on >= today:
            risks = absence_risks(row.marks, row.expected, months, row.rate_on)
        if risks:
            found.append(StayAtRisk(stay, tuple(risks)))
    return sorted(found, key=lambda one: (one.placement.starts_on, one.placement.id))


__all__ = ["StayAtRisk", "stays_at_risk"]
