"""An allocation read against its problem, in positions: who holds what, what is left, what options are worth.

`verifying` and `proving` look things up in it. Each column is passed once; the engines have no part in it.
"""

from collections import Counter, defaultdict
from functools import cached_property

from cii.allocation.outcome import Allocation
from cii.allocation.problem import Pin, Problem
from cii.allocation.vocabulary import PinKind


class Reading:
    """The allocation in positions of the problem, and what it leaves free.

    Everybody placed must be in the round, admissibly (`verifying` looks at that first).
    """

    def __init__(self, problem: Problem, allocation: Allocation) -> None:
        """Read who holds which option."""
        self.problem, self.allocation = problem, allocation
        self.case_at = {one.key: at for at, one in enumerate(problem.candidates)}
        self.rank = {case: at for at, case in enumerate(problem.by_rank)}
        self.holds: dict[int, int] = {}
        self.pinned: set[int] = set()
        self.cells, self.measures, self.spent = Counter[int](), Counter[int](), Counter[int]()
        self.held_by = defaultdict[int, list[int]](list)
        cell_at = {(one.measure, one.line): at for at, one in enumerate(problem.quotas)}
        for one in allocation.placed:
            case, cell = self.case_at[one.case], cell_at[one.measure, one.line]
            option = next(at for at in problem.options_of(case) if problem.cell_at[at] == cell)
            self.holds[case] = option
            if one.pinned:
                self.pinned.add(case)
            self.cells[cell] += 1
            self.measures[problem.measure_of_cell[cell]] += 1
            self.held_by[cell].append(case)
            for purse, sum_ in problem.charges_of(option):
                self.spent[purse] += sum_

    def room(self, cell: int) -> bool:
        """Whether one more could come in."""
        measure = self.problem.measure_of_cell[cell]
        places = self.problem.measures[measure].places
        return self.cells[cell] < self.problem.quotas[cell].places and self.measures[measure] < places

    def paid(self, option: int, instead: int | None = None) -> bool:
        """Whether the purses bear an option more, where `instead` gives its own back."""
        need: dict[int, int] = {}
        for purse, sum_ in self.problem.charges_of(option):
            need[purse] = need.get(purse, 0) + sum_
        for purse, sum_ in self.problem.charges_of(instead) if instead is not None else ():
            need[purse] = need.get(purse, 0) - sum_
        left = self.problem.purses
        return all(sum_ <= 0 or self.spent[purse] + sum_ <= left[purse].left for purse, sum_ in need.items())

    @cached_property
    def pins_of(self) -> dict[str, list[Pin]]:
        """The pins of each case that has any."""
        found = defaultdict[str, list[Pin]](list)
        for pin in self.problem.pins:
            found[pin.case].append(pin)
        return dict(found)

    def refused(self, case: int, option: int) -> bool:
        """Whether a pin takes this option from the case."""
        quota = self.problem.quotas[self.problem.cell_at[option]]
        return any(
            pin.kind is PinKind.REFUSED
            and pin.measure in {"", quota.measure}
            and pin.line in {"", quota.line}
            for pin in self.pins_of.get(self.problem.candidates[case].key, ())
        )

    def live(self, case: int) -> list[int]:
        """The options of a case that no pin took from it."""
        options = self.problem.options_of(case)
        if self.problem.candidates[case].key not in self.pins_of:
            return list(options)
        return [at for at in options if not self.refused(case, at)]

    @cached_property
    def points(self) -> list[int]:
        """What each option is worth by the policy, guaranteed places aside."""
        problem, policy = self.problem, self.allocation.policy
        froms, pays = problem.charge_from, problem.pays
        paid = [
            sum_ if pays[purse] else 0
            for purse, sum_ in zip(problem.charge_purse, problem.charge_amount, strict=True)
        ]
        costs = [sum(paid[froms[at] : froms[at + 1]]) for at in range(len(problem))]
        found = [mark * policy.suitability_weight for mark in problem.suitability]
        for case in range(len(problem.candidates)):
            options = problem.options_of(case)
            mine = costs[options.start : options.stop]
            most = max(mine, default=0)
            spread = max(most - min(mine, default=0), 1)
            for at in options:
                found[at] += policy.thrift_weight * (most - costs[at]) // spread
        return found

    @cached_property
    def onward(self) -> dict[int, int]:
        """For each quota the quotas, as bits, to which those who hold it and are not pinned could go."""
        found = {}
        for cell, cases in self.held_by.items():
            reach = 0
            for case in cases:
                if case not in self.pinned:
                    for at in self.live(case):
                        reach |= 1 << self.problem.cell_at[at]
            found[cell] = reach
        return found

    @cached_property
    def closed(self) -> list[int | None]:
        """For each tight set the worst rank in it; None where there is room, or one could go elsewhere."""
        beside = defaultdict[int, list[int]](list)
        for cell, cases in self.held_by.items():
            if any(case not in self.pinned for case in cases):
                beside[self.problem.measure_of_cell[cell]].append(cell)
        return [self._closed(set(cells), beside) for cells in self.allocation.certificate.tight_sets]

    def _closed(self, inside: set[int], beside: dict[int, list[int]]) -> int | None:
        """`beside`: for each measure its quotas that somebody holds who could be moved."""
        if not all(0 <= cell < len(self.problem.quotas) for cell in inside):
            return None
        rooms, taken, mask, reach = Counter[int](), Counter[int](), 0, 0
        for cell in inside:
            measure = self.problem.measure_of_cell[cell]
            rooms[measure] += self.problem.quotas[cell].places
            taken[measure] += self.cells[cell]
            mask |= 1 << cell
            reach |= self.onward.get(cell, 0)
        if reach & ~mask:
            return None
        for at, room in rooms.items():
            free = self.problem.measures[at].places - (self.measures[at] - taken[at])
            if taken[at] < min(room, free):
                return None
            if room > free and any(cell not in inside for cell in beside.get(at, ())):
                return None
        ranks = [self._worst[cell] for cell in inside if cell in self._worst]
        return max(ranks, default=-1)

    @cached_property
    def _worst(self) -> dict[int, int]:
        """For each quota the worst rank of those who hold it and are not pinned."""
        found = {}
        for cell, cases in self.held_by.items():
            if ranks := [self.rank[case] for case in cases if case not in self.pinned]:
                found[cell] = max(ranks)
        return found

    def shut_in(self, case: int) -> list[int]:
        """The closed tight sets that hold every option of a case that no pin took from it."""
        cells = {self.problem.cell_at[at] for at in self.live(case)}
        some = next(iter(cells), None)
        return [
            at
            for at in (self._sets_of.get(some, ()) if some is not None else ())
            if self.closed[at] is not None and cells <= self._sets[at]
        ]

    @cached_property
    def _sets(self) -> list[frozenset[int]]:
        return [frozenset(cells) for cells in self.allocation.certificate.tight_sets]

    @cached_property
    def _sets_of(self) -> dict[int, list[int]]:
        """For each quota the tight sets in which it lies."""
        found = defaultdict[int, list[int]](list)
        for at, cells in enumerate(self._sets):
            for cell in cells:
                found[cell].append(at)
        return dict(found)
