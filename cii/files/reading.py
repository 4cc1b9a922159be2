"""Files read with their line numbers, so that each error says where, what and what was probably meant.

YAML 1.2 (ruamel.yaml): `yes`, `no` and `on` stay words. Anchors, tags and several documents are refused: a
definition must read the same to a lawyer and to the machine. Source: workflow.md §2, load-time checks.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from cii.files.problems import BrokenFile, Mark, Problem, at, did_you_mean, hint, problem
from cii.files.vocabulary import LANGUAGES, Title
from cii.texts.typography import bound

__all__ = [
    "EMPTY", "Branch", "BrokenFile", "Item", "Leaf", "Mark", "Problem", "Reader", "Row", "at", "decoded",
    "did_you_mean", "hint", "marks", "problem", "say",
]  # fmt: skip

MAX_CHARACTERS = 200_000
"""A file of a process or a table is a few pages; more is a mistake or an attack."""
MOST_FAULTS = 200
"""So many faults of a file are told; nobody reads more, and finding them all may take minutes."""
_MAX_DEPTH = 30
_CHOKING = re.compile(r"(?:- ){30}|(?:\? ){30}")
_CORE_TAGS = frozenset(
    f"tag:yaml.org,2002:{one}"
    for one in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map", "merge", "value")
)
_NO_KEYS = frozenset({"tag:yaml.org,2002:merge", "tag:yaml.org,2002:null"})
_SYNTAX = (
    ("'\\t'", "yaml-tab"),
    ("another document", "yaml-documents"),
    ("undefined alias", "yaml-anchor"),
    ("end of stream", "yaml-quote"),
    ("expected ',' or", "yaml-bracket"),
    ("<block end>", "yaml-indent"),
    ("mapping values are not allowed", "yaml-colon"),
    ("could not find expected ':'", "yaml-no-colon"),
    ("cannot start any token", "yaml-sign"),
)
"""Words of the YAML reader → our code, whose sentence a reader of the file understands."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A single value, as written; `quoted` tells `"12"` from `12`."""

    text: str
    line: int
    quoted: bool = False
    column: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A list of values."""

    items: tuple["Item", ...]
    line: int
    column: int = 0


@dataclass(frozen=True, slots=True)
class Branch:
    """Named values in the order of the file; `lines` and `columns` say where each name stands."""

    entries: Mapping[str, "Item"]
    lines: Mapping[str, int]
    line: int
    columns: Mapping[str, int] = field(default_factory=dict)
    column: int = 0

    def mark(self, name: str) -> Mark:
        """Where that name stands; without it, where the branch begins."""
        return Mark(self.lines.get(name, self.line), self.columns.get(name, self.column))


Item = Leaf | Row | Branch
EMPTY = Branch({}, {}, 1)


def marks(item: Item, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Mark]:
    """Where each name and each value of a list stands, by its path: `("stages", "plan", "next", "0")`."""
    found: dict[tuple[str, ...], Mark] = {}
    if isinstance(item, Branch):
        for name, below in item.entries.items():
            found |= marks(below, (*path, name))
            found[*path, name] = item.mark(name)
    elif isinstance(item, Row):
        for number, below in enumerate(item.items):
            found |= marks(below, (*path, str(number)))
            found[*path, str(number)] = Mark(below.line, below.column)
    return found


def decoded(data: bytes, source: str) -> str:
    """The text of a file; refuses BrokenFile when it is too large, not UTF-8, or opens with a byte mark."""
    if len(data) > MAX_CHARACTERS:
        size, limit = len(data) // 1000, MAX_CHARACTERS // 1000
        raise BrokenFile([problem(source, 1, "file-too-large", size=size, limit=limit)])
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BrokenFile([problem(source, 1, "not-utf8", hint("save-utf8"))])
    if data.startswith(b"\xef\xbb\xbf"):
        raise BrokenFile([problem(source, Mark(1, 1), "byte-order-mark", hint("save-utf8"))])
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as no:
        before = data[: no.start]
        mark = Mark(before.count(b"\n") + 1, no.start - before.rfind(b"\n"))
        raise BrokenFile([problem(source, mark, "not-utf8", hint("save-utf8"))]) from no


def _brackets(text: str) -> int:
    """How deep brackets are opened, quotes not looked at: a guard against the time the reader would take."""
    depth = deepest = 0
    for sign in re.findall(r"[\[{\]}]", text):
        depth = depth + 1 if sign in "[{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest


@dataclass
class Reader:
    """Reads one file, gathers its faults; `source` is the name shown, `offset` the lines before the YAML."""

    source: str
    offset: int = 0
    problems: list[Problem] = field(default_factory=list)
    errors: int = 0

    def note(
        self,
        mark: Mark | int,
        code: str,
        suggestion: str | None = None,
        /,
        *,
        warning: bool = False,
        **facts: object,
    ) -> None:
        """Note a fault by its code; its sentence `problem.<code>` is filled with the facts."""
        self._keep(problem(self.source, mark, code, suggestion, warning=warning, **facts))

    def fault(
        self,
        line: Mark | int,
        code: str,
        message: str,
        suggestion: str | None = None,
        *,
        warning: bool = False,
    ) -> None:
        """Note a fault with its sentence; prefer `note`, whose sentence is said in three languages."""
        severity = "warning" if warning else "error"
        mark = Mark(line) if isinstance(line, int) else line
        self._keep(Problem(self.source, mark.line, code, message, suggestion, severity, mark.column))

    def _keep(self, found: Problem) -> None:
        """Keep a fault; past the most that people read, the file is refused as it stands."""
        self.problems.append(found)
        self.errors += found.severity == "error"
        if self.errors >= MOST_FAULTS:
            more = problem(self.source, found.line, "more-faults", n=MOST_FAULTS)
            raise BrokenFile([*self.problems, more])

    def done(self) -> None:
        """Refuse the file when it has an error; warnings alone let it pass."""
        if any(one.severity == "error" for one in self.problems):
            raise BrokenFile(sorted(self.problems, key=lambda one: (one.line, one.column)))

    def load(self, text: str) -> Branch:
        """The whole file as a branch; refuses BrokenFile when it is not YAML or not a mapping."""
        node = self._composed(text)
        if node is None and not self.problems:
            self.note(1 + self.offset, "empty-file")
        item = self._item(node, 0) if node is not None else EMPTY
        if not isinstance(item, Branch):
            self.note(Mark(item.line, item.column), "file-not-a-mapping", hint("pairs"))
            item = EMPTY
        self.done()
        return item

    def _composed(self, text: str) -> Node | None:
        first = 1 + self.offset
        if len(text) > MAX_CHARACTERS:
            size, limit = len(text) // 1000, MAX_CHARACTERS // 1000
            self.note(first, "file-too-large", size=size, limit=limit)
            return None
        if text.startswith("\ufeff"):
            self.note(Mark(first, 1), "byte-order-mark", hint("save-utf8"))
            return None
        if _brackets(text) > _MAX_DEPTH or _CHOKING.search(text):
            self.note(first, "too-deep", limit=_MAX_DEPTH)
            return None
        try:
            node: Node | None = YAML(typ="safe", pure=True).compose(text)
        except MarkedYAMLError as broken:
            mark = broken.problem_mark or broken.context_mark
            said = str(broken.problem or broken.context)
            code = next((code for words, code in _SYNTAX if words in said), "not-yaml")
            if code == "yaml-quote" and broken.context_mark is not None:
                mark = broken.context_mark
            place = Mark(mark.line + first, mark.column + 1) if mark else Mark(first)
            if code == "not-yaml":
                self.note(place, code, hint("pairs"), said=said)
            else:
                self.note(place, code, hint(code))
        except ReaderError as broken:
            before = text[: broken.position]
            place = Mark(before.count("\n") + first, len(before) - before.rfind("\n"))
            self.note(place, "forbidden-character", number=f"{ord(text[broken.position]):04X}")
        except RecursionError:
            self.note(first, "too-deep", limit=_MAX_DEPTH)
        else:
            return node
        return None

    def _item(self, node: Node, depth: int) -> Item:
        line, column = node.start_mark.line + 1 + self.offset, node.start_mark.column + 1
        if node.anchor is not None:
            self.note(Mark(line, column), "yaml-anchor", hint("yaml-anchor"))
            return Leaf("", line, column=column)
        if node.tag not in _CORE_TAGS:
            self.note(Mark(line, column), "yaml-tag", tag=str(node.tag))
        if depth > _MAX_DEPTH:
            self.note(Mark(line, column), "too-deep", limit=_MAX_DEPTH)
            return Leaf("", line, column=column)
        if isinstance(node, ScalarNode):
            quoted = node.style in {"'", '"', "|", ">"}
            return Leaf(node.value, line, quoted, column)
        if isinstance(node, SequenceNode):
            return Row(tuple(self._item(one, depth + 1) for one in node.value), line, column)
        if not isinstance(node, MappingNode):  # pragma: no cover - YAML knows no fourth kind
            raise TypeError(type(node).__name__)
        return self._branch(node, line, column, depth)

    def _branch(self, node: MappingNode, line: int, column: int, depth: int) -> Branch:
        entries: dict[str, Item] = {}
        lines: dict[str, int] = {}
        columns: dict[str, int] = {}
        for key, value in node.value:
            mark = Mark(key.start_mark.line + 1 + self.offset, key.start_mark.column + 1)
            if not isinstance(key, ScalarNode) or key.tag in _NO_KEYS:
                self.note(mark, "key-not-a-word")
                continue
            name = str(key.value)
            if name in entries:
                self.note(mark, "duplicate-key", name=name, first=lines[name])
                continue
            entries[name], lines[name], columns[name] = self._item(value, depth + 1), mark.line, mark.column
        return Branch(entries, lines, line, columns, column)

    # What a file may hold, asked in the words of the file.

    def keys(self, branch: Branch, known: Iterable[str], where: str) -> None:
        """Fault each key that the grammar does not know."""
        allowed = tuple(known)
        for name in branch.entries:
            if name not in allowed:
                self.note(
                    branch.mark(name), "unknown-key", did_you_mean(name, allowed), name=name, where=where
                )

    def text(self, branch: Branch, name: str, where: str, *, default: str | None = None) -> str:
        """A single value; without `default` it must be there."""
        item = branch.entries.get(name)
        if isinstance(item, Row | Branch):
            self.note(branch.mark(name), "not-a-value", name=name, where=where)
            return default or ""
        if default is None and (item is None or (item.text == "" and not item.quoted)):
            self.note(branch.mark(name), "missing-key", name=name, where=where)
        return item.text if item is not None else default or ""

    def number(self, branch: Branch, name: str, where: str) -> int:
        """A whole number from 1."""
        text = self.text(branch, name, where)
        if text and not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):  # noqa: PLR2004
            self.note(branch.mark(name), "not-a-number", name=name, value=text)
            return 1
        return int(text or 1)

    def branch(self, branch: Branch, name: str, where: str, *, needed: bool = False) -> Branch:
        """Named values under `name`; empty when absent and not needed."""
        item = branch.entries.get(name)
        if isinstance(item, Branch):
            return item
        if item is not None and not (isinstance(item, Leaf) and item.text == ""):
            self.note(branch.mark(name), "not-a-mapping", hint("pairs"), name=name, where=where)
        elif needed:
            self.note(branch.mark(name), "missing-key", name=name, where=where)
        return EMPTY

    def row(self, branch: Branch, name: str) -> Iterator[Item]:
        """The values of a list; a single value counts as a list of one; absent as none."""
        item = branch.entries.get(name)
        if isinstance(item, Row):
            yield from item.items
        elif item is not None and not (isinstance(item, Leaf) and item.text == ""):
            yield item

    def words(self, branch: Branch, name: str) -> tuple[Leaf, ...]:
        """A list of single values."""
        found = []
        for item in self.row(branch, name):
            if isinstance(item, Leaf):
                found.append(item)
            else:
                self.note(Mark(item.line, item.column), "not-a-list-of-words", name=name)
        return tuple(found)

    def title(self, branch: Branch, name: str, where: str) -> Title:
        """A wording in fr, de and en; a missing language is a warning, a missing title too."""
        item = branch.entries.get(name)
        mark = branch.mark(name)
        if item is None or (isinstance(item, Leaf) and item.text == ""):
            self.note(mark, "missing-wording", hint("wording"), name=name, where=where, warning=True)
            return {}
        if not isinstance(item, Branch):
            self.note(mark, "wording-not-a-mapping", hint("wording"), name=name, where=where)
            return {}
        self.keys(item, LANGUAGES, at("wording", name))
        found: Title = {
            lang: self.text(item, lang, where, default="") for lang in LANGUAGES if lang in item.entries
        }
        if "fr" in found:
            found["fr"] = bound(found["fr"])
        for lang in LANGUAGES:
            if not found.get(lang):
                self.note(mark, "missing-translation", name=name, where=where, lang=lang, warning=True)
        return found


def say(title: Mapping[str, str], lang: str, otherwise: str = "") -> str:
    """The wording in that language, else French, else English, else `otherwise`."""
    return title.get(lang) or title.get("fr") or title.get("en") or otherwise
