"""Types of DMN models: item definitions resolved to the kinds and domains of our tables.

A type may be built in (`number`, `feel:string`), another item definition, a list of one, or a structure with
components; its allowed values become a domain. Source: DMN 1.3 §7.3.2 (ItemDefinition), §10.3.2.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from cii.decisions.domain import Domain
from cii.decisions.sfeel import BadCell, Cell
from cii.dmn.cells import read_test
from cii.dmn.feel import NotTaken
from cii.dmn.xml import Faults
from cii.files.reading import did_you_mean
from cii.files.xml_reading import Node
from cii.texts.speech import Saying

BUILT_IN = {
    "number": "number",
    "string": "text",
    "boolean": "yes/no",
    "date": "date",
    "time": "time",
    "dateTime": "date-time",
    "date and time": "date-time",
    "dayTimeDuration": "days",
    "days and time duration": "days",
    "yearMonthDuration": "months",
    "years and months duration": "months",
    "integer": "number",
    "long": "number",
    "double": "number",
    "int": "number",
    "float": "number",
    "decimal": "number",
    "Any": "",
}
"""The type names of the standard and those that modellers write for them, and our kinds."""
_BUILT_IN = {name.lower(): kind for name, kind in BUILT_IN.items()}


@dataclass(frozen=True)
class Type:
    """What a value may be: `domain` (None: anything, or a structure), its components, a list of them."""

    domain: Domain | None = None
    components: Mapping[str, "Type"] = field(default_factory=dict)
    collection: bool = False

    @cached_property
    def size(self) -> int:
        """How many names it brings: its own and those of all its components."""
        return 1 + sum(one.size for one in self.components.values())

    def at(self, dotted: str) -> "Type | None":
        """The type of a component, going into structures at the dots."""
        if dotted in self.components:
            return self.components[dotted]
        for name, inner in self.components.items():
            if dotted.startswith(f"{name}.") and (found := inner.at(dotted[len(name) + 1 :])):
                return found
        return None

    def names(self, start: str) -> Iterator[str]:
        """The dotted names of all components under a name, the name itself first."""
        yield start
        for name, inner in self.components.items():
            yield from inner.names(f"{start}.{name}")


ANYTHING = Type()
MOST_NAMES = 1_000
"""A model names at most so many inputs, decisions and components of structures."""
_NESTED = 30
"""Types refer to each other at most so deep."""


class Types:
    """The item definitions of one model; faults go to the reader, each once."""

    def __init__(self, root: Node, reader: Faults) -> None:
        self.reader = reader
        self.nodes: dict[str, Node] = {}
        self.known: dict[str, Type] = {}
        self.open: list[str] = []
        definitions = list(root.all("itemDefinition"))
        if len(definitions) > MOST_NAMES:
            said = Saying("problem.dmn.names", n=len(definitions), most=MOST_NAMES)
            reader.fault(definitions[-1].line, "table-too-large", said)
            reader.done()
        for node in definitions:
            name = node.get("name")
            if name in self.nodes:
                first = self.nodes[name].line
                said = Saying("problem.dmn.type-twice", name=name, line=first)
                reader.fault(node.line, "duplicate-name", said)
            self.nodes.setdefault(name, node)
        for name in self.nodes:
            self.named(name, self.nodes[name].line)

    def named(self, reference: str, line: int) -> Type:
        """The type a `typeRef` names, with or without prefix; an unknown one is a fault and anything goes."""
        name = reference if reference in self.nodes else reference.rpartition(":")[2]
        if name in self.known:
            return self.known[name]
        if name in self.open:
            self.reader.fault(line, "type-cycle", Saying("problem.dmn.type-cycle", name=name))
            return ANYTHING
        if name in self.nodes and len(self.open) >= _NESTED:
            self.reader.fault(line, "too-deep", Saying("problem.dmn.type-deep", name=name, n=_NESTED))
            return ANYTHING
        if name in self.nodes:
            self.open.append(name)
            self.known[name] = self.defined(self.nodes[name])
            self.open.pop()
            return self.known[name]
        if name.lower() in _BUILT_IN:
            kind = _BUILT_IN[name.lower()]
            return Type(Domain(kind)) if kind else ANYTHING
        said = Saying("problem.dmn.type-unknown", name=reference)
        self.reader.fault(line, "unknown-type", said, did_you_mean(name, self._all()))
        return ANYTHING

    def _all(self) -> list[str]:
        return [*self.nodes, *BUILT_IN]

    def defined(self, node: Node) -> Type:
        """The type that an item definition or component describes."""
        if node.first("functionItem") is not None:
            said = Saying("problem.dmn.type-function", name=node.label)
            self.reader.fault(node.line, "not-taken", said)
        components = {one.get("name"): self.defined(one) for one in node.all("itemComponent")}
        reference = node.words("typeRef")
        base = self.named(reference, node.line) if reference else Type(components=components)
        if base.size > MOST_NAMES:
            said = Saying("problem.dmn.names", n=base.size, most=MOST_NAMES)
            self.reader.fault(node.line, "table-too-large", said)
            return ANYTHING
        allowed = node.first("allowedValues") or node.first("typeConstraint")
        if allowed is not None and base.domain is not None:
            base = replace(base, domain=self.allowed(base.domain, allowed))
        return replace(base, collection=base.collection or node.get("isCollection") == "true")

    def allowed(self, domain: Domain, node: Node) -> Domain:
        """The domain narrowed to the allowed values that the element lists."""
        text = node.words()
        try:
            cell = read_test(text, Domain(domain.kind), ()).fixed
        except (BadCell, NotTaken) as bad:
            said = Saying("problem.dmn.allowed", text=text, why=bad.said)
            self.reader.fault(node.line, "bad-domain", said, bad.suggestion)
            return domain
        return domain if cell is None or cell.any else narrowed(domain, cell)


def narrowed(domain: Domain, cell: Cell) -> Domain:
    """The domain with only the values for which the cell holds."""
    spans = cell.spans
    plain = Domain(domain.kind, optional=cell.null)
    if spans and not cell.negated:
        if all(span.low is not None and span.low == span.high for span in spans):
            return replace(plain, values=tuple(dict.fromkeys(span.low for span in spans)))
        one = spans[0]
        if len(spans) == 1 and one.low_in and one.high_in:
            return replace(plain, low=one.low, high=one.high)
    return replace(plain, allowed=Cell(cell.text, spans, cell.negated))
