"""Deciding by a table: the answer with its reasons, or the facts that are missing; never silence.

`decide` gives the answer, `trace` the verdict rule by rule, `counterfactual` what would change the answer. A
wrong type, a null or a value out of its domain is a refusal with the field. A missing fact is asked for only
when it could still change the answer. Source: workflow.md §3, DMN 1.3 §8.2.10-§8.2.12 (hit policies).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any

from cii.kernel.errors import Refusal
from cii.workflow.domain import MissingFacts, check_facts, shown
from cii.workflow.reading import say
from cii.workflow.regions import Pieces, cut
from cii.workflow.rulebook import Table
from cii.workflow.rulelines import Column, Rule
from cii.workflow.vocabulary import HitPolicy, Title

_CAP = 20_000
"""Up to so many combinations of unknown facts are tried; beyond, all facts still asked for are missing."""

SEVERAL = frozenset({HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT})


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
    exact table.
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

    def explain(self, lang: str) -> list[str]:
        """The sentences of the rules that hold, in that language, with the person's facts in them."""
        words = {name: _plain(value) for name, value in (*self.outputs.items(), *self.used.items())}
        return [say(self.texts[key], lang, key).format_map(_Known(words)) for key in self.why]


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def _plain(value: object) -> str:
    return shown(value).strip('"')


def decide(table: Table, facts: Mapping[str, object]) -> Decision:
    """The answer of the table for these facts.

    Refuses: FactUnknown, FactNull, FactWrongType, FactOutOfDomain (all at once) · MissingFacts, only for
    facts that could still change the answer · NoRule in a gap · RulesOverlap where UNIQUE or ANY is broken.
    """
    known = check_facts(table.domains, facts)
    if len(known) == len(table.inputs):
        return _answer(table, _hits(table, known), known)
    return _with_unknown(table, known)


@lru_cache(maxsize=256)
def _compiled(table: Table) -> tuple[tuple[Rule, tuple[tuple[str, Any], ...]], ...]:
    names = [column.name for column in table.inputs]
    return tuple(
        (
            rule,
            tuple((name, cell.holds) for name, cell in zip(names, rule.cells, strict=True) if not cell.any),
        )
        for rule in table.rules
    )


def _hits(table: Table, known: Mapping[str, Any]) -> list[Rule]:
    first = table.hit_policy is HitPolicy.FIRST
    hits: list[Rule] = []
    for rule, tests in _compiled(table):
        for name, holds in tests:
            if not holds(known[name]):
                break
        else:
            hits.append(rule)
            if first:
                break
    return hits


def _answer(table: Table, hits: list[Rule], known: Mapping[str, Any]) -> Decision:
    policy = table.hit_policy
    chosen = _chosen(table, hits)
    results: tuple[Mapping[str, Any], ...]
    names = [column.name for column in table.outputs]
    if policy in {HitPolicy.SUM, HitPolicy.MIN, HitPolicy.MAX, HitPolicy.COUNT}:
        results = ({names[0]: _aggregate(policy, [rule.outputs[0] for rule in chosen])},)
    else:
        results = tuple(dict(zip(names, rule.outputs, strict=True)) for rule in chosen)
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
        dict(known),
    )


def _chosen(table: Table, hits: list[Rule]) -> list[Rule]:
    """The rules that make the answer, in its order; refuses NoRule and RulesOverlap."""
    policy = table.hit_policy
    if not hits and policy not in SEVERAL and policy is not HitPolicy.COUNT:
        raise NoRule(table=table.id, version=table.version)
    different = len({rule.outputs for rule in hits}) > 1
    if (policy is HitPolicy.UNIQUE and len(hits) > 1) or (policy is HitPolicy.ANY and different):
        raise RulesOverlap(table=table.id, rules=", ".join(rule.id for rule in hits))
    if policy in {HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER}:
        hits = sorted(hits, key=lambda rule: _rank(table.outputs, rule))
    return hits[:1] if policy in {HitPolicy.FIRST, HitPolicy.PRIORITY} else hits


def _rank(outputs: tuple[Column, ...], rule: Rule) -> tuple[int, ...]:
    return tuple(
        column.domain.values.index(value) if column.domain.values else 0
        for column, value in zip(outputs, rule.outputs, strict=True)
    )


def _aggregate(policy: HitPolicy, values: list[Any]) -> Any:  # noqa: ANN401 - a value of the output's domain
    match policy:
        case HitPolicy.COUNT:
            return len(set(values))
        case HitPolicy.MIN:
            return min(values)
        case HitPolicy.MAX:
            return max(values)
    total = values[0]
    for value in values[1:]:
        total += value
    return total


@lru_cache(maxsize=256)
def pieces_of(table: Table) -> tuple[Pieces, ...]:
    """Each input of the table cut where its cells change their mind."""
    return tuple(
        cut(column.name, column.domain, [rule.cells[at] for rule in table.rules])
        for at, column in enumerate(table.inputs)
    )


def _outcome(table: Table, known: Mapping[str, Any]) -> tuple[object, ...]:
    """What the answer says, comparable; a refusal is an answer of its own."""
    try:
        found = _answer(table, _hits(table, known), known)
    except (NoRule, RulesOverlap) as no:
        return (no.code, *no.facts.values())
    return (*(tuple(one.items()) for one in found.results), found.why)


def _with_unknown(table: Table, known: dict[str, Any]) -> Decision:
    """Decide although facts are unknown, when every value they can have gives the same answer."""
    asked = _asked(table, known)
    axes = [
        pieces.samples(pieces.all) if pieces.name in asked else pieces.samples(1)
        for pieces in pieces_of(table)
    ]
    free = [at for at, pieces in enumerate(pieces_of(table)) if pieces.name in asked]
    names = [pieces.name for pieces in pieces_of(table)]
    for at, name in enumerate(names):
        if name in known:
            axes[at] = [known[name]]
    if prod(len(axes[at]) for at in free) > _CAP:
        raise MissingFacts([names[at] for at in free], table.id)
    seen = {point: _outcome(table, dict(zip(names, point, strict=True))) for point in product(*axes)}
    if len(set(seen.values())) > 1:
        raise MissingFacts([names[at] for at in free if _matters(seen, at)], table.id)
    point = dict(zip(names, next(iter(seen)), strict=True))
    return _answer(table, _hits(table, point), known)


def _matters(seen: Mapping[tuple[Any, ...], tuple[object, ...]], at: int) -> bool:
    """Whether two worlds that differ in this fact alone have different answers."""
    first: dict[tuple[Any, ...], tuple[object, ...]] = {}
    return any(
        first.setdefault((*point[:at], *point[at + 1 :]), answer) != answer for point, answer in seen.items()
    )


def _asked(table: Table, known: Mapping[str, Any]) -> set[str]:
    """The unknown facts that some rule not yet excluded asks for."""
    asked: set[str] = set()
    for _, tests in _compiled(table):
        if all(holds(known[name]) for name, holds in tests if name in known):
            asked |= {name for name, _ in tests if name not in known}
    return asked


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
    known = check_facts(table.domains, facts)
    names = [column.name for column in table.outputs]
    verdicts = []
    for rule in table.rules:
        cells = tuple(_cells(table, rule, known))
        worst = {cell.verdict for cell in cells}
        verdict = "fails" if "fails" in worst else "missing" if "missing" in worst else "holds"
        verdicts.append(
            RuleVerdict(rule.id, verdict, cells, dict(zip(names, rule.outputs, strict=True)), rule.why)
        )
    return verdicts


def _cells(table: Table, rule: Rule, known: Mapping[str, Any]) -> Iterator[CellVerdict]:
    for column, cell in zip(table.inputs, rule.cells, strict=True):
        if cell.any:
            continue
        if column.name not in known:
            yield CellVerdict(column.name, "missing", cell.text)
        else:
            value = known[column.name]
            yield CellVerdict(column.name, "holds" if cell.holds(value) else "fails", cell.text, value)


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that alone would change the answer: from `observed` to `needed` (as the files write it).

    `example` is one such value, `outputs` and `why` the answer it would bring (empty where no rule would
    hold).
    """

    input: str
    observed: Any
    needed: str
    example: Any
    outputs: Mapping[str, Any] = field(hash=False)
    why: tuple[str, ...] = ()


def counterfactual(table: Table, facts: Mapping[str, object]) -> list[Change]:
    """Every change of a single fact that changes the outputs, in the order of the inputs and of their values.

    Refuses as `decide`; facts that do not matter may be missing.
    """
    known = check_facts(table.domains, facts)
    now = decide(table, facts)
    changes: list[Change] = []
    for pieces in pieces_of(table):
        if pieces.name not in known:
            continue
        here = pieces.at(known[pieces.name])
        found: dict[tuple[object, ...], tuple[int, Decision | None]] = {}
        for at, piece in enumerate(pieces.pieces):
            if at == here:
                continue
            other = _other(table, {**known, pieces.name: piece.sample})
            if other is not None and other.results == now.results:
                continue
            key: tuple[object, ...] = (
                ("gap",) if other is None else (*(tuple(one.items()) for one in other.results), other.why)
            )
            mask, _ = found.get(key, (0, None))
            found[key] = (mask | 1 << at, other)
        for mask, other in found.values():
            changes.append(
                Change(
                    pieces.name,
                    known[pieces.name],
                    pieces.readable(mask),
                    pieces.samples(mask)[0],
                    other.outputs if other else {},
                    other.why if other else (),
                )
            )
    return changes


def _other(table: Table, known: Mapping[str, Any]) -> Decision | None:
    try:
        return decide(table, known)
    except (NoRule, RulesOverlap, MissingFacts):
        return None
