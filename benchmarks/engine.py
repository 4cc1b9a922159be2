"""Targets of the engine and the tables (workflow.md §5), against the same thing in bare Python."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from cii.kernel.calendar import WorkingDays
from cii.store.settings import HOUSE
from cii.workflow.checks import problems_in
from cii.workflow.decision import decide
from cii.workflow.definition import parse
from cii.workflow.events import Start, TaskDone
from cii.workflow.machine import step
from cii.workflow.proof import prove
from cii.workflow.rulebook import Table, parse_table

WORKFLOWS = HOUSE / "workflows"
NOW = datetime(2026, 10, 15, 6, tzinfo=UTC)
FACTS = {
    "months_since_registration": 14, "framework_days_left": 200, "incapacity_months": 3,
    "social_aid_months": 6,
    "work_capacity": 70, "problems": 4, "systems": 1,
}  # fmt: skip
Sides = tuple[Callable[[], object], Callable[[], object]]


def _table(name: str) -> Table:
    return parse_table((WORKFLOWS / "decisions" / f"{name}.md").read_text(encoding="utf-8"), name)


def _bare(facts: dict[str, int]) -> tuple[bool, str]:
    """The detection table as somebody would write it by hand, without checks or trace."""
    if facts["systems"] >= 2:
        return True, "several_systems"
    if facts["incapacity_months"] >= 6 and facts["work_capacity"] < 80:
        return True, "long_incapacity"
    if facts["months_since_registration"] >= 12 and 1 <= facts["framework_days_left"] <= 90:
        return True, "end_of_right"
    if facts["social_aid_months"] >= 12 and facts["work_capacity"] >= 50:
        return True, "long_social_aid"
    if facts["problems"] >= 3:
        return True, "multiple_problems"
    return False, "none"


def decision() -> Sides:
    table = _table("detection")
    assert decide(table, FACTS).outputs["criterion"] == _bare(FACTS)[1]
    return lambda: [decide(table, FACTS) for _ in range(200)], lambda: [_bare(FACTS) for _ in range(200)]


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


def proof() -> Sides:
    table = _table("triage")
    return lambda: prove(table), lambda: time.sleep(0.2)
