"""The inbox: open tasks of my units, of mine, and those that cases of ours wait for. No personal text.

One query over a partial index and one of labels; the rooms above add theirs by `person_id` and `subject_id`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlmodel import col

from cii.access.queries import case_visible
from cii.institutions.queries import UnitLabel, units_by_id
from cii.store.work import Work
from cii.wire.pages import USUAL, Page, after, page_of, place
from cii.workflow.definition import Definition
from cii.workflow.queries import definitions_read
from cii.workflow.tables import WfDefinition, WfInstance, WfPart, WfTask
from cii.workflow.vocabulary import Stand, Status, Title

CASE = "case"
"""The subject of processes whose very existence is for those with a live grant."""


class Tab(StrEnum):
    """The lists of an inbox."""

    MINE = "mine"
    LATE = "late"
    TO_DECIDE = "to_decide"
    UNASSIGNED = "unassigned"
    UNIT = "unit"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One open task as lists show it; `person_id` and `subject_id` let the room above add its labels."""

    ref: str
    key: str
    title: Title
    stage: str
    stage_title: Title
    role: str
    unit: UnitLabel | None
    account_id: int | None
    opened_at: datetime | None
    due_at: datetime | None
    late: bool
    outcomes: tuple[str, ...]
    process: str
    instance_ref: str
    seq: int
    subject: str
    subject_id: int
    subject_ref: str
    person_id: int | None


_INBOX = (
    select(
        col(WfTask.ref),
        col(WfTask.key),
        col(WfTask.stage),
        col(WfTask.owner_role),
        col(WfTask.unit_id),
        col(WfTask.account_id),
        col(WfTask.opened_at),
        col(WfTask.due_at),
        col(WfTask.rank_at),
        col(WfTask.subject),
        col(WfTask.subject_id),
        col(WfTask.subject_ref),
        col(WfTask.person_id),
        col(WfInstance.ref).label("instance_ref"),
        col(WfInstance.seq),
        col(WfDefinition.name).label("process"),
        col(WfDefinition.id).label("definition_id"),
        col(WfDefinition.digest),
    )
    .select_from(WfTask)
    .join(WfInstance, col(WfInstance.id) == col(WfTask.instance_id))
    .join(WfDefinition, col(WfDefinition.id) == col(WfInstance.definition_id))
)


def inbox(work: Work, tab: Tab | str, mark: str | None = None, limit: int = USUAL) -> Page[TaskRow]:
    """The actor's open tasks under a tab, the most urgent first: one indexed query and one of labels.

    A process that this house has not read yet costs a third, once.

    mine: assigned to me · late, to_decide, unassigned, unit: held by my units · others: what processes wait
    for in which my units have a part; of cases only those that the actor may see, for a unit may have a part
    that has not begun (the coordination group). Suspended processes rest and are left out.
    """
    tab = Tab(tab)
    order = (col(WfTask.rank_at), col(WfTask.ref))
    query = _INBOX.where(
        col(WfTask.state) == Stand.OPEN, col(WfInstance.status) == Status.OPEN, *_under(work, tab)
    )
    since = place(work.settings, f"inbox {tab}", mark)
    if since:
        query = query.where(after([(column, False) for column in order], since))
    rows = work.session.execute(query.order_by(*order).limit(limit + 1)).all()
    page = page_of(rows, limit, work.settings, f"inbox {tab}", lambda row: (row.rank_at, row.ref))
    units = units_by_id(work, {row.unit_id for row in page.items if row.unit_id})
    known = definitions_read(work, {row.definition_id: row.digest for row in page.items})
    items = [_task_row(row, known[row.definition_id], units, work.now) for row in page.items]
    return Page(items, page.next)


def inbox_counts(work: Work) -> dict[Tab, int]:
    """How many open tasks lie under each tab, in one query."""
    counted = [
        select(func.count())
        .select_from(WfTask)
        .join(WfInstance, col(WfInstance.id) == col(WfTask.instance_id))
        .where(col(WfTask.state) == Stand.OPEN, col(WfInstance.status) == Status.OPEN, *_under(work, tab))
        .scalar_subquery()
        .label(tab.value)
        for tab in Tab
    ]
    row = work.session.execute(select(*counted)).one()
    return {tab: int(count) for tab, count in zip(Tab, row, strict=True)}


def _under(work: Work, tab: Tab) -> tuple[ColumnElement[bool], ...]:
    ours = col(WfTask.unit_id).in_(work.actor.units)
    match tab:
        case Tab.MINE:
            return (col(WfTask.account_id) == (work.actor.account_id or 0),)
        case Tab.LATE:
            return (ours, col(WfTask.rank_at) < work.now)
        case Tab.TO_DECIDE:
            return (ours, col(WfTask.decides).is_(True))
        case Tab.UNASSIGNED:
            return (ours, col(WfTask.account_id).is_(None))
        case Tab.UNIT:
            return (ours,)
    part = exists().where(
        col(WfPart.instance_id) == col(WfTask.instance_id), col(WfPart.unit_id).in_(work.actor.units)
    )
    known = or_(col(WfTask.subject) != CASE, case_visible(col(WfTask.subject_id), work.actor, work.now))
    return (or_(col(WfTask.unit_id).is_(None), col(WfTask.unit_id).not_in(work.actor.units)), part, known)


def _task_row(
    row: Any,  # noqa: ANN401 - a Core row
    definition: Definition,
    units: Mapping[int, UnitLabel],
    now: datetime,
) -> TaskRow:
    stage = definition.stages[row.stage]
    task = definition.task(row.stage, row.key)
    return TaskRow(
        ref=row.ref,
        key=row.key,
        title=task.title,
        stage=row.stage,
        stage_title=stage.title,
        role=row.owner_role,
        unit=units.get(row.unit_id),
        account_id=row.account_id,
        opened_at=row.opened_at,
        due_at=row.due_at,
        late=row.rank_at < now,
        outcomes=task.outcomes,
        process=row.process,
        instance_ref=row.instance_ref,
        seq=row.seq,
        subject=row.subject,
        subject_id=row.subject_id,
        subject_ref=row.subject_ref,
        person_id=row.person_id,
    )
