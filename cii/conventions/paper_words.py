"""How the paper of an agreement says values: in the agreement's language, in sentences where it can."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from cii.agreements.vocabulary import IndicatorUnit
from cii.conventions.whole import Convention, Gauge
from cii.documents.agreement import Block, Lead, Missing, Points, Prose
from cii.kernel.money import Chf
from cii.texts import formats
from cii.texts.speech import say

_PERMILLE = 1000
_PERCENT = 100


@dataclass(frozen=True)
class Sheet:
    """What is printed, in which language, and whether it may still change."""

    whole: Convention
    lang: str
    draft: bool
    former: Convention | None = None

    def say(self, key: str, **facts: object) -> str:
        """A sentence of the catalogue."""
        return say(key, self.lang, **facts)

    def word(self, group: str, value: StrEnum | None) -> str:
        """The word for a value, nothing for none."""
        return say(f"word.{group}.{value.value}", self.lang) if value is not None else ""

    def day(self, at: date) -> str:
        """A date in full."""
        said = formats.long_day(at, self.lang)
        return f"1er{said[1:]}" if self.lang == "fr" and at.day == 1 else said

    def money(self, amount: Chf) -> str:
        """A sum with its currency."""
        return formats.money(amount)

    def percent(self, whole: int) -> str:
        """Whole percent."""
        return formats.percent(Fraction(whole, _PERCENT), self.lang)

    def permille(self, whole: int) -> str:
        """Permille as percent with at most one decimal."""
        return formats.percent(Fraction(whole, _PERMILLE), self.lang)

    def measured(self, gauge: Gauge, value: int | None) -> str:
        """A target or a minimum in the unit of its indicator, with the side on which it is reached."""
        if value is None:
            return formats.DASH
        match gauge.unit:
            case IndicatorUnit.PERCENT:
                said = self.permille(value)
            case IndicatorUnit.FRANCS:
                said = formats.money(Chf(value))
            case IndicatorUnit.DAYS:
                said = self.say("paper.days", n=value)
            case IndicatorUnit.NUMBER:
                said = formats.number(value, self.lang)
        return self.say(f"paper.bound.{gauge.direction.value}", value=said)

    @property
    def measures(self) -> Mapping[str, str]:
        """Names of the measures bought, by ref."""
        return {one.measure_ref: one.measure_name for one in self.whole.bought}

    @property
    def lines(self) -> Mapping[str, str]:
        """Codes of the funding lines, by ref."""
        return {one.line_ref: one.line_code for one in self.whole.bought}

    def measure(self, ref: str) -> str:
        """The name of a measure; of one that is not bought its ref."""
        return self.measures.get(ref, ref)

    def line(self, ref: str) -> str:
        """The code of a funding line."""
        return self.lines.get(ref, ref)

    def led(self, key: str, text: str) -> list[Block]:
        """A text under its label; nothing for an empty one."""
        return [Lead(self.say(key), text)] if text.strip() else []

    def prose(self, text: str) -> list[Block]:
        """A text; nothing for an empty one."""
        return [Prose(text)] if text.strip() else []

    def points(self, entries: Iterable[str]) -> list[Block]:
        """A list; nothing for an empty one."""
        held = [one for one in entries if one.strip()]
        return [Points(held)] if held else []

    def told(self, blocks: list[Block]) -> list[Block]:
        """The blocks, or the sentence that nothing is agreed here."""
        return blocks or [Missing(self.say("paper.nothing-yet" if self.draft else "paper.nothing"))]

    def series(self, several: Iterable[str]) -> str:
        """Several things in a row, as the language parts them."""
        return (f"{formats.NBSP}; " if self.lang == "fr" else "; ").join(several)

    def listed(self, words: Iterable[str]) -> str:
        """Several words in one sentence."""
        return ", ".join(words)
