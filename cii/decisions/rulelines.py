"""The Markdown table of a decision file: its columns, its lines, and what may be wrong with them.

Source: workflow.md §3; DMN 1.3 §8 for the meaning of inputs, outputs and rules.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from cii.decisions.domain import Domain
from cii.decisions.sfeel import ANY, BadCell, Cell, literal, parse_cell
from cii.files.problems import Mark, did_you_mean, example, hint
from cii.files.reading import Reader
from cii.files.vocabulary import Title

MOST_RULES, MOST_INPUTS = 1_000, 100
"""A table beyond is no table that people read; it would also take minutes to compile and to prove."""
MOST_TESTS = 10_000_000
"""So many comparisons at most compile a table: values at which an input changes its mind × its conditions."""


@dataclass(frozen=True, slots=True)
class Column:
    """An input or an output: its domain, unit, source, title, and the wording of its values.

    `unit` and `source` are the French or only wording, `units` and `sources` those per language. An
    output with `has_default` has the value `default` where no rule holds (DMN 1.3 §8.2.12).
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
    units: Title = field(default_factory=dict, hash=False)
    sources: Title = field(default_factory=dict, hash=False)


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
        reader.note(start + 1, "no-table")
        return ()
    if at != list(range(at[0], at[0] + len(at))):
        gap = next(two for one, two in pairwise(at) if two != one + 1)
        reader.note(gap + 1, "two-tables")
    if len(at) - 2 > MOST_RULES or len(head.inputs) > MOST_INPUTS:
        reader.note(
            at[0] + 1,
            "table-too-large",
            hint("split-table"),
            rules=len(at) - 2,
            inputs=len(head.inputs),
            most_rules=MOST_RULES,
            most_inputs=MOST_INPUTS,
        )
        return ()
    if not _heading_fits(reader, at[0] + 1, _split(lines[at[0]]), head.names):
        return ()
    rules: dict[str, Rule] = {}
    for number in at[2:]:
        cells = _split(lines[number])
        if len(cells) != len(head.names):
            reader.note(number + 1, "cell-count", cells=len(cells), columns=len(head.names))
            continue
        rule = _rule(reader, number + 1, cells, head)
        if rule.id in rules:
            reader.note(cells[0].mark(number + 1), "duplicate-rule", rule=rule.id)
        if not rule.id:
            reader.note(number + 1, "rule-without-id")
        rules[rule.id] = rule
    if (tests := _tests(head, rules.values())) > MOST_TESTS:
        said, most = tests // 1_000_000, MOST_TESTS // 1_000_000
        reader.note(at[0] + 1, "table-too-heavy", hint("split-table"), tests=said, most=most)
    return tuple(rules.values())


def _tests(head: Head, rules: Iterable[Rule]) -> int:
    """How many comparisons compile the table: each condition is tried at each value that matters."""
    count = 0
    for column, cells in zip(head.inputs, zip(*(rule.cells for rule in rules), strict=True), strict=False):
        values = {one for cell in cells for one in cell.bounds()} | set(column.domain.values)
        count += len(values) * sum(len(cell.spans) for cell in cells)
    return count


def _heading_fits(reader: Reader, line: int, heads: list["_Text"], wanted: list[str]) -> bool:
    found = [one.text for one in heads]
    for one in heads:
        if one.text not in wanted:
            hint = did_you_mean(one.text, wanted)
            reader.note(one.mark(line), "unknown-column", hint, name=one.text)
    for name in wanted:
        if name not in found:
            reader.note(line, "missing-column", name=name)
    if found != wanted and sorted(found) == sorted(wanted):
        reader.note(line, "column-order", example(f"| {' | '.join(wanted)} |"))
    elif found != wanted and set(found) == set(wanted):
        reader.note(line, "duplicate-column")
    return found == wanted


class _Text(NamedTuple):
    """What a line of the table holds in one column, and where."""

    text: str
    column: int

    def mark(self, line: int) -> Mark:
        return Mark(line, self.column)


def _split(line: str) -> list[_Text]:
    """The cells of a line; a bar within a cell is written with a backslash before it."""
    plain = line.rstrip()
    found: list[_Text] = []
    begin = plain.index("|") + 1
    for end in range(begin, len(plain) + 1):
        if end < len(plain) and (plain[end] != "|" or plain[end - 1] == "\\"):
            continue
        if end < len(plain) or begin < end:
            text = plain[begin:end]
            column = begin + len(text) - len(text.lstrip()) + 1
            found.append(_Text(text.strip().replace("\\|", "|"), column))
        begin = end + 1
    return found


def _rule(reader: Reader, line: int, cells: list[_Text], head: Head) -> Rule:
    conditions, results, rule = [], [], cells[0].text
    for column, one in zip(head.inputs, cells[1:], strict=False):
        cell = ANY
        try:
            cell = parse_cell(one.text, column.domain)
        except BadCell as bad:
            reader.note(
                one.mark(line), "bad-cell", bad.suggestion, rule=rule, column=column.name, said=bad.said
            )
        conditions.append(cell)
    for column, one in zip(head.outputs, cells[1 + len(head.inputs) :], strict=False):
        value: Any = None
        try:
            value = (
                None if one.text == "null" and column.domain.optional else literal(one.text, column.domain)
            )
        except BadCell as bad:
            reader.note(
                one.mark(line), "bad-cell", bad.suggestion, rule=rule, column=column.name, said=bad.said
            )
        results.append(value)
    key = cells[-1]
    if key.text not in head.why:
        hint = did_you_mean(key.text, head.why)
        reader.note(key.mark(line), "missing-why", hint, rule=rule, name=key.text)
    return Rule(rule, tuple(conditions), tuple(results), key.text, line)
