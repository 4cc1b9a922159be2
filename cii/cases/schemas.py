"""How a case is told: each section by its own fields; a section that is not open is absent."""

from cii.cases.queries import CaseRow
from cii.cases.shapes import (
    AnswerView,
    AssessmentView,
    Author,
    CaseView,
    EntryView,
    FunctionalView,
    GridLine,
    LimitsView,
    MedicalView,
    NoteView,
    PartView,
    PartyView,
    PlanSection,
    PlanView,
)
from cii.institutions.schemas import UNIT
from cii.people.schemas import PERSON
from cii.wire.answers import only, parts

AUTHOR = only(Author, "name", "at", "effective_on", unit=UNIT, called="AuthorAnswer")
ENTRY = only(EntryView, "value", "source", author=AUTHOR, called="GridEntryAnswer")
GRID_LINE = only(
    GridLine, "item", "group", "kind", "title", "values", "high", "unit", "disagree", entries=ENTRY,
    called="GridLineAnswer",
)  # fmt: skip
MEDICAL = only(MedicalView, "statement", author=AUTHOR, called="MedicalAnswer")
LIMITS = only(LimitsView, "limits", "capacity", author=AUTHOR, called="LimitsAnswer")
FUNCTIONAL = only(FunctionalView, limits=LIMITS, items=GRID_LINE, called="FunctionalAnswer")
ASSESSMENT = only(
    AssessmentView, "round", "state", "heard", "missing", "synthesis", "signed_at", called="AssessmentAnswer"
)
PART = only(
    PartView, "goal", "action", "mine", "due_on", "measure_ref", "measure_name", unit=UNIT,
    called="PlanPartAnswer",
)  # fmt: skip
REPLY = only(AnswerView, "mine", "answer", "reason", "at", unit=UNIT, called="PlanReplyAnswer")
PLAN = only(
    PlanView, "ref", "version", "state", "focus", "proposed_at", "agreed_at", parts=PART, answers=REPLY,
    called="PlanAnswer",
)  # fmt: skip
PLAN_SECTION = only(
    PlanSection, grid=GRID_LINE, assessment=ASSESSMENT, plans=PLAN, called="PlanSectionAnswer"
)
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
