"""DMN 1.1–1.5 files read into a model: safely, with every fault named by element, name and line at once.

Taken: decision tables of all hit policies and aggregations over simple expressions, several per file, chained
by their requirements, typed by item definitions. Not taken, and named: decisions without table (literal
expressions, contexts, invocations …), business knowledge models, imports, other expression languages.
Source: DMN 1.3 §6–§9, §12; workflow.md §3.
"""

import hashlib
from collections.abc import Iterator

from cii.dmn.decision_tables import (
    SEVERAL_ROWS,
    Scope,
    check_policy,
    inputs_of,
    outputs_of,
    policy_of,
    rules_of,
)
from cii.dmn.model import DmnDecision, DmnModel
from cii.dmn.types import ANYTHING, Type, Types
from cii.dmn.xml import Faults, Node, read_xml
from cii.files.problems import Problem, hint
from cii.texts.speech import Saying

SPACES = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
    "https://www.omg.org/spec/DMN/20240513/MODEL/": "1.6",
}
LOGIC = frozenset({
    "literalExpression", "invocation", "context", "list", "relation", "functionDefinition", "conditional",
    "filter", "for", "some", "every",
})  # fmt: skip
"""The logic of a decision that is no decision table."""
ELSEWHERE = frozenset({"businessKnowledgeModel", "import"})


def read_dmn(data: bytes, source: str) -> DmnModel:
    """The model of a DMN file, with the problems of what it could not take.

    Refuses BrokenFile when the file is not a DMN model at all (not XML, unsafe, too large, another root or an
    older DMN). Faults of single decisions are in `problems`; those decisions are left out.
    """
    reader = Faults(source)
    root = read_xml(data, reader)
    declares = root.space in SPACES or any(one in SPACES for one in root.declared)
    if root.name != "definitions" or not declares:
        reader.fault(root.line, "not-dmn", *_no_model(root))
        reader.done()
    return _Model(root, reader, hashlib.sha256(data).hexdigest()).read()


def _no_model(root: Node) -> tuple[Saying, Saying]:
    meant = hint("dmn-save-as", known=", ".join(sorted(SPACES.values())))
    if root.name == "definitions" and ("/DMN/" in root.space or "dmn" in root.space.lower()):
        return Saying("problem.dmn.version", space=root.space), meant
    return Saying("problem.dmn.root", name=root.name), meant


class _Model:
    def __init__(self, root: Node, reader: Faults, digest: str) -> None:
        self.root, self.reader, self.digest = root, reader, digest
        self.types = Types(root, reader)
        self.by_id: dict[str, Node] = {}
        self.names: dict[str, Type] = {}
        self.inputs: dict[str, Type] = {}
        self.refused: dict[str, str] = {}

    def read(self) -> DmnModel:
        decisions = list(self.root.all("decision"))
        self._elsewhere()
        self._names(decisions)
        if not decisions:
            self.reader.fault(self.root.line, "no-table", Saying("problem.dmn.no-decision"))
        made = {}
        for node in self._ordered(decisions):
            before = len(self.reader.problems)
            decision = self._decision(node)
            if decision is not None and len(self.reader.problems) == before:
                made[decision.name] = decision
            else:
                first = self.reader.problems[before]
                self.refused[node.label] = Saying("problem.dmn.placed", place=first.place, said=first.message)
        problems = sorted(self.reader.problems, key=lambda one: one.line)
        return DmnModel(
            self.root.label,
            self.reader.source,
            self.inputs,
            self._complete(made),
            tuple(problems),
            self.refused,
        )

    def _complete(self, made: dict[str, DmnDecision]) -> tuple[DmnDecision, ...]:
        """Of the decisions read, those whose required decisions were read too."""
        kept: dict[str, DmnDecision] = {}
        for name, decision in made.items():
            lost = [one for one in decision.needs if one in self.refused]
            if lost:
                self.refused[name] = Saying("problem.dmn.needs-lost", name=name, lost=lost[0])
            else:
                kept[name] = decision
        return tuple(kept.values())

    def _elsewhere(self) -> None:
        for node in (self.root, *_all_below(self.root)):
            language = node.get("expressionLanguage")
            if language and "feel" not in language.lower():
                said = Saying("problem.dmn.language", element=node.name, name=node.label, language=language)
                self.reader.fault(node.line, "not-taken", said)
        for node in self.root.children:
            if node.space == self.root.space and node.name in ELSEWHERE:
                said = Saying("problem.dmn.elsewhere", element=node.name, name=node.label)
                self.reader.fault(node.line, "not-taken", said)

    def _names(self, decisions: list[Node]) -> None:
        first: dict[str, int] = {}
        for node in (*self.root.all("inputData"), *decisions):
            name, identity = node.get("name"), node.get("id")
            if not name:
                said = Saying("problem.dmn.no-name", element=node.name, name=node.label)
                self.reader.fault(node.line, "no-name", said)
            for word in {name, identity} - {""}:
                if word in first and (word == name or word in self.by_id):
                    said = Saying("problem.dmn.twice", name=word, line=first[word])
                    self.reader.fault(node.line, "duplicate-name", said)
                first.setdefault(word, node.line)
            self.by_id[identity] = node
            held = self._type(node)
            self.names[name] = held
            if node.name == "inputData":
                self.inputs[name] = held
        for decision in decisions:
            for name, line in self._implicit(decision):
                if name not in self.names and not any(one.startswith(f"{name}.") for one in self.names):
                    column = self.types.named(line[1], line[0]) if line[1] else ANYTHING
                    self.names[name] = self.inputs[name] = column

    def _type(self, node: Node) -> Type:
        variable = node.first("variable")
        reference = variable.get("typeRef") if variable else ""
        held = self.types.named(reference, variable.line) if variable and reference else ANYTHING
        table = node.first("decisionTable")
        outputs = list(table.all("output")) if table else []
        if len(outputs) > 1 and not held.components:
            parts = {
                one.get("name"): self.types.named(one.get("typeRef"), one.line)
                if one.get("typeRef")
                else ANYTHING
                for one in outputs
            }
            return Type(components=parts)
        if len(outputs) == 1 and held.domain is None and outputs[0].get("typeRef"):
            return self.types.named(outputs[0].get("typeRef"), outputs[0].line)
        return held

    def _implicit(self, decision: Node) -> Iterator[tuple[str, tuple[int, str]]]:
        """Inputs that a table names without declaring them, as some modellers write; with line and type."""
        table = decision.first("decisionTable")
        if table is None or any(True for _ in decision.all("informationRequirement")):
            return
        for node in table.all("input"):
            inner = node.first("inputExpression") or node
            name = " ".join(inner.words().split())
            if name and all(one.isalnum() or one in "_ " for one in name) and not name[0].isdigit():
                yield name, (inner.line, inner.get("typeRef"))

    def _required(self, decision: Node) -> Iterator[Node]:
        for need in decision.all("informationRequirement"):
            for kind in ("requiredDecision", "requiredInput"):
                link = need.first(kind)
                if link is None:
                    continue
                target = self.by_id.get(link.get("href").rpartition("#")[2])
                if target is None:
                    said = Saying("problem.dmn.requires", name=decision.label, target=link.get("href"))
                    self.reader.fault(link.line, "unknown-requirement", said)
                elif target.name == "decision":
                    yield target
        for need in decision.all("knowledgeRequirement"):
            said = Saying("problem.dmn.knowledge", name=decision.label)
            self.reader.fault(need.line, "not-taken", said)

    def _ordered(self, decisions: list[Node]) -> list[Node]:
        """Each decision after those it requires; a circle is a fault, its decisions are left out."""
        needs = {one.get("id"): list(self._required(one)) for one in decisions}
        placed: dict[str, Node] = {}
        waiting = list(decisions)
        while waiting:
            ready = [one for one in waiting if all(two.get("id") in placed for two in needs[one.get("id")])]
            if not ready:
                said = Saying("problem.dmn.circle", names=", ".join(one.label for one in waiting))
                self.reader.fault(waiting[0].line, "requirement-cycle", said)
                self.refused |= {one.label: said for one in waiting}
                break
            for one in ready:
                placed[one.get("id")] = one
                waiting.remove(one)
        return list(placed.values())

    def _decision(self, node: Node) -> DmnDecision | None:
        table = node.first("decisionTable")
        if table is None:
            logic = next((one for one in node.children if one.name in LOGIC), None)
            said = (
                Saying("problem.dmn.logic", name=node.label, element=logic.name)
                if logic
                else Saying("problem.dmn.no-logic", name=node.label)
            )
            self.reader.fault(logic.line if logic else node.line, "no-table", said)
            return None
        name = node.get("name")
        names = {one: held for one, held in self.names.items() if one != name}
        scope = Scope(self.reader, self.types, names, self.names.get(name, ANYTHING))
        policy = policy_of(table, scope)
        inputs, outputs = inputs_of(table, scope), outputs_of(table, scope, name)
        rules = rules_of(table, inputs, outputs, scope, node)
        check_policy(table, policy, outputs, rules, scope)
        used = {one for column in inputs for one in column.expression.names}
        used |= {one for rule in rules for test in rule.tests for one in test.names}
        used |= {one for rule in rules for value in rule.outputs for one in value.names}
        needs = [one for one in names if any(two == one or two.startswith(f"{one}.") for two in used)]
        return DmnDecision(
            node.get("id"), name, policy, inputs, outputs, rules, tuple(needs), self.digest, node.line,
            policy in SEVERAL_ROWS, _front(node), node.words("description"),
        )  # fmt: skip


def _front(node: Node) -> str:
    """The front matter of the decision file that our export keeps beside the table, or nothing."""
    holder = node.first("extensionElements")
    held = [one for one in (holder.children if holder else []) if one.name == "front-matter"]
    return held[0].text.strip("\n") if held else ""


def _all_below(node: Node) -> Iterator[Node]:
    waiting = list(node.children)
    while waiting:
        one = waiting.pop()
        yield one
        waiting += one.children


def errors(problems: tuple[Problem, ...]) -> list[Problem]:
    """The problems that keep a model from being imported."""
    return [one for one in problems if one.severity == "error"]
