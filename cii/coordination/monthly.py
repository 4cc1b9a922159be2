"""Monthly data of the sectors: what is counted here, what was delivered, and who may read or deliver it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import func, select
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.coordination.rules import PERMANENT
from cii.coordination.rules_monthly import MonthCounts, missing_deliveries
from cii.coordination.tables import MonthlyData, MonthlyFigure
from cii.coordination.vocabulary import FigureOrigin
from cii.figures.facts import Pair, exit_types, line_names, places, usage, waiting
from cii.figures.rules import INTERRUPTIONS
from cii.institutions.queries import institution_by_code, institution_marks
from cii.kernel.clock import local_midnight
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.kernel.period import Period
from cii.measures.queries import measures_by_id
from cii.store.work import HOUSE, Work

COUNTS = tuple(one.name for one in fields(MonthCounts))
"""The names of the counts, in the order in which they are told."""
_WHOLE = (Role.COORDINATION_MEMBER, Role.DASHBOARD_REFERENCE)
"""Who gathers the data of all sectors (mandate, rule 4 and task 8)."""


def readable(work: Work) -> tuple[str, ...]:
    """The institutions whose figures the actor may read: its own; the group and the reference person all."""
    if work.actor == HOUSE or work.actor.has_role(*_WHOLE):
        return PERMANENT
    return own(work)


def own(work: Work) -> tuple[str, ...]:
    """The institutions for which the actor delivers."""
    named = institution_marks(work)
    return tuple(one for one in PERMANENT if one in {named.get(id_) for id_ in work.actor.institutions})


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One measure and line: what is counted here now, and what the newest delivery said, if there is one."""

    pair: Pair
    measure: str
    name: str
    line: str
    counted: MonthCounts
    told: MonthCounts | None
    origin: FigureOrigin | None

    @property
    def differing(self) -> tuple[str, ...]:
        """The counts of which the delivery says something else than what is counted now."""
        if self.told is None:
            return ()
        return tuple(one for one in COUNTS if getattr(self.told, one) != getattr(self.counted, one))


@dataclass(frozen=True, slots=True)
class MonthSheet:
    """A month of an institution; `delivery` is the newest, its `sequence` 0 while there is none."""

    institution: str
    month: Period
    delivery: MonthlyData | None
    rows: tuple[FigureRow, ...]

    @property
    def sequence(self) -> int:
        """How many deliveries there have been."""
        return self.delivery.sequence if self.delivery else 0


def month_sheet(work: Work, institution: str, month: Period) -> MonthSheet:
    """The month by measure and line, for whoever may read it. Refuses: UnknownThing, NotAllowed."""
    code = institution_by_code(work, institution).code
    if code not in PERMANENT:
        raise UnknownThing(field="institution")
    if code not in readable(work):
        raise NotAllowed
    return sheet_of(work, code, month)


def sheet_of(work: Work, institution: str, month: Period, known_at: datetime | None = None) -> MonthSheet:
    """The same, once the right to it is established; as known now or at an earlier moment."""
    delivery = monthly_data(work, month.start, known_at).get(institution)
    told = _told(work, delivery)
    counted = _counted(work, institution, month, known_at or work.now)
    lines = line_names(work)
    pairs = {*counted, *told}
    named = measures_by_id(work, {one for one, _ in pairs})
    rows = [
        FigureRow(
            pair,
            named[pair[0]].code,
            named[pair[0]].name,
            lines[pair[1]].code,
            counted.get(pair, MonthCounts()),
            _counts(told[pair]) if pair in told else None,
            told[pair].origin if pair in told else None,
        )
        for pair in pairs
    ]
    return MonthSheet(
        institution, month, delivery, tuple(sorted(rows, key=lambda one: (one.measure, one.line)))
    )


def _counted(work: Work, institution: str, month: Period, known_at: datetime) -> dict[Pair, MonthCounts]:
    named = institution_marks(work)
    mine = {id_ for id_, line in line_names(work).items() if named[line.institution_id] == institution}
    used = usage(work, month, known_at)
    quotas = places(work, month, known_at)[1]
    waits = waiting(work, month.last, local_midnight(month.end), known_at)
    broken = {
        pair: sum(count for kind, count in kinds.items() if kind in INTERRUPTIONS)
        for pair, kinds in exit_types(work, month, known_at).items()
    }
    found = {}
    for pair in {*used, *(pair for pair, one in quotas.items() if one.days), *waits}:
        if pair[1] not in mine:
            continue
        one, wait = used.get(pair), waits.get(pair)
        found[pair] = MonthCounts(
            places=quotas[pair].at_end if pair in quotas else 0,
            participants=one.participants if one else 0,
            occupied_days=one.occupied_days if one else 0,
            entries=one.entries if one else 0,
            exits=one.exits if one else 0,
            interruptions=broken.get(pair, 0),
            waiting=wait.waiting if wait else 0,
        )
    return found


def _told(work: Work, delivery: MonthlyData | None) -> dict[Pair, MonthlyFigure]:
    if delivery is None:
        return {}
    rows = work.session.scalars(
        select(MonthlyFigure).where(col(MonthlyFigure.monthly_data_id) == delivery.id)
    )
    return {(row.measure_id, row.line_id): row for row in rows}


def _counts(row: MonthlyFigure) -> MonthCounts:
    return MonthCounts(**{one: getattr(row, one) for one in COUNTS})


def delivered(work: Work, month: date, known_at: datetime | None = None) -> set[str]:
    """Codes of the institutions whose data of the month have come."""
    query = select(col(MonthlyData.institution_id)).where(col(MonthlyData.month) == month)
    if known_at is not None:
        query = query.where(col(MonthlyData.recorded_at) <= known_at)
    names = institution_marks(work)
    return {names[one] for one in work.session.scalars(query)}


def monthly_data(work: Work, month: date, known_at: datetime | None = None) -> dict[str, MonthlyData]:
    """The newest delivery of each institution for a month, by code; as known now or at an earlier moment."""
    names = institution_marks(work)
    query = select(MonthlyData).where(col(MonthlyData.month) == month).order_by(col(MonthlyData.sequence))
    if known_at is not None:
        query = query.where(col(MonthlyData.recorded_at) <= known_at)
    rows = work.session.scalars(query)
    return {names[row.institution_id]: row for row in rows}


def deliveries_since(work: Work, first: date) -> Sequence[tuple[date, str, int]]:
    """Month, institution and number of deliveries of each month from `first` on."""
    names = institution_marks(work)
    rows = work.session.execute(
        select(col(MonthlyData.month), col(MonthlyData.institution_id), func.count())
        .where(col(MonthlyData.month) >= first)
        .group_by(col(MonthlyData.month), col(MonthlyData.institution_id))
    )
    return [(month, names[institution], int(count)) for month, institution, count in rows]


def missing_months(work: Work, month: date, known_at: datetime | None = None) -> tuple[str, ...]:
    """The institutions whose data of the month have not come, in the order of the mandate."""
    return missing_deliveries(delivered(work, month, known_at))
