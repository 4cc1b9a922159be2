"""Pages of a list by keyset: the mark of a page names its last row, is signed, and fits one list only."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnElement, and_, or_

from cii.kernel.money import Chf
from cii.store.settings import Settings
from cii.wire.refusals import BadMark

USUAL, MOST = 50, 200
"""Rows of a page when nothing is said, and at most."""

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some rows of a list and the mark of those after them, None at the end."""

    items: Sequence[Item] = field(default_factory=tuple)
    next: str | None = None


def page_of(
    rows: Sequence[Item],
    limit: int,
    settings: Settings,
    name: str,
    key: Callable[[Item], tuple[Any, ...]],
) -> Page[Item]:
    """The page out of up to `limit + 1` rows that were fetched; `key` gives the sort values of a row.

    `name` says which list and order this is, so that a mark of another list is refused.
    """
    if len(rows) <= limit:
        return Page(tuple(rows))
    kept = tuple(rows[:limit])
    return Page(kept, mark(settings, name, key(kept[-1])))


def mark(settings: Settings, name: str, values: Sequence[Any]) -> str:
    """The signed mark of a place in a list."""
    return str(_signer(settings, name).dumps([_told(value) for value in values]))


def place(settings: Settings, name: str, text: str | None) -> tuple[Any, ...] | None:
    """The sort values in a mark; None for the first page. Refuses BadMark."""
    if not text:
        return None
    try:
        told = _signer(settings, name).loads(text[:2000])
    except (BadSignature, json.JSONDecodeError):
        raise BadMark(field="after") from None
    return tuple(_meant(one) for one in told)


def after(columns: Sequence[tuple[Any, bool]], values: Sequence[Any]) -> ColumnElement[bool]:
    """The condition "comes after these values" in an order by `columns`: pairs of column and descending.

    The columns hold no NULL and the last is unique, else rows are lost between pages.
    """
    steps = []
    for n, (column, descending) in enumerate(columns):
        same = [earlier == value for (earlier, _), value in zip(columns[:n], values, strict=False)]
        steps.append(and_(*same, column < values[n] if descending else column > values[n]))
    return or_(*steps)


def _signer(settings: Settings, name: str) -> URLSafeSerializer:
    return URLSafeSerializer(settings.secret_key.get_secret_value(), salt=f"page of {name}")


def _told(value: object) -> object:
    match value:
        case datetime():
            return ["t", value.astimezone(UTC).isoformat()]
        case date():
            return ["d", value.isoformat()]
        case Chf():
            return ["m", value.centimes]
        case str() | int():
            return value
    raise TypeError(f"a {type(value).__name__} cannot order a page")


def _meant(told: object) -> object:
    match told:
        case ["t", str(text)]:
            return datetime.fromisoformat(text)
        case ["d", str(text)]:
            return date.fromisoformat(text)
        case ["m", int(centimes)]:
            return Chf(centimes)
    return told
