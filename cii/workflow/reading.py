"""Files read with their line numbers, so that each error says where, what and what was probably meant.

YAML 1.2 (ruamel.yaml): `yes`, `no` and `on` stay words. Anchors, tags and several documents are refused: a
definition must read the same to a lawyer and to the machine. Source: workflow.md §2, load-time checks.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from cii.kernel.errors import Refusal
from cii.workflow.vocabulary import LANGUAGES, Title

_FEW = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a file: `file:line`, a stable code, a plain sentence, what was probably meant.

    `severity` is "error" (the file is not taken) or "warning" (a translation is missing).
    """

    file: str
    line: int
    code: str
    message: str
    suggestion: str | None = None
    severity: str = "error"

    def __str__(self) -> str:
        hint = f" {self.suggestion}" if self.suggestion else ""
        return f"{self.file}:{self.line}: {self.message}{hint}"


class BrokenFile(Refusal):
    """A process or decision file that cannot be taken; `problems` lists every fault with its line."""

    code, kind = "definition-broken", "unfit"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(file=first.file, line=first.line, message=str(first), count=len(self.problems))


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint that names the nearest known word, or all of them when none is near and they are few."""
    words = sorted(set(known))
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    lower = {one.lower(): one for one in words}
    if near or word.lower() in lower:
        return f"Did you mean “{near[0] if near else lower[word.lower()]}”?"
    return f"Known: {', '.join(words)}." if 0 < len(words) <= _FEW else None


@dataclass(frozen=True, slots=True)
class Leaf:
    """A single value, as written; `quoted` tells `"12"` from `12`."""

    text: str
    line: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A list of values."""

    items: tuple["Item", ...]
    line: int


@dataclass(frozen=True, slots=True)
class Branch:
    """Named values in the order of the file; `lines` says where each name stands."""

    entries: Mapping[str, "Item"]
    lines: Mapping[str, int]
    line: int


Item = Leaf | Row | Branch
EMPTY = Branch({}, {}, 1)


@dataclass
class Reader:
    """Reads one file, gathers its faults; `source` is the name shown, `offset` the lines before the YAML."""

    source: str
    offset: int = 0
    problems: list[Problem] = field(default_factory=list)

    def fault(
        self, line: int, code: str, message: str, suggestion: str | None = None, *, warning: bool = False
    ) -> None:
        """Note a fault."""
        severity = "warning" if warning else "error"
        self.problems.append(Problem(self.source, line, code, message, suggestion, severity))

    def done(self) -> None:
        """Refuse the file when it has an error; warnings alone let it pass."""
        if any(one.severity == "error" for one in self.problems):
            raise BrokenFile(sorted(self.problems, key=lambda one: one.line))

    def load(self, text: str) -> Branch:
        """The whole file as a branch; refuses BrokenFile when it is not YAML or not a mapping."""
        try:
            node = YAML(typ="safe", pure=True).compose(text)
        except MarkedYAMLError as broken:
            mark = broken.problem_mark or broken.context_mark
            line = (mark.line if mark else 0) + 1 + self.offset
            self.fault(line, "not-yaml", f"This is not valid YAML: {broken.problem or broken.context}.")
            node = None
        except Exception as broken:  # noqa: BLE001 - characters that YAML forbids raise a family of their own
            self.fault(1 + self.offset, "not-yaml", f"This is not valid YAML: {str(broken).splitlines()[0]}.")
            node = None
        if node is None and not self.problems:
            self.fault(1 + self.offset, "empty-file", "The file is empty.")
        item = self._item(node) if node is not None else EMPTY
        if not isinstance(item, Branch):
            self.fault(item.line, "not-a-mapping", "The file must be a list of `name: value` lines.")
            item = EMPTY
        self.done()
        return item

    def _item(self, node: Node) -> Item:
        line = node.start_mark.line + 1 + self.offset
        if node.anchor is not None:
            self.fault(line, "anchor", "Anchors and aliases are not allowed: write the value out.")
            return Leaf("", line)
        if isinstance(node, ScalarNode):
            return Leaf(node.value, line, quoted=node.style in {"'", '"', "|", ">"})
        if isinstance(node, SequenceNode):
            return Row(tuple(self._item(one) for one in node.value), line)
        if not isinstance(node, MappingNode):  # pragma: no cover - YAML knows no fourth kind
            raise TypeError(type(node).__name__)
        entries: dict[str, Item] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            name, at = str(key.value), key.start_mark.line + 1 + self.offset
            if name in entries:
                self.fault(at, "duplicate-key", f"“{name}” stands twice; the first is on line {lines[name]}.")
                continue
            entries[name], lines[name] = self._item(value), at
        return Branch(entries, lines, line)

    # What a file may hold, asked in the words of the file.

    def keys(self, branch: Branch, known: Iterable[str], where: str) -> None:
        """Fault each key that the grammar does not know."""
        allowed = tuple(known)
        for name in branch.entries:
            if name not in allowed:
                at = branch.lines[name]
                self.fault(
                    at, "unknown-key", f"“{name}” is not a word of {where}.", did_you_mean(name, allowed)
                )

    def text(self, branch: Branch, name: str, where: str, *, default: str | None = None) -> str:
        """A single value; without `default` it must be there."""
        item = branch.entries.get(name)
        if item is None:
            if default is None:
                self.fault(branch.line, "missing-key", f"{where} says nothing about “{name}”.")
            return default or ""
        if not isinstance(item, Leaf):
            self.fault(branch.lines[name], "not-a-value", f"“{name}” takes one value, not a list.")
            return default or ""
        return item.text

    def number(self, branch: Branch, name: str, where: str) -> int:
        """A whole number from 1."""
        text = self.text(branch, name, where)
        if text and not (text.isascii() and text.isdigit() and int(text) > 0):
            self.fault(
                branch.lines[name], "not-a-number", f"“{name}” takes a whole number from 1, not “{text}”."
            )
            return 1
        return int(text or 1)

    def branch(self, branch: Branch, name: str, where: str, *, needed: bool = False) -> Branch:
        """Named values under `name`; empty when absent and not needed."""
        item = branch.entries.get(name)
        if isinstance(item, Branch):
            return item
        if item is not None:
            self.fault(branch.lines[name], "not-a-mapping", f"“{name}” takes `name: value` pairs.")
        elif needed:
            self.fault(branch.line, "missing-key", f"{where} says nothing about “{name}”.")
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
                self.fault(item.line, "not-a-value", f"“{name}” takes a list of single words.")
        return tuple(found)

    def title(self, branch: Branch, name: str, where: str) -> Title:
        """A wording in fr, de and en; a missing language is a warning, a missing title too."""
        item = branch.entries.get(name)
        line = branch.lines.get(name, branch.line)
        if item is None:
            self.fault(
                line,
                "missing-translation",
                f"{where} has no {name}.",
                "Write {fr: …, de: …, en: …}.",
                warning=True,
            )
            return {}
        if not isinstance(item, Branch):
            self.fault(line, "not-a-mapping", f"The {name} of {where} must be {{fr: …, de: …, en: …}}.")
            return {}
        self.keys(item, LANGUAGES, f"a {name}")
        found = {lang: self.text(item, lang, where, default="") for lang in LANGUAGES if lang in item.entries}
        for lang in LANGUAGES:
            if not found.get(lang):
                self.fault(
                    line,
                    "missing-translation",
                    f"The {name} of {where} is missing in “{lang}”.",
                    warning=True,
                )
        return found


def say(title: Mapping[str, str], lang: str, otherwise: str = "") -> str:
    """The wording in that language, else French, else English, else `otherwise`."""
    return title.get(lang) or title.get("fr") or title.get("en") or otherwise
