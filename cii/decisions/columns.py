"""The inputs and outputs that the front matter of a decision file declares.

Each says at least its `type` (a domain, see `domain`); an output may have a `default`, its value where no
rule holds. Source: workflow.md §3; DMN 1.3 §8.2.12 (default output entries).
"""

from typing import Any

from cii.decisions.domain import Domain, parse_domain
from cii.decisions.rulelines import Column
from cii.decisions.sfeel import BadCell, literal
from cii.files.problems import at, example
from cii.files.reading import Branch, Reader, say
from cii.files.vocabulary import Title

COLUMN_KEYS = ("type", "unit", "source", "legal_basis", "title", "values")


def columns_in(reader: Reader, root: Branch, name: str) -> tuple[Column, ...]:
    """The columns under `inputs` or `outputs`; faults go to the reader."""
    branch = reader.branch(root, name, at("file"), needed=True)
    found = []
    for key, item in branch.entries.items():
        if isinstance(item, Branch):
            found.append(_column(reader, branch, key, item, output=name == "outputs"))
        else:
            hint = example("{type: number 0..120}")
            reader.note(branch.mark(key), "column-without-type", hint, where=at("column", key))
    return tuple(found)


def _column(reader: Reader, branch: Branch, key: str, item: Branch, *, output: bool) -> Column:
    where = at("column", key)
    reader.keys(item, (*COLUMN_KEYS, "default") if output else COLUMN_KEYS, where)
    text = reader.text(item, "type", where)
    domain = parse_domain(text) if text else Domain("text")
    if isinstance(domain, str):
        hint = example('number 0..120, yes/no, text "a", "b"')
        reader.note(item.mark("type"), "bad-domain", hint, fact=key, said=domain)
        domain = Domain("text")
    words = reader.branch(item, "values", where)
    unit, units = worded(reader, item, "unit", where)
    source, sources = worded(reader, item, "source", where)
    default, has_default = _default(reader, item, domain, where) if output else (None, False)
    return Column(
        key,
        domain,
        unit,
        source,
        reader.title(item, "title", where),
        {one: reader.title(words, one, at("value", one)) for one in words.entries},
        branch.lines[key],
        default,
        has_default,
        units,
        sources,
    )


def worded(reader: Reader, item: Branch, name: str, where: str) -> tuple[str, Title]:
    """A wording as one text or one per language: the French or only one, and those per language."""
    if isinstance(item.entries.get(name), Branch):
        said = reader.title(item, name, where)
        return say(said, "fr"), said
    return reader.text(item, name, where, default=""), {}


def _default(reader: Reader, item: Branch, domain: Domain, where: str) -> tuple[Any, bool]:
    if "default" not in item.entries:
        return None, False
    text = reader.text(item, "default", where)
    try:
        return literal(text, domain), True
    except BadCell as bad:
        reader.note(item.mark("default"), "bad-default", bad.suggestion, where=where, said=bad.said)
        return None, True
