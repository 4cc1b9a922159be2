"""From an HTML form to the plain values that the command's schema reads: names like `parts-0-goal`.

A form sends text only; here it becomes what JSON would have said: `12` a number, `1'234.50` the text
`1234.50`, `15.10.2026` the date 2026-10-15, a Swiss wall time a moment with its offset. What cannot be read
stays as typed, so that the schema names the fault. An empty input of an optional field is no value; an
absent box is a no, but where the field may be neither (`bool | None`).
"""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import IntFlag
from typing import Any, Protocol, TypeVar, get_origin, get_type_hints

from cii.kernel.clock import ZURICH
from cii.kernel.errors import Refusal, refuse
from cii.kernel.money import Chf, NotMoney
from cii.wire import refusals
from cii.wire.fields import skipped, twice
from cii.wire.schema import SIMPLE, item_kind, load_with, request_schema, without_none

DOOR_FIELDS = frozenset({"csrf_token", "idempotency_key", "version", "next"})
"""Hidden inputs that the door reads itself."""
_SWISS_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
_YES, _NO = frozenset({"on", "true", "1", "yes"}), frozenset({"off", "false", "0", "no", ""})

Command = TypeVar("Command")


class Form(Protocol):
    """What werkzeug's ImmutableMultiDict can do, as far as it is needed."""

    def __iter__(self) -> Iterator[str]:
        """The names of all inputs."""
        ...

    def getlist(self, key: str) -> list[str]:
        """All values of one name."""
        ...


def load_form(command: type[Command], form: Form, given: Mapping[str, Any] | None = None) -> Command:
    """The command from a form; `given` are the fields that the address gives. Refuses each fault by input."""
    taken = tuple(sorted(given or {}))
    values = form_values(command, form, leaving=taken)
    try:
        made = load_with(request_schema(command, given=taken)(), values, separator="-")
    except Refusal as no:
        refuse(_as_typed(command, form, no))
        raise
    return made(**given) if given else made  # type: ignore[no-any-return]


def form_values(command: type[Any], form: Form, *, leaving: tuple[str, ...] = ()) -> dict[str, Any]:
    """Plain values out of the inputs; refuses UnknownField for inputs that the command does not know."""
    read: set[str] = set()
    values = _values(command, form, "", read, leaving)
    refuse(refusals.UnknownField(field=name) for name in form if name not in read and name not in DOOR_FIELDS)
    return values


_HINTS: dict[type[Any], dict[str, Any]] = {}
"""The kinds of a command's fields, worked out once for each command of the house."""


def _hints(command: type[Any]) -> dict[str, Any]:
    if command not in _HINTS:
        _HINTS[command] = get_type_hints(command)
    return _HINTS[command]


def _values(
    command: type[Any], form: Form, prefix: str, read: set[str], leaving: tuple[str, ...]
) -> dict[str, Any]:
    hints = _hints(command)
    values: dict[str, Any] = {}
    for one in dataclasses.fields(command):
        if one.name in leaving or not one.init:
            continue
        kind, optional = without_none(hints[one.name])
        value = _value(kind, form, prefix + one.name, read)
        if kind is bool and optional and not form.getlist(prefix + one.name):
            value = _ABSENT
        has_default = one.default is not dataclasses.MISSING or one.default_factory is not dataclasses.MISSING
        if value == "" and (optional or (has_default and kind is not str)):
            value = None if optional and not has_default else _ABSENT
        if value is not _ABSENT:
            values[one.name] = value
    return values


_ABSENT = object()


def _value(kind: Any, form: Form, name: str, read: set[str]) -> Any:  # noqa: ANN401 - one per kind
    inner = item_kind(kind)
    if _is_group(inner):
        rows = [_row(inner, form, f"{name}-{n}-", read) for n in _numbers(form, name)]
        return [values for values in rows if values is not _ABSENT]
    if inner is not None or (isinstance(kind, type) and issubclass(kind, IntFlag)):
        read.add(name)
        return [coerced(inner or str, text) for text in form.getlist(name) if text != ""]
    if _is_group(kind):
        return _row(kind, form, f"{name}-", read)
    if get_origin(kind) is not None:
        held = {key: form.getlist(key)[0] for key in form if key.startswith(f"{name}-")}
        read.update(held)
        return {key.removeprefix(f"{name}-"): text for key, text in held.items() if text.strip()}
    texts = form.getlist(name)
    read.add(name)
    if kind is bool:
        return coerced(bool, texts[-1]) if texts else False
    return coerced(kind, texts[0]) if texts else _ABSENT


def _row(kind: Any, form: Form, prefix: str, read: set[str]) -> Any:  # noqa: ANN401
    """The values of one group of inputs; absent when every one of them is blank."""
    mine = [key for key in form if key.startswith(prefix)]
    values = _values(kind, form, prefix, read, ())
    if all(not text.strip() for key in mine for text in form.getlist(key)):
        return _ABSENT
    return values


def _is_group(kind: Any) -> bool:  # noqa: ANN401
    """Whether the kind is several inputs; sums and quarters are dataclasses too, and one input each."""
    return dataclasses.is_dataclass(kind) and kind not in SIMPLE


def _as_typed(command: type[Any], form: Form, no: Refusal) -> list[Refusal]:
    """The faults under the numbers that the inputs carry: blank rows were left out before reading."""
    told = []
    for one in no.reasons:
        name, _, rest = (one.field or "").partition("-")
        place, dash, inside = rest.partition("-")
        if place.isdigit() and name in _hints(command):
            filled = [
                n
                for n in _numbers(form, name)
                if any(
                    text.strip()
                    for key in form
                    if key.startswith(f"{name}-{n}-")
                    for text in form.getlist(key)
                )
            ]
            if int(place) < len(filled):
                one.field = f"{name}-{filled[int(place)]}{dash}{inside}"
        told.append(one)
    return told


def _numbers(form: Form, name: str) -> list[int]:
    pattern = re.compile(rf"{re.escape(name)}-(\d{{1,4}})-", re.ASCII)
    return sorted({int(found[1]) for key in form if (found := pattern.match(key))})


def coerced(kind: Any, text: str) -> Any:  # noqa: ANN401, PLR0911 - one line per kind
    """The typed value of a text, or the text itself when it cannot be read as one."""
    plain = text.strip()
    if kind is str:
        return text
    if kind is bool:
        return True if plain.lower() in _YES else False if plain.lower() in _NO else plain
    if kind is int:
        return int(plain) if _WHOLE.fullmatch(plain) else plain
    if kind is Chf:
        try:
            return str(Chf.parse(plain, decimal_comma=True))
        except NotMoney:
            return plain
    if kind is date and (swiss := _SWISS_DAY.fullmatch(plain)):
        return f"{swiss[3]}-{swiss[2]:0>2}-{swiss[1]:0>2}"
    if kind is datetime:
        return _swiss_moment(plain)
    return plain


def _swiss_moment(text: str) -> str:
    """A wall time of a form is Swiss; one that was skipped or shown twice is left naive, and so refused."""
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        return text
    if wall.tzinfo is not None or skipped(wall) or twice(wall):
        return text
    return wall.replace(tzinfo=ZURICH).isoformat()
