"""What the columns and figures of a report's files mean: a dictionary for CSV, a schema for JSON. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cii.documents.table import Cell, Column, Table
from cii.documents.table import Kind as ColumnKind
from cii.reports.kinds import Kind, Meaning
from cii.texts.languages import LANGUAGES
from cii.texts.speech import say

_TYPES: Mapping[ColumnKind, str] = {
    "integer": "integer",
    "money": "money (CHF)",
    "percent": "share of one",
    "number": "number",
    "date": "date (ISO 8601)",
}
_COLUMNS: Mapping[str, str] = {
    "section": "reports.column.section",
    "key": "reports.column.key",
    "figure": "reports.column.figure",
    "value": "reports.column.value",
    "state": "reports.column.state",
}
_EXACT = {"type": ["string", "integer", "null"], "pattern": r"^-?\d+(/\d+|\.\d+)?$"}
_SHAPES: Mapping[ColumnKind, Mapping[str, Any]] = {
    "integer": {"type": ["integer", "null"]},
    "money": {"type": ["string", "null"], "pattern": r"^-?\d+\.\d\d$"},
    "percent": _EXACT,
    "number": _EXACT,
    "date": {
        "type": ["string", "array", "null"],
        "format": "date",
        "items": {"type": "string", "format": "date"},
    },
}
_MOMENT = {"type": ["string", "null"], "format": "date-time"}
_PATHS = {"type": "array", "items": {"type": "string"}}


def dictionary(kind: Kind) -> Table:
    """Every column of the CSV file of a kind, then every figure by section, named and defined by language."""
    heads = [
        "section", "figure", "type",
        *(f"name_{lang}" for lang in LANGUAGES), *(f"meaning_{lang}" for lang in LANGUAGES),
    ]  # fmt: skip
    rows = [*(_column(name, text) for name, text in _COLUMNS.items()), *map(_figure, kind.meanings())]
    return Table(kind.name.value, [Column(one) for one in heads], rows)


def _column(name: str, text: str) -> list[Cell]:
    means = (say(text, lang) for lang in LANGUAGES)
    return ["", name, "text", *(name for _ in LANGUAGES), *means]


def _figure(one: Meaning) -> list[Cell]:
    means = (say(one.means, lang) if one.means else "" for lang in LANGUAGES)
    kind = _TYPES.get(one.kind, "text")
    return [one.section, one.name, kind, *(say(one.text, lang) for lang in LANGUAGES), *means]


def schema(kind: Kind) -> dict[str, Any]:
    """The JSON schema (2020-12) of a kind: what stands in its file always, and its figures by section."""
    sections = {one.section: one.keyed for one in kind.meanings()}
    parts: dict[str, Any] = {}
    for section, keyed in sections.items():
        row = _row(one for one in kind.meanings() if one.section == section)
        parts[section] = {"type": "object", "additionalProperties": row} if keyed else row
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind.name.value,
        "type": "object",
        "required": ["report", "values"],
        "additionalProperties": False,
        "properties": {"report": _REPORT, "values": _values(kind, parts)},
    }


_REPORT: Mapping[str, Any] = {
    "type": "object",
    "required": ["draft", "known_at", "frozen_at", "version", "sha256"],
    "properties": {
        "draft": {"type": "boolean"},
        "known_at": {"type": "string", "format": "date-time"},
        "frozen_at": _MOMENT,
        "version": {"type": ["integer", "null"], "minimum": 1},
        "sha256": {"type": ["string", "null"], "pattern": "^[0-9a-f]{64}$"},
    },
}


def _values(kind: Kind, parts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["form", "kind", "period", "first", "last", "hidden", "unknown", *parts],
        "properties": {
            "form": {"type": "integer"},
            "kind": {"const": kind.name.value},
            "period": {"type": "string"},
            "first": {"type": "string", "format": "date"},
            "last": {"type": "string", "format": "date"},
            "hidden": _PATHS,
            "unknown": _PATHS,
            **parts,
        },
    }


def _row(meanings: Iterable[Meaning]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(_shapes(meanings))}


def _shapes(meanings: Iterable[Meaning]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for one in meanings:
        yield one.name, _SHAPES.get(one.kind, {})
