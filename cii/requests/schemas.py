"""How requests, answers and emergencies are told; by outward names, never by ids."""

from cii.institutions.schemas import UNIT
from cii.people.schemas import PERSON
from cii.requests.queries import OpenedCase, QuestionRow, RequestRow
from cii.requests.queries_glass import GlassCase, GlassRow
from cii.wire.answers import only

OPENED = only(OpenedCase, "ref", "number", "sections", "until", called="OpenedCaseAnswer")
REQUEST = only(
    RequestRow, "ref", "person", "birth_date", "by_number", "purpose", "basis", "sections", "reason",
    "asked_at", "answer_by", "state", cases=OPENED, called="AccessRequestAnswer",
)  # fmt: skip
QUESTION = only(
    QuestionRow, "ref", "case_ref", "case_number", "asker", "purpose", "basis", "sections", "covered",
    "reason", "asked_at", "answer_by", "answer", "answer_reason", "answered_at", "until", "open",
    person=PERSON, unit=UNIT, called="AccessQuestionAnswer",
)  # fmt: skip
GLASS_CASE = only(GlassCase, "ref", "number", called="GlassCaseAnswer")
GLASS_SHOWN = only(
    GlassRow, "ref", "state", "user", "reason", "opened_at", "until", "ended_at", "review_due", "late",
    "informed_at", "finding", "finding_reason", "reviewer", "reviewed_at", "mine",
    unit=UNIT, cases=GLASS_CASE, called="BreakGlassAnswer",
)  # fmt: skip
