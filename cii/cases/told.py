"""What a case tells of its person in their file: the case, its chapters, and what is counted instead."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import true
from sqlmodel import col, func, select

from cii.cases.tables import (
    Assessment,
    AssessmentSeat,
    AssessmentVoice,
    CaseFile,
    CaseNote,
    CaseParty,
    GridEntry,
    MedicalStatement,
)
from cii.cases.tables_attachments import Attachment
from cii.cases.tables_follow import CaseRest, EmployerApproach, EmployerContact, OutcomeCheck
from cii.cases.tables_plan import Plan, PlanAnswer, PlanConsent, PlanGoal, PlanPart, PlanProgress
from cii.cases.vocabulary_attachments import AttachmentSection
from cii.store.telling import AUTHOR, Condition, Part, Scope
from cii.store.work import Work


def _documents(table: Any, scope: Scope) -> Condition:  # noqa: ANN401 - columns of any table
    """Documents of the medical section go the way of medical data."""
    return true() if scope.medical else table.c.section != AttachmentSection.MEDICAL


_CASE, _PLAN, _ROUND = "case_id", "plan_id", "assessment_id"

_ASSESSMENT = Part(
    "assessments", Assessment, "round state composed_at synthesis signed_at signed_by>by", _CASE,
    parts=(
        Part("voices", AssessmentVoice, "role unit_id>unit done_at", _ROUND),
        Part("team", AssessmentSeat, "role unit_id>unit invited_at present met_on", _ROUND),
    ),
)  # fmt: skip
_PLANS = Part(
    "plans", Plan, "version state focus proposed_by_unit_id>unit proposed_by>by proposed_at agreed_at", _CASE,
    parts=(
        Part("goals", PlanGoal, "position goal", _PLAN),
        Part("actions", PlanPart, "position action unit_id>unit due_on measure_id>measure payer line_id>line",
             _PLAN,
             parts=(Part("progress", PlanProgress, "state effective_on reason at" + AUTHOR, "part_id"),)),
        Part("answers", PlanAnswer, "answer reason at" + AUTHOR, _PLAN),
        Part("person_said", PlanConsent, "reply how given_on reason at" + AUTHOR, _PLAN),
    ),
)  # fmt: skip
CASE = Part(
    "cases", CaseFile,
    "number path opened_at opened_by_unit_id>opened_by lead_unit_id>lead restricted status closed_at outcome",
    parts=(
        Part("parties", CaseParty, "unit_id>unit role since until", _CASE),
        Part("rests", CaseRest, "since resume_on reason ended_at" + AUTHOR, _CASE),
        Part("grid", GridEntry,
             "template item section value source effective_on valid_until recorded_at" + AUTHOR, _CASE),
        Part("medical", MedicalStatement, "statement limits capacity effective_on recorded_at" + AUTHOR,
             _CASE, medical=frozenset({"statement"})),
        _ASSESSMENT,
        _PLANS,
        Part("documents", Attachment,
             "title kind section size media_type attached_at withdrawn_at withdrawn_reason" + AUTHOR, _CASE,
             of=_documents),
        Part("employers", EmployerContact, "employer_id>employer since until" + AUTHOR, _CASE),
        Part("approaches", EmployerApproach, "employer_id>employer subject approached_on" + AUTHOR, _CASE),
        Part("results", OutcomeCheck,
             "outcome closed_on check_on holds holds_on source note unit_id>unit answered_by>by answered_at",
             _CASE),
    ),
)  # fmt: skip
"""A case and what this room writes in it; rooms above add their chapters."""


def cases_of_persons(work: Work, person_ids: Sequence[int]) -> Sequence[tuple[int, str]]:
    """Id and outward name of every case of these persons."""
    rows = work.session.exec(
        select(CaseFile.id, CaseFile.ref)
        .where(col(CaseFile.person_id).in_(person_ids))
        .order_by(col(CaseFile.id))
    )
    return [(id_ or 0, ref) for id_, ref in rows]


def counted(work: Work, case_ids: Sequence[int]) -> dict[str, int]:
    """How much there is of what a file only counts: internal notes, and medical data that is not told."""
    found = {
        name: select(func.count()).select_from(model).where(tie.in_(case_ids))
        for name, model, tie in (
            ("internal_notes", CaseNote, col(CaseNote.case_id)),
            ("medical_statements", MedicalStatement, col(MedicalStatement.case_id)),
        )
    }
    found["medical_documents"] = (
        select(func.count())
        .select_from(Attachment)
        .where(col(Attachment.case_id).in_(case_ids), col(Attachment.section) == AttachmentSection.MEDICAL)
    )
    return {name: work.session.exec(query).one() for name, query in found.items()}
