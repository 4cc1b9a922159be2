"""How many open cases the members of a unit lead, and which of its cases nobody leads by name."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import col

from cii.cases.queries import visible_to
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath, CaseStatus
from cii.people.queries import PersonLabel, label
from cii.store.work import Work


def cases_led(work: Work, unit_id: int) -> dict[int | None, int]:
    """Open cases that the unit leads, by the member who leads them (None: nobody by name)."""
    rows = work.session.execute(
        columns(col(CaseFile.lead_account_id), func.count())
        .where(col(CaseFile.lead_unit_id) == unit_id, col(CaseFile.status) == CaseStatus.OPEN)
        .group_by(col(CaseFile.lead_account_id))
    )
    return {account: int(count) for account, count in rows}


@dataclass(frozen=True, slots=True)
class LedCase:
    """An open case of the unit as the list for its distribution shows it."""

    ref: str
    number: str
    path: CasePath
    opened_at: datetime
    person: PersonLabel | None


def cases_of_manager(work: Work, unit_id: int, account_id: int | None, limit: int = 100) -> list[LedCase]:
    """The open cases of the unit that this member leads (None: nobody by name), the oldest first.

    Only those that the actor may see; journalled.
    """
    rows = work.session.execute(
        columns(
            col(CaseFile.id), col(CaseFile.ref), col(CaseFile.number), col(CaseFile.path),
            col(CaseFile.opened_at), col(CaseFile.person_id),
        )
        .where(
            col(CaseFile.lead_unit_id) == unit_id,
            col(CaseFile.status) == CaseStatus.OPEN,
            col(CaseFile.lead_account_id).is_(None)
            if account_id is None
            else col(CaseFile.lead_account_id) == account_id,
            visible_to(work),
        )
        .order_by(col(CaseFile.opened_at), col(CaseFile.ref))
        .limit(limit)
    ).all()  # fmt: skip
    people = label(work, {row.person_id for row in rows})
    work.saw("case", (row.id for row in rows), 1)
    return [LedCase(row.ref, row.number, row.path, row.opened_at, people.get(row.person_id)) for row in rows]
