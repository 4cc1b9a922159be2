"""Approval: a second member, unchanged facts, a result found right; then every place in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cii.allocation.outcome import Allocation
from cii.allocation.problem import Problem
from cii.budgets.actions_binding import Lost
from cii.kernel.moves import move
from cii.notices.actions import tell
from cii.placements.together import GivenPlace, place_together
from cii.rounds.actions import kept, locked, member
from cii.rounds.computing import checked, facts_of
from cii.rounds.queries import contents, run_of
from cii.rounds.rules import (
    MOVES,
    RoundFourEyes,
    RoundStale,
    RoundTermPast,
    RunNotLatest,
)
from cii.rounds.rules_changed import OF_A_CASE, Change, changed
from cii.rounds.snapshot import Snapshot, Wanted
from cii.rounds.tables import AllocationRound
from cii.rounds.vocabulary import RoundEvent
from cii.store.work import Work

SAID = 200
"""Of what has changed so many letters are said in the sentence; the list holds all of it."""


@dataclass(frozen=True)
class ApproveRound:
    """Wish to approve the run that was read."""

    round_ref: str
    run: int


def approve(work: Work, ask: ApproveRound) -> AllocationRound:
    """Approve a run: each of its places becomes a reservation with its commitment, all of them or none.

    The facts are read anew: whoever was placed, whatever was spent or changed since the run is named and
    nothing happens. Refuses: UnknownThing, NotAllowed, IllegalMove, RunNotLatest, RoundFourEyes,
    RoundTermPast, NothingToDistribute, PinOnWhoLeft, RoundStale, RoundNotVerified.
    """
    held, who = locked(work, ask.round_ref, RoundEvent.APPROVE), member(work)
    run = run_of(work, held.id or 0)
    if run is None or run.number != ask.run:
        raise RunNotLatest(field="run", latest=run.number if run else 0)
    if run.computed_by == who:
        raise RoundFourEyes
    if held.starts_on < work.today:
        raise RoundTermPast(field="round_ref", first=work.today)
    problem, found = contents(run)
    facts = facts_of(work, held)
    if facts.problem.digest != run.problem_digest:
        raise stale(problem, changed(problem, facts.problem))
    checked(problem, found)
    try:
        with work.session.begin_nested():
            place_together(work, _places(facts, found))
    except Lost as lost:
        raise stale(problem, ()) from lost
    _tell(work, facts, found)
    held.state = move(MOVES, held.state, RoundEvent.APPROVE)
    held.approved_run, held.computed_by = run.number, run.computed_by
    held.approved_by, held.approved_at = who, work.now
    said = {"run": run.number, "problem": run.problem_digest, "result": run.result_digest,
            "placed": run.placed, "candidates": run.candidates, "seed": held.seed}  # fmt: skip
    return kept(work, held, "round.approve", said)


def stale(problem: Problem, changes: Sequence[Change]) -> RoundStale:
    """What has changed since the run; its cases are named by their place in the order of the run."""
    rank = {problem.candidates[case].key: f"n° {at}" for at, case in enumerate(problem.by_rank, 1)}
    told = []
    for one in changes:
        said = one.told()
        of_case = one.kind in OF_A_CASE
        said["key"] = rank.get(one.key, "") if of_case else one.key
        if one.case is not None:
            said["case"] = rank.get(one.case, "")
        told.append(said)
    first = ", ".join(dict.fromkeys(str(one["key"]) for one in told if one["key"]))
    return RoundStale(changed=told, count=len(told), first=first[:SAID])


def _places(facts: Snapshot, found: Allocation) -> list[GivenPlace]:
    wanted = {one.case_ref: one for one in facts.wanted}
    return [
        GivenPlace(
            case_id=wanted[one.case].case_id,
            person_id=wanted[one.case].person_id,
            entry_id=wanted[one.case].entry_id,
            asked_by_unit_id=wanted[one.case].requested_by_unit_id,
            measure_id=facts.ids.measures[one.measure],
            line_id=facts.ids.lines[one.line],
            stay=wanted[one.case].stay,
            facts=wanted[one.case].facts_by_line[one.line],
        )
        for one in found.placed
    ]


def _tell(work: Work, facts: Snapshot, found: Allocation) -> None:
    """A notice to each unit that asked: a place, or none and where to read why."""
    placed = {one.case: one.measure for one in found.placed}
    for one in facts.wanted:
        measure = placed.get(one.case_ref)
        kind = "placement-round-given" if measure else "placement-round-none"
        _told_to(work, one, kind, {"measure": measure} if measure else {})


def _told_to(work: Work, one: Wanted, kind: str, facts: Mapping[str, Any]) -> None:
    tell(
        work,
        unit_id=one.requested_by_unit_id,
        kind=kind,
        subject="case",
        subject_ref=one.case_ref,
        person_id=one.person_id,
        **facts,
    )
