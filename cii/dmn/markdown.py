"""A table written as our decision file: front matter and a Markdown table, for a lawyer to read and complete.

What a model does not say (source, legal basis, dates, wording in three languages) is marked `[à compléter]`;
such a file reads, but `rules check` names each mark and its table is in force on no day.
Source: workflow.md §3.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from cii.decisions.domain import Domain, shown
from cii.decisions.rulebook import Table
from cii.decisions.rulelines import Column, Rule
from cii.decisions.sfeel import ANY, Cell
from cii.decisions.vocabulary import HitPolicy
from cii.dmn.deciding import table_of
from cii.dmn.feel import is_name
from cii.dmn.model import DmnDecision, DmnModel
from cii.files.vocabulary import LANGUAGES, Title
from cii.texts.speech import Saying

TO_COMPLETE = "[à compléter]"
"""Stands where the author has still to write."""
NEVER = date(9999, 12, 31)
"""`valid_from` of a table that nobody has put in force yet."""


class NoDecisionFile(ValueError):  # noqa: N818 - the word of the trade
    """The decision cannot be written as a decision file, although it can be decided; the text says why."""


def slug(name: str) -> str:
    """A name as the id of a table: small letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "table"


def decision_file(model: DmnModel, decision: DmnDecision) -> str:
    """The decision as the text of a decision file; refuses NoDecisionFile with the reason."""
    if decision.formula:
        raise NoDecisionFile(Saying("problem.dmn.file.formula"))
    if not decision.fixed:
        raise NoDecisionFile(Saying("problem.dmn.file.computes"))
    table = table_of(decision, {})
    for column, given in zip(table.inputs, decision.inputs, strict=True):
        renamed = len(given.expression.names) == 1 and is_name(column.name)
        if given.expression.names != {column.name} and not renamed:
            raise NoDecisionFile(Saying("problem.dmn.file.input", text=given.expression.text))
    if decision.front:
        return f"---\n{decision.front}\n---\n\n{_body(table, decision.description)}"
    rules = table.rules + _otherwise(decision)
    if any(value is None for rule in rules for value in rule.outputs):
        raise NoDecisionFile(Saying("problem.dmn.file.null"))
    why = {rule.why: rule_title for rule in rules for rule_title in [table.why.get(rule.why, {})]}
    made = replace(
        table,
        id=slug(decision.name),
        title=_titled({"fr": decision.name}),
        valid_from=NEVER,
        source=f"{model.file} ; {TO_COMPLETE}",
        legal_basis=(TO_COMPLETE,),
        rules=rules,
        why={key: _titled(title) for key, title in why.items()},
        inputs=tuple(
            _named(one, label.label) for one, label in zip(table.inputs, decision.inputs, strict=True)
        ),
        outputs=tuple(
            _named(one, label.label) for one, label in zip(table.outputs, decision.outputs, strict=True)
        ),
    )
    return markdown(made, decision.description)


def _titled(title: Title) -> Title:
    return {lang: title.get(lang) or TO_COMPLETE for lang in LANGUAGES}


def _named(column: Column, label: str) -> Column:
    return replace(column, title=_titled({"fr": label or column.name}), source=TO_COMPLETE)


def _otherwise(decision: DmnDecision) -> tuple[Rule, ...]:
    """The defaults of a FIRST table as its last rule, which says the same; other policies cannot."""
    if not any(one.default for one in decision.outputs):
        return ()
    if decision.policy is not HitPolicy.FIRST:
        raise NoDecisionFile(Saying("problem.dmn.file.defaults"))
    values = tuple(one.default.run({}) if one.default else None for one in decision.outputs)
    return (Rule("otherwise", (ANY,) * len(decision.inputs), values, "otherwise"),)


def markdown(table: Table, text: str = "") -> str:
    """A table as the text of its decision file."""
    return f"---\n{front_matter(table)}\n---\n\n{_body(table, text)}"


def front_matter(table: Table) -> str:
    """The front matter of a table, without the lines that enclose it."""
    return "\n".join(_front(table))


def _front(table: Table) -> Iterator[str]:
    yield f"table: {_quoted(table.id)}"
    yield f"version: {table.version}"
    yield f"title: {_title(table.title)}"
    yield f"valid_from: {table.valid_from.isoformat()}"
    if table.valid_to:
        yield f"valid_to: {table.valid_to.isoformat()}"
    yield f"hit_policy: {_quoted(table.hit_policy.value)}"
    if table.legal_basis:
        yield f"legal_basis: [{', '.join(map(_quoted, table.legal_basis))}]"
    if table.source:
        yield f"source: {_title(table.sources) if table.sources else _quoted(table.source)}"
    for name, columns in (("inputs", table.inputs), ("outputs", table.outputs)):
        yield f"{name}:"
        for column in columns:
            yield from _column(column)
    yield "why:"
    for key, title in table.why.items():
        yield f"  {_quoted(key)}: {_title(title)}"
    if table.overlaps:
        yield "overlaps:"
        for rules, because in table.overlaps.items():
            yield f"  - {{rules: [{', '.join(map(_quoted, sorted(rules)))}], because: {_quoted(because)}}}"


def _column(column: Column) -> Iterator[str]:
    yield f"  {_quoted(column.name)}:"
    yield f"    type: {_yaml(domain_text(column.domain))}"
    said = (("unit", column.unit, column.units), ("source", column.source, column.sources))
    for key, text, words in said:
        if text:
            yield f"    {key}: {_title(words) if words else _quoted(text)}"
    yield f"    title: {_title(column.title)}"
    if column.values:
        yield "    values:"
        for value, title in column.values.items():
            yield f"      {_quoted(value)}: {_title(title)}"


def domain_text(domain: Domain) -> str:
    """A domain as the files write it."""
    if isinstance(domain.allowed, Cell):
        return f"{domain.kind} {domain.allowed.text}{' optional' if domain.optional else ''}"
    return str(domain)


def _body(table: Table, text: str) -> str:
    names = ["rule", *(one.name for one in (*table.inputs, *table.outputs)), "why"]
    rows = [
        [rule.id, *(cell.text for cell in rule.cells), *(shown(one) for one in rule.outputs), rule.why]
        for rule in table.rules
    ]
    if any("\n" in cell for row in (names, *rows) for cell in row):
        raise NoDecisionFile(Saying("problem.dmn.file.lines"))
    lines = [f"# {table.title.get('fr') or table.id}", ""]
    if text:
        lines += [text, ""]
    lines += [_line(names), "|" + "------|" * len(names), *(_line(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(one.replace("|", "\\|") for one in cells) + " |"


def _quoted(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z][\w-]*", text, re.ASCII) and text not in _WORDS else _yaml(text)


_WORDS = frozenset({"yes", "no", "true", "false", "null", "on", "off"})


def _yaml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _title(title: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{lang}: {_yaml(text)}" for lang, text in title.items()) + "}"


def to_complete(table: Table) -> list[str]:
    """What the author of a table has still to write, in words; empty for a table that can be published."""
    places = [("source", table.source), ("legal_basis", " ".join(table.legal_basis))]
    places += [("title", " ".join(table.title.values()))]
    places += [(f"why {key}", " ".join(title.values())) for key, title in table.why.items()]
    for column in (*table.inputs, *table.outputs):
        places.append((column.name, " ".join((column.source, *column.title.values()))))
    found = [place for place, text in places if TO_COMPLETE in text]
    return found + (["valid_from"] if table.valid_from == NEVER else [])
