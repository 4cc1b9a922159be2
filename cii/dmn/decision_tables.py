"""The decision table of a DMN decision: its hit policy, columns and rules, and what may be wrong with them.

Source: DMN 1.3 §8 (decision tables), §9 (S-FEEL).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cii.decisions.domain import Domain, parse_domain
from cii.decisions.rulebook import COLLECTING, RANKED
from cii.decisions.sfeel import ANY, BadCell
from cii.decisions.vocabulary import HitPolicy
from cii.dmn.cells import Test, read_test
from cii.dmn.feel import Expression, Names, NotTaken, compile_expression
from cii.dmn.model import DmnInput, DmnOutput, DmnRule
from cii.dmn.types import ANYTHING, Type, Types
from cii.dmn.xml import OURS, Faults
from cii.files.problems import did_you_mean, hint
from cii.files.vocabulary import Title
from cii.files.xml_reading import Node
from cii.texts.speech import Saying

POLICIES = {one.name.replace("_", " "): one for one in HitPolicy if one not in COLLECTING}
AGGREGATIONS = {"": HitPolicy.COLLECT, **{one.name: one for one in COLLECTING}}
SEVERAL_ROWS = frozenset({HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT})
"""The policies whose answer is a list."""
_PLAIN_ID = re.compile(r"[A-Za-z]{1,4}[-_]?\d{1,4}[a-z]?", re.ASCII)
_BARE_WORDS = re.compile(r"[^\W\d][\w .'-]*")
_NO_VALUE = Expression("null", frozenset(), lambda _: None)


@dataclass(frozen=True)
class Scope:
    """What a table may refer to: the typed names of the model; `own` is the type of the decision itself.

    `words` are other words for these names, as modellers write them: the output of a required decision, the
    variable of an input.
    """

    reader: Faults
    types: Types
    names: Mapping[str, Type]
    own: Type
    words: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def known(self) -> Names:
        """All names and words, those of components dotted, each with the name that it stands for."""
        found = {
            f"{word}{dotted.removeprefix(real)}": dotted
            for word, real in self.words.items()
            for dotted in self.of(real).names(real)
        }
        own = {dotted: dotted for name, held in self.names.items() for dotted in held.names(name)}
        return Names(found | own)

    def of(self, dotted: str) -> Type:
        """The type of a name of the model."""
        if dotted in self.names:
            return self.names[dotted]
        for name, held in self.names.items():
            if dotted.startswith(f"{name}.") and (found := held.at(dotted[len(name) + 1 :])):
                return found
        return ANYTHING


def policy_of(table: Node, scope: Scope) -> HitPolicy:
    """The hit policy with its aggregation; an unknown one is a fault."""
    name = table.get("hitPolicy", "UNIQUE").upper().replace("_", " ") or "UNIQUE"
    wanted = table.get("aggregation").upper()
    if name == "COLLECT" and wanted in AGGREGATIONS:
        return AGGREGATIONS[wanted]
    if name == "COLLECT":
        said, known = Saying("problem.dmn.aggregation", name=wanted), [one for one in AGGREGATIONS if one]
        scope.reader.fault(table.line, "unknown-hit-policy", said, did_you_mean(wanted, known))
    elif wanted:
        said = Saying("problem.dmn.aggregation-alone", name=wanted, policy=name)
        scope.reader.fault(table.line, "unknown-hit-policy", said)
    elif name not in POLICIES:
        said = Saying("problem.dmn.policy", name=name)
        scope.reader.fault(table.line, "unknown-hit-policy", said, did_you_mean(name, POLICIES))
    return POLICIES.get(name, HitPolicy.UNIQUE)


def _entries(table: Node, name: str) -> list[list[str]]:
    """The cells of that name, rule by rule."""
    return [[entry.words() for entry in rule.all(name)] for rule in table.all("rule")]


def inputs_of(table: Node, scope: Scope) -> tuple[DmnInput, ...]:
    """The input columns; two with the same expression are told apart by a number."""
    found: dict[str, DmnInput] = {}
    entries = _entries(table, "inputEntry")
    for at, node in enumerate(table.all("input")):
        inner = node.first("inputExpression") or node
        text = inner.words()
        try:
            expression = compile_expression(text, scope.known)
        except NotTaken as no:
            label = node.get("label") or text or str(at + 1)
            said = Saying("problem.dmn.input", name=label, why=no.said)
            meant = no.suggestion if text else hint("dmn-expression")
            scope.reader.fault(inner.line, "not-taken", said, meant)
            expression = _NO_VALUE
        name = " ".join(text.split()) or f"input {at + 1}"
        name = f"{name} ({at + 1})" if name in found else name
        cells = [row[at] for row in entries if at < len(row)]
        domain = _input_domain(node, inner, expression, cells, scope)
        found[name] = DmnInput(name, expression, domain, node.get("label"), node.line)
    return tuple(found.values())


def _input_domain(node: Node, inner: Node, expression: Expression, cells: list[str], scope: Scope) -> Domain:
    held = next((scope.of(one) for one in expression.names), ANYTHING)
    if held.collection or held.components:
        said = Saying("problem.dmn.input-structure", name=expression.text)
        meant: str | None = hint("dmn-component", known=", ".join(held.components))
        if held.collection:
            said, meant = Saying("problem.dmn.input-list", name=expression.text), None
        scope.reader.fault(inner.line, "not-taken", said, meant)
    domain = held.domain if len(expression.names) == 1 and expression.text in scope.known else None
    if reference := inner.get("typeRef"):
        named = scope.types.named(reference, inner.line).domain
        if domain is None or (named is not None and named.kind != domain.kind) or (named and _narrow(named)):
            domain = domain if domain and domain.kind == "date-time" and named == Domain("date") else named
    domain = domain or Domain(_guessed(cells, scope) or "text")
    domain = _ours(node, domain)
    values = node.first("inputValues")
    return scope.types.allowed(domain, values) if values is not None and values.words() else domain


def _narrow(domain: Domain) -> bool:
    return domain != Domain(domain.kind)


def _ours(node: Node, otherwise: Domain) -> Domain:
    """The domain that our own export wrote beside the type, which knows no money and no whole numbers."""
    exact = parse_domain(node.get("cii:type")) if node.get("cii:type") else otherwise
    return otherwise if isinstance(exact, str) else exact


def _guessed(cells: list[str], scope: Scope) -> str:
    """The kind of a column without type: that of its constants, when they agree."""
    kinds = set()
    for text in cells:
        for kind in ("number", "yes/no", "date", "time", "date-time", "months", "days", "text"):
            try:
                if (cell := read_test(text, Domain(kind), scope.known).fixed) and not cell.any:
                    kinds.add(kind)
                    break
            except (BadCell, NotTaken):
                continue
    return kinds.pop() if len(kinds) == 1 else ""


def outputs_of(table: Node, scope: Scope, decision: str) -> tuple[DmnOutput, ...]:
    """The output columns; a single one without name is called as its decision."""
    nodes = list(table.all("output"))
    if not nodes:
        scope.reader.fault(table.line, "no-output", Saying("problem.dmn.no-output", name=decision))
    found: dict[str, DmnOutput] = {}
    entries = _entries(table, "outputEntry")
    for at, node in enumerate(nodes):
        name = node.get("name")
        if not name and len(nodes) > 1:
            said = Saying("problem.dmn.output-no-name", n=at + 1, name=decision)
            scope.reader.fault(node.line, "no-output-name", said)
        name = name or (decision if len(nodes) == 1 else f"output {at + 1}")
        if name in found:
            said = Saying("problem.dmn.output-twice", output=name, name=decision)
            scope.reader.fault(node.line, "duplicate-name", said)
        cells = [row[at] for row in entries if at < len(row)]
        domain = _output_domain(node, name, cells, scope, alone=len(nodes) == 1)
        default = node.first("defaultOutputEntry")
        value = output_value(default, "", name, domain, scope) if default is not None else None
        found[name] = DmnOutput(name, domain, value, node.get("label"), node.line)
    return tuple(found.values())


def _output_domain(node: Node, name: str, cells: list[str], scope: Scope, *, alone: bool) -> Domain:
    domain = None
    if reference := node.get("typeRef"):
        domain = scope.types.named(reference, node.line).domain
    elif alone and not scope.own.components:
        domain = scope.own.domain
    elif (component := scope.own.components.get(name)) is not None:
        domain = component.domain
    kind = _guessed([one for one in cells if one not in {"", "-"}], scope) or "text"
    domain = _ours(node, domain or Domain(kind))
    values = node.first("outputValues")
    return scope.types.allowed(domain, values) if values is not None and values.words() else domain


def rules_of(
    table: Node, inputs: tuple[DmnInput, ...], outputs: tuple[DmnOutput, ...], scope: Scope, decision: Node
) -> tuple[DmnRule, ...]:
    """The rules; each entry that cannot be taken is a fault with its rule, column and line."""
    notes = [one.get("name") for one in table.all("annotation")]
    nodes = list(table.all("rule"))
    if not nodes:
        scope.reader.fault(table.line, "no-rule", Saying("problem.dmn.no-rule", name=decision.label))
    found = []
    for number, node in enumerate(nodes, 1):
        name = rule_name(node.get("id"), decision.get("id"), number)
        tests, values = list(node.all("inputEntry")), list(node.all("outputEntry"))
        for key, entries, columns in (
            ("problem.dmn.inputs-count", tests, inputs),
            ("problem.dmn.outputs-count", values, outputs),
        ):
            if len(entries) != len(columns):
                said = Saying(key, rule=name, n=len(entries), of=len(columns))
                scope.reader.fault(node.line, "cell-count", said)
        why, title = _reason(node, notes, number)
        found.append(
            DmnRule(
                name,
                tuple(_test(one, name, column, scope) for one, column in zip(tests, inputs, strict=False)),
                tuple(
                    output_value(one, name, column.name, column.domain, scope)
                    for one, column in zip(values, outputs, strict=False)
                ),
                why,
                title,
                node.line,
            )
        )
    ids = [one.id for one in found]
    return tuple(
        DmnRule(f"R{number}", *_rest(one)) if ids.count(one.id) > 1 else one
        for number, one in enumerate(found, 1)
    )


def _rest(rule: DmnRule) -> tuple[Any, ...]:
    return rule.tests, rule.outputs, rule.why, rule.title, rule.line


def rule_name(identity: str, decision: str, number: int) -> str:
    """How people call the rule: the short id that the model gives it, else its number."""
    short = identity.removeprefix(f"{decision}.")
    return short if short != identity or _PLAIN_ID.fullmatch(short) else f"R{number}"


def _reason(rule: Node, notes: list[str], number: int) -> tuple[str, Title]:
    """Key and wording of the reason: our own per language, else the annotations or the description."""
    holder = rule.first("extensionElements")
    for why in holder.children if holder else []:
        if why.space == OURS and why.name == "why":
            return why.get("key"), {one.get("lang"): one.text for one in why.children}
    said = [one.words() for one in rule.all("annotationEntry")]
    if len(said) == len(notes) > 1:
        said = [f"{name}: {text}" if name and text else text for name, text in zip(notes, said, strict=True)]
    text = " · ".join(one for one in said if one) or rule.words("description")
    return f"r{number}", {"fr": " ".join(text.split())} if text else {}


def _test(entry: Node, rule: str, column: DmnInput, scope: Scope) -> Test:
    text = entry.words()
    try:
        return read_test(text, column.domain, scope.known)
    except (BadCell, NotTaken) as bad:
        said = Saying("problem.dmn.cell", rule=rule, column=column.name, why=bad.said)
        scope.reader.fault(entry.line, "bad-cell", said, _meant(text, column.domain, bad))
    return Test(text, (), negated=False, domain=column.domain, fixed=ANY)


def output_value(entry: Node, rule: str, column: str, domain: Domain, scope: Scope) -> Expression:
    """The value that an output entry gives, or the default without a rule; a constant must fit the output."""
    text = entry.words()
    if text in {"", "-"}:
        return _NO_VALUE
    try:
        made = compile_expression(text, scope.known)
        if made.constant and made.text != "null":
            held = read_test(text, domain, ()).fixed
            constant = held.spans[0].low if held and held.spans else None
            return Expression(made.text, made.names, lambda _: constant)
    except (BadCell, NotTaken) as bad:
        said = (
            Saying("problem.dmn.cell", rule=rule, column=column, why=bad.said)
            if rule
            else Saying("problem.dmn.default", column=column, why=bad.said)
        )
        scope.reader.fault(entry.line, "bad-cell", said, _meant(text, domain, bad))
        return _NO_VALUE
    return made


def _meant(text: str, domain: Domain, bad: BadCell | NotTaken) -> str | None:
    """What a bare word most probably means in a column of texts, or of yes and no."""
    if isinstance(bad, NotTaken) and _BARE_WORDS.fullmatch(text):
        if domain.kind == "text":
            return hint("dmn-quotes", text=text)
        if domain.kind == "yes/no":
            return did_you_mean(text, ("true", "false"))
    return bad.suggestion


def check_policy(
    table: Node, policy: HitPolicy, outputs: tuple[DmnOutput, ...], rules: tuple[DmnRule, ...], scope: Scope
) -> None:
    """Fault what the hit policy does not allow: aggregated outputs, ranks without allowed values."""
    if policy in COLLECTING and len(outputs) > 1:
        said = Saying("problem.dmn.one-output", policy=str(policy), n=len(outputs))
        scope.reader.fault(table.line, "one-output", said)
    elif policy in COLLECTING - {HitPolicy.COUNT} and outputs:
        kind = outputs[0].domain.kind
        adds = kind in {"number", "whole", "money", "months", "days"}
        if not outputs[0].domain.ordered or (policy is HitPolicy.SUM and not adds):
            said = Saying("problem.dmn.countable", policy=str(policy), kind=kind)
            scope.reader.fault(outputs[0].line, "one-output", said)
    if policy not in RANKED:
        return
    if not any(one.domain.values for one in outputs):
        said = Saying("problem.dmn.no-ranks", policy=str(policy))
        scope.reader.fault(table.line, "no-priority", said, hint("dmn-ranks"))
    for rule in rules:
        for column, value in zip(outputs, rule.outputs, strict=False):
            if column.domain.values and value.text == "null":
                said = Saying(
                    "problem.dmn.rank-missing", rule=rule.id, column=column.name, policy=str(policy)
                )
                scope.reader.fault(rule.line, "no-priority", said)
