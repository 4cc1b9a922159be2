"""A DMN model as read: its inputs, and its decision tables in an order in which each finds what it needs.

Source: DMN 1.3 §6 (requirements), §8 (decision tables).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cii.decisions.domain import Domain
from cii.decisions.vocabulary import HitPolicy
from cii.dmn.cells import Test
from cii.dmn.feel import Expression
from cii.dmn.types import Type
from cii.files.reading import Problem
from cii.files.vocabulary import Title


@dataclass(frozen=True)
class DmnInput:
    """An input of a table: the column's name (its expression), what it computes, its domain."""

    name: str
    expression: Expression
    domain: Domain
    label: str
    line: int


@dataclass(frozen=True)
class DmnOutput:
    """An output of a table; `default` is its value where no rule holds."""

    name: str
    domain: Domain
    default: Expression | None
    label: str
    line: int


@dataclass(frozen=True)
class DmnRule:
    """A rule: a test per input, an expression per output, the wording of its reason."""

    id: str
    tests: tuple[Test, ...]
    outputs: tuple[Expression, ...]
    why: str
    title: Title
    line: int


@dataclass(frozen=True)
class DmnDecision:
    """A decision with its table; `needs` are the names of inputs and decisions it uses.

    A `formula` is written as one expression: a single rule that asks nothing.
    """

    id: str
    name: str
    policy: HitPolicy
    inputs: tuple[DmnInput, ...]
    outputs: tuple[DmnOutput, ...]
    rules: tuple[DmnRule, ...]
    needs: tuple[str, ...]
    digest: str
    line: int
    several: bool
    front: str = ""
    description: str = ""
    formula: bool = False

    @property
    def fixed(self) -> bool:
        """Whether all conditions and outputs are constants, as in our own files."""
        return all(
            all(test.fixed is not None for test in rule.tests) and all(one.constant for one in rule.outputs)
            for rule in self.rules
        )


@dataclass(frozen=True)
class DmnModel:
    """A file of decisions: `inputs` by name with their types, `decisions` each after those it needs.

    `problems` name what could not be taken; `refused` are the decisions left out, with their reason. `words`
    are other words for inputs: the names of their variables.
    """

    name: str
    file: str
    inputs: Mapping[str, Type]
    decisions: tuple[DmnDecision, ...]
    problems: tuple[Problem, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    def decision(self, name: str) -> DmnDecision | None:
        """The decision of that name or id."""
        return next((one for one in self.decisions if name in {one.name, one.id}), None)


Answer = Any
"""The value of a decision: a value, a mapping of outputs, or a list of either."""
