"""What would change: a draft table asked over all open cases beside the version in force; nothing is saved.

Three statements gather what the last decision of each case looked at; both versions are then asked about the
same facts. Cases of which a version can say nothing are listed apart. Cases and facts that the actor may not
see are counted and never listed. Source: workflow.md §3 ("What if").
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from cii.cases.queries import OpenFile, open_files, open_persons
from cii.kernel.errors import Refusal, UnknownThing, refuse
from cii.people.standing import births, standing
from cii.people.vocabulary import StatusKind
from cii.routing.fact_sections import sections_of
from cii.routing.rules import age_at
from cii.store.work import Work
from cii.workflow.decided import asked_about
from cii.workflow.library import table as version_of
from cii.workflow.queries import table_on
from cii.workflow.reading import BrokenFile
from cii.workflow.rulebook import Table, parse_table
from cii.workflow.whatif import Asked, Compared, Effect, Said, compare, sentences

LISTED = 200
"""So many cases are listed at most; all are counted, and a file takes them all."""
FEW = 5
"""Counts of cases the reader may not see are told exactly from this number on."""


_Asked = tuple[datetime, Mapping[str, Any]]
"""When a table was asked, and about which facts."""


class Facts(StrEnum):
    """Which facts are used: those of the last decision, or these with what has changed since."""

    STORED = "stored"
    TODAY = "today"


class DraftMissing(Refusal):
    """Neither the text of a draft nor another published version was given."""

    code, kind = "draft-missing", "unfit"


class OtherTable(Refusal):
    """The draft is a version of another table than the one it is held against."""

    code, kind = "draft-of-another-table", "unfit"


class DraftFault(Refusal):
    """A fault of the draft: its line, the sentence, what was probably meant."""

    code, kind = "draft-fault", "unfit"


@dataclass(frozen=True)
class WhatIf:
    """A draft of a table (its text, or a published `version`), held against the version of a day (today)."""

    table: str
    draft: str = ""
    version: int | None = None
    on: date | None = None
    facts: Facts = Facts.STORED


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A listed case: what both versions say of it, on which facts, and when these were looked at."""

    id: int
    ref: str
    number: str
    unit_id: int
    compared: Compared
    facts: Mapping[str, Any] = field(hash=False)
    decided_at: datetime

    def why(self, table: Table, lang: str) -> str:
        """The sentences by which that version would explain itself."""
        return " ".join(sentences(table, self.facts, lang))


@dataclass(frozen=True, slots=True)
class Flow:
    """So many cases go from one answer to another; of them `unseen` are closed to the reader."""

    before: Said
    after: Said
    cases: int
    unseen: int

    @property
    def told(self) -> int | None:
        """The number as it may be told: None where only a few cases that the reader may not see are in it."""
        return None if 0 < self.unseen < FEW else self.cases


@dataclass(frozen=True, slots=True)
class Report:
    """What the draft would change: counts over all open cases, lists of those the reader may see.

    `undecided`: open cases that this table was never asked about. `moved` and `unsaid` hold at most `listed`
    rows, in the order of case numbers; `hidden` counts the moved cases that are not for the reader's eyes.
    """

    now: Table
    draft: Table
    on: date
    facts: Facts
    open_cases: int
    undecided: int
    effects: Mapping[Effect, int]
    flows: tuple[Flow, ...]
    moved: tuple[CaseRow, ...]
    unsaid: tuple[CaseRow, ...]
    silences: tuple[Flow, ...]
    hidden: int


def what_if(work: Work, ask: WhatIf, listed: int | None = LISTED) -> Report:
    """Ask the draft and the version in force about every open case; writes nothing.

    Refuses: DraftFault (each fault with its line), OtherTable, DraftMissing, NoTableInForce, UnknownThing.
    """
    day = ask.on or work.today
    _, now = table_on(work, ask.table, day)
    draft = _draft(work, ask)
    held, proposed = Asked(now), Asked(draft)
    counts: Counter[Effect] = Counter()
    flows: Counter[tuple[Said, Said]] = Counter()
    unseen: Counter[tuple[Said, Said]] = Counter()
    rows: dict[Effect, list[CaseRow]] = {Effect.MOVED: [], Effect.UNSAID: []}
    changed = _Today(work, day) if ask.facts is Facts.TODAY else None
    total = undecided = hidden = 0
    last = _decided(work, ask.table)
    for case in open_files(work, sections_of(now) | sections_of(draft)):
        total += 1
        decided = last(case)
        if decided is None:
            undecided += 1
            continue
        at, facts = decided
        known = facts if changed is None else {**facts, **changed.of(case)}
        found = compare(held, proposed, known)
        effect = found.effect
        counts[effect] += 1
        pair = _outcomes(found)
        flows[pair] += 1
        if not case.seen:
            unseen[pair] += 1
            hidden += effect is Effect.MOVED
        elif effect in rows and (listed is None or len(rows[effect]) < listed):
            rows[effect].append(CaseRow(case.id, case.ref, case.number, case.lead_unit_id, found, known, at))
    told = [Flow(*pair, cases, unseen[pair]) for pair, cases in flows.most_common()]
    return Report(
        now=now,
        draft=draft,
        on=day,
        facts=ask.facts,
        open_cases=total,
        undecided=undecided,
        effects={effect: counts[effect] for effect in Effect},
        flows=tuple(one for one in told if not (one.before.silent or one.after.silent)),
        moved=tuple(rows[Effect.MOVED]),
        unsaid=tuple(rows[Effect.UNSAID]),
        silences=tuple(one for one in told if one.before.silent or one.after.silent),
        hidden=hidden,
    )


def _outcomes(found: Compared) -> tuple[Said, Said]:
    """Both answers without their rules: what the counts are kept by."""
    before, after = found.before, found.after
    return Said(before.verdict, before.outcomes, (), before.facts), Said(
        after.verdict, after.outcomes, (), after.facts
    )


def _draft(work: Work, ask: WhatIf) -> Table:
    if ask.draft.strip():
        draft = _read(ask.draft)
        if draft.id != ask.table:
            raise OtherTable(field="draft", found=draft.id, table=ask.table)
        return draft
    if ask.version is None:
        raise DraftMissing(field="draft")
    try:
        return version_of(work, ask.table, ask.version)
    except UnknownThing as no:
        no.field = "version"
        raise


def _read(text: str) -> Table:
    """The draft as a table; refuses DraftFault once per fault, all at once."""
    try:
        return parse_table(text, "draft")
    except BrokenFile as broken:
        refuse(
            DraftFault(field="draft", line=one.line, message=one.message, hint=one.suggestion or "")
            for one in broken.problems
            if one.severity == "error"
        )
        raise


def _decided(work: Work, name: str) -> Callable[[OpenFile], _Asked | None]:
    """By open case when the table was last asked and about which facts.

    A decision about the person before the case was opened counts when the case has none of its own.
    """
    of_case: dict[int, _Asked] = {}
    of_person: dict[int, list[_Asked]] = {}
    for person, case, at, inputs in asked_about(work, name, open_persons()):
        if case is None:
            of_person.setdefault(person, []).append((at, inputs))
        else:
            of_case[case] = (at, inputs)

    def last(case: OpenFile) -> _Asked | None:
        if found := of_case.get(case.id):
            return found
        earlier = [one for one in of_person.get(case.person_id, ()) if one[0] <= case.opened_at]
        return earlier[-1] if earlier else None

    return last


class _Today:
    """What has changed since the decisions: ages, and where persons stand in the systems."""

    def __init__(self, work: Work, day: date) -> None:
        self.day = day
        self.births = births(work, open_persons())
        self.standing = standing(work, open_persons(), day)

    def of(self, case: OpenFile) -> dict[str, Any]:
        """The facts of today that are known of the person."""
        found: dict[str, Any] = {}
        birth = self.births.get(case.person_id)
        if birth is not None:
            found["age"] = age_at(birth, self.day)
        held = self.standing.get(case.person_id)
        if held is not None:
            live = held.values()
            follow = sum(kind in {StatusKind.BENEFIT, StatusKind.FOLLOWED} for kind in live)
            found |= {
                "followed": follow,
                "systems": follow,
                "may_owe": sum(kind is StatusKind.MAY_BE_OWED for kind in live),
            }
        return found
