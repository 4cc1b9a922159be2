"""The end of a right comes in sight: the unit that leads the person's case is told, once for each status.

Without an open case the unit that recorded the status is told. Source: product.md §8, SystemStatus.
"""

from datetime import date

from sqlmodel import col, select

from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CaseStatus
from cii.notices.actions import tell
from cii.people.queries import person_by_id
from cii.people.statuses import rights_ending, warned_of
from cii.store.work import Work

KIND = "case-right-ends"


def warn_ends(work: Work, _: date) -> dict[str, int]:
    """Tell of every right whose end is in sight and was not told of yet; returns how many were told."""
    ending = rights_ending(work)
    persons = {row.person_id for row in ending}
    cases = work.session.exec(
        select(CaseFile)
        .where(col(CaseFile.person_id).in_(persons), col(CaseFile.status) == CaseStatus.OPEN)
        .order_by(col(CaseFile.opened_at).desc(), col(CaseFile.id).desc())
    ).all()
    led: dict[int, list[CaseFile]] = {}
    for case in cases:
        led.setdefault(case.person_id, []).append(case)
    for row in ending:
        units = {case.lead_unit_id: case for case in reversed(led.get(row.person_id, []))}
        for unit_id, case in units.items():
            tell(
                work, unit_id=unit_id, kind=KIND, subject="case", subject_ref=case.ref,
                person_id=row.person_id, until=row.until, system=row.system,
            )  # fmt: skip
        if not units:
            tell(
                work, unit_id=row.unit_id, kind=KIND, subject="person",
                subject_ref=person_by_id(work, row.person_id).ref, person_id=row.person_id,
                until=row.until, system=row.system,
            )  # fmt: skip
        warned_of(work, row, next(iter(units), row.unit_id))
    return {"told": len(ending)}
