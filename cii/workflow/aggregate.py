"""Where the open processes of a definition stand: how many, how many overdue, since how many days (median).

Each figure is one statement over rows, on both engines. Numbers as they are: who may see small ones is
decided by `figures.processes`. Source: workflow.md §4.
"""

from collections.abc import Collection
from dataclasses import dataclass
from statistics import median

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlmodel import col

from cii.kernel.clock import local_day
from cii.store.work import Work
from cii.workflow.tables import WfInstance, WfPart, WfTask
from cii.workflow.vocabulary import Stand, Status


@dataclass(frozen=True, slots=True)
class StageCount:
    """Open cases of a stage; None is a number that this reader does not see."""

    open: int | None = 0
    overdue: int | None = 0
    median_days: int | None = None


def stage_counts(
    work: Work, definition_id: int, units: Collection[int] | None = None
) -> dict[str, StageCount]:
    """The open processes by stage; with `units` only those in which one of these units has a part."""
    late = exists().where(
        col(WfTask.instance_id) == col(WfInstance.id),
        col(WfTask.state) == Stand.OPEN,
        col(WfTask.due_at) < work.now,
    )
    overdue = case((and_(col(WfInstance.status) == Status.OPEN, late), 1), else_=0)
    rows = work.session.execute(
        select(col(WfInstance.stage), func.count().label("open"), func.sum(overdue).label("overdue"))
        .where(*_open(definition_id, units))
        .group_by(col(WfInstance.stage))
    ).all()
    days = _median_days(work, definition_id, units)
    return {row.stage: StageCount(int(row.open), int(row.overdue), days[row.stage]) for row in rows}


def _median_days(work: Work, definition_id: int, units: Collection[int] | None) -> dict[str, int]:
    """Whole days since the present stage was entered, the middle one of each stage."""
    ranked = (
        select(
            col(WfInstance.stage).label("stage"),
            col(WfInstance.entered_at).label("entered_at"),
            func.row_number()
            .over(
                partition_by=col(WfInstance.stage), order_by=(col(WfInstance.entered_at), col(WfInstance.id))
            )
            .label("place"),
            func.count().over(partition_by=col(WfInstance.stage)).label("all"),
        )
        .where(*_open(definition_id, units))
        .subquery()
    )
    twice, of = 2 * ranked.c.place, ranked.c["all"]
    middle: dict[str, list[int]] = {}
    for stage, entered_at in work.session.execute(
        select(ranked.c.stage, ranked.c.entered_at).where(twice >= of, twice <= of + 2)
    ):
        middle.setdefault(stage, []).append((work.today - local_day(entered_at)).days)
    return {stage: int(median(days)) for stage, days in middle.items()}


def _open(definition_id: int, units: Collection[int] | None) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = [
        col(WfInstance.definition_id) == definition_id,
        col(WfInstance.status) != Status.CLOSED,
    ]
    if units is not None:
        part = exists().where(
            col(WfPart.instance_id) == col(WfInstance.id), col(WfPart.unit_id).in_(list(units))
        )
        asked.append(part)
    return asked
