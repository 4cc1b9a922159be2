"""What a table answers once it is known which rules hold: the eleven hit policies of DMN.

Source: DMN 1.3 §8.2.10-§8.2.12. A count counts the outputs, equal ones too (DMN 1.2 and later: the list
function `count`). With several outputs a table gives one context per rule; the aggregations take one output.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cii.decisions.domain import shown
from cii.decisions.rulebook import COLLECTING, Table
from cii.decisions.rulelines import Column, Rule
from cii.decisions.vocabulary import HitPolicy
from cii.files.reading import say
from cii.files.vocabulary import Title
from cii.kernel.errors import Refusal

SEVERAL = frozenset({HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT})
"""Policies that answer with a list."""
_RANKED = frozenset({HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER})


class NoRule(Refusal):
    """No rule of the table holds for these facts: the table has a gap."""

    code, kind = "no-rule-holds", "conflict"


class RulesOverlap(Refusal):
    """Several rules hold where the table promises one answer."""

    code, kind = "rules-overlap", "conflict"


@dataclass(frozen=True)
class Decision:
    """An answer that can be explained and derived again.

    `outputs` is the answer (the first of `results` where the policy gives several); `why` are the keys of the
    sentences, `texts` their wording per language; `used` the facts, in the table's terms; `digest` names the
    exact table. `masks` is the trace in short: per input a bit for each rule whose condition holds, None if
    the fact is unknown; `decision.trace` reads it out.
    """

    table: str
    version: int
    digest: str
    rules: tuple[str, ...]
    outputs: Mapping[str, Any]
    results: tuple[Mapping[str, Any], ...]
    why: tuple[str, ...]
    texts: Mapping[str, Title] = field(repr=False)
    used: Mapping[str, Any] = field(default_factory=dict)
    masks: tuple[int | None, ...] = field(default=(), repr=False, compare=False)

    def explain(self, lang: str) -> list[str]:
        """The sentences of the rules that hold, in that language, with the person's facts in them."""
        words = {name: _plain(value) for name, value in (*self.outputs.items(), *self.used.items())}
        return [say(self.texts[key], lang, key).format_map(_Known(words)) for key in self.why]


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def _plain(value: object) -> str:
    return value if isinstance(value, str) else shown(value)


def hits_of(table: Table, known: Mapping[str, Any]) -> list[Rule]:
    """The rules that hold, tried cell by cell: the plain meaning of a table, which `matching` must equal."""
    names = [column.name for column in table.inputs]
    return [
        rule
        for rule in table.rules
        if all(cell.holds(known[name]) for name, cell in zip(names, rule.cells, strict=True))
    ]


def answer(table: Table, hits: list[Rule]) -> Decision:
    """What the policy makes of the rules that hold, given in the table's order.

    Where none holds: the default outputs if declared, else an empty list; a count of 0; a sum, least or
    greatest of None.
    Refuses: NoRule · RulesOverlap where UNIQUE or ANY is broken.
    """
    policy, names = table.hit_policy, [column.name for column in table.outputs]
    chosen = _chosen(table, hits)
    results: tuple[Mapping[str, Any], ...]
    if policy in COLLECTING:
        results = ({names[0]: _aggregate(policy, [rule.outputs[0] for rule in chosen])},)
    elif chosen or (policy in SEVERAL and not any(one.has_default for one in table.outputs)):
        results = tuple(dict(zip(names, rule.outputs, strict=True)) for rule in chosen)
    else:
        results = ({column.name: column.default for column in table.outputs},)
    if policy not in SEVERAL:
        results = results[:1]
    return Decision(
        table.id,
        table.version,
        table.digest,
        tuple(rule.id for rule in chosen),
        results[0] if results else {},
        results,
        tuple(dict.fromkeys(rule.why for rule in chosen)),
        table.why,
    )


def _chosen(table: Table, hits: list[Rule]) -> list[Rule]:
    """The rules that make the answer, in its order; refuses NoRule and RulesOverlap."""
    policy = table.hit_policy
    if not hits and policy not in SEVERAL | COLLECTING and not any(one.has_default for one in table.outputs):
        raise NoRule(table=table.id, version=table.version)
    different = len({rule.outputs for rule in hits}) > 1
    if (policy is HitPolicy.UNIQUE and len(hits) > 1) or (policy is HitPolicy.ANY and different):
        raise RulesOverlap(table=table.id, rules=", ".join(rule.id for rule in hits))
    if policy in _RANKED:
        hits = sorted(hits, key=lambda rule: rank(table.outputs, rule))
    return hits[:1] if policy in {HitPolicy.FIRST, HitPolicy.PRIORITY} else hits


def rank(outputs: tuple[Column, ...], rule: Rule) -> tuple[int, ...]:
    """The place of a rule's outputs among the allowed values, output by output; the lowest goes first."""
    return tuple(
        column.domain.values.index(value) if value in column.domain.values else len(column.domain.values)
        for column, value in zip(outputs, rule.outputs, strict=True)
    )


def _aggregate(policy: HitPolicy, values: list[Any]) -> Any:  # noqa: ANN401 - a value of the output's domain
    if policy is HitPolicy.COUNT:
        return len(values)
    if not values or None in values:
        return None
    if policy is HitPolicy.SUM:
        return sum(values[1:], start=values[0])
    return min(values) if policy is HitPolicy.MIN else max(values)
