"""From a command dataclass to the schema that loads into it: a wish is written once, in `actions.py`.

`request_schema(AssignPlacement)` is a marshmallow schema class; unknown fields are refused, each fault
names its field, all faults come at once. The same schema reads JSON and, after `forms.form_values`, an HTML
form.

What the command may say about a field: `field(metadata={"max": 2000, "min": 1, "choices": (…), "pattern":
"…", "secret": True})`. `max`/`min` are characters for text, items for tuples, the value for numbers, money
and dates.
"""

import dataclasses
import types
from collections.abc import Mapping
from datetime import date, datetime
from enum import IntFlag, StrEnum
from functools import partial
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import marshmallow as ma

from cii.kernel.errors import Refusal, refuse
from cii.kernel.money import Chf
from cii.kernel.period import Quarter
from cii.kernel.span import Span
from cii.wire import fields, refusals

Command = TypeVar("Command")
_BY_CODE: dict[str, type[Refusal]] = {
    "missing-field": refusals.MissingField,
    "unknown-field": refusals.UnknownField,
    "unfit-field": refusals.FieldFault,
}
SIMPLE: dict[type, type[Any]] = {
    str: fields.Text,
    bool: fields.YesNo,
    int: fields.Whole,
    Chf: fields.Money,
    date: fields.Day,
    datetime: fields.Moment,
    Quarter: fields.QuarterText,
    Span: fields.SpanText,
}


class RequestSchema(ma.Schema):
    """A schema that loads into the command it was made from."""

    command: Any = None
    given: tuple[str, ...] = ()
    """Fields that the address gives, not the body; the result then waits for them: `ask(case_ref=ref)`."""

    error_messages = {"unknown": "unknown-field", "type": "unfit-field"}  # noqa: RUF012 - as marshmallow reads it

    class Meta:
        """Unknown fields are refused by name."""

        unknown = ma.RAISE

    @ma.post_load
    def _into_command(self, values: dict[str, Any], **_: Any) -> Any:  # noqa: ANN401
        return partial(self.command, **values) if self.given else self.command(**values)


_MADE: dict[tuple[type[Any], tuple[str, ...]], type["RequestSchema"]] = {}


def request_schema(command: type[Any], *, given: tuple[str, ...] = ()) -> type[RequestSchema]:
    """The schema of a frozen dataclass; `given` names the fields that the address gives.

    Kinds: str, int, bool, date, aware datetime, Chf, Quarter, Span, StrEnum, IntFlag, nested dataclasses,
    tuples and frozensets of these, dict[str, str], each also optional.
    """
    if (command, given) in _MADE:
        return _MADE[command, given]
    hints = get_type_hints(command)
    members: dict[str, Any] = {"command": command, "given": given}
    for one in dataclasses.fields(command):
        if one.init and one.name not in given:
            members[one.name] = field_for(hints[one.name], one)
    unknown = set(given) - {one.name for one in dataclasses.fields(command)}
    if unknown:
        raise TypeError(f"{command.__name__} has no field {', '.join(sorted(unknown))}")
    name = f"{command.__name__}Request" + "".join(f"Without{one.title().replace('_', '')}" for one in given)
    made = _MADE[command, given] = type(name, (RequestSchema,), members)
    return made


def field_for(kind: Any, one: "dataclasses.Field[Any]") -> ma.fields.Field[Any]:  # noqa: ANN401
    """The marshmallow field for one field of a dataclass."""
    kind, optional = without_none(kind)
    more: dict[str, Any] = {"limits": dict(one.metadata), "allow_none": optional}
    if one.default is not dataclasses.MISSING:
        more["load_default"] = one.default
    elif one.default_factory is not dataclasses.MISSING:
        more["load_default"] = one.default_factory
    elif optional:
        more["load_default"] = None
    else:
        more["required"] = True
    return _field(kind, more)


def without_none(kind: Any) -> tuple[Any, bool]:  # noqa: ANN401
    """The kind without `| None`, and whether it had it."""
    if get_origin(kind) in (Union, types.UnionType):
        parts = [part for part in get_args(kind) if part is not type(None)]
        if len(parts) != 1:
            raise TypeError(f"a field of a command is of one kind, not {kind}")
        return parts[0], True
    return kind, False


def item_kind(kind: Any) -> Any:  # noqa: ANN401
    """What a tuple[X, ...], list[X] or frozenset[X] holds, else None."""
    if get_origin(kind) not in (tuple, frozenset, list):
        return None
    return get_args(kind)[0]


def _field(kind: Any, more: dict[str, Any]) -> ma.fields.Field[Any]:  # noqa: ANN401, PLR0911 - one per kind
    if kind is str and more["limits"].get("secret"):
        return fields.Secret(**more)
    if kind in SIMPLE:
        made: ma.fields.Field[Any] = SIMPLE[kind](**more)
        return made
    if (inner := item_kind(kind)) is not None:
        limits = {k: v for k, v in more["limits"].items() if k not in {"max", "min"}}
        held = get_origin(kind)
        return fields.Many(_field(inner, {"limits": limits, "required": True}), held=held, **more)
    if get_origin(kind) in (dict, Mapping):
        return fields.TextByName(**more)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return fields.Word(kind, **more)
    if isinstance(kind, type) and issubclass(kind, IntFlag):
        return fields.Flags(kind, **more)
    if dataclasses.is_dataclass(kind):
        more.pop("limits")
        nested = request_schema(kind)  # type: ignore[arg-type]
        return ma.fields.Nested(nested, error_messages=dict(fields.MESSAGES), **more)
    raise TypeError(f"no field for {kind}")


def load(command: type[Command], values: object, *, separator: str = ".") -> Command:
    """The command from plain values; refuses each fault with the field it stands in (`parts.0.goal`)."""
    loaded: Command = load_with(request_schema(command)(), values, separator=separator)
    return loaded


def load_with(schema: ma.Schema, values: object, *, separator: str = ".") -> Any:  # noqa: ANN401
    """What the schema makes of the values; refuses each fault with the field it stands in."""
    try:
        return schema.load(values)  # type: ignore[arg-type]  # the schema itself refuses what is no mapping
    except ma.ValidationError as faults:
        refuse(field_faults(faults.messages, separator))
        raise


def field_faults(messages: Any, separator: str = ".", path: str = "") -> list[Refusal]:  # noqa: ANN401
    """The faults found by marshmallow as refusals, each naming its field."""
    if isinstance(messages, Mapping):
        found = []
        for name, inner in messages.items():
            deeper = (
                path if name in {"_schema", "value", "key"} else f"{path}{separator if path else ''}{name}"
            )
            found += field_faults(inner, separator, deeper)
        return found
    if isinstance(messages, list | tuple):
        return [fault for one in messages for fault in field_faults(one, separator, path)]
    if isinstance(messages, Refusal):
        return [type(messages)(field=path or None, **messages.facts)]
    return [_BY_CODE.get(str(messages), refusals.FieldFault)(field=path or None)]


__all__ = ["RequestSchema", "field_faults", "field_for", "load", "load_with", "request_schema"]
