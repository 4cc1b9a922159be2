"""An item of an agenda as a sentence in the reader's language, from the facts kept with it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from cii.figures.needs import ALL
from cii.kernel.period import Quarter
from cii.kernel.span import Span
from cii.meetings.tables import AgendaItem
from cii.meetings.vocabulary import AgendaKind
from cii.texts import formats
from cii.texts.speech import say, word


def item_said(item: AgendaItem, lang: str) -> str:
    """What an item is about, in a line."""
    if item.kind is AgendaKind.FREE:
        return item.title
    facts = {
        name: _WRITTEN[name](value, lang) if name in _WRITTEN and value is not None else value
        for name, value in item.facts.items()
    }
    key = f"meetings.agenda.{item.kind.value}"
    return say(f"{key}.undated" if "due" in facts and facts["due"] is None else key, lang, **facts)


def _day(value: str, lang: str) -> str:
    return formats.day(date.fromisoformat(value), lang)


def _group(value: str, lang: str) -> str:
    return say("meetings.all-groups", lang) if value == ALL else word(value, lang, "target-group")


_WRITTEN: Mapping[str, Callable[[Any, str], object]] = {
    "day": _day,
    "due": _day,
    "month": lambda value, lang: formats.month(date.fromisoformat(value), lang),
    "quarter": lambda value, lang: formats.quarter(Quarter.parse(value), lang),
    "date": lambda value, lang: word(value, lang, "date_kind"),
    "finding": lambda value, lang: word(value, lang, "finding_kind"),
    "group": _group,
    "report": lambda value, lang: word(value, lang, "report-kind"),
    "period": lambda value, lang: formats.span(Span.parse(value), lang),
}
"""How a fact is written in a language; every other one as it stands."""
