"""Cases that somebody means, whoever may see them: for the house's own acts, never to be shown."""

from collections.abc import Iterable

from sqlmodel import col, select

from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CaseStatus
from cii.store.work import Work


def open_cases_meant(work: Work, *, persons: Iterable[int] = (), number: str | None = None) -> list[CaseFile]:
    """The open cases of these persons, or the one with that number, in the order of opening."""
    meant = (
        col(CaseFile.number) == number.strip().upper()
        if number is not None
        else col(CaseFile.person_id).in_(set(persons))
    )
    return list(
        work.session.exec(
            select(CaseFile).where(meant, col(CaseFile.status) == CaseStatus.OPEN).order_by(col(CaseFile.id))
        )
    )


def case_meant(work: Work, number: str) -> CaseFile | None:
    """The case with that number, open or closed."""
    return work.session.exec(select(CaseFile).where(col(CaseFile.number) == number.strip().upper())).first()
