"""One canonical form of plain values, and its SHA-256: what is hashed today hashes the same for ever."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from fractions import Fraction
from types import NoneType
from typing import Any

import orjson

from cii.kernel.money import Chf

_PLAIN = frozenset({str, int, bool, NoneType})
"""Types whose values stand as they are; most of what is written is of them."""


def plain(value: object) -> object:  # noqa: C901, PLR0911 - one case per type
    """The value in JSON terms: money as centimes, ISO dates, moments in UTC, enums by value, sorted sets."""
    if type(value) in _PLAIN:
        return value
    match value:
        case None | bool() | int():
            return value
        case Enum():
            return plain(value.value)
        case str():
            return str(value)
        case Chf():
            return value.centimes
        case datetime():
            return _moment(value)
        case date():
            return value.isoformat()
        case Fraction():
            return f"{value.numerator}/{value.denominator}"
        case Mapping():
            return _mapping(value)
        case list() | tuple():
            return [plain(one) for one in value]
        case set() | frozenset():
            return sorted((plain(one) for one in value), key=repr)
    raise TypeError(f"no canonical form for {type(value).__name__}; floats have none on purpose")


def _moment(at: datetime) -> str:
    if at.tzinfo is None:
        raise TypeError("no canonical form for a moment without a time zone")
    return at.astimezone(UTC).isoformat()


def _mapping(value: Mapping[object, object]) -> dict[str, object]:
    found = {
        key if type(key) is str else str(plain(key)): held if type(held) in _PLAIN else plain(held)
        for key, held in value.items()
    }
    if len(found) < len(value):
        raise ValueError("two keys have the same text: one name twice")
    return found


def plain_rows(rows: Iterable[Mapping[str, object]], *by: str) -> list[dict[str, Any]]:
    """Rows in JSON terms, ordered by the text of these fields: one order on every engine."""
    held: list[Any] = [row if _PLAIN.issuperset(map(type, row.values())) else plain(row) for row in rows]
    return sorted(held, key=lambda row: [str(row[one]) for one in by])


def canonical(value: object) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces."""
    form = plain(value)
    try:
        return orjson.dumps(form, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:  # a whole number past 64 bits
        return json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(value: object) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()
