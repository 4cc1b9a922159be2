"""What a step needs to know of a definition at every turn, worked out once per definition."""

from typing import NamedTuple
from weakref import WeakKeyDictionary

from cii.workflow.definition import Definition, Stage, Task


class StagePlan(NamedTuple):
    """A stage with its tasks by key.

    `required` count towards its completion, `extra` are discretionary; `ordered`: some wait for others.
    """

    stage: Stage
    tasks: dict[str, Task]
    required: tuple[Task, ...]
    keys: frozenset[str]
    extra: tuple[Task, ...]
    ordered: bool


_PLANS: WeakKeyDictionary[Definition, dict[str, StagePlan]] = WeakKeyDictionary()


def plan(definition: Definition) -> dict[str, StagePlan]:
    """The stages of a definition by key."""
    found = _PLANS.get(definition)
    if found is None:
        found = {key: _of(stage) for key, stage in definition.stages.items()}
        _PLANS[definition] = found
    return found


def _of(stage: Stage) -> StagePlan:
    return StagePlan(
        stage,
        {task.key: task for task in stage.tasks},
        stage.required,
        frozenset(task.key for task in stage.required),
        tuple(task for task in stage.tasks if task.discretionary),
        any(task.after for task in stage.tasks),
    )
