"""Decisions that contradict each other or the limits: each conflict with the pins that make it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from cii.allocation.problem import Pin, Problem
from cii.allocation.vocabulary import Conflict, PinKind


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Pins that cannot all hold. `key`: the case, place, measure or purse on which they meet.

    `over`: by how many places or centimes; 0 where no number is at stake.
    """

    kind: Conflict
    key: str
    pins: tuple[Pin, ...]
    over: int = 0


class PinsContradict(ValueError):  # noqa: N818 - it says what is wrong
    """The pins cannot all hold; `found` names each conflict with its pins."""

    def __init__(self, found: tuple[Contradiction, ...]) -> None:
        """Keep what contradicts."""
        super().__init__(", ".join(f"{one.kind} {one.key}" for one in found))
        self.found = found


def conflicts(problem: Problem) -> tuple[Contradiction, ...]:
    """Every contradiction among the pins of a problem; empty when all of them can hold together."""
    return (*_of_cases(problem), *_of_limits(problem))


def _of_cases(problem: Problem) -> Iterator[Contradiction]:
    by_case: dict[str, list[Pin]] = defaultdict(list)
    for pin in problem.pins:
        by_case[pin.case].append(pin)
    for case, pins in sorted(by_case.items()):
        taken = [pin for pin in pins if pin.kind is PinKind.TAKEN]
        refused = [pin for pin in pins if pin.kind is PinKind.REFUSED]
        if len(taken) > 1:
            yield Contradiction(Conflict.TWO_PLACES, case, tuple(taken))
        for pin in taken:
            if against := [one for one in refused if _meets(one, pin)]:
                yield Contradiction(Conflict.TAKEN_AND_REFUSED, case, (pin, *against))
            if option_of(problem, pin) is None:
                yield Contradiction(Conflict.NOT_ADMISSIBLE, case, (pin,))


def _meets(refused: Pin, taken: Pin) -> bool:
    return refused.measure in ("", taken.measure) and refused.line in ("", taken.line)


def option_of(problem: Problem, pin: Pin) -> int | None:
    """The position of the option that a taken pin means; None where there is none."""
    case = next((at for at, one in enumerate(problem.candidates) if one.key == pin.case), None)
    for at in problem.options_of(case) if case is not None else ():
        quota = problem.quotas[problem.cell_at[at]]
        if (quota.measure, quota.line) == (pin.measure, pin.line):
            return at
    return None


def _of_limits(problem: Problem) -> Iterator[Contradiction]:
    cells, measures, purses = (defaultdict[int, list[Pin]](list) for _ in range(3))
    spent: dict[int, int] = defaultdict(int)
    for pin in problem.pins:
        at = option_of(problem, pin) if pin.kind is PinKind.TAKEN else None
        if at is None:
            continue
        cell = problem.cell_at[at]
        cells[cell].append(pin)
        measures[problem.measure_of_cell[cell]].append(pin)
        for purse, sum_ in problem.charges_of(at):
            purses[purse].append(pin)
            spent[purse] += sum_
    for cell, pins in sorted(cells.items()):
        quota = problem.quotas[cell]
        if len(pins) > quota.places:
            key = f"{quota.measure} {quota.line}"
            yield Contradiction(Conflict.QUOTA, key, tuple(pins), len(pins) - quota.places)
    for measure, pins in sorted(measures.items()):
        held = problem.measures[measure]
        if len(pins) > held.places:
            yield Contradiction(Conflict.PLACES, held.measure, tuple(pins), len(pins) - held.places)
    for purse, pins in sorted(purses.items()):
        if spent[purse] > problem.purses[purse].left:
            over = spent[purse] - problem.purses[purse].left
            yield Contradiction(Conflict.BUDGET, problem.purses[purse].key, tuple(pins), over)
