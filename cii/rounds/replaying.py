"""Computing again what is kept, and trying what would be: neither writes anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cii.allocation.engine import allocate
from cii.allocation.outcome import Allocation, Policy
from cii.allocation.pins import PinsContradict
from cii.allocation.problem import MeasurePlaces, Problem, Purse, Quota
from cii.allocation.verifying import verify
from cii.allocation.vocabulary import Who
from cii.kernel.errors import UnknownThing
from cii.rounds.computing import policy_of
from cii.rounds.queries import contents, round_by_ref, run_of
from cii.rounds.rules import POLICIES, NothingToDistribute
from cii.rounds.tables import RoundRun
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Replay:
    """A run computed again from what was kept: the same bytes or not, and what the verifier finds."""

    run: int
    same: bool
    digest: str
    kept: str
    flaws: int


def replay(work: Work, round_ref: str, number: int | None = None) -> Replay:
    """Compute a run again from its own problem and policy; refuses UnknownThing.

    The same bytes come out under the same versions of the solvers, which the certificate names.
    """
    run, problem, found = _kept(work, round_ref, number)
    again = allocate(problem, found.policy)
    same = again.canonical() == found.canonical() and again.problem == run.problem_digest
    return Replay(run.number, same, again.digest, run.result_digest, len(verify(problem, found)))


@dataclass(frozen=True)
class WhatIf:
    """Wish to see what more or fewer places, quota or money, or another policy, would change.

    `places`: by measure; `quotas`: by measure and line; `purses`: centimes by purse; each a difference.
    """

    round_ref: str
    places: Mapping[str, int] = field(default_factory=dict)
    quotas: Mapping[tuple[str, str], int] = field(default_factory=dict)
    purses: Mapping[str, int] = field(default_factory=dict)
    policy: Who | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """What would be beside what is: persons, points, who gains and who loses a place (by rank)."""

    placed: int
    would_place: int
    objective: int
    would_reach: int
    gaining: tuple[int, ...]
    losing: tuple[int, ...]
    moving: tuple[int, ...]


def what_if(work: Work, ask: WhatIf) -> Compared:
    """Try changes on the latest run and save nothing; refuses UnknownThing, NothingToDistribute."""
    _, problem, found = _kept(work, ask.round_ref, None)
    held = round_by_ref(work, ask.round_ref)
    changed = _changed(problem, ask)
    policy: Policy = POLICIES[ask.policy] if ask.policy else policy_of(held)
    try:
        would = allocate(changed, policy)
    except PinsContradict as no:
        raise NothingToDistribute from no
    return _compared(problem, found, would)


def _kept(work: Work, ref: str, number: int | None) -> tuple[RoundRun, Problem, Allocation]:
    held = round_by_ref(work, ref)
    run = run_of(work, held.id or 0, number)
    if run is None:
        raise UnknownThing(field="run")
    return (run, *contents(run))


def _changed(problem: Problem, ask: WhatIf) -> Problem:
    """The problem with the differences; places, quotas and money do not go below nothing."""
    known = {one.measure for one in problem.measures}
    cells = {(one.measure, one.line) for one in problem.quotas}
    purses = {one.key for one in problem.purses}
    if ask.places.keys() - known or ask.quotas.keys() - cells or ask.purses.keys() - purses:
        raise UnknownThing(field="changes")
    return replace(
        problem,
        measures=tuple(
            MeasurePlaces(one.measure, max(0, one.places + ask.places.get(one.measure, 0)), one.guaranteed)
            for one in problem.measures
        ),
        quotas=tuple(
            Quota(one.measure, one.line, max(0, one.places + ask.quotas.get((one.measure, one.line), 0)))
            for one in problem.quotas
        ),
        purses=tuple(Purse(one.key, max(0, one.left + ask.purses.get(one.key, 0))) for one in problem.purses),
    )


def _compared(problem: Problem, found: Allocation, would: Allocation) -> Compared:
    rank = {problem.candidates[case].key: at for at, case in enumerate(problem.by_rank, 1)}
    now = {one.case: (one.measure, one.line) for one in found.placed}
    then = {one.case: (one.measure, one.line) for one in would.placed}
    moving = [case for case in now.keys() & then.keys() if now[case] != then[case]]
    return Compared(
        len(now),
        len(then),
        found.certificate.objective,
        would.certificate.objective,
        tuple(sorted(rank[case] for case in then.keys() - now.keys())),
        tuple(sorted(rank[case] for case in now.keys() - then.keys())),
        tuple(sorted(rank[case] for case in moving)),
    )
