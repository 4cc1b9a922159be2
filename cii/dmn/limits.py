"""How large a model may be, counted before it is read: the limits of our own tables, over the whole model.

A model comes from outside; one made to fill the memory or to stop the clock is refused in words.
Source: workflow.md §3 (a draft of any size ends in an answer or a refusal).
"""

from collections.abc import Iterable

from cii.decisions.rulelines import MOST_INPUTS, MOST_RULES, MOST_TESTS
from cii.dmn.model import DmnDecision
from cii.dmn.types import MOST_NAMES, Type
from cii.dmn.xml import Faults
from cii.files.problems import hint
from cii.files.xml_reading import Node
from cii.texts.speech import Saying

MOST_DECISIONS = 100
"""A model of more decisions is no model that people read."""
MOST_LETTERS = 500_000
"""So many characters at most stand in the cells of a model; our own files hold 200 000 in all."""
MOST_NAME = 200
"""A name has at most so many letters."""


def check_model(root: Node, names: Iterable[tuple[str, Type]], reader: Faults) -> None:
    """Refuse BrokenFile when the model has too many decisions, names or characters in its cells."""
    decisions = list(root.all("decision"))
    held = list(names)
    named = sum(one.size for _, one in held)
    letters = sum(_letters(table) for one in decisions for table in one.all("decisionTable"))
    for name, _ in held:
        if len(name) > MOST_NAME:
            said = Saying("problem.dmn.name-long", name=f"{name[:40]}…", n=len(name), most=MOST_NAME)
            reader.fault(root.line, "table-too-large", said)
            reader.done()
    for count, most, key in (
        (len(decisions), MOST_DECISIONS, "decisions"),
        (named, MOST_NAMES, "names"),
        (letters, MOST_LETTERS, "letters"),
    ):
        if count > most:
            reader.fault(root.line, "table-too-large", Saying(f"problem.dmn.{key}", n=count, most=most))
            reader.done()


def _letters(table: Node) -> int:
    return sum(
        len(entry.words()) for rule in table.all("rule") for entry in rule.all("inputEntry", "outputEntry")
    )


def fits(table: Node, reader: Faults) -> bool:
    """Whether people can read a table of so many rules and columns; a larger one is a fault."""
    rules = sum(1 for _ in table.all("rule"))
    inputs, outputs = sum(1 for _ in table.all("input")), sum(1 for _ in table.all("output"))
    if rules <= MOST_RULES and max(inputs, outputs) <= MOST_INPUTS:
        return True
    said = Saying(
        "problem.table-too-large",
        rules=rules,
        inputs=max(inputs, outputs),
        most_rules=MOST_RULES,
        most_inputs=MOST_INPUTS,
    )
    reader.fault(table.line, "table-too-large", said, hint("split-table"))
    return False


def comparisons(decision: DmnDecision) -> int:
    """How many comparisons compile a table: each condition is tried at each value that matters."""
    count = 0
    for column, tests in zip(
        decision.inputs, zip(*(one.tests for one in decision.rules), strict=True), strict=True
    ):
        values = {end.text for test in tests for bound in test.bounds for end in bound.ends}
        count += (len(values) + len(column.domain.values)) * sum(len(test.bounds) for test in tests)
    return count


def weighed(decision: DmnDecision, before: int, reader: Faults) -> int:
    """The comparisons of the decisions so far; too many are a fault of this one."""
    count = before + comparisons(decision)
    if count > MOST_TESTS:
        tests, most = count // 1_000_000, MOST_TESTS // 1_000_000
        said = Saying("problem.table-too-heavy", tests=tests, most=most)
        reader.fault(decision.line, "table-too-heavy", said, hint("split-table"))
    return count
