"""Deciding by a table: the answer with its reasons, or the facts that are missing; never silence.

`decide` gives the answer, `decide_many` the answers of many persons, `trace` the verdict rule by rule,
`counterfactual` what would change the answer. A wrong type, a null or a value out of its domain is a refusal
with the field. A missing fact is asked for only when it could still change the answer. Source: workflow.md
§3, DMN 1.3 §8.2.10-§8.2.12 (hit policies, `hits`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cii.decisions.domain import MissingFacts
from cii.decisions.hits import SEVERAL, Decision, NoRule, RulesOverlap
from cii.decisions.matching import Masks, Matcher, matcher, pieces_of
from cii.decisions.rulebook import Table
from cii.decisions.rulelines import Rule
from cii.kernel.errors import Refusal

__all__ = [
    "SEVERAL",
    "CellVerdict",
    "Change",
    "Decision",
    "NoRule",
    "RuleVerdict",
    "RulesOverlap",
    "counterfactual",
    "decide",
    "decide_many",
    "pieces_of",
    "trace",
]


def decide(table: Table, facts: Mapping[str, object]) -> Decision:
    """The answer of the table for these facts.

    Refuses: FactUnknown, FactNull, FactWrongType, FactOutOfDomain (all at once) · MissingFacts, only for
    facts that could still change the answer · NoRule in a gap · RulesOverlap where UNIQUE or ANY is broken.
    """
    return matcher(table).decide(facts)


def decide_many(table: Table, rows: Iterable[Mapping[str, object]]) -> Iterator[Decision | Refusal]:
    """The answer for each person in turn; a refusal is an answer of its own and stops nobody else's."""
    for facts in rows:
        try:
            yield decide(table, facts)
        except Refusal as no:
            yield no.with_traceback(None)


@dataclass(frozen=True, slots=True)
class CellVerdict:
    """One condition against one fact: `holds`, `fails` or `missing`; `required` as the file writes it."""

    input: str
    verdict: str
    required: str
    observed: Any = None


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """A rule against the facts: `fails` if a condition fails, else `missing` if a fact is, else `holds`."""

    rule: str
    verdict: str
    cells: tuple[CellVerdict, ...]
    outputs: Mapping[str, Any] = field(hash=False)
    why: str = ""


def trace(table: Table, facts: Mapping[str, object]) -> list[RuleVerdict]:
    """The verdict of every rule, condition by condition; conditions that ask nothing are left away.

    Refuses as `decide` for facts that do not fit; missing facts are a verdict, not a refusal.
    """
    known, masks = matcher(table).place(facts)
    names = [column.name for column in table.outputs]
    verdicts = []
    for number, rule in enumerate(table.rules):
        cells = tuple(_cells(table, number, rule, known, masks))
        worst = {cell.verdict for cell in cells}
        verdict = "fails" if "fails" in worst else "missing" if "missing" in worst else "holds"
        verdicts.append(
            RuleVerdict(rule.id, verdict, cells, dict(zip(names, rule.outputs, strict=True)), rule.why)
        )
    return verdicts


def _cells(
    table: Table, number: int, rule: Rule, known: Mapping[str, Any], masks: Masks
) -> Iterator[CellVerdict]:
    for column, cell, mask in zip(table.inputs, rule.cells, masks, strict=True):
        if cell.any:
            continue
        if mask is None:
            yield CellVerdict(column.name, "missing", cell.text)
        else:
            verdict = "holds" if mask >> number & 1 else "fails"
            yield CellVerdict(column.name, verdict, cell.text, known[column.name])


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that alone would change the answer: from `observed` to `needed` (as the files write it).

    `example` is one such value, `outputs` and `why` the answer it would bring (empty where no rule would
    hold, or where the answer would then hang on further facts, named in `missing`).
    """

    input: str
    observed: Any
    needed: str
    example: Any
    outputs: Mapping[str, Any] = field(hash=False)
    why: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def counterfactual(table: Table, facts: Mapping[str, object]) -> list[Change]:
    """Every change of a single fact that changes the outputs, in the order of the inputs and of their values.

    Refuses as `decide`; facts that do not matter may be missing.
    """
    ready = matcher(table)
    known, masks = ready.place(facts)
    now = ready.settle(masks)
    changes: list[Change] = []
    for at, pieces in enumerate(pieces_of(table)):
        if pieces.name not in known:
            continue
        found: dict[tuple[object, ...], tuple[int, Decision | Refusal]] = {}
        for number, mask in enumerate(ready.masks[at]):
            other = _other(ready, (*masks[:at], mask, *masks[at + 1 :]))
            if isinstance(other, Decision) and other.results == now.results:
                continue
            key = _key(other)
            found[key] = (found.get(key, (0, None))[0] | 1 << number, other)
        for chosen, other in found.values():
            decided = other if isinstance(other, Decision) else None
            changes.append(
                Change(
                    pieces.name,
                    known[pieces.name],
                    pieces.readable(chosen),
                    pieces.samples(chosen)[0],
                    decided.outputs if decided else {},
                    decided.why if decided else (),
                    other.names if isinstance(other, MissingFacts) else (),
                )
            )
    return changes


def _other(ready: Matcher, masks: Masks) -> Decision | Refusal:
    try:
        return ready.settle(masks)
    except (NoRule, RulesOverlap, MissingFacts) as no:
        return no


def _key(found: Decision | Refusal) -> tuple[object, ...]:
    if isinstance(found, Decision):
        return (*(tuple(one.items()) for one in found.results), found.why)
    return (found.code, *found.facts.values())
