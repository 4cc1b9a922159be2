"""Says a text in the reader's language, with its facts written as people write them."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Self

from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.kernel.period import Period, Quarter
from cii.kernel.span import Span
from cii.texts import formats
from cii.texts.loading import Pieces, Slot, plural_form, texts

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_UNGROUPED = 10_000


class UnknownText(LookupError):  # noqa: N818 - reads as the sentence it is
    """No catalogue holds this key, or not in this language: a fault of the program, never printed."""


class MissingFact(LookupError):  # noqa: N818 - reads as the sentence it is
    """The text needs a fact that was not given."""


def say(code: str, lang: str, /, **facts: object) -> str:
    """The text of a key in a language, its facts filled in; the fact `n` chooses the plural form.

    Money, dates, moments, periods, numbers and words of enums are written by their type (`formats`).
    Raises UnknownText for a key that no catalogue holds, MissingFact for a fact that the text needs.
    """
    if not facts and (whole := _whole(code, lang)) is not None:
        return whole
    return _fill(code, _pieces(code, lang, facts), lang, facts)


@cache
def _whole(code: str, lang: str) -> str | None:
    """The text of a key that needs no facts, put together once: most texts of a page are such."""
    pieces = _pieces(code, lang, {})
    return "".join(map(str, pieces)) if all(isinstance(piece, str) for piece in pieces) else None


def pair(name: object, value: object, lang: str) -> str:
    """A name and its value, with the sign between them as the language writes it."""
    return say("common.pair", lang, name=str(name), value=str(value))


def knows(code: str) -> bool:
    """Whether a catalogue holds this key."""
    return code in texts()


def refusal(reason: Refusal, lang: str) -> str:
    """The sentence of one refusal; for several at once, theirs in a row. `{field}` names the input."""
    return " ".join(say(f"refusal.{one.code}", lang, field=one.field, **one.facts) for one in reason.reasons)


class Saying(str):
    """A sentence of the catalogues, kept as its key and facts: French as it stands, `said` in any language.

    It is a text, so that a list of faults or a JSON answer may hold it like any other.
    """

    __slots__ = ("facts", "key")
    key: str
    facts: Mapping[str, object]

    def __new__(cls, key: str, /, **facts: object) -> Self:
        """The sentence of that key; raises UnknownText or MissingFact at once."""
        made = super().__new__(cls, say(key, "fr", **facts))
        made.key, made.facts = key, facts
        return made

    def said(self, lang: str) -> str:
        """The sentence in that language."""
        return say(self.key, lang, **self.facts)

    def __reduce__(self) -> tuple[object, ...]:
        """Copied by its key and facts, not by its French words."""
        return _saying, (self.key, dict(self.facts))


def _saying(key: str, facts: Mapping[str, object]) -> Saying:
    return Saying(key, **facts)


def word(value: Enum | str, lang: str, group: str | None = None) -> str:
    """The word for a value of a vocabulary, as in `word.case-state.open`.

    The group of an enum is its name in kebab case, unless another is given; a plain text needs one.
    """
    if group is None:
        if not isinstance(value, Enum):
            raise TypeError(f"the word for {value!r} needs its group")
        group = _HUMP.sub("-", type(value).__name__).lower()
    return say(f"word.{group}.{value.value if isinstance(value, Enum) else value}", lang)


def _pieces(code: str, lang: str, facts: Mapping[str, object]) -> Pieces:
    try:
        forms = texts()[code][lang].forms
    except KeyError:
        raise UnknownText(f"{code} ({lang})") from None
    count = facts.get("n")
    if len(forms) == 1 or not isinstance(count, int):
        return forms["other"]
    return forms.get(plural_form(lang, count), forms["other"])


def _fill(code: str, pieces: Pieces, lang: str, facts: Mapping[str, object]) -> str:
    said = []
    for piece in pieces:
        if isinstance(piece, Slot):
            if piece.name not in facts:
                raise MissingFact(f"{code} needs {piece.name}")
            said.append(_formed(facts[piece.name], piece.form, lang))
        else:
            said.append(piece)
    return "".join(said)


def _formed(value: object, form: str, lang: str) -> str:
    match form:
        case "":
            return written(value, lang)
        case "plain":
            return str(value)
        case "percent" if isinstance(value, int | Fraction | Decimal):
            return formats.percent(value, lang)
        case "month" if isinstance(value, date):
            return formats.month(value, lang)
        case _ if form.startswith("word.") and isinstance(value, Enum | str):
            return word(value, lang, form.removeprefix("word."))
    raise TypeError(f"cannot write a {type(value).__name__} as {form}")


def written(value: object, lang: str) -> str:  # noqa: PLR0911 - one line per type
    """A value as people write it, by its type; whole numbers are grouped from 10'000 on (years are not)."""
    match value:
        case None:
            return formats.DASH
        case bool():
            return say("common.yes" if value else "common.no", lang)
        case Enum():
            return word(value, lang)
        case Saying():
            return value.said(lang)
        case str():
            return value
        case Chf():
            return formats.money(value)
        case int():
            return str(value) if 0 <= value < _UNGROUPED else formats.number(value, lang)
        case Decimal() | Fraction():
            return formats.number(value, lang)
        case float():
            raise TypeError("a float has no exact text; give a Decimal or a Fraction")
        case _:
            return _written_time(value, lang)


def _written_time(value: object, lang: str) -> str:  # noqa: PLR0911 - one line per type
    match value:
        case datetime():
            return formats.moment(value, lang)
        case date():
            return formats.day(value, lang)
        case Period():
            return formats.period(value, lang)
        case Quarter():
            return formats.quarter(value, lang)
        case Span():
            return formats.span(value, lang)
        case list() | tuple():
            return ", ".join(written(one, lang) for one in value)
        case set() | frozenset():
            return ", ".join(sorted(written(one, lang) for one in value))
    raise TypeError(f"no way to write a {type(value).__name__}")
