"""Who takes part in a round: one candidate for each person that waits, and who is left out and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from cii.allocation import lots
from cii.cases.known import CaseHead, case_heads
from cii.cases.vocabulary import CaseStatus
from cii.kernel.clock import local_day
from cii.kernel.period import Period
from cii.people.known import Consented, consents_of_many, taken_back
from cii.people.vocabulary import Purpose
from cii.placements.awaiting import Awaited, awaited, awaiting, financed
from cii.rounds.options import Reason
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Wanted:
    """A case of the round with its leading entry; `entry_ids`: all its entries that count.

    `line_ids`: who would pay, the leading entry's line first. `refused`: by code of a measure, why it is
    closed to the case. `marks`: by "measure line", the parts of the suitability. `facts_by_line`: what the
    unit that asked may know, on which the decisions rest, by code of the line that would pay.
    """

    case_id: int
    case_ref: str
    person_id: int
    opened_by_unit_id: int
    entry_id: int
    entry_ids: tuple[int, ...]
    requested_by_unit_id: int
    stay: Period
    urgency: int
    waiting_since: date
    lot: str
    line_ids: tuple[int, ...]
    asked: frozenset[tuple[int, int]]
    refused: Mapping[str, list[Reason]] = field(default_factory=dict)
    marks: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    facts_by_line: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    @property
    def facts(self) -> Mapping[str, object]:
        """The facts for the line of the leading entry."""
        return next(iter(self.facts_by_line.values()), {})

    @property
    def rank(self) -> tuple[int, str, str, str]:
        """Whoever has the smaller one comes first."""
        return self.urgency, self.waiting_since.isoformat(), self.lot, self.case_ref


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A case that waits and is not in the round; `code` says why, with its facts."""

    case_id: int
    case_ref: str
    person_id: int
    entry_id: int
    requested_by_unit_id: int
    stay: Period
    urgency: int
    waiting_since: date
    lot: str
    code: str
    facts: Mapping[str, object]


def seekers(work: Work, term: Period, seed: str) -> tuple[list[Wanted], list[LeftOut]]:
    """Who is in the round and who is left out, both in the order of rank."""
    look = _Look(work, term)
    by_case: dict[int, list[Awaited]] = {}
    for entry in sorted(awaited(work, term.last), key=lambda one: (one.urgency, one.waiting_since, one.id)):
        by_case.setdefault(entry.case_id, []).append(entry)
    wanted: list[Wanted] = []
    left_out: list[LeftOut] = []
    for case_id, entries in by_case.items():
        case, faults = look.heads[case_id], {one.id: look.fault(one) for one in entries}
        held = [one for one in entries if faults[one.id] is None]
        lot = lots.lot(seed, case.ref)
        if held:
            wanted.append(_wanted(case, held, look.stay(held[0]), lot))
        elif (fault := faults[entries[0].id]) is not None:
            left_out.append(_left_out(case, entries[0], look.stay(entries[0]), lot, *fault))
    return _each_once(sorted(wanted, key=lambda one: one.rank), left_out)


def _each_once(wanted: Sequence[Wanted], left_out: list[LeftOut]) -> tuple[list[Wanted], list[LeftOut]]:
    """A person with several cases takes part with the one that comes first."""
    first: dict[int, Wanted] = {}
    for one in wanted:
        if one.person_id in first:
            left_out.append(_beside(one))
        else:
            first[one.person_id] = one
    order = sorted(left_out, key=lambda one: (one.urgency, one.waiting_since, one.lot, one.case_ref))
    return list(first.values()), order


class _Look:
    """What decides whether somebody takes part, read at once for everybody who waits."""

    def __init__(self, work: Work, term: Period) -> None:
        cases, persons = awaiting("case_id", term.last), awaiting("person_id", term.last)
        self.term, self.today = term, work.today
        self.heads = case_heads(work, cases)
        self.placed = financed(work, persons, term.start)
        self.consents: Mapping[int, Sequence[Consented]] = consents_of_many(work, persons, Purpose.PLACEMENT)
        self.longest = work.parameter("placement_longest_days")

    def stay(self, entry: Awaited) -> Period:
        """The days asked for, moved to the first day of the round if they began before it."""
        days = Period.through(entry.starts_on, entry.ends_on)
        late = self.term.start - days.start
        return Period(days.start + late, days.end + late) if days.start < self.term.start else days

    def fault(self, entry: Awaited) -> tuple[str, dict[str, object]] | None:
        """Why the entry does not count in this round."""
        case, stay = self.heads[entry.case_id], self.stay(entry)
        if case.status is not CaseStatus.OPEN:
            return "case-closed", {}
        withdrawn = taken_back(self.consents.get(case.person_id, ()), case.id, self.today)
        if withdrawn is not None:
            return "consent-withdrawn", {"day": local_day(withdrawn).isoformat()}
        for other in self.placed.get(case.person_id, ()):
            if (days := other.overlap(stay)) is not None:
                return "already-placed", {"first": days.start.isoformat(), "last": days.last.isoformat()}
        if entry.paused_on is not None:
            return "waiting-paused", {"day": entry.paused_on.isoformat()}
        if len(stay) > self.longest:
            return "stay-too-long", {"days": self.longest}
        return None


def _wanted(case: CaseHead, held: Sequence[Awaited], stay: Period, lot: str) -> Wanted:
    lead = held[0]
    return Wanted(
        case.id, case.ref, case.person_id, case.opened_by_unit_id,
        lead.id, tuple(one.id for one in held), lead.requested_by_unit_id,
        stay, lead.urgency, lead.waiting_since, lot,
        tuple(dict.fromkeys(one.line_id for one in held)),
        frozenset((one.measure_id, one.line_id) for one in held),
    )  # fmt: skip


def _left_out(  # noqa: PLR0917 - the parts of one row
    case: CaseHead, entry: Awaited, stay: Period, lot: str, code: str, facts: Mapping[str, object]
) -> LeftOut:
    return LeftOut(
        case.id, case.ref, case.person_id, entry.id, entry.requested_by_unit_id,
        stay, entry.urgency, entry.waiting_since, lot, code, facts,
    )  # fmt: skip


def _beside(one: Wanted) -> LeftOut:
    return LeftOut(
        one.case_id, one.case_ref, one.person_id, one.entry_id, one.requested_by_unit_id,
        one.stay, one.urgency, one.waiting_since, one.lot, "person-in-other-case", {},
    )  # fmt: skip


__all__ = ["LeftOut", "Wanted", "seekers"]
