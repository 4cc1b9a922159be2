"""Targets of the engine and its files (workflow.md §5), against the same thing in bare Python."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from cii.kernel.calendar import WorkingDays
from cii.store.settings import HOUSE
from cii.workflow.checks import problems_in
from cii.workflow.definition import parse
from cii.workflow.events import Start, TaskDone
from cii.workflow.machine import step
from cii.workflow.rulebook import parse_table

WORKFLOWS = HOUSE / "workflows"
NOW = datetime(2026, 10, 15, 6, tzinfo=UTC)
Sides = tuple[Callable[[], object], Callable[[], object]]


def pure_step() -> Sides:
    definition = parse((WORKFLOWS / "reseau-cii.yaml").read_text(encoding="utf-8"), "reseau-cii")
    roles = {"lead": (1,), "AC": (2,), "AI": (3,), "AS": (4,), "physician": (5,), "coordination": (6,)}
    calendar = WorkingDays("NE")
    state = step(definition, None, Start(), {}, NOW, calendar, roles).state
    moves = {("assessment", "grid_ac", "done"): "assessment"}
    event = TaskDone("grid_ac", "done")
    return (
        lambda: [step(definition, state, event, {}, NOW, calendar, roles) for _ in range(200)],
        lambda: [moves["assessment", "grid_ac", "done"] for _ in range(200)],
    )


def load_all() -> Sides:
    """All definitions read and checked; the limit is a clock."""
    texts = [(file.read_text(encoding="utf-8"), file.name) for file in sorted(WORKFLOWS.glob("*.yaml"))]
    tables = [
        (file.read_text(encoding="utf-8"), file.name)
        for file in sorted((WORKFLOWS / "decisions").glob("*.md"))
    ]

    def ours() -> object:
        known = {parse_table(text, name).id for text, name in tables}
        return [problems_in(text, name, known) for text, name in texts]

    return ours, lambda: time.sleep(1)
