"""Deciding by a DMN model: each decision after those it needs, each answer with its rules.

An imported model is decided as the standard and its compatibility kit have it: no rule and no default gives
null (an empty list for R, O and C, 0 for C#); a null fact satisfies `-`, `null` and `not(5)`, and no
comparison. What stays as strict as in our own tables: a fact of a wrong type or outside its allowed values is
refused with its field, a missing fact that can still matter is asked for, and two rules where UNIQUE or ANY
promises one answer are a refusal. A published table refuses where no rule holds (NoRule).
Source: DMN 1.3 §8.2.8–§8.2.12.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from cii.decisions.decision import Decision, NoRule, decide
from cii.decisions.domain import FactUnknown, FactWrongType, MissingFacts
from cii.decisions.matching import STEPS, matcher
from cii.decisions.rulebook import Table
from cii.decisions.rulelines import Column, Rule
from cii.decisions.sfeel import ANY, Cell, read_value
from cii.decisions.vocabulary import HitPolicy
from cii.dmn.model import Answer, DmnDecision, DmnModel, DmnRule
from cii.dmn.types import Type
from cii.kernel.errors import Refusal, refuse

UNKNOWN = object()
"""The value of a decision whose facts are missing."""


@dataclass(frozen=True)
class DmnAnswer:
    """What a decision of the model answers.

    `status`: `decided`, `no-rule` (then `result` is the default, null or an empty list), `missing-facts` or
    `refused`; `result` is a value, a mapping of the outputs, or a list of either.
    """

    decision: str
    status: str
    result: Answer = None
    rules: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    refusal: Refusal | None = field(default=None, compare=False)
    missing: tuple[str, ...] = ()


class NoDecision(Refusal):
    """The model holds no decision of that name."""

    code, kind = "no-such-decision", "unknown"


class DecisionNotTaken(Refusal):
    """The decision of the model, or one that it needs, is written in a way that is not taken."""

    code, kind = "decision-not-taken", "unfit"


def answers(
    model: DmnModel, facts: Mapping[str, object], only: Iterable[str] | None = None, lang: str = "fr"
) -> dict[str, DmnAnswer]:
    """The answer of each decision of the model (or of those named and what they need), in their order.

    Facts are named as the model's inputs, structures as mappings. Refuses, all at once: FactUnknown,
    FactWrongType, FactOutOfDomain · NoDecision for a name that is none · DecisionNotTaken.
    """
    wanted = _wanted(model, list(only) if only is not None else [one.name for one in model.decisions])
    values = _typed(model, facts)
    found: dict[str, DmnAnswer] = {}
    for decision in model.decisions:
        if decision.name in wanted:
            found[decision.name] = answer = _answer(decision, values, found, lang, STEPS // len(wanted))
            values[decision.name] = (
                UNKNOWN if answer.status in {"missing-facts", "refused"} else answer.result
            )
    return found


def tables_for(
    model: DmnModel, facts: Mapping[str, object], only: Iterable[str] | None = None
) -> dict[str, tuple[Table, dict[str, Any]]]:
    """Each decision as a table bound to these facts, with what it knows of its inputs: to trace and explain.

    Decisions whose bounds or outputs need a missing fact are left out. Refuses as `answers`.
    """
    values = _typed(model, facts)
    made: dict[str, tuple[Table, dict[str, Any]]] = {}
    for name, answer in answers(model, facts, only).items():
        decision = model.decision(name)
        if decision is not None:
            missing = [one for one in decision.needs if one not in values]
            with suppress(MissingFacts):
                _complete(decision, missing)
                nulls, known = _columns(decision, values, missing)
                made[name] = table_of(decision, values, nulls), known
        if answer.status in {"decided", "no-rule"}:
            values[name] = answer.result
    return made


def _wanted(model: DmnModel, names: list[str]) -> set[str]:
    waiting, wanted = list(names), set()
    while waiting:
        name = waiting.pop()
        decision = model.decision(name)
        if decision is None and name in model.inputs:
            continue
        if decision is None and name in model.refused:
            raise DecisionNotTaken(decision=name, reason=model.refused[name])
        if decision is None:
            raise NoDecision(decision=name, known=", ".join(one.name for one in model.decisions))
        if decision.name not in wanted:
            wanted.add(decision.name)
            waiting += decision.needs
    return wanted


def _typed(model: DmnModel, facts: Mapping[str, object]) -> dict[str, Any]:
    bad: list[Refusal] = []
    good: dict[str, Any] = {}
    for given, value in facts.items():
        name = given if given in model.inputs else model.words.get(given, given)
        if name not in model.inputs:
            bad.append(FactUnknown(field=name, name=name, known=", ".join(model.inputs)))
        else:
            good[name] = _value(value, model.inputs[name], name, bad)
    refuse(bad)
    return good


def _value(  # noqa: PLR0911 - a line per form
    value: object, held: Type, name: str, bad: list[Refusal]
) -> Any:  # noqa: ANN401 - any value
    if value is None:
        return None
    if held.collection:
        if not isinstance(value, list):
            bad.append(_wrong(name, "a list", value))
            return None
        inner = replace(held, collection=False)
        return [_value(one, inner, f"{name}[{at}]", bad) for at, one in enumerate(value, 1)]
    if held.components:
        return _structure(value, held, name, bad)
    if held.domain is None:
        return value
    try:
        return held.domain.normal(name, from_text(value, held.domain.kind))
    except Refusal as no:
        bad.append(no)
    return None


def _structure(value: object, held: Type, name: str, bad: list[Refusal]) -> Any:  # noqa: ANN401 - a mapping
    if not isinstance(value, Mapping):
        bad.append(_wrong(name, f"a structure with {', '.join(held.components)}", value))
        return None
    for key in value:
        if key not in held.components:
            known = ", ".join(held.components)
            bad.append(FactUnknown(field=f"{name}.{key}", name=f"{name}.{key}", known=known))
    return {
        key: _value(value[key], inner, f"{name}.{key}", bad)
        for key, inner in held.components.items()
        if key in value
    }


def _wrong(name: str, expected: str, value: object) -> FactWrongType:
    return FactWrongType(field=name, name=name, expected=expected, found=type(value).__name__)


def from_text(value: object, kind: str) -> object:
    """A fact as JSON has it, in the terms of its kind: dates and lengths are texts there."""
    if isinstance(value, str) and kind in {"date", "time", "date-time", "months", "days"}:
        read = read_value(value)
        return value if read is None or isinstance(read, bool | int | str) else read
    return value


def _answer(
    decision: DmnDecision, values: Mapping[str, Any], before: Mapping[str, DmnAnswer], lang: str, steps: int
) -> DmnAnswer:
    missing = [name for name in decision.needs if name not in values or values[name] is UNKNOWN]
    try:
        _complete(decision, missing)
        said, facts = _columns(decision, values, missing)
        table = table_of(decision, values, said)
        matcher(table).allow(steps)
        return _told(decision, decide(table, facts), values, lang)
    except NoRule:
        return DmnAnswer(decision.name, "no-rule", _otherwise(decision, values))
    except MissingFacts as no:
        names = dict.fromkeys(two for one in no.names for two in _sources(decision, one, missing, before))
        lost = [before[one] for one in missing if one in before and before[one].status == "refused"]
        if lost:
            return replace(lost[0], decision=decision.name)
        asked = MissingFacts(list(names), decision.name)
        return DmnAnswer(decision.name, "missing-facts", missing=tuple(names), refusal=asked)
    except Refusal as no:
        return DmnAnswer(decision.name, "refused", refusal=no)


def _bound_names(rule: DmnRule) -> set[str]:
    return {name for test in rule.tests for name in test.names} | {
        name for value in rule.outputs for name in value.names
    }


def _complete(decision: DmnDecision, missing: list[str]) -> None:
    """Refuse MissingFacts where a bound or an output needs a fact that is missing."""
    bound = {one for rule in decision.rules for one in _bound_names(rule)}
    stuck = [name for name in missing if any(one == name or one.startswith(f"{name}.") for one in bound)]
    if stuck:
        raise MissingFacts(stuck, decision.name)


def _columns(
    decision: DmnDecision, values: Mapping[str, Any], missing: list[str]
) -> tuple[list[bool], dict[str, Any]]:
    """Which inputs have no value (null), and the values of those that are known."""
    facts: dict[str, Any] = {}
    nulls = []
    for column in decision.inputs:
        lacks = any(
            one == name or one.startswith(f"{name}.") for one in column.expression.names for name in missing
        )
        value = None if lacks else from_text(column.expression.run(values), column.domain.kind)
        nulls.append(not lacks and value is None)
        if not lacks:
            facts[column.name] = value
    return nulls, facts


def table_of(decision: DmnDecision, values: Mapping[str, Any], nulls: Iterable[bool] = ()) -> Table:
    """The decision as one of our tables, its bounds and outputs computed from these values."""
    optional = [*nulls, *(False for _ in decision.inputs)]
    asks = [
        any((cell := test.fixed) is not None and cell.null for test in column)
        for column in zip(*(rule.tests for rule in decision.rules), strict=True)
    ]
    rules = []
    for rule in decision.rules:
        cells = [test.bind(values) for test in rule.tests]
        if all(cell is not None for cell in cells):
            kept: tuple[Cell, ...] = tuple(cell or ANY for cell in cells)
            outputs = tuple(one.run(values) for one in rule.outputs)
            rules.append(Rule(rule.id, kept, outputs, rule.why, rule.line))
    return Table(
        id=decision.name,
        version=1,
        title={"fr": decision.name},
        hit_policy=decision.policy,
        inputs=tuple(
            Column(one.name, replace(one.domain, optional=one.domain.optional or no or wants), line=one.line)
            for one, no, wants in zip(decision.inputs, optional, asks, strict=False)
        ),
        outputs=tuple(Column(one.name, one.domain, line=one.line) for one in decision.outputs),
        rules=tuple(rules),
        why={rule.why: rule.title for rule in decision.rules},
        valid_from=date.min,
        valid_to=None,
        legal_basis=(),
        source="",
        overlaps={},
        digest=decision.digest,
    )


def _told(decision: DmnDecision, made: Decision, values: Mapping[str, Any], lang: str) -> DmnAnswer:
    alone = len(decision.outputs) == 1
    rows = [one[decision.outputs[0].name] if alone else dict(one) for one in made.results]
    if decision.several and not rows and any(one.default for one in decision.outputs):
        return DmnAnswer(decision.name, "no-rule", _otherwise(decision, values))
    result = rows if decision.several else rows[0]
    empty = not made.rules and decision.policy is not HitPolicy.COUNT
    said = tuple(one for one in made.explain(lang) if one not in made.why)
    rules = () if decision.formula else made.rules
    return DmnAnswer(decision.name, "no-rule" if empty else "decided", result, rules, said)


def _otherwise(decision: DmnDecision, values: Mapping[str, Any]) -> Answer:
    """The answer where no rule holds: the defaults, else null (0 for C#)."""
    if not any(one.default for one in decision.outputs):
        return 0 if decision.policy is HitPolicy.COUNT else None
    row = {one.name: one.default.run(values) if one.default else None for one in decision.outputs}
    answer = next(iter(row.values())) if len(row) == 1 else row
    return [answer] if decision.several else answer


def _sources(
    decision: DmnDecision, name: str, missing: list[str], before: Mapping[str, DmnAnswer]
) -> list[str]:
    """The inputs to ask for: of a column, what it computes from; of a decision, what that decision lacks."""
    column = next((one for one in decision.inputs if one.name == name), None)
    needed = [name] if column is None else sorted(column.expression.names)
    found: list[str] = []
    for one in needed:
        head = next((two for two in missing if one == two or one.startswith(f"{two}.")), one)
        found += before[head].missing if head in before else [one]
    return found
