"""XML read safely, with the line of each element: no document type, no entities, nothing without bounds.

Models and messages come from outside the house; a DOCTYPE is refused whole (external entities and entity
bombs need one). Source: OWASP XXE.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.xmlreader import Locator

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import create_parser

DEEPEST = 100
MOST_ELEMENTS = 200_000
"""So many elements at most: a table of 1000 rules and 30 columns has some 60 000."""


class BrokenXml(Exception):  # noqa: N818 - what is wrong is the file
    """The bytes are no XML that is read: `fault` is unsafe-xml, not-xml, encoding, too-deep or too-many.

    `line` is where; `said` is what the parser says, in English.
    """

    def __init__(self, fault: str, line: int = 1, said: str = "") -> None:
        super().__init__(fault)
        self.fault, self.line, self.said = fault, line, said


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


def elements_of(data: bytes, prefixes: Mapping[str, str] | None = None) -> Node:
    """The root element with all below it; refuses BrokenXml.

    `prefixes`: name spaces whose attributes are kept, under `prefix:name`; others' attributes are dropped.
    """
    gather = _Gather(prefixes or {})
    parser = create_parser(forbid_dtd=True)
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(gather)
    try:
        parser.parse(BytesIO(data))
    except DefusedXmlException:
        raise BrokenXml("unsafe-xml") from None
    except SAXParseException as broken:
        raise BrokenXml("not-xml", broken.getLineNumber() or 1, broken.getMessage()) from None
    except SAXException as no:
        raise BrokenXml(no.getMessage()) from None
    except (ValueError, LookupError):
        raise BrokenXml("encoding") from None
    if gather.root is None:  # pragma: no cover - the parser faults a file without element
        raise BrokenXml("not-xml")
    return gather.root


class _Gather(ContentHandler):
    def __init__(self, prefixes: Mapping[str, str]) -> None:
        super().__init__()
        self.prefixes = prefixes
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
        for (where, key), text in attrs.items():
            if where in self.prefixes:
                held[f"{self.prefixes[where]}:{key}"] = text
        node = Node(local, space or "", held, (self.at.getLineNumber() if self.at else None) or 1)
        self.count += 1
        if len(self.open) > DEEPEST:
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
