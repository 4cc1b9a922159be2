"""Answers of the API, derived from tables and from the frozen dataclasses that queries return.

`only(DetectionRow, "ref", "state", person=PERSON)` names the fields of a row or dataclass that are told:
nothing leaks, for only the named ones are written. A dataclass of plain values is told whole by
`answer_schema(CaseLine)`, a row by the library's derivation in `class CaseAnswer(Answer)` with its Meta.
"""

import dataclasses
from collections.abc import Callable, Mapping
from enum import IntFlag, StrEnum
from functools import cache, lru_cache, partial
from typing import Any, ClassVar, get_origin, get_type_hints

import marshmallow as ma
from marshmallow_sqlalchemy import ModelConverter, SQLAlchemyAutoSchema

from cii.store.columns import ChfColumn, UtcDateTime, Words
from cii.wire import fields
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


_MADE: dict[tuple[type[Any], str], type[ma.Schema]] = {}


def answer_schema(shape: type[Any], of: str = "") -> type[ma.Schema]:
    """The schema that tells a frozen dataclass, all its fields in order, nested ones too.

    `of` stands before the name of each in the document, where other rooms have shapes of the same name.
    """
    if (shape, of) in _MADE:
        return _MADE[shape, of]
    hints = get_type_hints(shape)
    members = {one.name: _told(hints[one.name], of) for one in dataclasses.fields(shape)}
    made = _MADE[shape, of] = type(f"{of}{shape.__name__}Answer", (ma.Schema,), members)
    return made


def _told(kind: Any, of: str = "") -> ma.fields.Field[Any]:  # noqa: ANN401, PLR0911 - one line per kind
    kind, optional = without_none(kind)
    more: dict[str, Any] = {"allow_none": optional}
    if kind in SIMPLE:
        told: ma.fields.Field[Any] = SIMPLE[kind](**more)
        return told
    if (inner := item_kind(kind)) is not None:
        return ma.fields.List(_told(inner, of), **more)
    if get_origin(kind) is dict or kind is dict:
        return ma.fields.Dict(**more)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return fields.Word(kind, **more)
    if isinstance(kind, type) and issubclass(kind, IntFlag):
        return fields.Flags(kind, **more)
    if dataclasses.is_dataclass(kind):
        return ma.fields.Nested(answer_schema(kind, of), **more)  # type: ignore[arg-type]
    return ma.fields.Raw(**more)


class Told(ma.Schema):
    """An answer that names its fields and is written straight from the values, so that long lists stay fast.

    Made by `only`. The document is marshmallow's; `HouseJson` writes money, dates and words.
    """

    ways: ClassVar[tuple[tuple[str, Callable[[Any], Any] | None], ...]] = ()

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:  # noqa: ANN401 - the library's signature
        """The plain values of one, or with `many` of several."""
        several = self.many if many is None else many
        return [self.tell(one) for one in obj] if several else self.tell(obj)

    @classmethod
    def tell(cls, held: Any) -> dict[str, Any]:  # noqa: ANN401 - a row or dataclass
        """The plain values of one; of a mapping only what it holds."""
        if isinstance(held, Mapping):
            return {name: _way(way, held[name]) for name, way in cls.ways if name in held}
        return {name: _way(way, getattr(held, name)) for name, way in cls.ways}


def only(shape: type[Any], *names: str, called: str = "", **nested: type[Told]) -> type[Told]:
    """The schema that tells these fields of a row or dataclass only; `nested` ones name their own schema."""
    hints = get_type_hints(shape)
    members: dict[str, Any] = {}
    ways: list[tuple[str, Callable[[Any], Any] | None]] = []
    for name in names:
        kind, optional = without_none(hints[name])
        members[name] = _told(hints[name])
        flags = isinstance(kind, type) and issubclass(kind, IntFlag)
        ways.append((name, partial(_flag_names, kind) if flags else None))
        if _holds_dataclass(kind):
            raise TypeError(f"say which fields of {name} are told")
        members[name].allow_none = optional
    for name, schema in nested.items():
        kind, optional = without_none(hints[name])
        several = item_kind(kind) is not None
        held = ma.fields.Nested(schema, allow_none=optional)
        members[name] = ma.fields.List(held, allow_none=optional) if several else held
        ways.append((name, partial(_each, schema) if several else schema.tell))
    title = called or f"{shape.__name__}Answer"
    return type(title, (Told,), {"__doc__": shape.__doc__, "ways": tuple(ways), **members})


@cache
def paged(schema: type[Told]) -> type[Told]:
    """One page of such answers: `items` and the mark of the next page, or null."""
    members = {
        "items": ma.fields.List(ma.fields.Nested(schema)),
        "next": ma.fields.String(allow_none=True, metadata={"description": "pass as `after`"}),
        "ways": (("items", partial(_each, schema)), ("next", None)),
    }
    return type(f"{schema.__name__.removesuffix('Answer')}Page", (Told,), members)


def parts(title: str, **nested: type[Told] | tuple[type[Told]]) -> type[Told]:
    """A mapping by name in which a part that the reader may not see is absent; a tuple marks several."""
    members: dict[str, Any] = {}
    ways: list[tuple[str, Callable[[Any], Any]]] = []
    for name, schema in nested.items():
        if isinstance(schema, tuple):
            members[name] = ma.fields.List(ma.fields.Nested(schema[0]))
            ways.append((name, partial(_each, schema[0])))
        else:
            members[name] = ma.fields.Nested(schema)
            ways.append((name, schema.tell))
    return type(title, (Told,), {"ways": tuple(ways), **members})


def _way(way: Callable[[Any], Any] | None, value: Any) -> Any:  # noqa: ANN401
    return value if way is None or value is None else way(value)


def _each(schema: type[Told], held: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    return [schema.tell(one) for one in held]


@lru_cache(maxsize=1024)
def _flag_names(flags: type[IntFlag], held: IntFlag) -> tuple[str, ...]:
    """The names of the flags that are set: lists tell the same few sets over and over."""
    return tuple(str(flag.name).lower() for flag in flags if flag in flags(held))


def _holds_dataclass(kind: Any) -> bool:  # noqa: ANN401
    inner = item_kind(kind) or kind
    return dataclasses.is_dataclass(inner) and inner not in SIMPLE
