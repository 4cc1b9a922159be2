"""From the facts of a day to a run: the problem with the group's decisions, solved, checked, kept whole."""

from collections.abc import Mapping
from dataclasses import asdict, replace

from sqlalchemy import func, insert, select
from sqlmodel import col

from cii.allocation.comparing import price_of_fairness
from cii.allocation.engine import allocate
from cii.allocation.outcome import Allocation, Placed, Policy, Unplaced
from cii.allocation.pins import Contradiction, conflicts
from cii.allocation.problem import Pin, Problem
from cii.allocation.verifying import verify
from cii.allocation.vocabulary import Left, Who
from cii.allocation.writing import allocation_bytes, problem_bytes
from cii.cases.known import case_heads
from cii.institutions.queries import lines_by_id
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.measures.queries import measures_by_id
from cii.rounds.queries import pins_of, positions_of
from cii.rounds.rules import (
    CEILING,
    NothingToDistribute,
    PinOnWhoLeft,
    PinsContradictEachOther,
    RoundNotVerified,
)
from cii.rounds.snapshot import Ids, LeftOut, Snapshot, Wanted, snapshot
from cii.rounds.tables import AllocationRound, RoundCandidate, RoundRun
from cii.rounds.vocabulary import Standing
from cii.store.work import Work

_RESULT = ("why", "measure_id", "line_id", "suitability", "cost", "purse", "short")
"""Columns of what a run comes to for a case, empty where nothing is to be said."""
SHOWN = 10
"""Of many flaws or contradictions so many are named at once."""


def policy_of(held: AllocationRound) -> Policy:
    """The policy that was fixed when the round opened."""
    return Policy(**{**held.policy, "who": Who(held.policy["who"])})


def facts_of(work: Work, held: AllocationRound) -> Snapshot:
    """The facts as they stand now, with the live decisions of the group.

    Refuses, all at once where it can: NothingToDistribute · PinOnWhoLeft · PinsContradictEachOther.
    """
    found = snapshot(work, Period.through(held.starts_on, held.ends_on), held.seed)
    if not found.wanted:
        raise NothingToDistribute
    return replace(found, problem=with_pins(work, held.id or 0, found.problem))


def with_pins(work: Work, round_id: int, problem: Problem) -> Problem:
    """The problem with the live decisions; refuses PinOnWhoLeft, PinsContradictEachOther.

    Cases are named by their place in the order: whose it is, only those learn who may see the case.
    """
    rows = pins_of(work, round_id)
    cases = case_heads(work, {row.case_id for row in rows})
    rank = {problem.candidates[case].key: at for at, case in enumerate(problem.by_rank, 1)}
    if gone := {row.case_id for row in rows if cases[row.case_id].ref not in rank}:
        before = positions_of(work, round_id, gone)
        raise PinOnWhoLeft(cases=", ".join(f"n° {before.get(one, 0)}" for one in sorted(gone)))
    measures = measures_by_id(work, {row.measure_id for row in rows if row.measure_id})
    lines = lines_by_id(work, {row.line_id for row in rows if row.line_id})
    pins = sorted(
        Pin(
            cases[row.case_id].ref,
            row.kind,
            measures[row.measure_id].code if row.measure_id else "",
            lines[row.line_id].code if row.line_id else "",
        )
        for row in rows
    )
    made = replace(problem, pins=tuple(pins))
    if found := conflicts(made):
        raise PinsContradictEachOther(
            sets=[_told(one, rank) for one in found[:SHOWN]],
            what="; ".join(_said(one, rank) for one in found[:SHOWN]),
        )
    return made


def _told(one: Contradiction, rank: Mapping[str, int]) -> dict[str, object]:
    """A contradiction as plain values, its cases by their place in the order."""
    return {
        "kind": one.kind.value,
        "key": "" if one.key in rank else one.key,
        "over": one.over,
        "pins": [
            {"position": rank[pin.case], "kind": pin.kind.value, "measure": pin.measure, "line": pin.line}
            for pin in one.pins
        ],
    }


def _said(one: Contradiction, rank: Mapping[str, int]) -> str:
    cases = ", ".join(f"n° {at}" for at in sorted({rank[pin.case] for pin in one.pins}))
    return cases if one.key in rank else f"{one.key} ({cases})"


def solved(problem: Problem, policy: Policy) -> Allocation:
    """The result, found right by the verifier; refuses RoundNotVerified."""
    found = allocate(problem, policy)
    checked(problem, found)
    return found


def checked(problem: Problem, found: Allocation) -> None:
    """Refuse RoundNotVerified where the verifier has anything to say."""
    if flaws := verify(problem, found):
        said = ", ".join(f"{one.flaw.value} {one.of}" for one in flaws[:SHOWN])
        raise RoundNotVerified(flaws=said, count=len(flaws))


def keep_run(work: Work, held: AllocationRound, facts: Snapshot, found: Allocation, who: int) -> RoundRun:
    """Write the run and what it says of each case."""
    problem = facts.problem
    policies = price_of_fairness(problem, found)
    latest = work.session.scalar(
        select(func.max(col(RoundRun.number))).where(col(RoundRun.round_id) == held.id)
    )
    run = RoundRun(
        round_id=held.id or 0,
        number=(latest or 0) + 1,
        problem=problem_bytes(problem),
        problem_digest=problem.digest,
        result=allocation_bytes(found),
        result_digest=found.digest,
        candidates=len(problem.candidates),
        placed=len(found.placed),
        first_come=policies[-1].persons,
        objective=found.certificate.objective,
        bound=found.certificate.bound,
        gap_ppm=found.certificate.gap_ppm,
        rank=found.certificate.rank,
        persons_bound=found.certificate.persons_bound,
        cost=sum((cost_of(one) for one in found.placed), Chf()),
        fairness=[asdict(row) for row in policies],
        computed_by=who,
        computed_at=work.now,
    )
    work.session.add(run)
    work.session.flush()
    rows = [*_rows(run.id or 0, facts, found), *(_out(run.id or 0, one) for one in facts.left_out)]
    if rows:
        work.session.execute(insert(RoundCandidate), rows)
    return run


def cost_of(one: Placed) -> Chf:
    """What a place costs its payers; a ceiling counts the same francs again and is left aside."""
    return Chf(sum(amount for purse, amount in one.charges if CEILING not in purse))


def _rows(run_id: int, facts: Snapshot, found: Allocation) -> list[dict[str, object]]:
    placed = {one.case: one for one in found.placed}
    left = {one.case: one for one in found.unplaced}
    options: dict[int, int] = {}
    for case in facts.problem.case_at:
        options[case] = options.get(case, 0) + 1
    counted = {one.key: options.get(at, 0) for at, one in enumerate(facts.problem.candidates)}
    lots = {one.key: one.lot for one in facts.problem.candidates}
    return [
        {
            **_asked(run_id, at, one, lots[one.case_ref]),
            "options": counted[one.case_ref],
            **_came(placed.get(one.case_ref), left.get(one.case_ref), facts.ids),
            "refused": [
                {"measure": measure, "reasons": list(reasons)} for measure, reasons in one.refused.items()
            ],
        }
        for at, one in enumerate(facts.wanted, 1)
    ]


def _asked(run_id: int, position: int, one: Wanted | LeftOut, lot: str) -> dict[str, object]:
    return {
        "run_id": run_id,
        "case_id": one.case_id,
        "entry_id": one.entry_id,
        "requested_by_unit_id": one.requested_by_unit_id,
        "position": position,
        "urgency": one.urgency,
        "waiting_since": one.waiting_since,
        "lot": lot,
        "starts_on": one.stay.start,
        "ends_on": one.stay.last,
    }


def _came(placed: Placed | None, left: Unplaced | None, ids: Ids) -> dict[str, object]:
    """The place, or why there is none, as columns."""
    said: dict[str, object] = dict.fromkeys(_RESULT)
    said |= {"standing": Standing.UNPLACED, "pinned": False}
    if placed is not None:
        return said | {
            "standing": Standing.PLACED,
            "measure_id": ids.measures[placed.measure],
            "line_id": ids.lines[placed.line],
            "suitability": placed.suitability,
            "cost": cost_of(placed),
            "pinned": placed.pinned,
        }
    if left is None:
        return said | {"why": Left.NO_OPTION.value}
    short = Chf(left.short) if left.short is not None else None
    return said | {"why": left.why.value, "purse": left.purse, "short": short}


def _out(run_id: int, one: LeftOut) -> dict[str, object]:
    """A case that waits but is not in the round, with the reason."""
    said: dict[str, object] = dict.fromkeys(_RESULT)
    return {
        **_asked(run_id, 0, one, one.lot),
        **said,
        "options": 0,
        "standing": Standing.LEFT_OUT,
        "why": one.code,
        "pinned": False,
        "refused": [{"measure": "", "reasons": [{"code": one.code, **one.facts}]}],
    }
