"""What the case managers of a unit may read of many cases and persons, in one statement.

For decisions that rest on what the unit knows that asked for them; whoever reads the decision is another
question. Readers who are named for a restricted case belong to its units: they act for their unit here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_
from sqlalchemy import select as columns
from sqlmodel import col

from cii.access.sections import Mask, effective, mask_for
from cii.access.tables import AccessGrant
from cii.access.vocabulary import NOTHING, Role, Section
from cii.institutions.queries import unit_seats
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class UnitsReading:
    """Sections by (unit, case) and by (unit, person); what is not named opens nothing."""

    cases: Mapping[tuple[int, int], Section]
    persons: Mapping[tuple[int, int], Section]

    def case(self, unit_id: int, case_id: int) -> Section:
        """What the unit may read of the case."""
        return self.cases.get((unit_id, case_id), NOTHING)

    def person(self, unit_id: int, person_id: int) -> Section:
        """What the unit may read of the person."""
        return self.persons.get((unit_id, person_id), NOTHING)


def units_reading_many(work: Work, units: Any, cases: Any, persons: Any) -> UnitsReading:  # noqa: ANN401
    """What case managers of these units may read of these cases and persons now: each ids or a select."""
    rows = work.session.execute(
        columns(
            col(AccessGrant.unit_id),
            col(AccessGrant.case_id),
            col(AccessGrant.person_id),
            col(AccessGrant.relation),
            col(AccessGrant.reads),
            unit_seats.c.sector,
        )
        .join(unit_seats, unit_seats.c.unit_id == col(AccessGrant.unit_id))
        .where(
            col(AccessGrant.unit_id).in_(units),
            or_(col(AccessGrant.case_id).in_(cases), col(AccessGrant.person_id).in_(persons)),
            col(AccessGrant.closed_at).is_(None),
            col(AccessGrant.valid_from) <= work.now,
            or_(col(AccessGrant.valid_until).is_(None), col(AccessGrant.valid_until) > work.now),
        )
    )
    found: tuple[dict[tuple[int, int], Section], dict[tuple[int, int], Section]] = ({}, {})
    for unit_id, case_id, person_id, relation, reads, sector in rows:
        allowed = mask_for(Role.CASE_MANAGER, relation, sector.value if sector else None)
        open_ = effective([(Mask(Section(reads)), allowed)]).reads
        for held, thing in zip(found, (case_id, person_id), strict=True):
            if thing is not None and open_:
                held[unit_id, thing] = held.get((unit_id, thing), NOTHING) | open_
    return UnitsReading(*found)


__all__ = ["UnitsReading", "units_reading_many"]
