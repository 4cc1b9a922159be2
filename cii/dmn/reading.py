"""DMN 1.1–1.5 files read into a model: safely, with every fault named by element, name and line at once.

Taken: decision tables of all hit policies and aggregations over simple expressions, and decisions that are
one such expression; several per file, chained by their requirements, typed by item definitions. Not taken,
and named: contexts, invocations, other logic, business knowledge models, imports, other expression languages.
Source: DMN 1.3 §6–§9, §12; workflow.md §3.
"""

import hashlib
from collections.abc import Iterator

from cii.decisions.domain import Domain
from cii.decisions.vocabulary import HitPolicy
from cii.dmn.decision_tables import (
    SEVERAL_ROWS,
    Scope,
    check_policy,
    inputs_of,
    outputs_of,
    policy_of,
    rules_of,
)
from cii.dmn.feel import is_name
from cii.dmn.formulas import FORMULA, formula_of
from cii.dmn.limits import check_model, fits, weighed
from cii.dmn.model import DmnDecision, DmnInput, DmnModel, DmnOutput, DmnRule
from cii.dmn.types import ANYTHING, Type, Types
from cii.dmn.xml import Faults, read_xml
from cii.files.problems import Problem, hint
from cii.files.xml_reading import Node
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
    "invocation", "context", "list", "relation", "functionDefinition", "conditional",
    "filter", "for", "some", "every",
})  # fmt: skip
"""The logic of a decision that is neither a table nor a simple expression."""
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
        self.words: dict[str, str] = {}
        self.dotted: dict[str, str] = {}
        self.foreign: Problem | None = None
        self.inputs: dict[str, Type] = {}
        self.refused: dict[str, str] = {}
        self.tests = 0

    def read(self) -> DmnModel:
        decisions = list(self.root.all("decision"))
        self._elsewhere()
        check_model(self.root, (), self.reader)
        self._names(decisions)
        check_model(self.root, self.names.items(), self.reader)
        if not decisions:
            self.reader.fault(self.root.line, "no-table", Saying("problem.dmn.no-decision"))
        made = {}
        for node in self._ordered(decisions):
            before = len(self.reader.problems)
            decision = None if self.foreign else self._decision(node)
            if decision is not None and len(self.reader.problems) == before:
                made[decision.name] = decision
            else:
                first = self.foreign or self.reader.problems[before]
                self.refused[node.label] = Saying("problem.dmn.placed", place=first.place, said=first.message)
        problems = sorted(self.reader.problems, key=lambda one: one.line)
        return DmnModel(
            self.root.label,
            self.reader.source,
            self.inputs,
            self._complete(made),
            tuple(problems),
            self.refused,
            self.words,
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
        self._language(self.root)
        self.foreign = self.reader.problems[-1] if self.reader.problems else None
        for node in self.root.children:
            if node.space == self.root.space and node.name in ELSEWHERE:
                said = Saying("problem.dmn.elsewhere", element=node.name, name=node.label)
                self.reader.fault(node.line, "not-taken", said)

    def _language(self, node: Node) -> None:
        language = node.get("expressionLanguage")
        if language and "feel" not in language.lower() and node.space == self.root.space:
            said = Saying("problem.dmn.language", element=node.name, name=node.label, language=language)
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
            if identity:
                self.by_id[identity] = node
            held = self._type(node)
            self.names[name] = held
            if node.name == "inputData":
                self.inputs[name] = held
        self._other_words()
        self._undeclared(decisions)

    def _undeclared(self, decisions: list[Node]) -> None:
        for decision in decisions:
            words = self._words_of(decision)
            for whole, held in self._implicit(decision):
                name, dot, _ = whole.partition(".")
                known = {*self.names, *words, *(one.partition(".")[0] for one in self.names)}
                if name not in known:
                    self.names[name] = self.inputs[name] = ANYTHING if dot else held
                if dot and self.inputs.get(name) == ANYTHING:
                    self.dotted[whole] = whole

    def _other_words(self) -> None:
        """The words for an input whose variable is called otherwise."""
        for node in self.root.all("inputData"):
            variable = node.first("variable")
            word = variable.get("name") if variable else ""
            if word and word not in self.names:
                self.words.setdefault(word, node.get("name"))

    def _words_of(self, decision: Node) -> dict[str, str]:
        """The words a decision may use beside the names: the outputs, variables, ids of those it requires."""
        found: dict[str, str] = {}
        for required in self._targets(decision, "requiredDecision"):
            table, variable, name = (
                required.first("decisionTable"),
                required.first("variable"),
                required.get("name"),
            )
            outputs = [one.get("name") for one in table.all("output")] if table else []
            meant = [(one, name if len(outputs) == 1 else f"{name}.{one}") for one in outputs]
            meant += [(variable.get("name") if variable else "", name), (required.get("id"), name)]
            for word, real in meant:
                if word and word not in self.names:
                    found.setdefault(word, real)
        return found | self.words | self.dotted

    def _targets(self, decision: Node, kind: str) -> Iterator[Node]:
        for need in decision.all("informationRequirement"):
            link = need.first(kind)
            target = self.by_id.get(link.get("href").rpartition("#")[2]) if link else None
            if target is not None:
                yield target

    def _type(self, node: Node) -> Type:
        variable, formula = node.first("variable"), node.first(FORMULA)
        reference = variable.get("typeRef") if variable else ""
        reference = reference or (formula.get("typeRef") if formula else "")
        held = self.types.named(reference, node.line) if reference else ANYTHING
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

    def _implicit(self, decision: Node) -> Iterator[tuple[str, Type]]:
        """Inputs that a table names without declaring them, as some modellers write, with their type.

        Where an input datum of the model has a variable, the model declares what it uses: there a decision
        with requirements that names anything else is at fault.
        """
        table = decision.first("decisionTable")
        declared = any(one.first("variable") for one in self.root.all("inputData"))
        if table is None or (declared and any(True for _ in decision.all("informationRequirement"))):
            return
        rules = list(table.all("rule"))
        for at, node in enumerate(table.all("input")):
            inner = node.first("inputExpression") or node
            name = " ".join(inner.words().split())
            if not all(is_name(one) for one in name.split(".")):
                continue
            cells = [entry.words() for rule in rules for entry in list(rule.all("inputEntry"))[at : at + 1]]
            reference = inner.get("typeRef")
            held = self.types.named(reference, inner.line) if reference else ANYTHING
            if held.domain == Domain("date") and any("date and time" in one for one in cells):
                held = Type(Domain("date-time"))
            yield name, held

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
        needs = {id(one): list(self._required(one)) for one in decisions}
        placed: dict[int, Node] = {}
        waiting = list(decisions)
        while waiting:
            ready = [one for one in waiting if all(id(two) in placed for two in needs[id(one)])]
            if not ready:
                said = Saying("problem.dmn.circle", names=", ".join(one.label for one in waiting))
                self.reader.fault(waiting[0].line, "requirement-cycle", said)
                self.refused |= {one.label: said for one in waiting}
                break
            for one in ready:
                placed[id(one)] = one
                waiting.remove(one)
        return list(placed.values())

    def _decision(self, node: Node) -> DmnDecision | None:
        table, formula = node.first("decisionTable"), node.first(FORMULA)
        if table is None and formula is None:
            logic = next((one for one in node.children if one.name in LOGIC), None)
            said = (
                Saying("problem.dmn.logic", name=node.label, element=logic.name)
                if logic
                else Saying("problem.dmn.no-logic", name=node.label)
            )
            self.reader.fault(logic.line if logic else node.line, "no-table", said)
            return None
        for one in (node, *_all_below(node)):
            self._language(one)
        scope = self._scope(node)
        if table is not None and not fits(table, self.reader):
            return None
        if table is not None:
            made_table = self._made(node, *self._table(node, table, scope))
            if len(made_table.rules) and all(
                len(one.tests) == len(made_table.inputs) for one in made_table.rules
            ):
                self.tests = weighed(made_table, self.tests, self.reader)
            return made_table
        made = formula_of(formula, scope, node) if formula is not None else None
        return self._made(node, HitPolicy.UNIQUE, (), (made[0],), (made[1],), formula=True) if made else None

    def _scope(self, node: Node) -> Scope:
        name = node.get("name")
        names = {one: held for one, held in self.names.items() if one != name}
        words = {one: real for one, real in self._words_of(node).items() if real != name}
        return Scope(self.reader, self.types, names, self.names.get(name, ANYTHING), words)

    def _table(
        self, node: Node, table: Node, scope: Scope
    ) -> tuple[HitPolicy, tuple[DmnInput, ...], tuple[DmnOutput, ...], tuple[DmnRule, ...]]:
        policy = policy_of(table, scope)
        inputs, outputs = inputs_of(table, scope), outputs_of(table, scope, node.get("name"))
        rules = rules_of(table, inputs, outputs, scope, node)
        check_policy(table, policy, outputs, rules, scope)
        return policy, inputs, outputs, rules

    def _made(
        self,
        node: Node,
        policy: HitPolicy,
        inputs: tuple[DmnInput, ...],
        outputs: tuple[DmnOutput, ...],
        rules: tuple[DmnRule, ...],
        *,
        formula: bool = False,
    ) -> DmnDecision:
        used = {one for column in inputs for one in column.expression.names}
        used |= {one for rule in rules for test in rule.tests for one in test.names}
        used |= {one for rule in rules for value in rule.outputs for one in value.names}
        heads = {head for one in used for head in _heads(one)}
        needs = tuple(one for one in self.names if one in heads and one != node.get("name"))
        return DmnDecision(
            node.get("id"), node.get("name"), policy, inputs, outputs, rules, needs, self.digest, node.line,
            policy in SEVERAL_ROWS, _front(node), node.words("description"), formula,
        )  # fmt: skip


def _heads(dotted: str) -> Iterator[str]:
    """The name itself and what stands before each of its dots: a structure is needed for its parts."""
    while dotted:
        yield dotted
        dotted = dotted.rpartition(".")[0]


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
