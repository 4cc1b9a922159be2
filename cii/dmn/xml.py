"""A decision model's XML, read safely: what is wrong with it is told as faults of the file, 5 MB at most.

Source: DMN 1.3 §12 for the name spaces of a model.
"""

from dataclasses import dataclass, field
from typing import NoReturn

from cii.files.problems import BrokenFile, Problem, hint
from cii.files.xml_reading import DEEPEST, MOST_ELEMENTS, BrokenXml, Node, elements_of
from cii.texts.speech import Saying

LIMIT = 5_000_000
"""A file larger than so many bytes is no decision model."""
OURS = "urn:cii:decision-file:1"
"""The name space of what our export adds for our import; its attributes are read as `cii:name`."""
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


def read_xml(data: bytes, reader: Faults) -> Node:
    """The root element; refuses BrokenFile for what is too large, not XML, or brings a document type."""
    if len(data) > LIMIT:
        _refuse(reader, 1, "too-large", Saying("problem.dmn.too-large", n=len(data), most=LIMIT))
    try:
        return elements_of(data, {OURS: "cii"})
    except BrokenXml as broken:
        match broken.fault:
            case "unsafe-xml":
                _refuse(reader, 1, "unsafe-xml", Saying("problem.dmn.unsafe"), hint("dmn-no-doctype"))
            case "too-deep":
                _refuse(reader, 1, "too-deep", Saying("problem.dmn.deep", n=DEEPEST))
            case "too-many":
                _refuse(reader, 1, "too-many", Saying("problem.dmn.many", n=MOST_ELEMENTS))
            case "encoding":
                _refuse(reader, 1, "not-xml", Saying("problem.dmn.encoding"), hint("dmn-utf8"))
            case _:
                _refuse(reader, broken.line, "not-xml", Saying("problem.dmn.no-xml", said=broken.said))


def _refuse(reader: Faults, line: int, code: str, message: str, suggestion: str | None = None) -> NoReturn:
    reader.fault(line, code, message, suggestion)
    reader.done()
    raise AssertionError(code)  # pragma: no cover - an error was noted, done() refuses
