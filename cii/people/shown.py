"""Where a person stands, as pages and programmes tell it: who said so, and what is current."""

from dataclasses import dataclass
from datetime import date, datetime

from cii.access.queries import account_names
from cii.institutions.queries import UnitLabel, units_by_id
from cii.institutions.vocabulary import Sector
from cii.people.queries import identity_for, person_units, statuses
from cii.people.rules import ends_soon
from cii.people.tables import Identity
from cii.people.vocabulary import StatusKind, StatusSource
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A status and its author; `current`: the last word of its system; `ends_soon`: worth a warning."""

    system: Sector
    kind: StatusKind
    effective_on: date
    since: date | None
    until: date | None
    remaining_days: int | None
    note: str | None
    source: StatusSource
    recorded_at: datetime
    unit: UnitLabel | None
    author: str | None
    current: bool
    ends_soon: bool


def standing_of(work: Work, person_id: int) -> list[StandingRow]:
    """The statuses of a person that the actor may read, the newest first; names of hidden units left out."""
    rows = statuses(work, person_id)
    units = units_by_id(work, {row.unit_id for row in rows})
    names = account_names(work, {row.account_id for row in rows if row.account_id is not None})
    last = ends_soon(work.today, work.parameter("end_of_right_warning_months"))
    seen: set[Sector] = set()
    found = []
    for row in rows:
        current = row.effective_on <= work.today and row.system not in seen
        if current:
            seen.add(row.system)
        unit = units.get(row.unit_id)
        hidden = unit is not None and unit.sensitive and row.unit_id not in work.actor.units
        over = row.kind in {StatusKind.ENDED, StatusKind.REFUSED}
        soon = row.until is not None and work.today <= row.until <= last
        found.append(
            StandingRow(
                row.system, row.kind, row.effective_on, row.since, row.until, row.remaining_days, row.note,
                row.source, row.recorded_at, None if hidden else unit,
                None if hidden else names.get(row.account_id or 0), current, current and soon and not over,
            )
        )  # fmt: skip
    return found


def masked(written: str) -> str:
    """An AVS number as it is shown without being recorded: 756.••••.••69.85."""
    return f"{written[:3]}.••••.••{written[-5:]}"


def own_identity(work: Work, person_id: int) -> Identity | None:
    """What the unit for which the actor acts has typed of the person; None where it typed nothing."""
    held = person_units(work, person_id)
    units = [unit for unit in work.actor.units if unit in held] or list(work.actor.units[:1])
    found = [row for unit in units if (row := identity_for(work, person_id, unit)) is not None]
    return found[0] if found else None


def identity_version(work: Work, person_id: int) -> int:
    """The version of what my unit typed: the moment in which it did, 0 where it typed nothing."""
    row = own_identity(work, person_id)
    return int(row.recorded_at.timestamp() * 1000) % 10**9 if row else 0
