"""Pure rules of a case: missing voices, answers to a plan, answers to the grid and the sections they lie in.

Source: product.md P2, P3, §10, CII report 2009-2013 §4.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from cii.access.vocabulary import Section
from cii.cases.vocabulary import GridSection, ItemKind, PartyRole, Voice
from cii.kernel.errors import Refusal


class CaseClosed(Refusal):
    """The case is closed; only reopening is left, with a reason."""

    code, kind = "case-closed", "conflict"


class CaseOpen(Refusal):
    """The case is open already."""

    code, kind = "case-open", "conflict"


class GridChanged(Refusal):
    """A published version of a grid never changes; a new text takes a new version."""

    code, kind = "grid-changed", "conflict"


class SectionNotYours(Refusal):
    """The section may not be written with this part in the case."""

    code, kind = "section-not-yours", "forbidden"


class NoPart(Refusal):
    """The unit has no such part in the case."""

    code, kind = "no-part-in-case", "forbidden"


class OnlyTheLead(Refusal):
    """The act belongs to the lead of the case."""

    code, kind = "only-the-lead", "forbidden"


class AlreadyLead(Refusal):
    """The unit has the lead already."""

    code, kind = "already-lead", "conflict"


class UnknownItem(Refusal):
    """The grid has no such item."""

    code, kind = "grid-item-unknown", "unfit"


class UnfitAnswer(Refusal):
    """The item does not take this answer; `expected` says what it takes."""

    code, kind = "grid-answer-unfit", "unfit"


class ItemOfAnother(Refusal):
    """The item is filled by others; `who` lists them."""

    code, kind = "grid-item-of-another", "forbidden"


class ItemTwice(Refusal):
    """One entry per item at a time."""

    code, kind = "grid-item-twice", "unfit"


class DayAhead(Refusal):
    """What is observed cannot lie in the future."""

    code, kind = "day-ahead", "unfit"


class ValidityOver(Refusal):
    """An entry that is no longer valid on the day it is written says nothing."""

    code, kind = "grid-validity-over", "unfit"


class NoTeam(Refusal):
    """Nobody speaks for this role in the team of the round."""

    code, kind = "assessment-no-team", "unfit"


class DayPast(Refusal):
    """A due date of a new plan cannot lie in the past."""

    code, kind = "day-past", "unfit"


class TextMissing(Refusal):
    """A text that the others must read is empty."""

    code, kind = "text-missing", "unfit"


class NothingAsked(Refusal):
    """A list that must hold something is empty."""

    code, kind = "nothing-given", "unfit"


class NobodyFollows(Refusal):
    """The case is closed: what a provider observes is no longer received, and it learns no more than that."""

    code, kind = "observation-not-followed", "conflict"


class NotPercent(Refusal):
    """A share of a full-time job lies between 0 and 100."""

    code, kind = "not-percent", "unfit"


class MissingVoice(Refusal):
    """An assessment is not signed while this role has not spoken."""

    code, kind = "missing-voice", "unfit"


class NothingSaid(Refusal):
    """The role has written nothing yet, so its part is not done."""

    code, kind = "voice-empty", "unfit"


class NoAssessment(Refusal):
    """No assessment is open."""

    code, kind = "no-open-assessment", "conflict"


class NotAParty(Refusal):
    """A part of the plan names a unit that has no part in the case."""

    code, kind = "plan-part-not-a-party", "unfit"


class PlanNotOpen(Refusal):
    """No plan waits for an answer."""

    code, kind = "plan-not-proposed", "conflict"


class RefusalWithoutReason(Refusal):
    """A refusal says why."""

    code, kind = "plan-refusal-without-reason", "unfit"


_WHOLE = re.compile(r"[0-9]{1,7}")


def section_of(section: GridSection, kind: ItemKind) -> Section:
    """The sections of a case that open an item, one is enough; social yes/no facts are wider open."""
    match section:
        case GridSection.FUNCTIONAL:
            return Section.FUNCTIONAL
        case GridSection.SOCIAL:
            return Section.SOCIAL | (Section.SOCIAL_FACTS if kind is ItemKind.YES_NO else Section(0))
    return Section.PLAN


def section_word(section: Section) -> str:
    """The name of a section, as views and refusals write it; of several the first."""
    return next(str(one.name).lower() for one in Section if one & section)


def missing_voices(heard: Collection[Voice]) -> list[Refusal]:
    """One refusal per role that has not spoken: AC, AI, AS and the physician must (P3)."""
    return [MissingVoice(field="voices", role=voice) for voice in Voice if voice not in heard]


@dataclass(frozen=True, slots=True)
class GridItem:
    """One item of a grid: its group, the section it lies in, what it takes, who fills it.

    `values` words the choices by language, `unit` what a number counts; `low` and `high` bound numbers and
    scales.
    """

    key: str
    group: str
    section: GridSection
    kind: ItemKind
    title: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    filled_by: tuple[PartyRole, ...] = ()
    low: int = 0
    high: int = 0
    unit: Mapping[str, str] = field(default_factory=dict)

    @property
    def expected(self) -> str:
        """What the item takes, in the words of the file."""
        match self.kind:
            case ItemKind.YES_NO:
                return "yes, no"
            case ItemKind.CHOICE:
                return ", ".join(self.values)
            case ItemKind.NUMBER | ItemKind.SCALE:
                return f"{self.low}–{self.high}"
        return "…"

    def takes(self, value: str) -> bool:
        """Whether this is an answer to the item."""
        match self.kind:
            case ItemKind.YES_NO:
                return value in {"yes", "no"}
            case ItemKind.CHOICE:
                return value in self.values
            case ItemKind.NUMBER | ItemKind.SCALE:
                return bool(_WHOLE.fullmatch(value)) and self.low <= int(value) <= self.high
        return bool(value.strip())


@dataclass(frozen=True, slots=True)
class Grid:
    """A version of a grid as published.

    `groups` words the headings under which items stand; `shared` names a grid, its version and those of its
    items that stand here too.
    """

    name: str
    version: int
    title: Mapping[str, str]
    groups: Mapping[str, Mapping[str, str]]
    items: Mapping[str, GridItem]
    shared: tuple[str, int, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class GridAnswer:
    """One entry that somebody wants to write: item, value, where it is from, when it was so.

    `valid_until`: the last day on which it holds; left out, until somebody says otherwise.
    """

    item: str
    value: str = field(metadata={"max": 2000})
    effective_on: date
    source: str = field(default="", metadata={"max": 200})
    valid_until: date | None = None


def grid_faults(
    grid: Grid, answers: Iterable[GridAnswer], roles: Collection[PartyRole] | None, writes: int, today: date
) -> Iterator[Refusal]:
    """Everything that stands against these entries of a unit with these parts in the case.

    `roles` None: whoever writes fills every item of this grid, as a provider its own observation.
    """
    seen: set[str] = set()
    for place, answer in enumerate(answers):
        where = f"entries.{place}"
        item = grid.items.get(answer.item)
        if item is None:
            yield UnknownItem(field=f"{where}.item", item=answer.item)
            continue
        if answer.item in seen:
            yield ItemTwice(field=f"{where}.item", item=answer.item)
        seen.add(answer.item)
        opening = section_of(item.section, item.kind)
        if not writes & opening:
            yield SectionNotYours(field=f"{where}.item", section=section_word(opening))
        elif roles is not None and item.filled_by and not set(item.filled_by) & set(roles):
            yield ItemOfAnother(field=f"{where}.item", item=answer.item, who=item.filled_by)
        if not item.takes(answer.value):
            yield UnfitAnswer(field=f"{where}.value", item=answer.item, expected=item.expected)
        if answer.effective_on > today:
            yield DayAhead(field=f"{where}.effective_on", day=answer.effective_on)
        if answer.valid_until is not None and answer.valid_until < max(today, answer.effective_on):
            yield ValidityOver(field=f"{where}.valid_until", day=answer.valid_until)
    if not seen:
        yield NothingAsked(field="entries")
