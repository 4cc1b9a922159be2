"""Every case of a round told why, and the round checked without a solver, on invented rounds."""

import time

from benchmarks.measure import Sides
from benchmarks.places import MIDDLE, SMALL
from benchmarks.rounds import a_round
from cii.allocation.engine import allocate
from cii.allocation.explaining import Explanation, Reader
from cii.allocation.outcome import Policy
from cii.allocation.verifying import verify
from cii.allocation.vocabulary import Bar, Left, Who

NAMED = {Bar.DECISION, Bar.QUOTA, Bar.PLACES, Bar.MONEY}
"""What may stand between a case without a place and its options; `together` would be no reason."""
CHECKED_WITHIN = 3.0


def coverage() -> Sides:
    """All cases of four rounds beside those who are told why they have their place, or none."""
    asked = told = 0
    for size in (SMALL, MIDDLE):
        problem = a_round(*size, 1)
        for who in (Who.STRICT_RANK, Who.MAX_PERSONS):
            reader = Reader(problem, allocate(problem, Policy(who=who)))
            asked += len(problem.candidates)
            told += sum(map(is_explained, reader.everybody()))
    return float(asked), float(told)


def is_explained(one: Explanation) -> bool:
    """Whether each option of a case has what stands between, in numbers, and the whole its reason."""
    if one.placed:
        return one.suitability_points + one.thrift_points == one.placed.points
    if not one.ways:
        return one.why is Left.NO_OPTION
    return one.why is not None and all(
        way.why in NAMED
        and (way.why is not Bar.MONEY or (way.purse is not None and way.short > 0))
        and (way.why not in {Bar.QUOTA, Bar.PLACES} or way.occupants >= way.limit)
        for way in one.ways
    )


def checked() -> Sides:
    """Seconds in which a round of 10 000 cases is verified, beside the limit."""
    problem = a_round(*MIDDLE, 1)
    allocation = allocate(problem)
    began = time.perf_counter()
    assert not verify(problem, allocation)
    return time.perf_counter() - began, CHECKED_WITHIN
