"""What of the choice of persons can be proven without a solver: from full places, from purses, by trying all.

A case without a place is *proven* out by strict rank when each of its options is closed by one of two facts:
it lies in a tight set (all full, held by better ranks that can go nowhere else), or its purse is spent even
if everybody of better rank who is placed took the option that charges this purse least. For the rest the
word of the engine stands (`rank: proven`); `proof` says for how many.
"""

from collections import defaultdict
from dataclasses import dataclass
from math import prod

from cii.allocation.outcome import Allocation
from cii.allocation.problem import Problem
from cii.allocation.reading import Reading
from cii.allocation.reference import best_by_rank, most_persons
from cii.allocation.vocabulary import Who

TRIED = 5_000
"""Up to so many possible rounds every one is tried."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What is proven beside the engine's word.

    `out`: how many have no place; `proven`: for how many of them it is proven here that, with everybody of
    better rank who is placed, there is no place for them (strict rank alone). `persons`: no more can be
    placed.
    """

    out: int
    proven: int
    persons: int


def proof(problem: Problem, allocation: Allocation) -> Proof:
    """What the facts prove of who is placed. The allocation must hold before the verifier."""
    read = Reading(problem, allocation)
    out = [read.case_at[one.case] for one in allocation.unplaced]
    proven = _proven_out(read, out) if allocation.policy.who is Who.STRICT_RANK else 0
    return Proof(len(out), proven, persons_at_most(read))


def ways_at_most(problem: Problem) -> int:
    """How many ways there are to give or not to give each case one of its options, limits aside."""
    return prod(len(problem.options_of(case)) + 1 for case in range(len(problem.candidates)))


def first_by_trying(problem: Problem) -> tuple[str, ...] | None:
    """Who is placed by strict rank, where all can be tried."""
    return best_by_rank(problem) if ways_at_most(problem) <= TRIED else None


def most_by_trying(problem: Problem) -> int | None:
    """How many can be placed at most, where all can be tried."""
    return most_persons(problem) if ways_at_most(problem) <= TRIED else None


def _proven_out(read: Reading, out: list[int]) -> int:
    """For how many each option is closed by a tight set of better ranks, or by a purse."""
    problem, found = read.problem, 0
    waits = set(out)
    full = _closed_below(read)
    base: dict[int, int] = defaultdict(int)
    for case in read.pinned:
        for purse, sum_ in problem.charges_of(read.holds[case]):
            base[purse] += sum_
    for case in problem.by_rank:
        if case in waits:
            found += all(
                full.get(problem.cell_at[at], read.rank[case]) < read.rank[case]
                or any(
                    base[purse] + sum_ > problem.purses[purse].left
                    for purse, sum_ in problem.charges_of(at)
                    if sum_
                )
                for at in read.live(case)
            )
        elif case not in read.pinned:
            for purse, sum_ in _least(read, case).items():
                base[purse] += sum_
    return found


def _closed_below(read: Reading) -> dict[int, int]:
    """For each quota in a closed tight set the worst rank in it: who ranks behind cannot come in."""
    found: dict[int, int] = {}
    for cells, worst in zip(read.allocation.certificate.tight_sets, read.closed, strict=True):
        if worst is not None:
            for cell in cells:
                found[cell] = min(worst, found.get(cell, worst))
    return found


def _least(read: Reading, case: int) -> dict[int, int]:
    """What a case charges to each purse at least, whichever of its options it takes."""
    options = [dict(read.problem.charges_of(at)) for at in read.live(case)]
    purses = set.intersection(*(set(one) for one in options)) if options else set()
    least = {purse: min(one[purse] for one in options) for purse in purses}
    return {purse: sum_ for purse, sum_ in least.items() if sum_}


def persons_at_most(read: Reading) -> int:
    """How many can be placed at most: by tight sets first, then by the purses that each must charge.

    Whoever holds a tight set, or waits for it alone, takes part in its places only. Each other case counts in
    one purse that all its options charge: no more of them than the cheapest that it can pay.
    """
    problem = read.problem
    inside = set(_closed_below(read))
    left = [one.left for one in problem.purses]
    for case in read.pinned:
        for purse, sum_ in problem.charges_of(read.holds[case]):
            left[purse] -= sum_
    total, asked = len(read.pinned), defaultdict[int, list[int]](list)
    for case in range(len(problem.candidates)):
        cells = {problem.cell_at[at] for at in read.live(case)}
        if not cells or case in read.pinned:
            continue
        if cells <= inside:
            total += case in read.holds
            continue
        least = _least(read, case)
        if least:
            _, purse = min((left[purse] // sum_, purse) for purse, sum_ in least.items())
            asked[purse].append(least[purse])
        else:
            total += 1
    for purse, sums in asked.items():
        rest = left[purse]
        for sum_ in sorted(sums):
            rest -= sum_
            total += rest >= 0
    return total
