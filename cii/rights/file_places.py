"""What happened to a place, as a person reads it in their file: sums, reasons and the exit in words.

Who pays stands under the place itself; the version of the rule is for machines.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from cii.kernel.money import Chf
from cii.placements.vocabulary import (
    BalanceOutcome,
    ContractType,
    ExitSituation,
    ExitType,
    PlacementEventKind,
    RefusalReason,
)
from cii.rights.file_words import ELIGIBILITY, FileWords, Plainly
from cii.texts import formats
from cii.texts.speech import pair, say, word

TABLE = "placement_event"
"""The table whose rows' facts are told here."""
_WORDS: Mapping[str, type[StrEnum]] = {
    "exit_type": ExitType,
    "contract_type": ContractType,
    "outcome": BalanceOutcome,
    "situation": ExitSituation,
}
_SUMS = ("total", "released")
_SAID = (
    "reason", "statement", "text", "objective", "name", "certificate", "note", *_WORDS, "contract_months",
    "early", *_SUMS, "facts",
)  # fmt: skip
"""What is told, in this order."""


def place_facts(kind: str, facts: Mapping[str, Any], words: FileWords, plainly: Plainly) -> str:
    """The facts of an event of that kind as « name: value »; empty where there is nothing to tell."""
    return "; ".join(_told(kind, facts, words, plainly))


def _told(kind: str, facts: Mapping[str, Any], words: FileWords, plainly: Plainly) -> Iterator[str]:
    lang = words.lang
    for name in _SAID:
        value = facts.get(name)
        if not value:
            continue
        if name == "facts":
            yield words.facts(ELIGIBILITY, value, plainly)
        elif name == "early":
            yield say("rights.fact.early", lang)
        else:
            yield pair(say(f"rights.fact.{name}", lang), _value(kind, name, value, lang), lang)


def _value(kind: str, name: str, value: Any, lang: str) -> str:  # noqa: ANN401 - a plain value of any fact
    if name in _SUMS:
        return formats.francs(Chf(int(value)))
    if name in _WORDS:
        return word(_WORDS[name](value), lang)
    if name == "reason" and kind == PlacementEventKind.REFUSED:
        return word(RefusalReason(value), lang)
    return str(value)
