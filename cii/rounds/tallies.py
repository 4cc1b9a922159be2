"""What a run comes to in places and money, counted from what was kept. Pure: a problem, a result, numbers.

A tight set is a group of quotas and measures that are full and whose occupants all have a better rank.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cii.allocation.outcome import Allocation
from cii.allocation.problem import Problem
from cii.allocation.vocabulary import PinKind
from cii.kernel.money import Chf
from cii.rounds.options import NO_CEILING
from cii.rounds.rules import CEILING


@dataclass(frozen=True, slots=True)
class CellTally:
    """Places of a measure for a line: quota, taken, free; `measure_free` over all lines. `tight`: full."""

    measure: str
    line: str
    quota: int
    taken: int
    free: int
    measure_places: int
    measure_free: int
    wanted: int
    tight: bool


@dataclass(frozen=True, slots=True)
class PurseTally:
    """Money of a line's year, or of a ceiling within it: before, bound by the round, after.

    `limited`: a line without ceiling of its budget binds money that nobody counts down.
    """

    key: str
    ceiling: bool
    limited: bool
    left: Chf
    bound: Chf
    after: Chf


@dataclass(frozen=True, slots=True)
class Guaranteed:
    """Guaranteed places of a measure that stay empty: paid all the same."""

    measure: str
    guaranteed: int
    taken: int
    unfilled: int


def cells(problem: Problem, found: Allocation) -> list[CellTally]:
    """Every quota with its places; `wanted`: cases that may go there."""
    taken = Counter((one.measure, one.line) for one in found.placed)
    by_measure = Counter(one.measure for one in found.placed)
    places = {one.measure: one.places for one in problem.measures}
    wanted = Counter(problem.cell_at)
    tight = {cell for one in found.certificate.tight_sets for cell in one}
    return [
        CellTally(
            one.measure, one.line, one.places, taken[one.measure, one.line],
            max(0, min(one.places - taken[one.measure, one.line],
                       places[one.measure] - by_measure[one.measure])),
            places[one.measure], places[one.measure] - by_measure[one.measure], wanted[at], at in tight,
        )
        for at, one in enumerate(problem.quotas)
    ]  # fmt: skip


def purses(problem: Problem, found: Allocation) -> list[PurseTally]:
    """Every purse with what the round binds of it."""
    bound: Counter[str] = Counter()
    for one in found.placed:
        for key, amount in one.charges:
            bound[key] += amount
    return [
        PurseTally(
            one.key, CEILING in one.key, one.left < NO_CEILING,
            Chf(one.left), Chf(bound[one.key]), Chf(one.left - bound[one.key]),
        )
        for one in problem.purses
    ]  # fmt: skip


def guaranteed(problem: Problem, found: Allocation) -> list[Guaranteed]:
    """Measures whose guaranteed places are not all taken."""
    taken = Counter(one.measure for one in found.placed)
    return [
        Guaranteed(one.measure, one.guaranteed, taken[one.measure], one.guaranteed - taken[one.measure])
        for one in problem.measures
        if one.guaranteed > taken[one.measure]
    ]


def charged(charges: Iterable[tuple[str, int]]) -> Chf:
    """What a place costs its payers; a ceiling counts the same francs again and is left aside."""
    return Chf(sum(amount for purse, amount in charges if CEILING not in purse))


def ranks(problem: Problem) -> Mapping[str, int]:
    """Each case's place in the order, by its key, from 1 on."""
    return {problem.candidates[case].key: at for at, case in enumerate(problem.by_rank, 1)}


def same_pins(problem: Problem, live: Iterable[tuple[int | None, PinKind, str, str]]) -> bool:
    """Whether a run was computed with these decisions: place in the order (None: no more), kind, place."""
    at = ranks(problem)
    held: set[tuple[int | None, PinKind, str, str]] = {
        (at[one.case], one.kind, one.measure, one.line) for one in problem.pins
    }
    return held == set(live)


def tight_sets(problem: Problem, found: Allocation) -> list[list[tuple[str, str]]]:
    """The proven tight sets, each as its measures and lines."""
    return [
        [(problem.quotas[cell].measure, problem.quotas[cell].line) for cell in one]
        for one in found.certificate.tight_sets
    ]
