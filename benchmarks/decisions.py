"""Targets of the decision tables (workflow.md §5): a table of 12 rules and 10 inputs, and the proof.

The bare side is the same table as a careful engineer writes it by hand: every rule tried, one hit expected,
outputs and rule returned; without gate and without trace, which ours has.
"""

import random
from dataclasses import replace
from datetime import date
from typing import Any

from benchmarks.measure import Sides
from cii.decisions.decision import decide, decide_many
from cii.decisions.domain import Domain, parse_domain
from cii.decisions.proof import prove
from cii.decisions.rulebook import Table
from cii.decisions.rulelines import Column, Rule
from cii.decisions.sfeel import parse_cell
from cii.decisions.vocabulary import HitPolicy

Person = dict[str, Any]
DECISIONS = 200
"""So many persons are decided in one run."""

INPUTS = {
    "consent": "yes/no",
    "followed": "number 0..5",
    "may_owe": "number 0..5",
    "registered": "number 0..600",
    "potential": 'text "none", "low", "medium", "high"',
    "capacity": "number 0..100",
    "age": "number 0..120",
    "trained": "yes/no",
    "perimeter": "yes/no",
    "debt": "money 0..5000000",
}
SOME = '"low","medium","high"'
ROWS = """
R1  | no  | -    | -    | -     | -    | -     | -     | -   | -   | -          | none    | no_basis
R2  | yes | < 1  | -    | -     | -    | -     | -     | -   | -   | -          | none    | not_followed
R3  | yes | >= 1 | < 1  | < 12  | -    | -     | -     | -   | -   | -          | alone   | one_system
R4  | yes | >= 1 | < 1  | >= 12 | -    | -     | -     | -   | -   | -          | daily   | long_alone
R5  | yes | >= 1 | >= 1 | -     | none | < 20  | -     | -   | -   | -          | AI      | no_capacity
R6  | yes | >= 1 | >= 1 | -     | none | >= 20 | -     | -   | -   | -          | daily   | no_potential
R7  | yes | >= 1 | >= 1 | -     | some | >= 20 | < 30  | no  | -   | -          | youth   | untrained
R8  | yes | >= 1 | >= 1 | -     | some | >= 20 | < 30  | yes | -   | -          | youth   | trained
R9  | yes | >= 1 | >= 1 | -     | some | < 20  | < 30  | -   | -   | -          | AI      | young_incapable
R10 | yes | >= 1 | >= 1 | -     | some | -     | >= 30 | -   | yes | <= 1000000 | network | joint
R11 | yes | >= 1 | >= 1 | -     | some | -     | >= 30 | -   | yes | > 1000000  | network | joint_debt
R12 | yes | >= 1 | >= 1 | -     | some | -     | >= 30 | -   | no  | -          | daily   | outside
"""


def orientation() -> Table:
    """A table of 12 rules and 10 inputs."""
    columns = tuple(Column(name, _domain(text)) for name, text in INPUTS.items())
    outputs = (Column("path", _domain("text")), Column("reason", _domain("text")))
    rules = []
    for row in ROWS.strip().splitlines():
        name, *cells, path, reason = (cell.strip() for cell in row.split("|"))
        said = [{"none": '"none"', "some": SOME}.get(cell, cell) for cell in cells]
        parsed = tuple(parse_cell(cell, one.domain) for cell, one in zip(said, columns, strict=True))
        rules.append(Rule(name, parsed, (path, reason), "w"))
    return _table("orientation", columns, outputs, tuple(rules))


def _domain(text: str) -> Domain:
    found = parse_domain(text)
    assert not isinstance(found, str), found
    return found


def _table(
    name: str, inputs: tuple[Column, ...], outputs: tuple[Column, ...], rules: tuple[Rule, ...]
) -> Table:
    return Table(
        name, 1, {}, HitPolicy.UNIQUE, inputs, outputs, rules, {"w": {"en": "because"}}, date(2020, 1, 1),
        None, (), "", {}, name,
    )  # fmt: skip


def people(count: int) -> list[Person]:
    """Invented persons, the same in each run."""
    dice = random.Random(20)  # noqa: S311 - invented persons
    return [
        {
            "consent": dice.random() < 0.9, "followed": dice.choice((0, 1, 1, 2, 3)),
            "may_owe": dice.choice((0, 1, 1, 2)), "registered": dice.randint(0, 40),
            "potential": dice.choice(("none", "low", "medium", "high")), "capacity": dice.randint(0, 100),
            "age": dice.randint(16, 64), "trained": dice.random() < 0.5, "perimeter": dice.random() < 0.5,
            "debt": dice.randint(0, 2_000_000),
        }
        for _ in range(count)
    ]  # fmt: skip


def bare(p: Person) -> tuple[str, dict[str, str]]:  # noqa: C901, PLR0912 - one branch per rule
    """The same table by hand."""
    some = ("low", "medium", "high")
    hits: list[tuple[str, dict[str, str]]] = []
    if not p["consent"]:
        hits.append(("R1", {"path": "none", "reason": "no_basis"}))
    if p["consent"] and p["followed"] < 1:
        hits.append(("R2", {"path": "none", "reason": "not_followed"}))
    if p["consent"] and p["followed"] >= 1 and p["may_owe"] < 1 and p["registered"] < 12:
        hits.append(("R3", {"path": "alone", "reason": "one_system"}))
    if p["consent"] and p["followed"] >= 1 and p["may_owe"] < 1 and p["registered"] >= 12:
        hits.append(("R4", {"path": "daily", "reason": "long_alone"}))
    if (
        p["consent"]
        and p["followed"] >= 1
        and p["may_owe"] >= 1
        and p["potential"] == "none"
        and p["capacity"] < 20
    ):
        hits.append(("R5", {"path": "AI", "reason": "no_capacity"}))
    if (
        p["consent"]
        and p["followed"] >= 1
        and p["may_owe"] >= 1
        and p["potential"] == "none"
        and p["capacity"] >= 20
    ):
        hits.append(("R6", {"path": "daily", "reason": "no_potential"}))
    if (
        p["consent"]
        and p["followed"] >= 1
        and p["may_owe"] >= 1
        and p["potential"] in some
        and p["capacity"] >= 20
        and p["age"] < 30
        and not p["trained"]
    ):
        hits.append(("R7", {"path": "youth", "reason": "untrained"}))
    if (
        p["consent"]
        and p["followed"] >= 1
        and p["may_owe"] >= 1
        and p["potential"] in some
        and p["capacity"] >= 20
        and p["age"] < 30
        and p["trained"]
    ):
        hits.append(("R8", {"path": "youth", "reason": "trained"}))
    if (
        p["consent"]
        and p["followed"] >= 1
        and p["may_owe"] >= 1
        and p["potential"] in some
        and p["capacity"] < 20
        and p["age"] < 30
    ):
        hits.append(("R9", {"path": "AI", "reason": "young_incapable"}))
    if (
        p["consent"]
        and p["followed"] >= 1
        and p["may_owe"] >= 1
        and p["potential"] in some
        and p["age"] >= 30
        and p["perimeter"]
        and p["debt"] <= 1_000_000
    ):
        hits.append(("R10", {"path": "network", "reason": "joint"}))
    if (
        p["consent"]
        and p["followed"] >= 1
        and p["may_owe"] >= 1
        and p["potential"] in some
        and p["age"] >= 30
        and p["perimeter"]
        and p["debt"] > 1_000_000
    ):
        hits.append(("R11", {"path": "network", "reason": "joint_debt"}))
    if (
        p["consent"]
        and p["followed"] >= 1
        and p["may_owe"] >= 1
        and p["potential"] in some
        and p["age"] >= 30
        and not p["perimeter"]
    ):
        hits.append(("R12", {"path": "daily", "reason": "outside"}))
    if len(hits) != 1:
        raise ValueError(hits)
    return hits[0]


def decision() -> Sides:
    """Persons decided, with gate and trace, and by hand."""
    table, persons = orientation(), people(DECISIONS)
    for person in persons:
        found = decide(table, person)
        assert (found.rules[0], found.outputs) == bare(person)
    return lambda: [decide(table, one) for one in persons], lambda: [bare(one) for one in persons]


def many() -> Sides:
    """100 000 persons; the limit is 5 seconds (a what-if over all open cases asks two tables in 10)."""
    table, persons = orientation(), people(10_000)
    for person in persons[::4]:
        del person["age"]
    return lambda: [list(decide_many(table, persons)) for _ in range(10)], 5.0


def wide(rules: int = 30, inputs: int = 12, seed: int = 3) -> Table:
    """An invented table whose rules split cases again and again, so that they leave no gap and no overlap.

    Each rule is split in two by a condition on one input, beginning with one rule that asks nothing.
    """
    dice = random.Random(seed)  # noqa: S311 - an invented table
    domain = _domain("whole 0..100")
    columns = tuple(Column(f"x{at}", domain) for at in range(inputs))
    boxes = [[(0, 100)] * inputs]
    while len(boxes) < rules:
        box = boxes.pop(dice.randrange(len(boxes)))
        at = dice.choice([at for at, (low, high) in enumerate(box) if high > low])
        low, high = box[at]
        middle = dice.randrange(low, high)
        boxes += [[*box[:at], (low, middle), *box[at + 1 :]], [*box[:at], (middle + 1, high), *box[at + 1 :]]]
    lines = []
    for number, box in enumerate(boxes):
        cells = ("-" if one == (0, 100) else f"[{one[0]}..{one[1]}]" for one in box)
        lines.append(Rule(f"R{number}", tuple(parse_cell(cell, domain) for cell in cells), (number,), "w"))
    return _table(f"wide-{rules}-{inputs}-{seed}", columns, (Column("o", _domain("whole")),), tuple(lines))


def proof() -> Sides:
    """30 rules × 12 inputs proven; the limit is 200 milliseconds."""
    table = wide()
    found = prove(table)
    assert (found.status, found.overlaps) == ("complete", ())
    return lambda: prove(replace(table)), 0.2  # a copy: what is proven once is kept
