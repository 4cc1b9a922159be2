"""Targets of the engine and its files (workflow.md §5), against the same thing in bare Python."""

import time
from collections.abc import Callable

from cii.store.settings import HOUSE
from cii.workflow.checks import problems_in
from cii.workflow.rulebook import parse_table

WORKFLOWS = HOUSE / "workflows"
Sides = tuple[Callable[[], object], Callable[[], object]]


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
