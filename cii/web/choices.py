"""What a page's address may ask for, what its lists offer, and words of the reader's language for rows."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from flask import g, request

from cii.texts import speech
from cii.wire import language
from cii.wire.fields import FIRST_DAY, LAST_DAY
from cii.wire.refusals import NotAChoice, NotADate, NotAnInteger

Word = TypeVar("Word", bound=StrEnum)
Option = dict[str, str]
_LONGEST = 200
_SOON = 5
"""Working days before a date from which a deadline is near."""
_YEARS = range(1990, 2201)


def t(key: str, **facts: object) -> str:
    """The text of a key in the reader's language."""
    return speech.say(key, language.lang(), **facts)


def word(value: StrEnum | str, group: str | None = None) -> str:
    """The word for a value of a vocabulary in the reader's language."""
    return speech.word(value, language.lang(), group)


def options(values: Iterable[StrEnum], group: str | None = None) -> list[Option]:
    """The choices of a list, each with its word, in the order given."""
    return [{"value": one.value, "label": word(one, group)} for one in values]


def text_asked(name: str) -> str:
    """A text in the address, cut to a sensible length."""
    return request.args.get(name, "").strip()[:_LONGEST]


def day_asked(name: str = "day") -> date:
    """The day in the address, today when there is none, between 1900 and 2199; refuses NotADate."""
    text = text_asked(name)
    if not text:
        today: date = g.work.today
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotADate(field=name) from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise NotADate(field=name)
    return day


def optional_day(name: str) -> date | None:
    """The day in the address, or None; refuses NotADate."""
    return day_asked(name) if text_asked(name) else None


def year_asked(name: str = "year") -> int:
    """The year in the address, this year when there is none; refuses NotAnInteger."""
    text = text_asked(name)
    if not text:
        return int(g.work.today.year)
    if not text.isascii() or not text.isdigit() or int(text[:5]) not in _YEARS:
        raise NotAnInteger(field=name)
    return int(text)


def choice_asked(vocabulary: type[Word], name: str) -> Word | None:
    """The word in the address, None when there is none; refuses NotAChoice."""
    text = text_asked(name)
    if not text:
        return None
    try:
        return vocabulary(text)
    except ValueError:
        raise NotAChoice(field=name, choices=", ".join(vocabulary)) from None


def number_asked(name: str) -> int:
    """The whole number in the address (a mark of a page), 0 when there is none; refuses NotAnInteger."""
    text = text_asked(name)
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > len(str(2**63)):
        raise NotAnInteger(field=name)
    return int(text)


def clock(due: date | None, *, done: bool = False, void: bool = False) -> dict[str, object] | None:
    """A deadline for `ui.clock`, in working days from today; `void`: nobody waits for it any more."""
    if due is None:
        return None
    if done or void:
        return {"state": "done" if done else "void", "n": 0, "due": due}
    today, calendar = g.work.today, g.work.calendar
    if due < today:
        return {"state": "late", "n": max(calendar.between(due, today), 1), "due": due}
    left = calendar.between(today, due)
    state = "today" if due == today else "soon" if left <= _SOON else "later"
    return {"state": state, "n": left, "due": due}


def fallback(key: str, otherwise: str) -> str:
    """The text of a key, or the word itself where no catalogue holds one yet."""
    return t(key) if speech.knows(key) else otherwise


def called(people: Mapping[int, Any], row: Any) -> str:  # noqa: ANN401 - labels by id, a row of a list
    """Whom a row is about: the name, or the reference of the placement where the reader may not know it."""
    known = people.get(row.person_id)
    return str(known.name) if known is not None else t("web.statements.somebody-of", ref=row.placement_ref)


def figure(label: str, value: object, note: str | None = None) -> dict[str, object]:
    """One of the large numbers of `ui.figures`; `label` is the key of its text."""
    return {"label": t(label), "value": value, "note": note, "url": None}
