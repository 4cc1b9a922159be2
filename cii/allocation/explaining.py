"""Why a case has the place it has, or none: each of its options with what stands between, in numbers.

Nothing is solved again here and nobody else is named: others appear as how many they are, and how many of
them come first in rank.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from cii.allocation.outcome import Allocation, Policy
from cii.allocation.problem import Pin, Problem
from cii.allocation.vocabulary import Bar, Left, PinKind

DECIDED = -1
"""The rank of whoever holds a place by decision: before everybody."""


@dataclass(frozen=True, slots=True)
class Way:
    """An option of the case: what it is worth by the policy, and what stands between.

    `occupants` hold the place beside the case, `better` of them come before it: of the quota, or of the whole
    measure where its places are what bars. `limit`: the places of what is full. `short`: by how many centimes
    `purse`, the one that lacks most, cannot pay, whatever else bars.
    """

    measure: str
    line: str
    suitability: int
    points: int
    charges: tuple[tuple[str, int], ...]
    why: Bar
    occupants: int
    better: int
    limit: int = 0
    purse: str | None = None
    short: int = 0


@dataclass(frozen=True, slots=True)
class Tight:
    """Quotas that are all full, whose holders could go nowhere else; `better` rank before the case."""

    cells: tuple[tuple[str, str], ...]
    places: int
    occupants: int
    better: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a round comes to for one case, and why.

    `rank` of `of`: 1 comes first. `suitability_points` and `thrift_points`: parts of the worth of the place
    it has. `guaranteed`: the place is paid even when empty. `runner_up`: the best of its other ways. `why`,
    `tight`, `purse`, `short`: for a case without a place, as the allocation tells it.
    """

    case: str
    rank: int
    of: int
    placed: Way | None
    pinned: bool
    guaranteed: bool
    suitability_points: int
    thrift_points: int
    runner_up: Way | None
    ways: tuple[Way, ...]
    why: Left | None = None
    tight: Tight | None = None
    purse: str | None = None
    short: int = 0


def explain(problem: Problem, allocation: Allocation, case: str) -> Explanation:
    """Why this case has its place or none. Raises KeyError for a case that is not in the round."""
    return Reader(problem, allocation).explain(case)


def points_of(problem: Problem, policy: Policy, case: int) -> dict[int, int]:
    """What each option of a case (by position) is worth by the policy, guaranteed places aside."""
    costs = {at: problem.cost_of(at) for at in problem.options_of(case)}
    most, least = max(costs.values(), default=0), min(costs.values(), default=0)
    return {
        at: problem.suitability[at] * policy.suitability_weight
        + policy.thrift_weight * (most - cost) // max(most - least, 1)
        for at, cost in costs.items()
    }


class Reader:
    """A round and what came of it, read once, to be explained case by case."""

    def __init__(self, problem: Problem, allocation: Allocation) -> None:
        """Read who holds what, in one pass. The allocation must be of this problem."""
        self.problem, self.allocation = problem, allocation
        self.case_at = {one.key: at for at, one in enumerate(problem.candidates)}
        self.rank = {case: at for at, case in enumerate(problem.by_rank)}
        self.holds: dict[int, int] = {}
        self.pinned = {self.case_at[one.case] for one in allocation.placed if one.pinned}
        self.out = {one.case: one for one in allocation.unplaced}
        self.spent: Counter[int] = Counter()
        cell_at = {(one.measure, one.line): at for at, one in enumerate(problem.quotas)}
        in_cell, in_measure = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
        for one in allocation.placed:
            case, cell = self.case_at[one.case], cell_at[one.measure, one.line]
            option = next(at for at in problem.options_of(case) if problem.cell_at[at] == cell)
            self.holds[case] = option
            rank = DECIDED if one.pinned else self.rank[case]
            in_cell[cell].append(rank)
            in_measure[problem.measure_of_cell[cell]].append(rank)
            for purse, sum_ in problem.charges_of(option):
                self.spent[purse] += sum_
        self.in_cell = {at: sorted(ranks) for at, ranks in in_cell.items()}
        self.in_measure = {at: sorted(ranks) for at, ranks in in_measure.items()}
        self.refused = defaultdict[str, list[Pin]](list)
        for pin in problem.pins:
            if pin.kind is PinKind.REFUSED:
                self.refused[pin.case].append(pin)

    def everybody(self) -> Iterator[Explanation]:
        """Each case of the round, in canonical order."""
        return (self.explain(one.key) for one in self.problem.candidates)

    def explain(self, key: str) -> Explanation:
        """Why this case has its place or none. Raises KeyError for a case that is not in the round."""
        case = self.case_at[key]
        points = points_of(self.problem, self.allocation.policy, case)
        ways = {at: self._way(case, at, points) for at in points}
        order = sorted(ways, key=lambda at: (-points[at], at))
        held = self.holds.get(case)
        others = [ways[at] for at in order if at != held]
        head = key, self.rank[case] + 1, len(self.case_at)
        if held is None:
            told = self.out[key]
            return Explanation(
                *head, None, pinned=False, guaranteed=False, suitability_points=0, thrift_points=0,
                runner_up=None, ways=tuple(others), why=told.why, tight=self._tight(case, told.tight),
                purse=told.purse, short=told.short or 0,
            )  # fmt: skip
        measure = self.problem.measure_of_cell[self.problem.cell_at[held]]
        suits = self.problem.suitability[held] * self.allocation.policy.suitability_weight
        return Explanation(
            *head, ways[held], pinned=case in self.pinned,
            guaranteed=len(self.in_measure[measure]) <= self.problem.measures[measure].guaranteed,
            suitability_points=suits, thrift_points=points[held] - suits,
            runner_up=others[0] if others else None, ways=tuple(ways[at] for at in order),
        )  # fmt: skip

    def live(self, case: int) -> list[int]:
        """The options of a case that no decision took from it."""
        return [at for at in self.problem.options_of(case) if not self.taken_away(case, at)]

    def taken_away(self, case: int, option: int) -> bool:
        """Whether a decision took this option from the case."""
        quota = self.problem.quotas[self.problem.cell_at[option]]
        return any(
            pin.measure in ("", quota.measure) and pin.line in ("", quota.line)
            for pin in self.refused.get(self.problem.candidates[case].key, ())
        )

    def lacking(self, case: int, option: int) -> dict[int, int]:
        """By how many centimes which purses cannot pay this option, were the case to leave what it has."""
        need = Counter(dict.fromkeys((purse for purse, _ in self.problem.charges_of(option)), 0))
        for purse, sum_ in self.problem.charges_of(option):
            need[purse] += sum_
        if case in self.holds:
            for purse, sum_ in self.problem.charges_of(self.holds[case]):
                need[purse] -= sum_
        purses = self.problem.purses
        return {
            purse: over
            for purse, sum_ in need.items()
            if sum_ > 0 and (over := self.spent[purse] + sum_ - purses[purse].left) > 0
        }

    def _way(self, case: int, at: int, points: dict[int, int]) -> Way:
        cell = self.problem.cell_at[at]
        measure, quota = self.problem.measure_of_cell[cell], self.problem.quotas[cell]
        inside, around = self._others(case, cell), self._others(case, cell, whole=True)
        bar, limit, lacking = self._bar(case, at, points), 0, self.lacking(case, at)
        if bar is Bar.QUOTA:
            limit = quota.places
        if bar is Bar.PLACES:
            limit, inside = self.problem.measures[measure].places, around
        short, purse = max(((sum_, -one) for one, sum_ in lacking.items()), default=(0, 0))
        full = self.problem.option(at)
        return Way(
            full.measure, full.line, full.suitability, points[at], full.charges, bar,
            occupants=len(inside), better=bisect_left(inside, self.rank[case]), limit=limit,
            purse=self.problem.purses[-purse].key if lacking else None,
            short=short,
        )  # fmt: skip

    def _bar(self, case: int, at: int, points: dict[int, int]) -> Bar:
        """The first thing that stands between: decision, worth, places, money, or the others."""
        cell, held = self.problem.cell_at[at], self.holds.get(case)
        places = self.problem.measures[self.problem.measure_of_cell[cell]].places
        bars = (
            (Bar.HELD, at == held),
            (Bar.DECISION, case in self.pinned or self.taken_away(case, at)),
            (Bar.WORSE, held is not None and points[at] <= points[held]),
            (Bar.PLACES, len(self._others(case, cell, whole=True)) >= places),
            (Bar.QUOTA, len(self._others(case, cell)) >= self.problem.quotas[cell].places),
            (Bar.MONEY, bool(self.lacking(case, at))),
        )
        return next((bar for bar, stands in bars if stands), Bar.TOGETHER)

    def _others(self, case: int, cell: int, *, whole: bool = False) -> Sequence[int]:
        """The ranks of the others who hold this quota, or the whole measure, best first."""
        measure = self.problem.measure_of_cell[cell]
        ranks = self.in_measure.get(measure, []) if whole else self.in_cell.get(cell, [])
        held = self.holds.get(case)
        if held is None:
            return ranks
        own = self.problem.cell_at[held]
        if own != cell and not (whole and self.problem.measure_of_cell[own] == measure):
            return ranks
        mine = DECIDED if case in self.pinned else self.rank[case]
        at = bisect_left(ranks, mine)
        return [*ranks[:at], *ranks[at + 1 :]]

    def _tight(self, case: int, number: int | None) -> Tight | None:
        if number is None:
            return None
        cells, places, ranks = self._tight_sets[number]
        return Tight(cells, places, len(ranks), bisect_left(ranks, self.rank[case]))

    @cached_property
    def _tight_sets(self) -> list[tuple[tuple[tuple[str, str], ...], int, list[int]]]:
        """Each tight set: its quotas by name, how many may be in it, the ranks of those who are."""
        found = []
        for cells in self.allocation.certificate.tight_sets:
            room: Counter[int] = Counter()
            for cell in cells:
                room[self.problem.measure_of_cell[cell]] += self.problem.quotas[cell].places
            places = sum(min(most, self.problem.measures[at].places) for at, most in room.items())
            names = tuple(
                (self.problem.quotas[cell].measure, self.problem.quotas[cell].line) for cell in cells
            )
            found.append(
                (names, places, sorted(rank for cell in cells for rank in self.in_cell.get(cell, ())))
            )
        return found
