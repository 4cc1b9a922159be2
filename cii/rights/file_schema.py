"""What the JSON file of a person looks like, as JSON Schema (2020-12), from the same list that fills it.

The package holds it as `person_file.schema.json`; a change of the file is a new number of its format.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Integer

from cii.access.vocabulary import Section
from cii.rights.file_parts import PERSON
from cii.rights.file_reading import KINDS, SECTIONS
from cii.rights.queries import FORMAT
from cii.rights.vocabulary_requests import MedicalWay
from cii.rights.vocabulary_retention import Keeping
from cii.store.columns import ChfColumn, UtcDateTime, Words
from cii.store.telling import Part
from cii.texts.languages import LANGUAGES

_TEXT: Mapping[str, Any] = {"type": "string"}
_MOMENT: Mapping[str, Any] = {"type": "string", "format": "date-time"}
_NUMBER: Mapping[str, Any] = {"type": "integer"}
_NAMES: Mapping[str, Any] = {
    "type": "array",
    "items": {"enum": [(one.name or "").lower() for one in Section]},
}


def schema() -> dict[str, Any]:
    """The whole schema."""
    person = {
        "ref": _TEXT,
        "avs": _or_nothing(_TEXT),
        "kept_since": _MOMENT,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "File of a person kept by the interinstitutional cooperation (CII)",
        "description": (
            "Moments are in UTC, days are Swiss days, sums are whole centimes. `unit` is the unit that wrote "
            "it, `by` the function of whoever did; names of others than the person are not in the file."
        ),
        **_object({
            "request": _object({
                "ref": _TEXT,
                "asked_on": {"type": "string", "format": "date"},
                "medical": {"enum": [one.value for one in MedicalWay]},
                "physician": _or_nothing(_TEXT),
            }),
            "format": {"const": FORMAT},
            "made_at": _MOMENT,
            "person": _object({**person, "also_kept_as": _many(_object(person))}),
            **{part.name: _part(part) for part in PERSON},
            "terms": _many(_object({
                "rule": {"enum": [one.value for one in Keeping]},
                "until": {"type": "string", "format": "date"},
            })),
            "history": _many(_object({
                "at": _MOMENT,
                "unit": _or_nothing(_TEXT),
                "by": _TEXT,
                "action": _TEXT,
                "kind": _TEXT,
                "sections": _NAMES,
                "basis": _or_nothing(_TEXT),
            })),
            "withheld": _many(_object({
                "what": {"enum": [
                    "internal_notes", "drafts", "medical_statements", "medical_documents", "hold_reasons",
                ]},
                "count": _NUMBER,
                "ground": {"enum": ["internal", "proceedings", "via_physician", "not_asked"]},
            })),
        }, without=frozenset({"request"})),
    }  # fmt: skip


def _part(part: Part) -> dict[str, Any]:
    told: dict[str, Any] = {name: _column(part.table.c[column]) for column, name in part.columns}
    if part.flat:
        return _many(next(iter(told.values())))
    told |= {child.name: _part(child) for child in part.parts}
    if part.name == "disclosures":
        told["told"] = _object(dict.fromkeys(LANGUAGES, _TEXT))
    return _many(_object(told, without=part.medical))


def _column(column: "Column[Any]") -> dict[str, Any]:
    if column.name in KINDS:
        return _or_nothing(_TEXT)
    told = dict(_NAMES) if column.name in SECTIONS else _type(column)
    return _or_nothing(told) if column.nullable and told else told


def _type(column: "Column[Any]") -> dict[str, Any]:
    if isinstance(column.type, Words):
        return {"enum": [one.value for one in column.type.words]}
    return next((dict(told) for kinds, told in _TYPES if isinstance(column.type, kinds)), dict(_TEXT))


_TYPES: tuple[tuple[tuple[type, ...], Mapping[str, Any]], ...] = (
    ((UtcDateTime,), _MOMENT),
    ((Date,), {"type": "string", "format": "date"}),
    ((Boolean,), {"type": "boolean"}),
    ((ChfColumn, Integer), _NUMBER),
    ((JSON,), {}),
)
"""Type of a column → what stands in the file; everything else is text, plain values are anything."""


def _object(properties: Mapping[str, Any], without: frozenset[str] = frozenset()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: dict(one) for name, one in properties.items()},
        "required": [name for name in properties if name not in without],
        "additionalProperties": False,
    }


def _many(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(item)}


def _or_nothing(told: Mapping[str, Any]) -> dict[str, Any]:
    return {"anyOf": [dict(told), {"type": "null"}]}
