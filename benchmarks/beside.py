"""Other engines measured beside ours in the same run: zen-engine and SpiffWorkflow, development dependencies.

Each is made ready before and asked as its documentation does: the table parsed once, each person a mapping.
Its answers are compared with ours before anything is timed. Where one is not installed, `Absent` says so.
"""

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any, Protocol

from benchmarks.decisions import DECISIONS, orientation, people
from benchmarks.measure import Absent, Prepared, Sides
from benchmarks.process import ANSWERS, CALENDAR, NOW, UNITS, network, walk
from cii.decisions.decision import decide
from cii.workflow.machine import step


class Engine(Protocol):
    """Another engine with one table made ready."""

    def decide(self, facts: dict[str, Any]) -> Mapping[str, Any]:
        """The outputs."""


def _tests(name: str) -> ModuleType:
    """A module of the tests, as `decisions.oracle_zen`, which needs development dependencies."""
    try:
        return import_module(f"tests.{name}")
    except ImportError as no:
        raise Absent(f"{no.name} is not installed") from no


def decision_zen() -> Sides:
    """The same decisions by zen-engine as its documentation begins: `create_decision`, then `evaluate`."""
    return _decisions(_tests("decisions.oracle_zen").ZenDecision(orientation()))


def decision_zen_kept() -> Sides:
    """The same decisions by zen-engine in its fastest way: compiled once, kept by its static loader, "first".

    The goal is a half, not the tenth of workflow.md §5, which was measured on the documented way: a tenth of
    this way is about the time of the bare Python table, which has neither gate nor trace.
    """
    return _decisions(_tests("decisions.oracle_zen").Zen(orientation(), unique=False))


def decision_spiff() -> Sides:
    """The same decisions by SpiffWorkflow's engine on our DMN export, without a process around it."""
    return _decisions(_tests("decisions.oracle_spiff").Spiff(orientation(), full_feel=True))


def _decisions(engine: Engine) -> Sides:
    table, persons = orientation(), people(DECISIONS)
    for person in persons:
        said, ours = engine.decide(person), decide(table, person).outputs
        assert {name: said[name] for name in ours} == ours, person
    return (
        lambda: [decide(table, one) for one in persons],
        lambda: [engine.decide(one) for one in persons],
    )


def step_spiff() -> Sides:
    """A case's path, purely, and SpiffWorkflow on the BPMN export of the same process, in memory.

    It is a new process each time (not timed); timed are the search of the open task, its completion and what
    the engine does until it waits again. Both stand at the same stage after each answer.
    """
    Walker = _tests("drawing.test_bpmn").Walker  # noqa: N806 - a class
    definition = network()
    path = walk(definition, ANSWERS)
    asked = []
    for state, event, _ in path:
        stage = definition.stages[state.stage]
        asked.append((stage, stage.task(state.tasks[int(event.task) - 1].key), event.outcome))
    seen = Walker(definition, {})
    for one, (_, _, took) in zip(asked, path, strict=True):
        seen.answer(*one)
        assert seen.stage() == took.state.stage
    return (
        lambda: [step(definition, state, event, {}, NOW, CALENDAR, UNITS) for state, event, _ in path],
        Prepared(lambda: Walker(definition, {}), lambda walker: [walker.answer(*one) for one in asked]),
    )
