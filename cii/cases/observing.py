"""What a provider observes of a participant: written into the grid of observation, read back by its own unit.

The provider has no part in the case and learns nothing of it. Whoever calls has seen that the participant is
the provider's. The grid shares its items with the common grid, where the case reads both side by side.
"""

from collections.abc import Iterable
from datetime import date

from sqlmodel import col, select

from cii.access.vocabulary import Section
from cii.cases.acts import touch
from cii.cases.assessing import OBSERVATION, keep_entries
from cii.cases.grid_view import said_by
from cii.cases.queries import grid_in_use
from cii.cases.rules import Grid, GridAnswer, NobodyFollows, grid_faults
from cii.cases.shapes import GridLine
from cii.cases.tables import CaseFile, GridEntry
from cii.cases.vocabulary import CaseStatus
from cii.kernel.errors import Refusal, refuse
from cii.store.work import Work

MOST = 500
"""How many entries of a stay are read back, the newest."""


def observation_grid(work: Work) -> Grid:
    """The grid of observation in force, with the items it shares; UnknownThing without one."""
    return grid_in_use(work, OBSERVATION)


def observe(
    work: Work, case_id: int, entries: tuple[GridAnswer, ...], unit_id: int, also: Iterable[Refusal] = ()
) -> list[GridEntry]:
    """Write what a provider observes of a participant; `also`: what the caller has against it, said together.

    Refuses with every fault of every entry, and NobodyFollows.
    """
    case = work.session.get_one(CaseFile, case_id)
    if case.status is CaseStatus.CLOSED:
        raise NobodyFollows
    grid = observation_grid(work)
    faults = grid_faults(grid, entries, None, Section.PLAN | Section.FUNCTIONAL, work.today)
    refuse([*also, *faults])
    touch(work, case)
    return keep_entries(work, case, grid, entries, unit_id)


def observed(work: Work, case_id: int, unit_id: int, first: date, last: date) -> tuple[GridLine, ...]:
    """What a unit has observed on these days, both inside, earlier answers too, in the order of the grid."""
    rows = work.session.exec(
        select(GridEntry)
        .where(
            col(GridEntry.case_id) == case_id,
            col(GridEntry.template) == OBSERVATION,
            col(GridEntry.unit_id) == unit_id,
            col(GridEntry.effective_on) >= first,
            col(GridEntry.effective_on) <= last,
        )
        .order_by(col(GridEntry.id).desc())
        .limit(MOST)
    ).all()
    work.saw("case", [case_id], int(Section.PLAN))
    return said_by(work, rows, work.today).lines(rows)
