"""The versions a case has had: how it stood at the end of each, with the definition of that time.

Old cases keep their old diagram: what happened under a version is drawn by that version. Source:
workflow.md §1 point 4.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from cii.files.vocabulary import Title
from cii.store.work import Work
from cii.workflow.definition import Definition, Task
from cii.workflow.queries import definition_of, events_of, parsed, revived
from cii.workflow.state import Record, State, fold
from cii.workflow.tables import WfDefinition, WfInstance


@dataclass(frozen=True, slots=True)
class Chapter:
    """A case as it stood at the end of its time under one version; `why` says what brought it there."""

    definition: Definition
    state: State
    since: datetime
    why: Title


def processes_of(work: Work, subject: str, subject_id: int) -> Sequence[WfInstance]:
    """Every process that a subject has had, the newest first; whoever calls has seen that it may be seen."""
    return work.session.exec(
        select(WfInstance)
        .where(col(WfInstance.subject) == subject, col(WfInstance.subject_id) == subject_id)
        .order_by(col(WfInstance.id).desc())
    ).all()


def chapters(work: Work, instance: WfInstance) -> list[Chapter]:
    """The case under each version it has had, the present one last; one chapter when it never migrated."""
    records = _records(work, instance)
    starts = [at for at, one in enumerate(records) if at == 0 or one.kind == "migrated"]
    found = []
    for start, end in zip(starts, [*starts[1:], len(records)], strict=True):
        definition, state = _then(work, instance, records[:end])
        found.append(Chapter(definition, state, records[start].at, records[start].data.get("why", {})))
    return found


def known_task(work: Work, definition: Definition, stage: str, key: str) -> Task:
    """A task of a case by its keys: in this version, else in the newest other that knows it.

    A task done before a migration may have vanished from the present version.
    """
    found = definition.stages[stage].task(key) if stage in definition.stages else None
    if found is not None:
        return found
    return next(
        (
            task
            for one in _others(work, definition)
            if stage in one.stages and (task := one.stages[stage].task(key)) is not None
        ),
        Task(key, "", ()),
    )


def _others(work: Work, definition: Definition) -> Iterable[Definition]:
    rows = work.session.exec(
        select(WfDefinition)
        .where(col(WfDefinition.name) == definition.id)
        .order_by(col(WfDefinition.version).desc())
    )
    return (parsed(row.source, f"{row.name} {row.version}") for row in rows)


def _records(work: Work, instance: WfInstance) -> list[Record]:
    return [Record(one.seq, one.at, one.kind, one.payload) for one in events_of(work, instance)]


def _then(work: Work, instance: WfInstance, records: list[Record]) -> tuple[Definition, State]:
    state = fold(records)
    definition = definition_of(work, instance.definition_id)
    if state.version != definition.version:
        definition = next(one for one in _others(work, definition) if one.version == state.version)
    return definition, revived(definition, state)
