"""The inbox: open tasks of my units, of mine, and those that cases of ours wait for. No personal text.

One query over a partial index and one of labels; the rooms above add theirs by `person_id` and `subject_id`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Row, Select, Table, bindparam, exists, func, or_, select
from sqlmodel import col

from cii.access.queries import case_visible
from cii.files.vocabulary import Title
from cii.institutions.queries import UnitLabel, units_by_id
from cii.store.work import Work
from cii.wire.pages import USUAL, Page, after, page_of, place
from cii.workflow.definition import Definition
from cii.workflow.plan import plan
from cii.workflow.projection import FAR
from cii.workflow.queries import definitions_read
from cii.workflow.tables import WfDefinition, WfInstance, WfPart, WfTask
from cii.workflow.vocabulary import Stand, Status

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


class TaskRow(NamedTuple):
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


_TASK = cast("Table", WfTask.__table__)  # type: ignore[attr-defined]
_INSTANCE = cast("Table", WfInstance.__table__)  # type: ignore[attr-defined]
_PROCESS = cast("Table", WfDefinition.__table__)  # type: ignore[attr-defined]

_INBOX = (
    select(
        *(
            _TASK.c[name]
            for name in (
                "ref", "key", "stage", "owner_role", "unit_id", "account_id", "opened_at", "due_at",
                "subject", "subject_id", "subject_ref", "person_id",
            )
        ),
        _INSTANCE.c.ref.label("instance_ref"),
        _INSTANCE.c.seq,
        _PROCESS.c.name.label("process"),
        _PROCESS.c.id.label("definition_id"),
        _PROCESS.c.digest,
    )
    .select_from(_TASK)
    .join(_INSTANCE, _INSTANCE.c.id == _TASK.c.instance_id)
    .join(_PROCESS, _PROCESS.c.id == _INSTANCE.c.definition_id)
)  # fmt: skip
"""Straight from the tables: typed rows without the detour over objects."""

_ORDER = (_TASK.c.rank_at, _TASK.c.ref)
TASKS, PROCESSES = _TASK.c, _PROCESS.c
"""The columns of a row of the inbox, for conditions that rooms above add."""


def inbox(
    work: Work,
    tab: Tab | str,
    mark: str | None = None,
    limit: int = USUAL,
    more: Sequence[ColumnElement[bool]] = (),
) -> Page[TaskRow]:
    """The actor's open tasks under a tab, the most urgent first: one indexed query and one of labels.

    A process that this house has not read yet costs a third, once.

    mine: assigned to me · late, to_decide, unassigned, unit: held by my units · others: what processes wait
    for in which my units have a part; of cases only those that the actor may see, for a unit may have a part
    that has not begun (the coordination group). Suspended processes rest and are left out. `more`: further
    conditions on TASKS and PROCESSES.
    """
    tab = Tab(tab)
    since = place(work.settings, f"inbox {tab}", mark)
    rows = inbox_rows(work, tab, since, limit + 1, more)
    page = page_of(rows, limit, work.settings, f"inbox {tab}", lambda row: (row.due_at or FAR, row.ref))
    units = units_by_id(work, {row.unit_id for row in page.items if row.unit_id})
    known = definitions_read(work, {row.definition_id: row.digest for row in page.items})
    items = [_task_row(row, known[row.definition_id], units, work.now) for row in page.items]
    return Page(items, page.next)


def inbox_rows(
    work: Work,
    tab: Tab,
    since: Sequence[Any] | None,
    limit: int,
    more: Sequence[ColumnElement[bool]] = (),
) -> Sequence[Row[Any]]:
    """The rows of a page as the database gives them, those after `since` (due moment and ref of the last)."""
    actor = work.actor
    given = {
        "account": actor.account_id or 0, "now": work.now, "most": limit,
        **dict(zip(("since_rank", "since_ref"), since or (), strict=False)),
    }  # fmt: skip
    query = _page(tab, len(actor.units), marked=bool(since))
    if more:
        query = query.where(*more)
    if tab is Tab.OTHERS:
        query = query.where(_known(work))
    used = _GIVEN[tab] | ({"since_rank", "since_ref"} if since else set())
    told = {name: given[name] for name in used} | ({} if tab is Tab.MINE else _told(actor.units))
    work.session.flush()
    return work.session.connection().execute(query, told).all()


def _told(units: Sequence[int]) -> dict[str, int]:
    """The units as the statements are told them, each by its place."""
    return {f"unit_{place}": unit for place, unit in enumerate(units)}


@cache
def _page(tab: Tab, units: int, *, marked: bool) -> Select[Any]:
    """The statement of a tab for so many units, made once; `marked`: those after a place."""
    query: Select[Any] = _INBOX.where(
        _TASK.c.state == Stand.OPEN, _INSTANCE.c.status == Status.OPEN, *_under(tab, units)
    )
    if marked:
        since: tuple[Any, ...] = (bindparam("since_rank"), bindparam("since_ref"))
        query = query.where(after([(column, False) for column in _ORDER], since))
    return query.order_by(*_ORDER).limit(bindparam("most"))


def inbox_counts(work: Work) -> dict[Tab, int]:
    """How many open tasks lie under each tab, in one query."""
    units = work.actor.units
    counted = [
        select(func.count())
        .select_from(_TASK)
        .join(_INSTANCE, _INSTANCE.c.id == _TASK.c.instance_id)
        .where(_TASK.c.state == Stand.OPEN, _INSTANCE.c.status == Status.OPEN, *_under(tab, len(units)))
        .where(*([_known(work)] if tab is Tab.OTHERS else []))
        .scalar_subquery()
        .label(tab.value)
        for tab in Tab
    ]
    given = {**_told(units), "account": work.actor.account_id or 0, "now": work.now}
    row = work.session.execute(select(*counted), given).one()
    return {tab: int(count) for tab, count in zip(Tab, row, strict=True)}


def _known(work: Work) -> ColumnElement[bool]:
    """Of the cases of others those that the actor may see."""
    return or_(_TASK.c.subject != CASE, case_visible(_TASK.c.subject_id, work.actor, work.now))


_GIVEN: dict[Tab, set[str]] = {
    Tab.MINE: {"account", "most"},
    Tab.LATE: {"now", "most"},
    Tab.TO_DECIDE: {"most"},
    Tab.UNASSIGNED: {"most"},
    Tab.UNIT: {"most"},
    Tab.OTHERS: {"most"},
}
"""What the statement of a tab has to be told, besides the units."""


def _under(tab: Tab, count: int) -> tuple[ColumnElement[bool], ...]:
    units: list[Any] = [bindparam(name) for name in _told(range(count))]
    ours = _TASK.c.unit_id.in_(units)
    match tab:
        case Tab.MINE:
            return (_TASK.c.account_id == bindparam("account"),)
        case Tab.LATE:
            return (ours, _TASK.c.rank_at < bindparam("now"))
        case Tab.TO_DECIDE:
            return (ours, _TASK.c.decides.is_(True))
        case Tab.UNASSIGNED:
            return (ours, _TASK.c.account_id.is_(None))
        case Tab.UNIT:
            return (ours,)
    part = exists().where(col(WfPart.instance_id) == _TASK.c.instance_id, col(WfPart.unit_id).in_(units))
    return (or_(_TASK.c.unit_id.is_(None), _TASK.c.unit_id.not_in(units)), part)


def _task_row(
    row: Any,  # noqa: ANN401 - a Core row
    definition: Definition,
    units: Mapping[int, UnitLabel],
    now: datetime,
) -> TaskRow:
    (
        ref, key, stage_key, role, unit, account, opened_at, due_at, subject, subject_id, subject_ref, person,
        instance_ref, seq, process, _, _,
    ) = row  # fmt: skip
    stage = plan(definition)[stage_key]
    task = stage.tasks[key]
    late = due_at is not None and due_at < now
    return TaskRow(
        ref, key, task.title, stage_key, stage.stage.title, role, units.get(unit), account, opened_at, due_at,
        late, task.outcomes, process, instance_ref, seq, subject, subject_id, subject_ref, person,
    )  # fmt: skip
