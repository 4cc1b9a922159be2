"""How a case is told: each section by its own fields; a section that is not open is absent."""

from cii.cases.approaching import ApproachRow, ContactRow
from cii.cases.checking import CheckRow
from cii.cases.listing import CaseRow
from cii.cases.plan_view import ActionChange
from cii.cases.shapes import (
    AnswerView,
    AssessmentView,
    Author,
    CaseView,
    EntryPair,
    EntryView,
    FunctionalView,
    GoalView,
    GridChange,
    GridLine,
    LimitsView,
    MedicalView,
    NoteView,
    PartView,
    PartyView,
    PlanSection,
    PlanView,
    ProgressView,
    SeatView,
    WordView,
)
from cii.institutions.schemas import UNIT
from cii.people.schemas import PERSON
from cii.wire.answers import only, parts

AUTHOR = only(Author, "name", "at", "effective_on", unit=UNIT, called="AuthorAnswer")
ENTRY = only(
    EntryView, "value", "source", "valid_until", "expired", "grid", "grid_version", author=AUTHOR,
    called="GridEntryAnswer",
)  # fmt: skip
GRID_LINE = only(
    GridLine, "item", "group", "kind", "title", "values", "high", "unit", "disagree", "formerly",
    entries=ENTRY, called="GridLineAnswer",
)  # fmt: skip
ENTRY_PAIR = only(EntryPair, "change", unit=UNIT, before=ENTRY, after=ENTRY, called="GridEntryPairAnswer")
GRID_CHANGE = only(GridChange, "changed", line=GRID_LINE, pairs=ENTRY_PAIR, called="GridChangeAnswer")
MEDICAL = only(MedicalView, "statement", author=AUTHOR, called="MedicalAnswer")
LIMITS = only(LimitsView, "limits", "capacity", author=AUTHOR, called="LimitsAnswer")
FUNCTIONAL = only(FunctionalView, limits=LIMITS, items=GRID_LINE, called="FunctionalAnswer")
SEAT = only(
    SeatView, "role", "invited_at", "heard_at", "present", "met_on", unit=UNIT, called="AssessmentSeatAnswer"
)
ASSESSMENT = only(
    AssessmentView, "round", "state", "composed_at", "heard", "missing", "medical_done", "labour_done",
    "synthesis", "signed_at", "signed_by", seats=SEAT, called="AssessmentAnswer",
)  # fmt: skip
PROGRESS = only(
    ProgressView, "state", "effective_on", "reason", "name", "at", unit=UNIT, called="PlanProgressAnswer"
)
PART = only(
    PartView, "ref", "action", "mine", "due_on", "measure_ref", "measure_name", "payer", "line_ref", "line",
    "state", unit=UNIT, progress=PROGRESS, called="PlanActionAnswer",
)  # fmt: skip
GOAL = only(GoalView, "goal", actions=PART, called="PlanGoalAnswer")
WORD = only(WordView, "reply", "how", "given_on", "reason", unit=UNIT, called="PlanPersonAnswer")
ACTION_CHANGE = only(ActionChange, "change", "goal", "action", "changed", called="PlanChangeAnswer")
REPLY = only(AnswerView, "mine", "answer", "reason", "at", unit=UNIT, called="PlanReplyAnswer")
PLAN = only(
    PlanView, "ref", "version", "state", "focus", "proposed_at", "agreed_at", goals=GOAL, answers=REPLY,
    person=WORD, called="PlanAnswer",
)  # fmt: skip
PLAN_SECTION = only(
    PlanSection, grid=GRID_LINE, assessment=ASSESSMENT, plans=PLAN, rounds=ASSESSMENT,
    called="PlanSectionAnswer",
)  # fmt: skip
APPROACH = only(
    ApproachRow, "ref", "name", "spoke_to", "subject", "approached_on", "override_reason", unit=UNIT,
    called="EmployerApproachAnswer",
)  # fmt: skip
CONTACT = only(
    ContactRow, "employer_ref", "employer", "place", "name", "mine", "since", unit=UNIT, approaches=APPROACH,
    called="EmployerContactAnswer",
)  # fmt: skip
CHECK = only(
    CheckRow, "ref", "case_ref", "number", "mine", "path", "outcome", "closed_on", "check_on", "holds",
    "holds_on", "source", "note", "answered_at", unit=UNIT, person=PERSON, called="OutcomeCheckAnswer",
)  # fmt: skip
NOTE = only(NoteView, "text", author=AUTHOR, called="NoteAnswer")
PARTY = only(PartyView, "role", "mine", "since", unit=UNIT, called="PartyAnswer")
SECTIONS = parts(
    "CaseSections", identity=PERSON, medical=(MEDICAL,), functional=FUNCTIONAL, social=(GRID_LINE,),
    plan=PLAN_SECTION, notes=(NOTE,),
)  # fmt: skip
CASE = only(
    CaseView, "ref", "number", "path", "status", "outcome", "version", "opened_at", "closed_at", "restricted",
    "lead_account", "may_read", "may_write", lead=UNIT, parties=PARTY, sections=SECTIONS, called="CaseAnswer",
)  # fmt: skip
CASE_ROW = only(
    CaseRow, "ref", "number", "path", "status", "outcome", "opened_at", "version", "mine", lead=UNIT,
    person=PERSON, called="CaseRowAnswer",
)  # fmt: skip
