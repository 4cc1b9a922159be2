"""JSON in and out: money as text `1234.50`, dates in ISO form, words by value; nothing is guessed."""

import dataclasses
import json
from collections.abc import Mapping
from enum import Enum
from typing import Any

import orjson
from flask.json.provider import JSONProvider

from cii.kernel.money import Chf
from cii.kernel.period import Period, Quarter
from cii.kernel.span import Span
from cii.wire.refusals import MalformedJson

_OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def dump(value: object) -> bytes:
    """The value as JSON; refuses (TypeError) what has no agreed form, floats by accident excepted."""
    return orjson.dumps(value, default=_plain, option=_OPTIONS)


def _plain(value: object) -> object:  # noqa: PLR0911 - one line per kind
    match value:
        case Chf() | Quarter() | Span():
            return str(value)
        case Period():
            return {"first": value.start, "last": value.last}
        case set() | frozenset():
            return sorted(value, key=str)
        case Mapping():
            return dict(value)
        case Enum():
            return value.value
    if isinstance(value, str):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
    raise TypeError(f"no JSON for a {type(value).__name__}")


def read(body: bytes | str) -> Any:  # noqa: ANN401 - whatever was sent
    """The plain values of a body; NaN and Infinity pass as numbers, for the field to refuse them by name.

    Refuses: MalformedJson, also for a key named twice and for what nests too deeply.
    """
    try:
        return json.loads(body, object_pairs_hook=_once)
    except (ValueError, RecursionError) as no:
        raise MalformedJson from no


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) != len(pairs):
        raise ValueError("a key stands twice")
    return held


class HouseJson(JSONProvider):
    """Flask's JSON, written the house's way."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:  # noqa: ANN401, ARG002, D102 - the library's signature
        return dump(obj).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:  # noqa: ANN401, ARG002, D102
        return read(s)
