"""The fields of a request: strict about kinds, with reasons as refusals instead of English sentences.

Each is a marshmallow field, so that the OpenAPI document follows by itself. A reason travels inside a
ValidationError as a `FieldFault` and gets its field's name in `schema`.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import IntFlag, StrEnum
from typing import Any

from marshmallow import ValidationError, fields

from cii.kernel.clock import ZURICH
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf, NotMoney
from cii.kernel.period import NotAQuarter, Quarter
from cii.kernel.span import NotASpan, Span
from cii.wire import refusals

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""Dates outside are typing errors; calculations with them would leave the calendar."""
LARGEST_INT = 2_147_483_647
LARGEST_SUM = Chf(99_999_999_999)
"""CHF 999'999'999.99: more than any line of a canton, and sums of them still fit 64 bits."""
SHORT_TEXT = 200
MANY = 1000
_FLAT_MONEY = re.compile(r"-?\d{1,13}(?:\.\d{1,2})?", re.ASCII)
_SPACES = "\n\t"
MESSAGES = {"required": "missing-field", "null": "missing-field", "validator_failed": "unfit-field"}


def fault(reason: Refusal) -> ValidationError:
    """The reason, as marshmallow carries it."""
    return ValidationError([reason])


class Limited:
    """What a command's `field(metadata={…})` says about a value: max, min, choices, pattern."""

    def __init__(self, *inner: Any, limits: Mapping[str, Any] | None = None, **more: Any) -> None:  # noqa: ANN401
        self.limits = dict(limits or {})
        super().__init__(*inner, error_messages=MESSAGES, **more)  # type: ignore[call-arg]  # the field's

    def within(self, value: Any, least: Any, most: Any) -> None:  # noqa: ANN401
        """Refuse a value outside its bounds, given or by default."""
        low, high = self.limits.get("min", least), self.limits.get("max", most)
        if low is not None and value < low:
            raise fault(refusals.TooSmall(min=low))
        if high is not None and value > high:
            raise fault(refusals.TooGreat(max=high))
        self.chosen(value)

    def chosen(self, value: Any) -> None:  # noqa: ANN401
        """Refuse a value that is not one of the choices, where there are any."""
        choices = self.limits.get("choices")
        if choices is not None and value not in choices:
            raise fault(refusals.NotAChoice(choices=", ".join(map(str, choices))))


class Text(Limited, fields.String):
    """Text without control characters, in one Unicode form, trimmed; `max` characters (200 when unsaid)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ANN401, ARG002
        if not isinstance(value, str):
            raise fault(refusals.NotText())
        most = self.limits.get("max", SHORT_TEXT)
        if len(value) > 4 * most:
            raise fault(refusals.TooLong(max=most))
        text = unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip()
        if any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in _SPACES for sign in text):
            raise fault(refusals.HiddenCharacters())
        if not text and self.limits.get("min", 1 if self.required else 0):
            raise fault(refusals.EmptyField())
        if len(text) > most:
            raise fault(refusals.TooLong(max=most))
        if len(text) < self.limits.get("min", 0):
            raise fault(refusals.TooShort(min=self.limits["min"]))
        pattern = self.limits.get("pattern")
        if text and pattern is not None and not re.fullmatch(pattern, text):
            raise fault(refusals.NotThePattern())
        if text:
            self.chosen(text)
        return text


class Secret(Text):
    """A password: taken as typed, never trimmed."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ANN401, ARG002
        if not isinstance(value, str):
            raise fault(refusals.NotText())
        if not value:
            raise fault(refusals.EmptyField())
        if len(value) > self.limits.get("max", SHORT_TEXT):
            raise fault(refusals.TooLong(max=self.limits.get("max", SHORT_TEXT)))
        if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in value):
            raise fault(refusals.HiddenCharacters())
        return value


class Whole(Limited, fields.Integer):
    """A whole number of 32 bits: no text, no fraction, no yes-or-no in disguise."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:  # noqa: ANN401, ARG002
        if not isinstance(value, int) or isinstance(value, bool):
            raise fault(refusals.NotAnInteger())
        self.within(value, -LARGEST_INT - 1, LARGEST_INT)
        return value


class YesNo(Limited, fields.Boolean):
    """True or false, nothing that looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:  # noqa: ANN401, ARG002
        if not isinstance(value, bool):
            raise fault(refusals.NotABoolean())
        return value


class Money(Limited, fields.String):
    """A sum as text, `1234.50`: never a JSON number, never grouped; not negative unless `min` allows it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401, ARG002
        if value == "":
            raise fault(refusals.EmptyField())
        if not isinstance(value, str) or not _FLAT_MONEY.fullmatch(value):
            raise fault(NotMoney(text=str(value)[:40]))
        amount = Chf.parse(value)
        self.within(amount, Chf(0), LARGEST_SUM)
        return amount

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ANN401, ARG002
        return None if value is None else str(value)


class Day(Limited, fields.Date):
    """A date that exists, written 2026-10-15, between 1900 and 2199."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401, ARG002
        if value == "":
            raise fault(refusals.EmptyField())
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            raise fault(refusals.NotADate())
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise fault(refusals.NotADate()) from None
        self.within(day, FIRST_DAY, LAST_DAY)
        return day


class Moment(Limited, fields.AwareDateTime):
    """A moment with its offset; one that Swiss clocks skipped is refused, the answer is in UTC."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401, ARG002
        if value == "":
            raise fault(refusals.EmptyField())
        try:
            moment = datetime.fromisoformat(value)
        except (ValueError, TypeError):
            raise fault(refusals.NotAMoment()) from None
        offset = moment.utcoffset()
        if offset is None or not FIRST_DAY <= moment.date() <= LAST_DAY:
            raise fault(refusals.NotAMoment())
        if offset in (timedelta(hours=1), timedelta(hours=2)) and skipped(moment.replace(tzinfo=None)):
            raise fault(refusals.NotAMoment())
        utc = moment.astimezone(UTC)
        self.within(utc, None, None)
        return utc


def skipped(wall: datetime) -> bool:
    """Whether Swiss clocks never showed this wall time (the hour lost in March)."""
    there = wall.replace(tzinfo=ZURICH)
    return there.astimezone(UTC).astimezone(ZURICH).replace(tzinfo=None) != wall


def twice(wall: datetime) -> bool:
    """Whether Swiss clocks showed this wall time twice (the hour won in October)."""
    there = wall.replace(tzinfo=ZURICH)
    return not skipped(wall) and there.utcoffset() != there.replace(fold=1).utcoffset()


class Word(Limited, fields.Enum[Any]):
    """One word of a vocabulary, by its value."""

    def __init__(self, words: type[StrEnum], **more: Any) -> None:  # noqa: ANN401
        super().__init__(enum=words, by_value=True, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401, ARG002
        if value == "":
            raise fault(refusals.EmptyField())
        try:
            word = self.enum(value)
        except ValueError:
            raise fault(refusals.NotAChoice(choices=", ".join(one.value for one in self.enum))) from None
        self.chosen(word)
        return word


class Flags(Limited, fields.List[Any]):
    """A set of flags as a list of their names in lower case, as in `["identity", "plan"]`."""

    def __init__(self, flags: type[IntFlag], **more: Any) -> None:  # noqa: ANN401
        self.flags = flags
        super().__init__(fields.String(), **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401, ARG002
        if not isinstance(value, list):
            raise fault(refusals.NotAList())
        names = {str(flag.name).lower(): flag for flag in self.flags}
        if any(not isinstance(one, str) or one not in names for one in value):
            raise fault(refusals.NotAChoice(choices=", ".join(names)))
        if not value and self.required:
            raise fault(refusals.EmptyField())
        held = self.flags(0)
        for one in value:
            held |= names[one]
        return held

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:  # noqa: ANN401, ARG002
        if value is None:
            return None
        return [str(flag.name).lower() for flag in self.flags if flag in self.flags(value)]


class QuarterText(Limited, fields.String):
    """A quarter written 2026-Q3."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401, ARG002
        try:
            return Quarter.parse(value if isinstance(value, str) else str(value))
        except NotAQuarter as no:
            raise fault(no) from None

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ANN401, ARG002
        return None if value is None else str(value)


class SpanText(Limited, fields.String):
    """A span written 2026-10-15, 2026-09, 2026-Q3, 2026 or 2024-2027."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401, ARG002
        try:
            return Span.parse(value if isinstance(value, str) else str(value))
        except NotASpan as no:
            raise fault(no) from None

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ANN401, ARG002
        return None if value is None else str(value)


class Many(Limited, fields.List[Any]):
    """Several values in order; becomes a tuple or a frozenset. `max` items (1000 when unsaid)."""

    def __init__(self, inner: Any, *, held: Callable[[list[Any]], Any] = tuple, **more: Any) -> None:  # noqa: ANN401
        self.held = held
        super().__init__(inner, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        if not isinstance(value, list):
            raise fault(refusals.NotAList())
        if len(value) > self.limits.get("max", MANY):
            raise fault(refusals.TooLong(max=self.limits.get("max", MANY)))
        least = self.limits.get("min", 0)
        if len(value) < least:
            raise fault(refusals.EmptyField() if least == 1 else refusals.TooShort(min=least))
        return self.held(super()._deserialize(value, attr, data, **kwargs))


class TextByName(Limited, fields.Dict):
    """Texts by name, as in the entries of a grid."""

    def __init__(self, *, limits: Mapping[str, Any] | None = None, **more: Any) -> None:  # noqa: ANN401
        inner = {"limits": {"max": (limits or {}).get("max", SHORT_TEXT)}}
        super().__init__(limits=limits, keys=Text(), values=Text(**inner), **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        if not isinstance(value, dict) or len(value) > MANY:
            raise fault(refusals.FieldFault())
        held: dict[str, str] = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        return held
