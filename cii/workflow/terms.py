"""Terms of one subject in place of those of its process file: the grammar stays, the delays are told.

A file says the usual delay of a stage or task; where a dated parameter knows a better one for this subject
(a referral between two kinds of institutions), the room that owns the subject hands it to the step.
"""

from collections.abc import Mapping
from dataclasses import replace

from cii.workflow.definition import Definition, Stage, Task
from cii.workflow.vocabulary import Length

Terms = Mapping[str, Length]
"""`stage` → when it times out; `stage.task` → when the task is due and its first reminder goes out."""


def with_terms(definition: Definition, terms: Terms | None) -> Definition:
    """The process with these delays; later rungs of a ladder keep their distance to the first one."""
    if not terms:
        return definition
    stages = {key: _stage(stage, terms) for key, stage in definition.stages.items()}
    return replace(definition, stages=stages)


def _stage(stage: Stage, terms: Terms) -> Stage:
    timeout = stage.timeout
    if timeout is not None and stage.key in terms:
        timeout = replace(timeout, after=terms[stage.key])
    tasks = tuple(_task(one, terms.get(f"{stage.key}.{one.key}")) for one in stage.tasks)
    return replace(stage, timeout=timeout, tasks=tasks)


def _task(task: Task, term: Length | None) -> Task:
    if term is None:
        return task
    first = task.escalate[0].after.count if task.escalate else 0
    ladder = tuple(
        replace(one, after=Length(term.count + one.after.count - first, term.unit)) for one in task.escalate
    )
    return replace(task, due=term, escalate=ladder)
