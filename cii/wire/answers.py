"""Answers of the API, derived from tables and from the frozen dataclasses that queries return.

For a row, `class CaseAnswer(Answer)` names model and fields in its Meta (derived from `Answer.Meta`): nothing
leaks, for only the named fields are written. For a dataclass of plain values, `answer_schema(CaseLine)`.
"""

import dataclasses
from enum import IntFlag, StrEnum
from typing import Any, get_origin, get_type_hints

import marshmallow as ma
from marshmallow_sqlalchemy import ModelConverter, SQLAlchemyAutoSchema

from cii.store.columns import ChfColumn, UtcDateTime, Words
from cii.wire import fields
from cii.wire.pages import Page
from cii.wire.schema import SIMPLE, item_kind, without_none


class _Converter(ModelConverter):
    """Knows the column types of the house."""

    SQLA_TYPE_MAPPING = {  # noqa: RUF012 - the library's own way
        **ModelConverter.SQLA_TYPE_MAPPING,
        ChfColumn: fields.Money,
        UtcDateTime: ma.fields.AwareDateTime,
        Words: ma.fields.String,
    }


class Answer(SQLAlchemyAutoSchema[Any]):
    """A row as the API tells it; the subclass names its model and its fields."""

    class Meta:
        """Told by the subclass."""

        model_converter = _Converter


class ProblemAnswer(ma.Schema):
    """How the API says no (RFC 9457): each reason with its field, its facts and its sentence."""

    type = ma.fields.String(metadata={"description": "urn:cii:problem:<code>"})
    title = ma.fields.String()
    status = ma.fields.Integer()
    code = ma.fields.String(metadata={"description": "the stable name of the first reason"})
    reasons = ma.fields.List(
        ma.fields.Nested(
            ma.Schema.from_dict(
                {
                    "code": ma.fields.String(),
                    "field": ma.fields.String(allow_none=True),
                    "facts": ma.fields.Dict(),
                    "text": ma.fields.String(),
                },
                name="ReasonAnswer",
            )
        )
    )
    instance = ma.fields.String(metadata={"description": "the address asked"})
    request_id = ma.fields.String(metadata={"description": "finds the request in the log and the journal"})


_MADE: dict[type[Any], type[ma.Schema]] = {}


def answer_schema(shape: type[Any]) -> type[ma.Schema]:
    """The schema that tells a frozen dataclass, all its fields in order, nested ones too."""
    if shape in _MADE:
        return _MADE[shape]
    hints = get_type_hints(shape)
    members = {one.name: _told(hints[one.name]) for one in dataclasses.fields(shape)}
    made = _MADE[shape] = type(f"{shape.__name__}Answer", (ma.Schema,), members)
    return made


def page_schema(shape: type[Any]) -> type[ma.Schema]:
    """The schema of one page of such dataclasses: `items` and the mark of the next page, or null."""
    members = {
        "items": ma.fields.List(ma.fields.Nested(answer_schema(shape))),
        "next": ma.fields.String(allow_none=True, metadata={"description": "pass as `after`"}),
    }
    return _MADE.setdefault(Page[shape], type(f"{shape.__name__}Page", (ma.Schema,), members))  # type: ignore[valid-type]


def _told(kind: Any) -> ma.fields.Field[Any]:  # noqa: ANN401, PLR0911 - one line per kind
    kind, optional = without_none(kind)
    more: dict[str, Any] = {"allow_none": optional}
    if kind in SIMPLE:
        told: ma.fields.Field[Any] = SIMPLE[kind](**more)
        return told
    if (inner := item_kind(kind)) is not None:
        return ma.fields.List(_told(inner), **more)
    if get_origin(kind) is dict or kind is dict:
        return ma.fields.Dict(**more)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return fields.Word(kind, **more)
    if isinstance(kind, type) and issubclass(kind, IntFlag):
        return fields.Flags(kind, **more)
    if dataclasses.is_dataclass(kind):
        return ma.fields.Nested(answer_schema(kind), **more)  # type: ignore[arg-type]
    return ma.fields.Raw(**more)
