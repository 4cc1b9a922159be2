"""Conditions on a way out of a stage: on the outcomes of its tasks, or an S-FEEL cell over one fact.

`any task = refuse` · `all tasks = agree` · `2 of tasks = done` · `systems >= 2`. Source: workflow.md §2.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cii.decisions.domain import Domain
from cii.decisions.sfeel import BadCell, Cell, parse_cell
from cii.files.problems import did_you_mean, example
from cii.texts.speech import Saying

_ON_TASKS = re.compile(r"(?P<how>any task|all tasks|(?P<count>[1-9]\d?) of tasks) = (?P<outcome>[\w-]+)")
_ON_FACT = re.compile(r"(?P<fact>[A-Za-z_]\w*)\s*(?:=(?!=)\s*)?(?P<cell>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Condition:
    """When a way is taken: on outcomes (`how`, `count`, `outcome`) or on one fact (`fact`, `cell`)."""

    text: str
    how: str = ""
    count: int = 0
    outcome: str = ""
    fact: str = ""
    cell: Cell | None = None


def condition(text: str, facts: Mapping[str, Domain]) -> Condition:
    """Read a condition; refuses BadCell when it is neither about tasks nor about one declared fact."""
    plain = " ".join(text.split())
    if found := _ON_TASKS.fullmatch(plain):
        count = int(found["count"] or 0)
        how = "count" if count else found["how"].split()[0]
        return Condition(plain, how=how, count=count, outcome=found["outcome"])
    found = _ON_FACT.fullmatch(plain)
    if not found or found["fact"] in {"any", "all", "some", "every"}:
        raise BadCell(
            Saying("problem.cell.no-condition", text=plain),
            example("any task = refuse, 2 of tasks = done, systems >= 2"),
        )
    name = found["fact"]
    if name not in facts:
        raise BadCell(Saying("problem.cell.no-fact", name=name), did_you_mean(name, facts))
    return Condition(plain, fact=name, cell=parse_cell(found["cell"], facts[name]))
