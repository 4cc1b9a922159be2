"""What members of units carry: open tasks by account, and the stages in which a unit's tasks lie."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import case, func
from sqlalchemy import select as columns
from sqlmodel import col

from cii.files.vocabulary import Title
from cii.store.work import Work
from cii.workflow.plan import plan
from cii.workflow.queries import definitions_read
from cii.workflow.tables import WfDefinition, WfInstance, WfTask
from cii.workflow.vocabulary import Stand, Status


def tasks_carried(work: Work, unit_id: int) -> dict[int | None, tuple[int, int]]:
    """Open tasks of the unit by the member who has them (None: free), and how many of them are late."""
    late = func.sum(case((col(WfTask.rank_at) < work.now, 1), else_=0))
    rows = work.session.execute(
        columns(col(WfTask.account_id), func.count(), late)
        .join(WfInstance, col(WfInstance.id) == col(WfTask.instance_id))
        .where(
            col(WfTask.unit_id) == unit_id,
            col(WfTask.state) == Stand.OPEN,
            col(WfInstance.status) == Status.OPEN,
        )
        .group_by(col(WfTask.account_id))
    )
    return {account: (int(count), int(behind or 0)) for account, count, behind in rows}


@dataclass(frozen=True, slots=True)
class OpenStage:
    """A stage in which tasks of a unit are open."""

    process: str
    key: str
    title: Title


def open_stages(work: Work, unit_ids: Collection[int]) -> list[OpenStage]:
    """The stages in which open tasks of these units lie, each key once, by process."""
    rows = work.session.execute(
        columns(col(WfDefinition.id), col(WfDefinition.name), col(WfDefinition.digest), col(WfTask.stage))
        .join(WfInstance, col(WfInstance.id) == col(WfTask.instance_id))
        .join(WfDefinition, col(WfDefinition.id) == col(WfInstance.definition_id))
        .where(
            col(WfTask.unit_id).in_(unit_ids),
            col(WfTask.state) == Stand.OPEN,
            col(WfInstance.status) == Status.OPEN,
        )
        .distinct()
        .order_by(col(WfDefinition.name), col(WfTask.stage))
    ).all()
    known = definitions_read(work, {row.id: row.digest for row in rows})
    found: dict[str, OpenStage] = {}
    for row in rows:
        title = plan(known[row.id])[row.stage].stage.title
        found.setdefault(row.stage, OpenStage(row.name, row.stage, title))
    return list(found.values())
