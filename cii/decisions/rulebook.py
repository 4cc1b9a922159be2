"""Decision files `workflows/decisions/*.md`: front matter and one Markdown table, read into a frozen table.

Front matter: `table, version, title, valid_from, valid_to, hit_policy, legal_basis, source, inputs {type,
unit, source, title}, outputs {type, title, default}, why {key: {fr, de, en}}, overlaps [{rules, because}]`.
The Markdown table has the columns `rule`, the inputs, the outputs, `why`; its cells are S-FEEL (inputs) and
values (outputs). `valid_to` is the last day.
Source: workflow.md §3, DMN 1.3 §8.
"""

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from cii.decisions.columns import columns_in, worded
from cii.decisions.domain import Domain, day
from cii.decisions.rulelines import Column, Head, Rule, rules_below
from cii.decisions.vocabulary import HitPolicy
from cii.files.problems import Mark, Problem, at, did_you_mean, example, hint
from cii.files.reading import MAX_CHARACTERS, Branch, Reader, say
from cii.files.vocabulary import Title
from cii.kernel.digest import digest
from cii.kernel.errors import Refusal

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
ALL = "all"
"""`overlaps: [{rules: [all], because: …}]` justifies the order of a FIRST table as a whole."""
COLLECTING = frozenset({HitPolicy.SUM, HitPolicy.MIN, HitPolicy.MAX, HitPolicy.COUNT})
RANKED = frozenset({HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER})


@dataclass(frozen=True, eq=False)
class Table:
    """A decision table as published: immutable, known by `digest`, in force `valid_from` to `valid_to`.

    `source` is the French or only wording, `sources` those per language. `overlaps` are groups of rules that
    may hold together, each with its justification (`reasons` in each language, `overlap_lines` where it
    stands).
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
    sources: Title = field(default_factory=dict)

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
        reader.note(1, "no-front-matter", hint("front-matter"))
        reader.done()
    close = next(number for number, line in enumerate(lines[1:], 1) if line.strip() == "---")
    if len(plain) > MAX_CHARACTERS:
        size, limit = len(plain) // 1000, MAX_CHARACTERS // 1000
        reader.note(1, "file-too-large", size=size, limit=limit)
        reader.done()
    root = reader.load("\n".join(lines[1:close]))
    the_file = at("file")
    reader.keys(root, FILE_KEYS, the_file)
    inputs, outputs = columns_in(reader, root, "inputs"), columns_in(reader, root, "outputs")
    policy = _policy(reader, root, outputs)
    why_branch = reader.branch(root, "why", the_file)
    why = {key: reader.title(why_branch, key, at("sentence", key)) for key in why_branch.entries}
    for key, title in why.items():
        _placeholders(reader, why_branch.mark(key), title, {one.name for one in (*inputs, *outputs)})
    valid_from, valid_to = _day(reader, root, "valid_from"), _day(reader, root, "valid_to")
    if valid_from is None and "valid_from" not in root.entries:
        reader.note(1, "missing-key", name="valid_from", where=the_file)
    if valid_from and valid_to and valid_to < valid_from:
        reader.note(root.mark("valid_to"), "period-upside-down")
    rules = rules_below(reader, lines, close + 1, Head(inputs, outputs, why))
    overlaps = _overlaps(reader, root, {rule.id for rule in rules})
    said, sources = worded(reader, root, "source", the_file)
    table = Table(
        id=reader.text(root, "table", the_file),
        version=reader.number(root, "version", the_file),
        title=reader.title(root, "title", the_file),
        hit_policy=policy,
        inputs=inputs,
        outputs=outputs,
        rules=rules,
        why=why,
        valid_from=valid_from or date.min,
        valid_to=valid_to,
        legal_basis=tuple(one.text for one in reader.words(root, "legal_basis")),
        source=said,
        sources=sources,
        overlaps={rules: say(reason, "fr") for rules, (reason, _) in overlaps.items()},
        reasons={rules: reason for rules, (reason, _) in overlaps.items()},
        overlap_lines={rules: line for rules, (_, line) in overlaps.items()},
        digest=digest(plain),
        file=source,
    )
    reader.done()
    return replace(table, warnings=tuple(reader.problems))


def _policy(reader: Reader, root: Branch, outputs: tuple[Column, ...]) -> HitPolicy:
    text = reader.text(root, "hit_policy", at("file"), default="U")
    names = {one.name.lower().replace("_", " "): one for one in HitPolicy} | {
        one.value.lower(): one for one in HitPolicy
    }
    if text.lower() not in names:
        known = [one.value for one in HitPolicy]
        reader.note(root.mark("hit_policy"), "unknown-hit-policy", did_you_mean(text, known), name=text)
        return HitPolicy.UNIQUE
    policy = names[text.lower()]
    if policy in COLLECTING and len(outputs) != 1:
        reader.note(root.mark("outputs"), "one-output", policy=policy.value, count=len(outputs))
    elif policy in COLLECTING and not _counts(policy, outputs[0].domain):
        said = str(outputs[0].domain)
        reader.note(outputs[0].line, "output-not-countable", policy=policy.value, domain=said)
    if policy in RANKED and not any(one.domain.values for one in outputs):
        reader.note(root.mark("outputs"), "no-priority", policy=policy.value)
    return policy


def _counts(policy: HitPolicy, domain: Domain) -> bool:
    """Whether the outputs can be added up, compared or counted, as the policy needs."""
    if policy is HitPolicy.SUM:
        return domain.kind in {"number", "whole", "money", "months", "days"}
    return policy is HitPolicy.COUNT or domain.ordered


def _day(reader: Reader, root: Branch, name: str) -> date | None:
    text = reader.text(root, name, at("file"), default="")
    if not text:
        return None
    found = day(text)
    if found is None:
        reader.note(root.mark(name), "bad-date", example("2012-01-31"), value=text)
    return found


def _placeholders(reader: Reader, mark: Mark, title: Title, known: set[str]) -> None:
    for text in title.values():
        try:
            names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        except ValueError:
            reader.note(mark, "bad-placeholder", text=text)
            continue
        for name in names:
            if name not in known:
                reader.note(mark, "unknown-placeholder", did_you_mean(name, known), name=name)


def _overlaps(reader: Reader, root: Branch, known: set[str]) -> dict[frozenset[str], tuple[Title, int]]:
    """The justified groups of rules, with the wording (one text counts as French) and the line."""
    found: dict[frozenset[str], tuple[Title, int]] = {}
    for item in reader.row(root, "overlaps"):
        mark = Mark(item.line, item.column)
        if not isinstance(item, Branch):
            reader.note(mark, "bad-overlap", example("{rules: [R1, R2], because: …}"))
            continue
        reader.keys(item, ("rules", "because"), at("overlap"))
        rules = [one.text for one in reader.words(item, "rules")]
        for rule in rules:
            if rule not in known | {ALL}:
                reader.note(mark, "unknown-rule", did_you_mean(rule, known), name=rule)
        if len(set(rules)) < 2 and rules != [ALL]:  # noqa: PLR2004 - a pair
            reader.note(mark, "overlap-of-one")
        if isinstance(item.entries.get("because"), Branch):
            reason = reader.title(item, "because", at("overlap"))
        else:
            reason = {"fr": reader.text(item, "because", at("overlap"))}
        found[frozenset(rules)] = (reason, item.line)
    return found
