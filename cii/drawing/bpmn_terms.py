"""Conditions and variables of a process as BPMN engines read them: with `==`, `and`, `or`, `in`.

The variable of a task holds its last outcome in this passage, "" before; of a `for_each` task the outcomes of
all units, []. Source: workflow.md §2; BPMN 2.0 leaves the language of expressions open.
"""

import re
from collections.abc import Sequence

from cii.decisions.domain import shown
from cii.decisions.sfeel import Cell, Span
from cii.workflow.definition import Condition, Stage, Task
from cii.workflow.vocabulary import Length

_EQUALS = re.compile(r'(\w+) == ("[^"]*")')


def variable(stage: Stage, task: Task) -> str:
    """The name of the variable that holds the outcome of a task."""
    return f"{stage.key}_{task.key}".replace("-", "_")


def last_variable(stage: Stage, task: Task) -> str:
    """The name of the variable that is 1 once a discretionary task is not to be asked for again."""
    return f"{variable(stage, task)}_last"


def units_variable(role: str) -> str:
    """The name of the variable that holds how many units have a role."""
    return f"{role}_units"


def nothing(task: Task) -> str:
    """What a task's variable holds before it is done."""
    return "[]" if task.for_each else '""'


def condition(stage: Stage, when: Condition) -> str:
    """A condition of a way on, as an expression."""
    if when.cell is not None:
        return _on_fact(when.fact, when.cell)
    asked = [one for one in stage.tasks if when.outcome in one.outcomes]
    hits = [_is(stage, one, when.outcome) for one in asked]
    if when.how == "all":
        others = [
            f"{variable(stage, one)} in ({nothing(one)}, {quoted(when.outcome)})"
            if not one.for_each
            else f"{variable(stage, one)}.count({quoted(when.outcome)}) == len({variable(stage, one)})"
            for one in stage.required
        ]
        return " and ".join([f"({' or '.join(hits) or 'false'})", *others])
    if when.count > 1:
        counted = " + ".join(
            f"{variable(stage, one)}.count({quoted(when.outcome)})"
            if one.for_each
            else f"[{variable(stage, one)}].count({quoted(when.outcome)})"
            for one in asked
        )
        return f"{counted or '0'} >= {when.count}"
    return " or ".join(hits) or "false"


def apart(conditions: Sequence[str]) -> list[str]:
    """The conditions, each true only where none before it is: BPMN promises no order among the arrows."""
    found = []
    for at, own in enumerate(conditions):
        others = [f"not ({one})" for one in conditions[:at] if not _exclude_each_other(one, own)]
        found.append(" and ".join([f"({own})" if others else own, *others]))
    return found


def _exclude_each_other(one: str, two: str) -> bool:
    """Whether both ask one variable for different values."""
    first, second = _EQUALS.fullmatch(one), _EQUALS.fullmatch(two)
    return bool(first and second and first[1] == second[1] and first[2] != second[2])


def ends(stage: Stage, task: Task) -> str:
    """Whether a task has ended its stage at once."""
    return " or ".join(_is(stage, task, outcome) for outcome in task.outcomes if outcome in task.ending)


def enough(stage: Stage) -> str:
    """Whether a quorum of the stage's tasks is done: not too many are left."""
    names = ", ".join(variable(stage, one) for one in stage.required)
    return f'[{names}].count("") <= {max(len(stage.required) - stage.quorum, 0)}'


def fresh(stage: Stage, *, keeps: bool) -> str:
    """The script at the entry of a stage: nothing is done yet.

    With `keeps`, a passage left before its end goes on: what was done stays, but the outcome that ended it.
    """
    names = [(variable(stage, one), one) for one in stage.tasks]
    if not keeps:
        return "\n".join(f"{name} = {nothing(one)}" for name, one in names)
    done = [f"{variable(stage, one)} != {nothing(one)}" for one in stage.required]
    whole = enough(stage) if stage.quorum else " and ".join(done) or "true"
    ended = [f"not ({ends(stage, one)})" for one in stage.tasks if one.ending]
    lines = [f"whole = {' and '.join([f'({whole})', *ended])}"]
    for name, one in names:
        again = f"whole or {ends(stage, one)}" if one.ending else "whole"
        lines.append(f"{name} = {nothing(one)} if {again} else {name}")
    return "\n".join(lines)


def duration(length: Length) -> str:
    """A delay in ISO 8601; working days become about as many calendar days, for BPMN knows no calendar."""
    return f"P{length.count}M" if length.unit == "m" else f"P{length.rough_days}D"


def quoted(text: str) -> str:
    """A text in an expression."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _is(stage: Stage, task: Task, outcome: str) -> str:
    name = variable(stage, task)
    return f"{quoted(outcome)} in {name}" if task.for_each else f"{name} == {quoted(outcome)}"


def _on_fact(fact: str, cell: Cell) -> str:
    held = " or ".join(_span(fact, span) for span in cell.spans) or "true"
    return f"not ({held})" if cell.negated else held


def _span(fact: str, span: Span) -> str:
    if span.low is not None and span.low == span.high:
        return f"{fact} == {_value(span.low)}"
    parts = []
    if span.low is not None:
        parts.append(f"{fact} {'>=' if span.low_in else '>'} {_value(span.low)}")
    if span.high is not None:
        parts.append(f"{fact} {'<=' if span.high_in else '<'} {_value(span.high)}")
    return " and ".join(parts) or "true"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return quoted(value) if isinstance(value, str) else shown(value)
