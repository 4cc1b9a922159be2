"""What became of persons some months after their exit: the checks that fell due, and how they were answered.

An indicator apart from the class of the exit. Source: 003 (sorties dynamiques); product.md FR1.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import col

from cii.kernel.period import ONE_DAY, Period, months_later
from cii.placements.tables import Placement, PlacementEvent
from cii.placements.vocabulary import ExitSituation, PlacementEventKind, PlacementState
from cii.store.work import Work

YEAR = 12
"""Months over which checks are counted."""


@dataclass(frozen=True, slots=True)
class ExitChecks:
    """Exits whose check fell due in the period, and where the persons stood; the rest is not answered."""

    period: Period
    due: int
    situations: Mapping[ExitSituation, int]

    @property
    def answered(self) -> int:
        """Checks with an answer, persons that could not be reached among them."""
        return sum(self.situations.values())

    @property
    def at_work(self) -> Fraction | None:
        """Persons at work among those who were reached; None when nobody was."""
        reached = self.answered - self.situations.get(ExitSituation.NOT_REACHED, 0)
        return Fraction(self.situations.get(ExitSituation.AT_WORK, 0), reached) if reached else None


def exit_checks(work: Work, unit_ids: Collection[int]) -> ExitChecks:
    """The checks of exits from stays that these units asked for, due in the twelve months up to today.

    Answered late counts as answered; the last answer counts. Units of the reader: nothing is suppressed.
    """
    months = work.parameter("exit_check_months")
    since = months_later(work.today, -months - YEAR)
    until = months_later(work.today, -months)
    event = PlacementEvent
    last = (
        select(col(event.placement_id), func.max(col(event.id)).label("id"))
        .where(col(event.kind) == PlacementEventKind.CHECKED)
        .group_by(col(event.placement_id))
        .subquery("last")
    )
    situation = col(event.facts)["situation"].as_string()
    rows = work.session.execute(
        select(situation, func.count())
        .select_from(Placement)
        .outerjoin(last, last.c.placement_id == col(Placement.id))
        .outerjoin(event, col(event.id) == last.c.id)
        .where(_left(unit_ids, since, until))
        .group_by(situation)
    ).all()
    counts = {name: int(number) for name, number in rows}
    told = {one: counts[one.value] for one in ExitSituation if counts.get(one.value)}
    period = Period.through(months_later(since, months) + ONE_DAY, work.today)
    return ExitChecks(period, sum(counts.values()), told)


def _left(unit_ids: Collection[int], since: date, until: date) -> ColumnElement[bool]:
    return and_(
        col(Placement.state) == PlacementState.ENDED,
        col(Placement.requested_by_unit_id).in_(list(unit_ids)),
        col(Placement.exited_on) > since,
        col(Placement.exited_on) <= until,
    )
