"""What was written in a case goes: grid, statements, assessment, plan, notes, documents; the case stays.

An approach to an employer stays as a day of that employer, a check of the result as its answer.
"""

from collections.abc import Collection

from sqlalchemy import update
from sqlmodel import col, func, select

from cii.cases.tables import (
    Assessment,
    AssessmentSeat,
    AssessmentVoice,
    CaseFile,
    CaseNote,
    GridEntry,
    MedicalStatement,
)
from cii.cases.tables_attachments import Attachment
from cii.cases.tables_follow import CaseRest, EmployerApproach, OutcomeCheck
from cii.cases.tables_plan import Plan, PlanAnswer, PlanConsent, PlanGoal, PlanPart, PlanProgress
from cii.cases.vocabulary import CaseStatus
from cii.store.erasing import GONE, Erased, rows_by_case
from cii.store.work import Work

_BY_CASE, _BY_PLAN = rows_by_case(), rows_by_case("plan_id", "plan.case_id")
_BY_ASSESSMENT = rows_by_case("assessment_id", "assessment.case_id")

ROWS = (
    Erased(GridEntry, _BY_CASE),
    Erased(MedicalStatement, _BY_CASE),
    Erased(AssessmentSeat, _BY_ASSESSMENT),
    Erased(AssessmentVoice, _BY_ASSESSMENT),
    Erased(Assessment, _BY_CASE),
    Erased(PlanProgress, rows_by_case("part_id", "plan_part.plan_id", "plan.case_id")),
    Erased(PlanAnswer, _BY_PLAN),
    Erased(PlanConsent, _BY_PLAN),
    Erased(PlanPart, _BY_PLAN),
    Erased(PlanGoal, _BY_PLAN),
    Erased(Plan, _BY_CASE),
    Erased(CaseNote, _BY_CASE),
    Erased(CaseRest, _BY_CASE),
    Erased(Attachment, _BY_CASE),
    Erased(EmployerApproach, _BY_CASE, blank={"subject": GONE, "spoke_to": None, "override_reason": None}),
    Erased(OutcomeCheck, blank={"source": GONE, "note": None}),
)
FOLDER = "attachments"
"""Where the bytes of documents lie in the data folder, under their hash."""


def contents(work: Work, person_ids: Collection[int]) -> list[str]:
    """The hashes of the documents in cases of these persons."""
    return sorted(
        set(
            work.session.exec(
                select(Attachment.sha256)
                .join(CaseFile, col(CaseFile.id) == col(Attachment.case_id))
                .where(col(CaseFile.person_id).in_(person_ids))
            )
        )
    )


def still_named(work: Work, sha256: str) -> bool:
    """Whether a document of some case has these bytes."""
    named = select(Attachment.id).where(col(Attachment.sha256) == sha256)
    return work.session.exec(named).first() is not None


def open_cases(work: Work, person_ids: Collection[int]) -> int:
    """How many cases of these persons are open."""
    theirs = (col(CaseFile.person_id).in_(person_ids), col(CaseFile.status) == CaseStatus.OPEN)
    return work.session.exec(select(func.count()).select_from(CaseFile).where(*theirs)).one()


def signs_of(work: Work, person_ids: Collection[int]) -> set[str]:
    """References and numbers of the cases of these persons."""
    rows = work.session.exec(
        select(CaseFile.ref, CaseFile.number).where(col(CaseFile.person_id).in_(person_ids))
    )
    return {sign for row in rows for sign in row}


def ask_nobody(work: Work, person_ids: Collection[int]) -> None:
    """Nobody is asked any more whether a result of theirs holds."""
    work.session.connection().execute(
        update(OutcomeCheck)
        .where(
            col(OutcomeCheck.person_id).in_(person_ids),
            col(OutcomeCheck.holds).is_(None),
            col(OutcomeCheck.cancelled_at).is_(None),
        )
        .values(cancelled_at=work.now)
    )
