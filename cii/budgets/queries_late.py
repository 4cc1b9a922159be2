"""Where a later truth about a closed year is booked: in the next open year, with its own date as origin."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlmodel import col

from cii.budgets.tables import BudgetYear, LedgerEntry, Movement
from cii.budgets.vocabulary import YearState
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class LateBooks:
    """The closed year of a sum and the open year that takes it; `origin_on` once it has been booked there.

    `into` None: no later year is open, nothing can be booked.
    """

    closed: int
    into: int | None
    origin_on: date | None = None


def late_books(
    work: Work, line_id: int, year: int, sources: Mapping[str, Collection[int]]
) -> LateBooks | None:
    """Where sums of a line's year are booked when its books are closed, else None.

    `sources`: kinds of the ledger's source with the ids by which these sums were booked so far.
    """
    ours = [
        and_(col(LedgerEntry.source_kind) == kind, col(LedgerEntry.source_id).in_(ids))
        for kind, ids in sources.items()
        if ids
    ]
    if ours:
        booked = work.session.execute(
            select(col(Movement.effective_on), col(Movement.origin_on))
            .join(LedgerEntry, col(LedgerEntry.id) == col(Movement.entry_id))
            .where(or_(*ours), col(Movement.origin_on).is_not(None))
            .order_by(col(Movement.id).desc())
            .limit(1)
        ).first()
        if booked is not None:
            return LateBooks(booked.origin_on.year, booked.effective_on.year, booked.origin_on)
    states = years_of_line(work, line_id)
    if states.get(year) is not YearState.CLOSED:
        return None
    return LateBooks(year, open_after(states, year))


def years_of_line(work: Work, line_id: int) -> dict[int, YearState]:
    """Each year of a line's books, and whether it is open."""
    shown = select(col(BudgetYear.year), col(BudgetYear.state)).where(col(BudgetYear.line_id) == line_id)
    return {row.year: row.state for row in work.session.execute(shown)}


def year_of_books(work: Work, line_id: int, year: int) -> int:
    """Where a line's sum of a year is booked: in that year, or in the next open one once it is closed."""
    states = years_of_line(work, line_id)
    later = open_after(states, year) if states.get(year) is YearState.CLOSED else None
    return year if later is None else later


def booked_years(work: Work, source_kind: str, source_id: int) -> dict[str, int]:
    """Entries that one source booked, by key, with the year in which they took effect."""
    shown = (
        select(col(LedgerEntry.key), func.min(col(Movement.effective_on)).label("day"))
        .join(Movement, col(Movement.entry_id) == col(LedgerEntry.id))
        .where(col(LedgerEntry.source_kind) == source_kind, col(LedgerEntry.source_id) == source_id)
        .group_by(col(LedgerEntry.key))
    )
    return {row.key: row.day.year for row in work.session.execute(shown)}


def open_after(states: Mapping[int, YearState], year: int) -> int | None:
    """The first open year after a year, or None."""
    return min((at for at, state in states.items() if at > year and state is YearState.OPEN), default=None)
