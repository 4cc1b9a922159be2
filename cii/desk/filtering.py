"""The desk by filters: path, stage, deadline, name."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_

from cii.cases.vocabulary import CasePath
from cii.desk.vocabulary import Due
from cii.kernel.clock import local_midnight
from cii.people.queries import named
from cii.store.work import Work
from cii.workflow.inbox import PROCESSES, TASKS

SOON = 5
"""Working days of the filter "this week"."""


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """What the desk shows; `name` is the beginning of the name that I am shown."""

    path: CasePath | None = None
    stage: str = ""
    due: Due | None = None
    name: str = ""


def conditions(work: Work, shown: DeskFilter) -> list[ColumnElement[bool]]:
    """The filter as conditions on the rows of the inbox."""
    found: list[ColumnElement[bool]] = []
    if shown.path is not None:
        found.append(PROCESSES.name == shown.path.value)
    if shown.stage:
        found.append(TASKS.stage == shown.stage)
    if shown.name:
        found.append(named(work, TASKS.person_id, shown.name))
    if shown.due is not None:
        found.append(_due(work, shown.due))
    return found


def _due(work: Work, due: Due) -> ColumnElement[bool]:
    today = local_midnight(work.today)
    tomorrow = local_midnight(work.today + timedelta(days=1))
    week = local_midnight(work.calendar.after(work.today, SOON) + timedelta(days=1))
    match due:
        case Due.LATE:
            return TASKS.due_at < work.now
        case Due.TODAY:
            return and_(TASKS.due_at >= today, TASKS.due_at < tomorrow)
        case Due.WEEK:
            return and_(TASKS.due_at >= today, TASKS.due_at < week)
        case Due.LATER:
            return TASKS.due_at >= week
    return TASKS.due_at.is_(None)
