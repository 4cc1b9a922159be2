"""Where many persons stand at once: births and statuses in the systems, each in one statement."""

from datetime import date
from typing import Any

from sqlmodel import col, select

from cii.institutions.vocabulary import Sector
from cii.people.tables import Identity, SystemStatus
from cii.people.vocabulary import StatusKind
from cii.store.work import Work


def births(work: Work, persons: Any) -> dict[int, date]:  # noqa: ANN401 - a select of ids of any room
    """The date of birth of these persons, as the first institution that knew them has it."""
    asked = (
        select(col(Identity.person_id), col(Identity.birth_date))
        .where(col(Identity.person_id).in_(persons))
        .order_by(col(Identity.id))
    )
    found: dict[int, date] = {}
    for person, birth in work.session.connection().execute(asked):
        found.setdefault(person, birth)
    return found


def standing(work: Work, persons: Any, day: date) -> dict[int, dict[Sector, StatusKind]]:  # noqa: ANN401
    """The status of these persons in each system on that day; what has ended is left away."""
    asked = (
        select(
            col(SystemStatus.person_id),
            col(SystemStatus.system),
            col(SystemStatus.kind),
            col(SystemStatus.until),
        )
        .where(col(SystemStatus.person_id).in_(persons), col(SystemStatus.effective_on) <= day)
        .order_by(col(SystemStatus.effective_on), col(SystemStatus.id))
    )
    last: dict[int, dict[Sector, tuple[StatusKind, date | None]]] = {}
    for person, system, kind, until in work.session.connection().execute(asked):
        last.setdefault(person, {})[system] = (kind, until)
    return {
        person: {system: kind for system, (kind, until) in held.items() if until is None or until >= day}
        for person, held in last.items()
    }
