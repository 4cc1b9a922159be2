"""What is known of many cases at once, for decisions about all of them; nothing of it is shown unfiltered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import col

from cii.cases.tables import CaseFile, GridEntry, MedicalStatement
from cii.cases.vocabulary import CaseStatus, GridSection
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class CaseHead:
    """A case without its contents."""

    id: int
    ref: str
    person_id: int
    status: CaseStatus
    opened_by_unit_id: int


def case_heads(work: Work, cases: Any) -> dict[int, CaseHead]:  # noqa: ANN401 - ids or a select
    """These cases by id, whoever may see them."""
    head = (getattr(CaseFile, name) for name in CaseHead.__slots__)
    rows = work.session.execute(select(*head).where(col(CaseFile.id).in_(cases)))
    return {row[0]: CaseHead(*row) for row in rows}


def case_rows(work: Work, ids: Collection[int]) -> dict[int, CaseFile]:
    """The files of these cases, whoever may see them: for what was decided about all of them."""
    rows = work.session.scalars(select(CaseFile).where(col(CaseFile.id).in_(set(ids))))
    return {row.id or 0: row for row in rows}


def capacities(work: Work, cases: Any) -> dict[int, int]:  # noqa: ANN401 - ids or a select
    """The physician's latest word on the capacity for work (percent), by case; section FUNCTIONAL."""
    return {
        case: capacity
        for case, capacity in work.session.execute(
            select(col(MedicalStatement.case_id), col(MedicalStatement.capacity))
            .where(col(MedicalStatement.case_id).in_(cases), col(MedicalStatement.capacity).is_not(None))
            .order_by(col(MedicalStatement.id))
        )
        if capacity is not None
    }


def last_said(work: Work, cases: Any, items: Collection[str]) -> Mapping[tuple[int, str], str]:  # noqa: ANN401
    """The last value that a unit gave to these items of the common grid, by case and item; section PLAN."""
    later = aliased(GridEntry)
    replaced = select(col(later.id)).where(col(later.replaces) == col(GridEntry.id)).correlate(GridEntry)
    found: dict[tuple[int, str], str] = {}
    for case, item, value in work.session.execute(
        select(col(GridEntry.case_id), col(GridEntry.item), col(GridEntry.value))
        .where(
            col(GridEntry.case_id).in_(cases),
            col(GridEntry.item).in_(sorted(items)),
            col(GridEntry.section) == GridSection.GRID,
            ~replaced.exists(),
        )
        .order_by(col(GridEntry.recorded_at), col(GridEntry.id).desc())
    ):
        found[case, item] = value
    return found


__all__ = ["CaseHead", "capacities", "case_heads", "case_rows", "last_said"]
