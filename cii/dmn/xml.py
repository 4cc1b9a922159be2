"""XML read safely, with the line of each element: no document type, no entities, no more than 5 MB.

A decision model comes from outside the house; a DOCTYPE is refused whole (external entities and entity
bombs need one). Source: OWASP XXE; DMN 1.3 §12 for the name spaces of a model.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import NoReturn
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.xmlreader import Locator

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import create_parser

from cii.files.problems import BrokenFile, Problem, hint
from cii.texts.speech import Saying

LIMIT = 5_000_000
"""A file larger than so many bytes is no decision model."""
OURS = "urn:cii:decision-file:1"
"""The name space of what our export adds for our import; its attributes are read as `cii:name`."""
_DEEP = 100
MOST_ELEMENTS = 200_000
"""So many elements at most: a table of 1000 rules and 30 columns has some 60 000."""
MOST_FAULTS = 100
"""So many faults are told; the file is then refused as it stands."""


@dataclass
class Faults:
    """The faults of one model, gathered while it is read; `source` is the name shown."""

    source: str
    problems: list[Problem] = field(default_factory=list)

    def fault(self, line: int, code: str, message: str, suggestion: str | None = None) -> None:
        """Note a fault; `message` is a sentence `problem.dmn.<name>`, said in the reader's language.

        Refuses BrokenFile at once when there are more than people read.
        """
        self.problems.append(Problem(self.source, line, code, message, suggestion))
        if len(self.problems) >= MOST_FAULTS:
            more = Saying("problem.more-faults", n=MOST_FAULTS)
            raise BrokenFile([*self.problems, Problem(self.source, line, "more-faults", more)])

    def done(self) -> None:
        """Refuse the file when it has a fault."""
        if self.problems:
            raise BrokenFile(sorted(self.problems, key=lambda one: one.line))


@dataclass(slots=True)
class Node:
    """An element of the file: local name, name space, attributes, own text, children, line.

    `declared` are the name spaces that the root declares.
    """

    name: str
    space: str
    attributes: Mapping[str, str]
    line: int
    text: str = ""
    children: list["Node"] = field(default_factory=list)
    declared: tuple[str, ...] = ()

    def get(self, name: str, default: str = "") -> str:
        """An attribute without name space, trimmed."""
        return self.attributes.get(name, default).strip()

    def all(self, *names: str) -> Iterator["Node"]:
        """The children of these names, in the order of the file."""
        return (one for one in self.children if one.name in names and one.space == self.space)

    def first(self, name: str) -> "Node | None":
        """The first child of that name."""
        return next(self.all(name), None)

    def words(self, name: str = "text") -> str:
        """The text of the first child of that name, trimmed; empty when there is none."""
        child = self.first(name)
        return child.text.strip() if child else ""

    @property
    def label(self) -> str:
        """How a fault names the element: its name, else its label, else its id."""
        return self.get("name") or self.get("label") or self.get("id") or f"line {self.line}"


class _Gather(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.root: Node | None = None
        self.open: list[Node] = []
        self.at: Locator | None = None
        self.spaces: list[str] = []
        self.texts: list[list[str]] = []
        self.count = 0

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 - the parser calls it so
        self.at = locator

    def startPrefixMapping(self, prefix: str | None, uri: str) -> None:  # noqa: N802, ARG002
        if self.root is None:
            self.spaces.append(uri)

    def startElementNS(self, name, qname, attrs) -> None:  # type: ignore[no-untyped-def]  # noqa: N802, ANN001, ARG002
        space, local = name
        held = {key: text for (where, key), text in attrs.items() if where is None}
        held |= {f"cii:{key}": text for (where, key), text in attrs.items() if where == OURS}
        node = Node(local, space or "", held, (self.at.getLineNumber() if self.at else None) or 1)
        self.count += 1
        if len(self.open) > _DEEP:
            raise SAXException("too-deep")
        if self.count > MOST_ELEMENTS:
            raise SAXException("too-many")
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
            node.declared = tuple(self.spaces)
        self.open.append(node)
        self.texts.append([])

    def endElementNS(self, name, qname) -> None:  # type: ignore[no-untyped-def]  # noqa: N802, ANN001, ARG002
        self.open.pop().text = "".join(self.texts.pop())

    def characters(self, content: str) -> None:
        if self.texts:
            self.texts[-1].append(content)


def read_xml(data: bytes, reader: Faults) -> Node:
    """The root element; refuses BrokenFile for what is too large, not XML, or brings a document type."""
    if len(data) > LIMIT:
        _refuse(reader, 1, "too-large", Saying("problem.dmn.too-large", n=len(data), most=LIMIT))
    gather = _Gather()
    parser = create_parser(forbid_dtd=True)
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(gather)
    try:
        parser.parse(BytesIO(data))
    except DefusedXmlException:
        _refuse(reader, 1, "unsafe-xml", Saying("problem.dmn.unsafe"), hint("dmn-no-doctype"))
    except SAXParseException as broken:
        line = broken.getLineNumber() or 1
        _refuse(reader, line, "not-xml", Saying("problem.dmn.no-xml", said=broken.getMessage()))
    except SAXException as no:
        deep = no.getMessage() == "too-deep"
        said = Saying("problem.dmn.deep", n=_DEEP) if deep else Saying("problem.dmn.many", n=MOST_ELEMENTS)
        _refuse(reader, 1, no.getMessage(), said)
    except (ValueError, LookupError):
        _refuse(reader, 1, "not-xml", Saying("problem.dmn.encoding"), hint("dmn-utf8"))
    if gather.root is None:  # pragma: no cover - the parser faults a file without element
        _refuse(reader, 1, "not-xml", Saying("problem.dmn.nothing"))
    return gather.root


def _refuse(reader: Faults, line: int, code: str, message: str, suggestion: str | None = None) -> NoReturn:
    reader.fault(line, code, message, suggestion)
    reader.done()
    raise AssertionError(code)  # pragma: no cover - an error was noted, done() refuses
