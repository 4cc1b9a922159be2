"""What if: two versions of a decision table asked about the same facts, and what they say differently.

Pure: facts come in as rows keep them, answers go out; nothing is saved. Cases of which a version cannot say
anything are named with the reason, never counted as unchanged. Source: workflow.md §3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cii.decisions.decision import NoRule, RulesOverlap, decide
from cii.decisions.domain import Domain, MissingFacts, day, duration, number
from cii.decisions.matching import TableTooHeavy, matcher
from cii.decisions.rulebook import Table
from cii.kernel.errors import Refusal

STEPS = 50_000_000
"""What a draft may take over all open cases; the tables of the house take some thousands."""
_PER_OUTCOME = 100
"""An outcome that is told stays in the memory: it counts as so many steps."""
_READ = {"date": day, "number": number, "months": duration, "days": duration}


class Verdict(StrEnum):
    """What a version makes of a set of facts."""

    ANSWER = "answer"
    NO_RULE = "no-rule"
    OVERLAP = "overlap"
    MISSING = "missing"
    UNFIT = "unfit"


class Effect(StrEnum):
    """What changing the version changes for one case."""

    SAME = "same"
    OTHER_REASON = "other-reason"
    MOVED = "moved"
    UNSAID = "unsaid"


SILENT = frozenset({Verdict.MISSING, Verdict.UNFIT})
"""With these nothing can be said: the facts do not suffice, or do not fit the version's domains."""

Outcome = tuple[tuple[str, Any], ...]
"""The outputs of an answer by name, in the order of the table."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one version says: its outcomes and the rules, or the facts for want of which it says nothing.

    `facts` are the names of missing or unfit facts. An answer of several results has several `outcomes`.
    """

    verdict: Verdict
    outcomes: tuple[Outcome, ...] = ()
    rules: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()

    @property
    def silent(self) -> bool:
        """Whether nothing can be said."""
        return self.verdict in SILENT


@dataclass(frozen=True, slots=True)
class Compared:
    """What both versions say of the same facts."""

    before: Said
    after: Said

    @property
    def effect(self) -> Effect:
        """Moved when the outcome differs; "other reason" when the same outcome comes by other rules."""
        if self.before.silent or self.after.silent:
            return Effect.UNSAID
        if (self.before.verdict, self.before.outcomes) != (self.after.verdict, self.after.outcomes):
            return Effect.MOVED
        return Effect.SAME if self.before.rules == self.after.rules else Effect.OTHER_REASON


def revived(domains: Mapping[str, Domain], kept: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as rows keep them (JSON) in the terms of a table; facts it does not ask for are left away.

    What cannot be read stays as it is: the table then refuses it by name.
    """
    found = {}
    for name, domain in domains.items():
        held = kept.get(name)
        if held is None:
            continue
        read = _READ.get(domain.kind) if isinstance(held, str) else None
        value = read(held) if read else held
        found[name] = held if value is None else value
    return found


class Asked:
    """One version, ready to be asked many times: the same facts are decided once.

    A draft, written by anybody, is allowed so many `steps` in all and refuses TableTooHeavy beyond: rules
    weighed, outcomes of unknown facts followed, outcomes told.
    """

    def __init__(self, table: Table, steps: int = 0) -> None:
        self.table, self._steps = table, steps
        if steps:
            matcher(table).allow(steps, "draft")
        self._told = 0
        self._names = tuple(column.name for column in table.inputs)
        self._said: dict[tuple[Any, ...], Said] = {}
        self._same: dict[Said, Said] = {}

    def say(self, kept: Mapping[str, Any]) -> Said:
        """What the version says of facts as rows keep them."""
        key = tuple((kept.get(name).__class__, kept.get(name)) for name in self._names)
        try:
            found = self._said.get(key)
        except TypeError:  # a list or mapping where a plain value should stand: the table will refuse it
            return said(self.table, kept)
        if found is None:
            fresh = said(self.table, kept)
            found = self._said[key] = self._same.setdefault(fresh, fresh)
            if found is fresh:
                self._told += len(fresh.outcomes) + len(fresh.rules)
            if self._steps and self._told > self._steps // _PER_OUTCOME:
                raise TableTooHeavy(field="draft", most=self._steps)
        return found


def said(table: Table, kept: Mapping[str, Any]) -> Said:
    """What a table says of facts as rows keep them; a refusal is something said as well."""
    try:
        answer = decide(table, revived(table.domains, kept))
    except MissingFacts as no:
        return Said(Verdict.MISSING, facts=no.names)
    except TableTooHeavy:
        raise
    except NoRule:
        return Said(Verdict.NO_RULE)
    except RulesOverlap as no:
        return Said(Verdict.OVERLAP, rules=tuple(str(no.facts["rules"]).split(", ")))
    except Refusal as no:
        return Said(Verdict.UNFIT, facts=tuple(dict.fromkeys(one.field or "" for one in no.reasons)))
    return Said(Verdict.ANSWER, tuple(tuple(one.items()) for one in answer.results), answer.rules)


def compare(now: Asked, draft: Asked, kept: Mapping[str, Any]) -> Compared:
    """What the version in force and the draft say of the same facts."""
    return Compared(now.say(kept), draft.say(kept))


def sentences(table: Table, kept: Mapping[str, Any], lang: str) -> list[str]:
    """Why the table answers as it does, in that language; nothing where it does not answer."""
    try:
        return decide(table, revived(table.domains, kept)).explain(lang)
    except Refusal:
        return []
