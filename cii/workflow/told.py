"""Decisions by a rule and tasks about a person, as their file tells them."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import and_, or_
from sqlmodel import col, select

from cii.decisions.rulebook import Table as Rules
from cii.store.telling import Condition, Part, Scope, of_case_or_person
from cii.store.work import Work
from cii.workflow.definition import Definition
from cii.workflow.queries import parsed, parsed_table
from cii.workflow.tables import WfDecision, WfDefinition, WfInstance, WfTable, WfTask


def _about(table: Any, scope: Scope) -> Condition:  # noqa: ANN401 - columns of any table
    case = and_(table.c.subject == "case", table.c.subject_id.in_(scope.case_ids))
    return or_(table.c.person_id.in_(scope.person_ids), case)


DECISIONS = Part(
    "decisions", WfDecision, "table_id>table subject inputs sources outputs rules why account_id>by at",
    of=of_case_or_person,
)  # fmt: skip
TASKS = Part(
    "tasks",
    WfTask,
    "instance_id>process key stage state outcome opened_at due_at done_at unit_id>unit done_by>by",
    of=_about,
)


def table_names(work: Work, ids: Collection[int]) -> Mapping[int, str]:
    """The names of decision tables."""
    rows = work.session.exec(select(WfTable.id, WfTable.name).where(col(WfTable.id).in_(ids)))
    return {id_ or 0: name for id_, name in rows}


def process_names(work: Work, ids: Collection[int]) -> Mapping[int, str]:
    """The names of the processes that these instances follow."""
    rows = work.session.exec(
        select(WfInstance.id, WfDefinition.name)
        .join(WfDefinition, col(WfDefinition.id) == col(WfInstance.definition_id))
        .where(col(WfInstance.id).in_(ids))
    )
    return {id_ or 0: name for id_, name in rows}


def newest_tables(work: Work, names: Collection[str]) -> Mapping[str, Rules]:
    """The newest published version of each of these decision tables, by name."""
    rows = work.session.exec(
        select(WfTable).where(col(WfTable.name).in_(names)).order_by(col(WfTable.version))
    )
    newest = {row.name: row for row in rows}
    return {name: parsed_table(row.source, f"{name} {row.version}") for name, row in newest.items()}


def newest_processes(work: Work, names: Collection[str]) -> Mapping[str, Definition]:
    """The newest published version of each of these processes, by name."""
    rows = work.session.exec(
        select(WfDefinition).where(col(WfDefinition.name).in_(names)).order_by(col(WfDefinition.version))
    )
    newest = {row.name: row for row in rows}
    return {name: parsed(row.source, f"{name} {row.version}") for name, row in newest.items()}
