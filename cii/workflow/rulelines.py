"""The Markdown table of a decision file: its columns, its lines, and what may be wrong with them.

Source: workflow.md §3; DMN 1.3 §8 for the meaning of inputs, outputs and rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from cii.workflow.domain import Domain
from cii.workflow.reading import Reader, did_you_mean
from cii.workflow.sfeel import ANY, BadCell, Cell, literal, parse_cell
from cii.workflow.vocabulary import Title


@dataclass(frozen=True, slots=True)
class Column:
    """An input or an output: its domain, unit, source, title, and the wording of its values.

    An output with `has_default` has the value `default` where no rule holds (DMN 1.3 §8.2.12).
    """

    name: str
    domain: Domain
    unit: str = ""
    source: str = ""
    title: Title = field(default_factory=dict, hash=False)
    values: Mapping[str, Title] = field(default_factory=dict, hash=False)
    line: int = field(default=0, compare=False)
    default: Any = None
    has_default: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: a cell per input, a value per output, the key of its sentence."""

    id: str
    cells: tuple[Cell, ...]
    outputs: tuple[Any, ...]
    why: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Head:
    """What the front matter promises of the table below it."""

    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    why: Mapping[str, Title]

    @property
    def names(self) -> list[str]:
        """The columns in the order in which the table must have them."""
        return ["rule", *(one.name for one in self.inputs), *(one.name for one in self.outputs), "why"]


def rules_below(reader: Reader, lines: list[str], start: int, head: Head) -> tuple[Rule, ...]:
    """The rules of the first Markdown table after line `start`; faults go to the reader."""
    at = [number for number in range(start, len(lines)) if lines[number].lstrip().startswith("|")]
    if len(at) < 3:  # noqa: PLR2004 - heading, rule line, one rule
        reader.fault(
            start + 1, "no-table", "No Markdown table with at least one rule follows the front matter."
        )
        return ()
    if at != list(range(at[0], at[0] + len(at))):
        gap = next(two for one, two in pairwise(at) if two != one + 1)
        reader.fault(gap + 1, "two-tables", "The table is interrupted; a decision file holds one table.")
    if not _heading_fits(reader, at[0] + 1, _split(lines[at[0]]), head.names):
        return ()
    rules: dict[str, Rule] = {}
    for number in at[2:]:
        cells = _split(lines[number])
        if len(cells) != len(head.names):
            said = f"The line has {len(cells)} cells, the table {len(head.names)} columns."
            reader.fault(number + 1, "cell-count", said)
            continue
        rule = _rule(reader, number + 1, cells, head)
        if rule.id in rules:
            reader.fault(number + 1, "duplicate-rule", f"Rule “{rule.id}” stands twice.")
        rules[rule.id] = rule
    return tuple(rules.values())


def _heading_fits(reader: Reader, line: int, found: list[str], wanted: list[str]) -> bool:
    for name in found:
        if name not in wanted:
            reader.fault(
                line, "unknown-column", f"Column “{name}” is not declared.", did_you_mean(name, wanted)
            )
    for name in wanted:
        if name not in found:
            reader.fault(line, "missing-column", f"Column “{name}” is missing in the table.")
    if found != wanted and sorted(found) == sorted(wanted):
        said = "The columns stand in another order than declared."
        reader.fault(line, "column-order", said, f"Write {', '.join(wanted)}.")
    elif found != wanted and set(found) == set(wanted):
        reader.fault(line, "duplicate-column", "A column stands twice in the table.")
    return found == wanted


def _split(line: str) -> list[str]:
    return [
        cell.strip().replace("\\|", "|")
        for cell in line.strip().removeprefix("|").removesuffix("|").replace("\\|", "\0").split("|")
    ]


def _rule(
    reader: Reader,
    line: int,
    cells: list[str],
    head: Head,
) -> Rule:
    conditions, results = [], []
    for column, text in zip(head.inputs, cells[1:], strict=False):
        cell = ANY
        try:
            cell = parse_cell(text, column.domain)
        except BadCell as bad:
            reader.fault(line, "bad-cell", f"Rule {cells[0]}, {column.name}: {bad}.", bad.suggestion)
        conditions.append(cell)
    for column, text in zip(head.outputs, cells[1 + len(head.inputs) :], strict=False):
        value: Any = None
        try:
            value = literal(text, column.domain)
        except BadCell as bad:
            reader.fault(line, "bad-cell", f"Rule {cells[0]}, {column.name}: {bad}.", bad.suggestion)
        results.append(value)
    key = cells[-1]
    if key not in head.why:
        reader.fault(
            line,
            "missing-why",
            f"Rule {cells[0]} gives the reason “{key}”, which is not worded.",
            did_you_mean(key, head.why),
        )
    return Rule(cells[0], tuple(conditions), tuple(results), key, line)
