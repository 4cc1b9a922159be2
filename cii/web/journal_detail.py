"""What an entry of the journal holds, in the reader's words and on one line.

Of cases and persons only which fields were written: who reads the journal sees no case content (product.md
§10). Of the house's own matters names and values: sums as money, days as days, words as their words.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from cii.journal.queries import HistoryRow
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.texts import formats, speech
from cii.texts.loading import texts
from cii.web.choices import fallback, t
from cii.wire import language

REFUSED = "refused"
WITHOUT_CASE_CONTENT = frozenset({
    "account", "agreement", "budget_year", "corrective", "indicator", "institution", "ledger_entry",
    "measure", "meeting", "monthly_data", "presidency", "provider", "reconciliation_run", "report",
    "request", "retention", "statement", "unit",
})  # fmt: skip
"""Kinds whose entries may be shown with their values."""
MONEY = frozenset({"amount", "total", "transferred"})
"""Sums: whole centimes, or francs with two decimals."""
UNTOLD = frozenset({"digest", "events", "file", "process", "seed", "sha256"})
"""What serves the house's own proofs and says nothing to a reader: named, never shown."""
MOST, LONGEST = 4, 60
"""How many names or pairs stand on the line, and how many letters of a value."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)")
_NOTHING: tuple[object, ...] = (None, "", [], {})


def detail(row: HistoryRow) -> str | None:
    """What was written, as one line; None where nothing was."""
    if not row.payload:
        return None
    if row.action == REFUSED:
        return fallback(f"web.journal.refusal.{row.payload.get('code')}", str(row.payload.get("code")))
    held = {name: value for name, value in row.payload.items() if name}
    if row.kind not in WITHOUT_CASE_CONTENT:
        names = dict.fromkeys(key_word("days" if _DAY.fullmatch(name) else name) for name in held)
        return t("web.journal.fields", names=_line(list(names), ", ")) if names else None
    told = [
        _pair(row.kind, name, value)
        for name, value in held.items()
        if value not in _NOTHING and name not in UNTOLD
    ]
    return _line(told, "; ") or None


def key_word(name: str) -> str:
    """The word for a key of what was written, or for what the night let go; else the bare key."""
    dashed = name.replace("_", "-")
    return fallback(f"web.journal.key.{dashed}", fallback(f"web.retention.gone.{dashed}", name))


def _line(parts: Sequence[str], sign: str) -> str:
    said = sign.join(parts[:MOST])
    more = len(parts) - MOST
    return t("web.journal.more", said=said, n=more) if more > 0 else said


def _pair(kind: str, name: str, value: object) -> str:
    if _DAY.fullmatch(name):
        return speech.pair(
            formats.day(date.fromisoformat(name), language.lang()), _value(kind, name, value), language.lang()
        )
    return speech.pair(key_word(name), _value(kind, name, value), language.lang())


def _value(kind: str, name: str, value: object) -> str:
    if isinstance(value, bool):
        return t("common.yes" if value else "common.no")
    if name in MONEY and (sum_ := _money(value)) is not None:
        return formats.money(sum_)
    if isinstance(value, int):
        return str(value) if name == "year" else formats.number(value, language.lang())
    if isinstance(value, list | dict):
        return _listed(kind, name, value)
    return _said(kind, name, str(value))


def _said(kind: str, name: str, said: str) -> str:
    lang = language.lang()
    if _DAY.fullmatch(said):
        return formats.day(date.fromisoformat(said), lang)
    if _MOMENT.fullmatch(said):
        return formats.moment(datetime.fromisoformat(said), lang)
    said = _word(kind, name, said)
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"


def _listed(kind: str, name: str, values: list[Any] | dict[str, Any]) -> str:
    """Short words in a row; of anything else how many there are."""
    if isinstance(values, list) and len(values) <= MOST and all(isinstance(one, str | int) for one in values):
        return ", ".join(_value(kind, name, one) for one in values)
    return formats.number(len(values), language.lang())


def _money(value: object) -> Chf | None:
    if isinstance(value, int):
        return Chf(value)
    try:
        return Chf.parse(str(value))
    except Refusal:
        return None


def _word(kind: str, name: str, value: str) -> str:
    """The word of a vocabulary for the value, its own group first; the value itself where none fits."""
    groups = _groups().get(value, ())
    own = [one for one in groups if one in {name, f"{kind}-{name}", f"{kind.replace('_', '-')}-{name}"}]
    near = own or [one for one in groups if name in one.split("-") or kind in one.split("-")]
    chosen = near or (groups if len(groups) == 1 else ())
    return t(f"word.{chosen[0]}.{value}") if chosen else value


@lru_cache(maxsize=1)
def _groups() -> Mapping[str, tuple[str, ...]]:
    """Of each word of a vocabulary the groups that have it."""
    found: dict[str, tuple[str, ...]] = {}
    for key in texts():
        parts = key.split(".", 2)
        if parts[0] == "word" and len(parts) == 3:  # noqa: PLR2004 - word, group, value
            found[parts[2]] = (*found.get(parts[2], ()), parts[1])
    return found
