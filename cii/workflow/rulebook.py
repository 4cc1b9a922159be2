"""Decision files `workflows/decisions/*.md`: front matter and one Markdown table, read into a frozen table.

Front matter: `table, version, title, valid_from, valid_to, hit_policy, legal_basis, source, inputs {type,
unit, source, title}, outputs {type, title}, why {key: {fr, de, en}}, overlaps [{rules, because}]`. The
Markdown table has the columns `rule`, the inputs, the outputs, `why`; its cells are S-FEEL (inputs) and
values (outputs). `valid_to` is the last day.
Source: workflow.md §3, DMN 1.3 §8.
"""

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from cii.kernel.digest import digest
from cii.kernel.errors import Refusal
from cii.workflow.domain import Domain, day, parse_domain
from cii.workflow.reading import Branch, Problem, Reader, did_you_mean
from cii.workflow.rulelines import Column, Head, Rule, rules_below
from cii.workflow.vocabulary import HitPolicy, Title

FILE_KEYS = (
    "table",
    "version",
    "title",
    "valid_from",
    "valid_to",
    "hit_policy",
    "legal_basis",
    "source",
    "inputs",
    "outputs",
    "why",
    "overlaps",
)
COLUMN_KEYS = ("type", "unit", "source", "legal_basis", "title", "values")
ALL = "all"
"""`overlaps: [{rules: [all], because: …}]` justifies the order of a FIRST table as a whole."""
COLLECTING = frozenset({HitPolicy.SUM, HitPolicy.MIN, HitPolicy.MAX, HitPolicy.COUNT})
RANKED = frozenset({HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER})


@dataclass(frozen=True, eq=False)
class Table:
    """A decision table as published: immutable, known by `digest`, in force `valid_from` to `valid_to`.

    `overlaps` are groups of rules that may hold together, each with its justification (`reasons` in each
    language, `overlap_lines` where it stands).
    """

    id: str
    version: int
    title: Title
    hit_policy: HitPolicy
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rules: tuple[Rule, ...]
    why: Mapping[str, Title]
    valid_from: date
    valid_to: date | None
    legal_basis: tuple[str, ...]
    source: str
    overlaps: Mapping[frozenset[str], str]
    digest: str
    file: str = ""
    warnings: tuple[Problem, ...] = field(default=(), compare=False)
    reasons: Mapping[frozenset[str], Title] = field(default_factory=dict)
    overlap_lines: Mapping[frozenset[str], int] = field(default_factory=dict)

    @cached_property
    def domains(self) -> dict[str, Domain]:
        """The domain of each input."""
        return {column.name: column.domain for column in self.inputs}

    def in_force(self, on: date) -> bool:
        """Whether the table is the law of that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def relevant(self, facts: Mapping[str, object]) -> dict[str, object]:
        """Of many facts, those this table asks for (a fact that is None is not known)."""
        return {one.name: facts[one.name] for one in self.inputs if facts.get(one.name) is not None}


class NoTableInForce(Refusal):
    """No version of the table is in force on that day."""

    code, kind = "no-table-in-force", "conflict"


def table_on(tables: Iterable[Table], identity: str, on: date) -> Table:
    """The version of a table in force on a day (the newest, should two be); refuses NoTableInForce."""
    fitting = [table for table in tables if table.id == identity and table.in_force(on)]
    if not fitting:
        raise NoTableInForce(table=identity, on=on)
    return max(fitting, key=lambda table: (table.valid_from, table.version))


def parse_table(text: str, source: str) -> Table:
    """Read a decision file; refuses BrokenFile with every fault, each with its line."""
    plain = text.replace("\r\n", "\n")
    lines = plain.split("\n")
    reader = Reader(source, offset=1)
    if lines[0].strip() != "---" or "---" not in (line.strip() for line in lines[1:]):
        reader.fault(
            1, "no-front-matter", "A decision file begins with front matter between two lines of ---."
        )
        reader.done()
    close = next(at for at, line in enumerate(lines[1:], 1) if line.strip() == "---")
    root = reader.load("\n".join(lines[1:close]))
    reader.keys(root, FILE_KEYS, "a decision file")
    inputs, outputs = _columns(reader, root, "inputs"), _columns(reader, root, "outputs")
    policy = _policy(reader, root)
    why_branch = reader.branch(root, "why", "The file")
    why = {key: reader.title(why_branch, key, f"sentence “{key}”") for key in why_branch.entries}
    for key, title in why.items():
        _placeholders(reader, why_branch.lines[key], title, {one.name for one in (*inputs, *outputs)})
    valid_from, valid_to = _day(reader, root, "valid_from"), _day(reader, root, "valid_to")
    if valid_from is None and "valid_from" not in root.entries:
        reader.fault(1, "missing-key", "The file says nothing about “valid_from”.")
    if valid_from and valid_to and valid_to < valid_from:
        reader.fault(root.lines["valid_to"], "period-upside-down", "The table ends before it begins.")
    rules = rules_below(reader, lines, close + 1, Head(inputs, outputs, why))
    overlaps = _overlaps(reader, root, {rule.id for rule in rules})
    if policy in COLLECTING and len(outputs) != 1:
        reader.fault(
            root.lines.get("outputs", 1), "one-output", f"Hit policy {policy} takes exactly one output."
        )
    elif policy in COLLECTING - {HitPolicy.COUNT} and outputs and not outputs[0].domain.ordered:
        reader.fault(
            outputs[0].line, "one-output", f"Hit policy {policy} takes an output that can be counted."
        )
    if policy in RANKED and not any(one.domain.values for one in outputs):
        reader.fault(
            root.lines.get("outputs", 1),
            "no-priority",
            f"Hit policy {policy} ranks by allowed values; none are listed.",
        )
    table = Table(
        id=reader.text(root, "table", "The file"),
        version=reader.number(root, "version", "The file"),
        title=reader.title(root, "title", "the table"),
        hit_policy=policy,
        inputs=inputs,
        outputs=outputs,
        rules=rules,
        why=why,
        valid_from=valid_from or date.min,
        valid_to=valid_to,
        legal_basis=tuple(one.text for one in reader.words(root, "legal_basis")),
        source=reader.text(root, "source", "The file", default=""),
        overlaps=overlaps,
        digest=digest(plain),
        file=source,
    )
    reader.done()
    return replace(table, warnings=tuple(reader.problems))


def _policy(reader: Reader, root: Branch) -> HitPolicy:
    text = reader.text(root, "hit_policy", "The file", default="U")
    names = {one.name.lower().replace("_", " "): one for one in HitPolicy} | {
        one.value.lower(): one for one in HitPolicy
    }
    if text.lower() not in names:
        known = [one.value for one in HitPolicy]
        reader.fault(
            root.lines["hit_policy"],
            "unknown-hit-policy",
            f"“{text}” is no hit policy.",
            did_you_mean(text, known),
        )
    return names.get(text.lower(), HitPolicy.UNIQUE)


def _day(reader: Reader, root: Branch, name: str) -> date | None:
    text = reader.text(root, name, "The file", default="")
    if not text:
        return None
    found = day(text)
    if found is None:
        reader.fault(root.lines[name], "bad-date", f"“{text}” is no date.", "Write 2012-01-31.")
    return found


def _columns(reader: Reader, root: Branch, name: str) -> tuple[Column, ...]:
    branch = reader.branch(root, name, "The file", needed=True)
    found = []
    for key, item in branch.entries.items():
        line = branch.lines[key]
        if not isinstance(item, Branch):
            reader.fault(line, "not-a-mapping", f"“{key}” must say its type: {{type: number 0..120, …}}.")
            continue
        reader.keys(item, COLUMN_KEYS, "an input or output")
        text = reader.text(item, "type", f"“{key}”")
        domain = parse_domain(text) if text else Domain("text")
        if isinstance(domain, str):
            reader.fault(
                item.lines.get("type", line),
                "bad-domain",
                f"“{key}”: {domain}.",
                "Write e.g. number 0..120, yes/no.",
            )
            domain = Domain("text")
        words = reader.branch(item, "values", f"“{key}”")
        values = {one: reader.title(words, one, f"value “{one}”") for one in words.entries}
        found.append(
            Column(
                key,
                domain,
                reader.text(item, "unit", key, default=""),
                reader.text(item, "source", key, default=""),
                reader.title(item, "title", f"“{key}”"),
                values,
                line,
            )
        )
    return tuple(found)


def _placeholders(reader: Reader, line: int, title: Title, known: set[str]) -> None:
    for text in title.values():
        try:
            names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        except ValueError:
            reader.fault(line, "bad-placeholder", f"A brace is not closed in “{text}”.")
            continue
        for name in names:
            if name not in known:
                reader.fault(
                    line, "unknown-fact", f"The sentence asks for “{name}”.", did_you_mean(name, known)
                )


def _overlaps(reader: Reader, root: Branch, known: set[str]) -> dict[frozenset[str], str]:
    found = {}
    for item in reader.row(root, "overlaps"):
        if not isinstance(item, Branch):
            reader.fault(item.line, "not-a-mapping", "An overlap is written {rules: [R1, R2], because: …}.")
            continue
        reader.keys(item, ("rules", "because"), "an overlap")
        rules = [one.text for one in reader.words(item, "rules")]
        for rule in rules:
            if rule not in known | {ALL}:
                reader.fault(
                    item.line,
                    "unknown-rule",
                    f"The overlap names “{rule}”, which is no rule.",
                    did_you_mean(rule, known),
                )
        found[frozenset(rules)] = reader.text(item, "because", "An overlap")
    return found
