"""The reference: every possibility tried, for problems small enough. Pure Python, no solver."""

from collections.abc import Iterator
from itertools import combinations

from cii.allocation.outcome import Policy
from cii.allocation.problem import Problem
from cii.allocation.vocabulary import PinKind

SMALL = 10
"""Cases up to which everything is tried."""


def best_by_rank(problem: Problem) -> tuple[str, ...]:
    """The cases placed by strict rank, in rank order: the lexicographically largest feasible vector.

    Those for whom a place was decided come before everybody.
    """
    chosen = decided(problem)
    for case in problem.by_rank:
        if case not in chosen and any(True for _ in ways(problem, [*chosen, case])):
            chosen.append(case)
    return tuple(problem.candidates[case].key for case in problem.by_rank if case in chosen)


def decided(problem: Problem) -> list[int]:
    """The cases for whom a place was decided."""
    taken = {pin.case for pin in problem.pins if pin.kind is PinKind.TAKEN}
    return [case for case, one in enumerate(problem.candidates) if one.key in taken]


def most_persons(problem: Problem) -> int:
    """How many cases can be placed together at most."""
    first = decided(problem)
    others = [case for case in range(len(problem.candidates)) if case not in first]
    for many in range(len(others), 0, -1):
        if any(any(True for _ in ways(problem, [*first, *group])) for group in combinations(others, many)):
            return len(first) + many
    return len(first)


def best_points(problem: Problem, placed: tuple[str, ...], policy: Policy) -> int:
    """The most points that placing exactly these can come to."""
    cases = [at for at, one in enumerate(problem.candidates) if one.key in placed]
    return max(points(problem, way, policy) for way in ways(problem, cases))


def points(problem: Problem, way: tuple[int, ...], policy: Policy) -> int:
    """What these options come to by the policy, those guaranteed and filled beside."""
    total, held = 0, [0] * len(problem.measures)
    for option in way:
        case = problem.case_at[option]
        sums = [problem.cost_of(at) for at in problem.options_of(case)]
        own = problem.cost_of(option)
        total += problem.suitability[option] * policy.suitability_weight
        total += policy.thrift_weight * (max(sums) - own) // max(max(sums) - min(sums), 1)
        held[problem.measure_of_cell[problem.cell_at[option]]] += 1
    for many, one in zip(held, problem.measures, strict=True):
        total += policy.guarantee_weight * min(many, one.guaranteed)
    return total


def ways(problem: Problem, cases: "list[int] | tuple[int, ...]") -> Iterator[tuple[int, ...]]:
    """Every way of placing all of these cases within quotas, places, purses and pins."""
    quota = [one.places for one in problem.quotas]
    places = [one.places for one in problem.measures]
    left = [one.left for one in problem.purses]
    yield from _ways(problem, list(cases), quota, places, left)


def _ways(
    problem: Problem, cases: list[int], quota: list[int], places: list[int], left: list[int]
) -> Iterator[tuple[int, ...]]:
    if not cases:
        yield ()
        return
    first, rest = cases[0], cases[1:]
    for option in problem.options_of(first):
        cell = problem.cell_at[option]
        measure = problem.measure_of_cell[cell]
        if _refused(problem, first, cell) or not quota[cell] or not places[measure]:
            continue
        charges = problem.charges_of(option)
        quota[cell] -= 1
        places[measure] -= 1
        for purse, sum_ in charges:
            left[purse] -= sum_
        if all(left[purse] >= 0 for purse, _ in charges):
            for way in _ways(problem, rest, quota, places, left):
                yield (option, *way)
        quota[cell] += 1
        places[measure] += 1
        for purse, sum_ in charges:
            left[purse] += sum_


def _refused(problem: Problem, case: int, cell: int) -> bool:
    key, quota = problem.candidates[case].key, problem.quotas[cell]
    for pin in problem.pins:
        if pin.case == key:
            meant = pin.measure in ("", quota.measure) and pin.line in ("", quota.line)
            if meant == (pin.kind is PinKind.REFUSED):
                return True
    return False
