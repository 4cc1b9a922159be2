"""The inbox: open tasks of mine, of my units, those that others owe our cases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask import g

from cii.access.permits import Permit
from cii.api.asking import PageAsked, matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, open_label, tagged, unit_shown
from cii.cases.vocabulary import CasePath
from cii.desk.filtering import DeskFilter, conditions
from cii.desk.vocabulary import Due
from cii.institutions.queries import UnitLabel
from cii.institutions.schemas import UNIT
from cii.people.queries import PersonLabel, label
from cii.people.schemas import PERSON
from cii.routing.actions import CompleteTask, complete_task
from cii.wire.answers import only, paged
from cii.wire.doors import needs
from cii.wire.pages import Page
from cii.workflow.actions import assign_task
from cii.workflow.inbox import Tab, TaskRow, inbox, inbox_counts
from cii.workflow.queries import definition_of, instance_by_id, task_by_ref
from cii.workflow.tables import WfTask
from cii.workflow.versions import known_task
from cii.workflow.vocabulary import Stand

blueprint = Blueprint("api-tasks", __name__, url_prefix=f"{PREFIX}/tasks")


@dataclass(frozen=True)
class TasksAsked(PageAsked):
    """Under which tab of the inbox, and of which path, stage, deadline and beginning of a name."""

    tab: Tab = Tab.UNIT
    path: CasePath | None = None
    stage: str = field(default="", metadata={"max": 80})
    due: Due | None = None
    name: str = field(default="", metadata={"max": 200})


@dataclass(frozen=True)
class TaskShown:
    """A task: what is to be done, by whom, until when; `case_ref` names its subject."""

    ref: str
    key: str
    title: Mapping[str, str]
    stage: str
    role: str
    state: Stand
    unit: UnitLabel | None
    mine: bool
    opened_at: datetime | None
    due_at: datetime | None
    late: bool
    outcomes: tuple[str, ...]
    outcome: str | None
    process: str
    subject: str
    subject_ref: str
    person: PersonLabel | None


TASK = only(
    TaskShown, "ref", "key", "title", "stage", "role", "state", "mine", "opened_at", "due_at", "late",
    "outcomes", "outcome", "process", "subject", "subject_ref", unit=UNIT, person=PERSON, called="TaskAnswer",
)  # fmt: skip


@dataclass(frozen=True)
class Complete:
    """How a task ends; `closing`: the outcome of the whole case where this step ends it."""

    outcome: str = field(metadata={"max": 80})
    closing: str | None = field(default=None, metadata={"max": 80})


@dataclass(frozen=True)
class Take:
    """Take the task upon me, or give it back to the unit."""

    mine: bool


@blueprint.get("")
@needs(Permit.SEE_DESK)
@blueprint.arguments(TasksAsked, location="query")
@blueprint.response(200, paged(TASK))
def listed(asked: TasksAsked) -> Page[TaskShown]:
    """Open tasks under a tab, the most urgent first."""
    more = conditions(g.work, DeskFilter(asked.path, asked.stage, asked.due, asked.name))
    page = inbox(g.work, asked.tab, asked.after, asked.limit, more)
    persons = label(g.work, {row.person_id for row in page.items if row.person_id is not None})
    return Page([_row(row, persons) for row in page.items], page.next)


@blueprint.get("/counts")
@needs(Permit.SEE_DESK)
@blueprint.response(200)
def counts() -> Mapping[Tab, int]:
    """How many open tasks lie under each tab."""
    return inbox_counts(g.work)


@blueprint.get("/<ref:ref>")
@needs(Permit.SEE_DESK)
@blueprint.response(200, TASK)
def one(ref: str) -> Tagged:
    """A task, with the version of its process that an act must name."""
    return _shown(task_by_ref(g.work, ref))


@blueprint.post("/<ref:ref>/completion")
@needs(Permit.SEE_CASE)
@versioned
@blueprint.arguments(Complete)
@blueprint.response(200, TASK)
def completed(ask: Complete, ref: str) -> Tagged:
    """End a task that needs no more than its outcome: a review, a meeting."""
    complete_task(g.work, CompleteTask(ref, ask.outcome, ask.closing, _seq(ref)))
    return _shown(task_by_ref(g.work, ref))


@blueprint.post("/<ref:ref>/assignment")
@needs(Permit.SEE_DESK)
@versioned
@blueprint.arguments(Take)
@blueprint.response(200, TASK)
def taken(ask: Take, ref: str) -> Tagged:
    """Take an open task of my unit upon me, or give it back."""
    assign_task(g.work, ref, g.work.actor.account_id if ask.mine else None, expected_seq=_seq(ref))
    return _shown(task_by_ref(g.work, ref))


def _seq(ref: str) -> int:
    return matched(ref, instance_by_id(g.work, task_by_ref(g.work, ref).instance_id).seq)


def _shown(task: WfTask) -> Tagged:
    work, instance = g.work, instance_by_id(g.work, task.instance_id)
    definition = definition_of(work, instance.definition_id)
    known = known_task(work, definition, task.stage, task.key)
    shown = TaskShown(
        task.ref, task.key, known.title, task.stage, task.owner_role, task.state,
        unit_shown(work, task.unit_id),
        task.account_id is not None and task.account_id == work.actor.account_id, task.opened_at, task.due_at,
        task.state is Stand.OPEN and task.rank_at < work.now, known.outcomes, task.outcome, definition.id,
        task.subject, task.subject_ref, label(work, [task.person_id or 0]).get(task.person_id or 0),
    )  # fmt: skip
    return tagged(shown, task.ref, instance.seq)


def _row(row: TaskRow, persons: Mapping[int, PersonLabel]) -> TaskShown:
    return TaskShown(
        row.ref, row.key, row.title, row.stage, row.role, Stand.OPEN, open_label(row.unit),
        row.account_id is not None and row.account_id == g.work.actor.account_id, row.opened_at, row.due_at,
        row.late, row.outcomes, None, row.process, row.subject, row.subject_ref,
        persons.get(row.person_id or 0),
    )  # fmt: skip
