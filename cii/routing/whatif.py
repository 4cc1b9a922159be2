"""What would change: a draft table asked over all open cases beside the version in force; nothing is saved.

Three statements gather what the last decision of each case looked at; both versions are then asked about the
same facts. Cases of which a version can say nothing are listed apart. Cases and facts that the actor may not
see are counted (see `rules_counts`) and never listed. Source: workflow.md §3 ("What if").
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from cii.cases.queries import OpenFile, open_files, open_persons
from cii.decisions.rulebook import Table, parse_table
from cii.decisions.whatif import STEPS, Asked, Compared, Effect, Said, compare, sentences
from cii.files.reading import BrokenFile, decoded
from cii.kernel.errors import Refusal, UnknownThing, refuse
from cii.people.standing import births, standing
from cii.people.vocabulary import StatusKind
from cii.routing.fact_sections import sections_of
from cii.routing.rules import age_at
from cii.routing.rules_counts import Tally
from cii.store.work import Work
from cii.workflow.decided import asked_about
from cii.workflow.library import table as version_of
from cii.workflow.queries import table_on

LISTED = 200
"""So many cases are listed at most; all are counted, and a file takes them all."""


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
    """So many cases at least go from one answer to another."""

    before: Said
    after: Said
    cases: int


@dataclass(frozen=True, slots=True)
class Report:
    """What the draft would change: counts over all open cases, lists of those the reader may see.

    `undecided`: open cases that this table was never asked about. `exact`: the reader may see all the others,
    and counts are whole; else `effects` and flows are lower bounds (`rules_counts`), and flows of
    which nothing may be told are left away. `moved` and `unsaid` hold at most `listed` rows, in the order of
    case numbers; `hidden`: at least so many moved cases are not for the reader's eyes.
    """

    now: Table
    draft: Table
    on: date
    facts: Facts
    open_cases: int
    undecided: int
    exact: bool
    effects: Mapping[Effect, int]
    flows: tuple[Flow, ...]
    moved: tuple[CaseRow, ...]
    unsaid: tuple[CaseRow, ...]
    silences: tuple[Flow, ...]
    hidden: int


def what_if(work: Work, ask: WhatIf, listed: int | None = LISTED) -> Report:
    """Ask the draft and the version in force about every open case; writes nothing.

    Refuses: DraftFault (each fault with its line), OtherTable, DraftMissing, NoTableInForce, UnknownThing,
    TableTooHeavy.
    """
    day = ask.on or work.today
    row, now = table_on(work, ask.table, day)
    draft = _draft(work, ask)
    work.saw("rules_tried", [row.id or 0], 0)
    held, proposed = Asked(now), Asked(draft, STEPS if ask.draft.strip() else 0)
    counts = {effect: Tally() for effect in Effect}
    flows: dict[tuple[Said, Said], Tally] = {}
    rows: dict[Effect, list[CaseRow]] = {Effect.MOVED: [], Effect.UNSAID: []}
    changed = _Today(work, day) if ask.facts is Facts.TODAY else None
    total = undecided = 0
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
        counts[effect].add(case.ref, seen=case.seen)
        flows.setdefault(_outcomes(found), Tally()).add(case.ref, seen=case.seen)
        if case.seen and effect in rows and (listed is None or len(rows[effect]) < listed):
            rows[effect].append(CaseRow(case.id, case.ref, case.number, case.lead_unit_id, found, known, at))
    told = [Flow(*pair, tally.at_least) for pair, tally in flows.items() if tally.at_least]
    told.sort(key=lambda one: (-one.cases, repr(one)))
    return Report(
        now=now,
        draft=draft,
        on=day,
        facts=ask.facts,
        open_cases=total,
        undecided=undecided,
        exact=not any(tally.closed for tally in counts.values()),
        effects={effect: tally.at_least for effect, tally in counts.items()},
        flows=tuple(one for one in told if not (one.before.silent or one.after.silent)),
        moved=tuple(rows[Effect.MOVED]),
        unsaid=tuple(rows[Effect.UNSAID]),
        silences=tuple(one for one in told if one.before.silent or one.after.silent),
        hidden=counts[Effect.MOVED].at_least - counts[Effect.MOVED].seen,
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


def uploaded(data: bytes) -> str:
    """The text of a draft that comes as a file; refuses DraftFault when it is too large or not UTF-8."""
    try:
        return decoded(data, "draft")
    except BrokenFile as broken:
        _refuse(broken)
        raise


def _read(text: str) -> Table:
    """The draft as a table; refuses DraftFault once per fault, all at once."""
    try:
        return parse_table(text, "draft")
    except BrokenFile as broken:
        _refuse(broken)
        raise


def _refuse(broken: BrokenFile) -> None:
    refuse(
        DraftFault(field="draft", line=one.line, message=one.message, hint=one.suggestion or "")
        for one in broken.problems
        if one.severity == "error"
    )


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
