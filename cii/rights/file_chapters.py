"""The chapters of a case in the file of its person; every chapter hangs on the case."""

from typing import Any

from sqlalchemy import true

from cii.access.tables_restricted import CaseRestriction
from cii.cases.tables import (
    Assessment,
    AssessmentSeat,
    AssessmentVoice,
    CaseFile,
    CaseParty,
    GridEntry,
    MedicalStatement,
)
from cii.cases.tables_attachments import Attachment
from cii.cases.tables_follow import CaseRest, EmployerApproach, EmployerContact, OutcomeCheck
from cii.cases.tables_plan import Plan, PlanAnswer, PlanConsent, PlanGoal, PlanPart, PlanProgress
from cii.cases.vocabulary_attachments import AttachmentSection
from cii.placements.tables import (
    IndividualObjective,
    Placement,
    PlacementEvent,
    PlacementShare,
    WaitingEntry,
)
from cii.rights.file_shape import AUTHOR, Condition, Part, Scope
from cii.routing.tables import Referral
from cii.routing.tables_social import ObservationContract, ObservationEvent, StatedFacts
from cii.settlement.tables import Attendance, StatementLine


def _documents(table: Any, scope: Scope) -> Condition:  # noqa: ANN401 - columns of any table
    """Documents of the medical section go the way of medical data."""
    return true() if scope.medical else table.c.section != AttachmentSection.MEDICAL


_CASE = "case_id"
_PLAN = "plan_id"
_PLACE = "placement_id"

_ASSESSMENT = Part(
    "assessments", Assessment, "round state composed_at synthesis signed_at signed_by>by", _CASE,
    parts=(
        Part("voices", AssessmentVoice, "role unit_id>unit done_at", "assessment_id"),
        Part("team", AssessmentSeat, "role unit_id>unit invited_at present met_on", "assessment_id"),
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
_PLACEMENTS = Part(
    "placements", Placement,
    "measure_id>measure line_id>line requested_by_unit_id>unit requested_by_account_id>by "
    "provider_unit_id>provider starts_on ends_on state refusal_reason exit_type contract_type exited_on "
    "created_at", _CASE,
    parts=(
        Part("events", PlacementEvent, "kind effective_on facts recorded_at" + AUTHOR, _PLACE),
        Part("objectives", IndividualObjective,
             "number goal balance_on set_at signed_on signed_how" + AUTHOR, _PLACE),
        Part("attendance", Attendance, "day presence account_id>by recorded_at", _PLACE),
        Part("payers", PlacementShare, "line_id>line weight committed", _PLACE),
        Part("billed", StatementLine, "period_start period_end amount", _PLACE),
    ),
)  # fmt: skip

CASE = Part(
    "cases", CaseFile,
    "number path opened_at opened_by_unit_id>opened_by lead_unit_id>lead restricted status closed_at outcome",
    parts=(
        Part("parties", CaseParty, "unit_id>unit role since until", _CASE),
        Part("restrictions", CaseRestriction, "reason at account_id>by lifted_at", _CASE),
        Part("rests", CaseRest, "since resume_on reason ended_at" + AUTHOR, _CASE),
        Part("stated", StatedFacts, "asked_by facts note effective_on at" + AUTHOR, _CASE),
        Part("grid", GridEntry,
             "template item section value source effective_on valid_until recorded_at" + AUTHOR, _CASE),
        Part("medical", MedicalStatement, "statement limits capacity effective_on recorded_at" + AUTHOR,
             _CASE, medical=frozenset({"statement"})),
        _ASSESSMENT,
        _PLANS,
        Part("referrals", Referral,
             "from_unit_id>from to_unit_id>to named_unit_id>named state reason answer sent_by>by sent_at "
             "received_at answered_at", _CASE),
        _PLACEMENTS,
        Part("waiting", WaitingEntry,
             "measure_id>measure line_id>line requested_by_unit_id>unit urgency waiting_since starts_on "
             "ends_on state closed_at", _CASE),
        Part("observations", ObservationContract,
             "unit_id>unit provider_unit_id>provider starts_on ends_on state ended_on created_at", _CASE,
             parts=(Part("events", ObservationEvent, "move party effective_on note at" + AUTHOR,
                         "contract_id"),)),
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
"""A case and its chapters."""
