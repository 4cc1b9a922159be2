"""What the file of a person holds: identities, statuses, cases, decisions, who was told and who asked."""

from typing import Any

from sqlalchemy import and_, or_

from cii.access.tables import SignedLink
from cii.notices.tables import Notice
from cii.partners.tables import Satisfaction
from cii.people.tables import Consent, ConsentRecipient, Disclosure, Identity, RightEndWarning, SystemStatus
from cii.requests.tables import AccessQuestion, AccessRequest, BreakGlass, BreakGlassStep
from cii.rights.file_chapters import CASE
from cii.rights.file_shape import AUTHOR, Condition, Part, Scope
from cii.rights.tables_merging import PersonMerge
from cii.rights.tables_requests import PersonRequest, PersonRequestEvent
from cii.routing.tables import Detection
from cii.workflow.tables import WfDecision, WfTask


def _of_case_or_person(table: Any, scope: Scope) -> Condition:  # noqa: ANN401 - columns of any table
    return or_(table.c.person_id.in_(scope.person_ids), table.c.case_id.in_(scope.case_ids))


def _of_the_cases(table: Any, scope: Scope) -> Condition:  # noqa: ANN401
    told = and_(table.c.subject == "case", table.c.subject_ref.in_(scope.case_refs))
    return or_(table.c.person_id.in_(scope.person_ids), told)


def _tasks(table: Any, scope: Scope) -> Condition:  # noqa: ANN401
    about = and_(table.c.subject == "case", table.c.subject_id.in_(scope.case_ids))
    return or_(table.c.person_id.in_(scope.person_ids), about)


def _named(table: Any, scope: Scope) -> Condition:  # noqa: ANN401
    """Requests put to a case of the person, and those that name them by number."""
    question = AccessQuestion.__table__  # type: ignore[attr-defined]
    put = question.select().with_only_columns(question.c.request_id)
    asked: Condition = table.c.id.in_(put.where(question.c.person_id.in_(scope.person_ids)))
    return or_(asked, table.c.avs_hash.in_(scope.hashes)) if scope.hashes else asked


def _own(table: Any, scope: Scope) -> Condition:  # noqa: ANN401
    held: Condition = table.c.person_id.in_(scope.person_ids)
    return held


def _merged(table: Any, scope: Scope) -> Condition:  # noqa: ANN401
    held: Condition = table.c.new_person_id.in_(scope.person_ids)
    return held


PERSON: tuple[Part, ...] = (
    Part("identities", Identity,
         "last_name first_name birth_date postcode municipality language recorded_at" + AUTHOR),
    Part("statuses", SystemStatus,
         "system kind since until remaining_days note source effective_on recorded_at" + AUTHOR,
         parts=(Part("warnings", RightEndWarning, "unit_id>unit at", "status_id"),)),
    Part("detections", Detection, "unit_id>unit run_id>file facts followed may_owe state reason at"),
    CASE,
    Part("decisions", WfDecision,
         "table_id>table subject inputs sources outputs rules why account_id>by at", of=_of_case_or_person),
    Part("tasks", WfTask, "key stage state outcome opened_at due_at done_at unit_id>unit done_by>by",
         of=_tasks),
    Part("consents", Consent,
         "purpose text_version sections given_on valid_until withdrawn_at how recorded_at recorded_unit>unit "
         "recorded_by>by",
         parts=(
             Part("recipients", ConsentRecipient, "institution_id>institution", "consent_id", flat=True),
         )),
    Part("disclosures", Disclosure,
         "from_unit_id>from to_unit_id>to sections basis reason account_id>by at"),
    Part("access_requests", AccessRequest,
         "purpose basis sections reason asked_at" + AUTHOR, of=_named,
         parts=(Part("answers", AccessQuestion,
                     "answer answer_reason answered_by>by answered_at granted_sections granted_until",
                     "request_id", of=_own),)),
    Part("break_glass", BreakGlass, "reason opened_at until" + AUTHOR,
         parts=(Part("steps", BreakGlassStep, "kind account_id>by at finding reason", "opening_id"),)),
    Part("links", SignedLink,
         "purpose made_unit_id>unit made_by>by delivery created_at expires_at opened_at used_at revoked_at",
         of=_of_case_or_person),
    Part("notices", Notice, "kind created_at read_at" + AUTHOR, of=_of_the_cases),
    Part("ratings", Satisfaction, "subject informed listened useful overall note at"),
    Part("requests", PersonRequest,
         "ref kind proof form medical matter asked_on due_on account_id>by recorded_at",
         parts=(Part("steps", PersonRequestEvent, "kind reason due_on account_id>by at", "request_id"),)),
    Part("merges", PersonMerge, "reason account_id>by at undone_at undo_reason", of=_merged),
)  # fmt: skip
"""What hangs on the person, in the order of the file."""
