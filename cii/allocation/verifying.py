"""`verify`: whether an allocation is what it says, without any solver and in whole numbers.

It shares nothing with the engines but the shapes of problem and allocation. It takes each claim by itself:
everyone once and admissibly, no limit exceeded, pins kept, the objective as it adds up, the bound as the
prices prove it (weak duality of linear programming), each tight set full and closed, nobody passed over.
That a rank is proven, and how many persons there could be at most, is the engine's word; the tests hold it
against brute force.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cii.allocation.outcome import PER_CENTIME, SCALE, Allocation, Unplaced
from cii.allocation.problem import Problem
from cii.allocation.vocabulary import Flaw, Left, PinKind, Who


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not hold, and of what."""

    flaw: Flaw
    of: str
    claimed: int | None = None
    found: int | None = None


def verify(problem: Problem, allocation: Allocation) -> list[Fault]:
    """Everything that is wrong with an allocation of the problem; nothing when it holds."""
    if allocation.problem != problem.digest:
        return [Fault(Flaw.OTHER_PROBLEM, allocation.problem)]
    faults = list(_persons(problem, allocation))
    if faults:
        return faults
    read = _Reading(problem, allocation)
    faults += _limits(read)
    faults += _pins(read)
    faults += _worth(read)
    faults += _reasons(read)
    faults += _passed_over(read)
    return faults


@dataclass(eq=False)
class _Reading:
    """The allocation in positions of the problem, and what it leaves free."""

    problem: Problem
    allocation: Allocation
    holds: dict[int, int] = field(default_factory=dict)
    pinned: set[int] = field(default_factory=set)
    cells: Counter[int] = field(default_factory=Counter)
    measures: Counter[int] = field(default_factory=Counter)
    spent: Counter[int] = field(default_factory=Counter)
    held_by: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    rank: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        case_at = {one.key: at for at, one in enumerate(self.problem.candidates)}
        self.rank = {case: at for at, case in enumerate(self.problem.by_rank)}
        for one in self.allocation.placed:
            case = case_at[one.case]
            option = _option(self.problem, case, one.measure, one.line)
            if option is None:
                raise AssertionError("unreachable: admissibility is looked at first")
            self.holds[case] = option
            if one.pinned:
                self.pinned.add(case)
            cell = self.problem.cell_at[option]
            self.cells[cell] += 1
            self.measures[self.problem.measure_of_cell[cell]] += 1
            self.held_by[cell].append(case)
            for purse, sum_ in self.problem.charges_of(option):
                self.spent[purse] += sum_

    def room(self, cell: int) -> bool:
        """Whether one more could come in."""
        measure = self.problem.measure_of_cell[cell]
        places = self.problem.measures[measure].places
        return self.cells[cell] < self.problem.quotas[cell].places and self.measures[measure] < places

    def paid(self, option: int, instead: int | None = None) -> bool:
        """Whether the purses bear an option more, where `instead` gives its own back."""
        need: Counter[int] = Counter()
        for purse, sum_ in self.problem.charges_of(option):
            need[purse] += sum_
        for purse, sum_ in self.problem.charges_of(instead) if instead is not None else ():
            need[purse] -= sum_
        left = self.problem.purses
        return all(sum_ <= 0 or self.spent[purse] + sum_ <= left[purse].left for purse, sum_ in need.items())

    def refused(self, case: int, option: int) -> bool:
        """Whether a pin takes this option from the case."""
        key = self.problem.candidates[case].key
        quota = self.problem.quotas[self.problem.cell_at[option]]
        return any(
            pin.kind is PinKind.REFUSED
            and pin.measure in ("", quota.measure)
            and pin.line in ("", quota.line)
            for pin in self.pins_of.get(key, ())
        )

    @property
    def pins_of(self) -> Mapping[str, list]:  # type: ignore[type-arg]
        found = defaultdict(list)
        for pin in self.problem.pins:
            found[pin.case].append(pin)
        return found

    def live(self, case: int) -> list[int]:
        """The options of a case that no pin took from it."""
        return [at for at in self.problem.options_of(case) if not self.refused(case, at)]


def _option(problem: Problem, case: int, measure: str, line: str) -> int | None:
    for at in problem.options_of(case):
        quota = problem.quotas[problem.cell_at[at]]
        if quota.measure == measure and quota.line == line:
            return at
    return None


def _persons(problem: Problem, allocation: Allocation) -> Iterator[Fault]:
    """Everyone once, either placed or not, and admissibly."""
    told = Counter([one.case for one in allocation.placed] + [one.case for one in allocation.unplaced])
    keys = {one.key for one in problem.candidates}
    for key in sorted(keys | set(told)):
        if key not in keys or told[key] != 1:
            yield Fault(Flaw.CASES, key, 1, told[key])
    case_at = {one.key: at for at, one in enumerate(problem.candidates)}
    for one in allocation.placed:
        option = (
            _option(problem, case_at.get(one.case, -1), one.measure, one.line) if one.case in keys else None
        )
        said = (one.suitability, tuple(sorted(one.charges)))
        if option is None or said != _said(problem, option):
            yield Fault(Flaw.NOT_ADMISSIBLE, one.case)


def _said(problem: Problem, option: int) -> tuple[int, tuple[tuple[str, int], ...]]:
    full = problem.option(option)
    return full.suitability, tuple(sorted(full.charges))


def _limits(read: _Reading) -> Iterator[Fault]:
    for cell, quota in enumerate(read.problem.quotas):
        if read.cells[cell] > quota.places:
            yield Fault(Flaw.QUOTA, f"{quota.measure} {quota.line}", quota.places, read.cells[cell])
    for at, held in enumerate(read.problem.measures):
        if read.measures[at] > held.places:
            yield Fault(Flaw.PLACES, held.measure, held.places, read.measures[at])
    for at, purse in enumerate(read.problem.purses):
        if read.spent[at] > max(purse.left, 0):
            yield Fault(Flaw.BUDGET, purse.key, purse.left, read.spent[at])


def _pins(read: _Reading) -> Iterator[Fault]:
    case_at = {one.key: at for at, one in enumerate(read.problem.candidates)}
    taken = set()
    for pin in read.problem.pins:
        case = case_at[pin.case]
        if pin.kind is PinKind.TAKEN:
            taken.add(case)
            option = read.holds.get(case)
            quota = read.problem.quotas[read.problem.cell_at[option]] if option is not None else None
            if quota is None or (quota.measure, quota.line) != (pin.measure, pin.line):
                yield Fault(Flaw.PIN, pin.case)
        elif case in read.holds and read.refused(case, read.holds[case]):
            yield Fault(Flaw.PIN, pin.case)
    for case in sorted(taken ^ read.pinned):
        yield Fault(Flaw.PIN, read.problem.candidates[case].key)


def _points(read: _Reading, case: int, option: int) -> int:
    """What an option is worth by the policy."""
    policy = read.allocation.policy
    totals = [sum(sum_ for _, sum_ in read.problem.charges_of(at)) for at in read.problem.options_of(case)]
    own = sum(sum_ for _, sum_ in read.problem.charges_of(option))
    thrift = policy.thrift_weight * (max(totals) - own) // max(max(totals) - min(totals), 1)
    return read.problem.suitability[option] * policy.suitability_weight + thrift


def _worth(read: _Reading) -> Iterator[Fault]:
    """The objective as it adds up, and the bound as its prices prove it."""
    problem, policy, told = read.problem, read.allocation.policy, read.allocation.certificate
    free = {case: option for case, option in read.holds.items() if case not in read.pinned}
    pinned_in: Counter[int] = Counter()
    pinned_cell: Counter[int] = Counter()
    pinned_spent: Counter[int] = Counter()
    for case in read.pinned:
        cell = problem.cell_at[read.holds[case]]
        pinned_cell[cell] += 1
        pinned_in[problem.measure_of_cell[cell]] += 1
        for purse, sum_ in problem.charges_of(read.holds[case]):
            pinned_spent[purse] += sum_
    objective = sum(_points(read, case, option) for case, option in free.items())
    guaranteed = []
    for at, held in enumerate(problem.measures):
        first = max(min(held.guaranteed, held.places) - pinned_in[at], 0)
        guaranteed.append(first)
        objective += policy.guarantee_weight * min(read.measures[at] - pinned_in[at], first)
    if objective != told.objective:
        yield Fault(Flaw.OBJECTIVE, "objective", told.objective, objective)
    sizes = len(told.purse_prices), len(told.cell_prices), len(told.measure_prices)
    bonus = policy.guarantee_weight * SCALE
    if (
        sizes != (len(problem.purses), len(problem.quotas), len(problem.measures))
        or min(told.purse_prices, default=0) < 0
        or min(told.cell_prices, default=0) < 0
    ):
        yield Fault(Flaw.BOUND, "prices")
        return
    total = 0
    for case in free:
        total += max(
            _points(read, case, at) * SCALE
            - sum(told.purse_prices[purse] * sum_ // PER_CENTIME for purse, sum_ in problem.charges_of(at))
            - told.cell_prices[problem.cell_at[at]]
            - told.measure_prices[problem.measure_of_cell[problem.cell_at[at]]]
            for at in read.live(case)
        )
    for at, quota in enumerate(problem.quotas):
        total += told.cell_prices[at] * (quota.places - pinned_cell[at])
    for at, held in enumerate(problem.measures):
        price, rest = told.measure_prices[at], held.places - pinned_in[at] - guaranteed[at]
        total += max(price + bonus, 0) * guaranteed[at] + max(price, 0) * rest
    granted = sum(
        price * (purse.left - pinned_spent[at])
        for at, (price, purse) in enumerate(zip(told.purse_prices, problem.purses, strict=True))
    )
    proven = (total - -granted // PER_CENTIME) // SCALE
    if not objective <= proven <= told.bound:
        yield Fault(Flaw.BOUND, "bound", told.bound, proven)


def _reasons(read: _Reading) -> Iterator[Fault]:
    """Each reason for having no place, and each tight set, as it claims to be."""
    case_at = {one.key: at for at, one in enumerate(read.problem.candidates)}
    closed = [_closed(read, cells) for cells in read.allocation.certificate.tight_sets]
    for at, found in enumerate(closed):
        if found is None:
            yield Fault(Flaw.TIGHT_SET, str(at))
    for one in read.allocation.unplaced:
        case = case_at[one.case]
        if not _reason_holds(read, case, one, closed):
            yield Fault(Flaw.REASON, one.case)


def _closed(read: _Reading, cells: tuple[int, ...]) -> int | None:
    """The worst rank within a tight set; None where it is not full, or one in it could go elsewhere."""
    inside = set(cells)
    rooms: Counter[int] = Counter()
    for cell in inside:
        rooms[read.problem.measure_of_cell[cell]] += read.problem.quotas[cell].places
    outside: Counter[int] = Counter()
    for cell, many in read.cells.items():
        if cell not in inside:
            outside[read.problem.measure_of_cell[cell]] += many
    most = sum(min(room, read.problem.measures[at].places - outside[at]) for at, room in rooms.items())
    held = [case for cell in inside for case in read.held_by.get(cell, ())]
    if len(held) < most:
        return None
    for case in held:
        if case not in read.pinned and any(read.problem.cell_at[at] not in inside for at in read.live(case)):
            return None
    for at, room in rooms.items():
        if room > read.problem.measures[at].places - outside[at] and outside[at]:
            movers = (c for cell, cs in read.held_by.items() if cell not in inside for c in cs
                      if read.problem.measure_of_cell[cell] == at and c not in read.pinned)  # fmt: skip
            if any(True for _ in movers):
                return None
    return max((read.rank[case] for case in held if case not in read.pinned), default=-1)


def _reason_holds(read: _Reading, case: int, one: Unplaced, closed: list[int | None]) -> bool:
    """Whether a reason is the one that the facts give: options, tight sets, purses, then the rest."""
    live, strict = read.live(case), read.allocation.policy.who is Who.STRICT_RANK
    if not live:
        known = bool(read.problem.options_of(case) or one.case in read.pins_of)
        return one.why is (Left.EXCLUDED if known else Left.NO_OPTION)
    tight = [at for at in range(len(closed)) if _shut(read, case, at, closed)]
    if tight:
        return one.why is Left.PLACES and one.tight in tight
    short = _shortest(read, live)
    if short is not None:
        return one.why is Left.BUDGET and (one.short, one.purse) == short
    return one.why is (Left.TOGETHER if strict else Left.SUITABILITY)


def _shut(read: _Reading, case: int, at: int, closed: list[int | None]) -> bool:
    """Whether all options of a case lie in that tight set, by strict rank behind all who are in it."""
    worst, inside = closed[at], set(read.allocation.certificate.tight_sets[at])
    ranked = read.allocation.policy.who is not Who.STRICT_RANK or (worst or 0) < read.rank[case]
    return (
        worst is not None and ranked and all(read.problem.cell_at[one] in inside for one in read.live(case))
    )


def _shortest(read: _Reading, live: list[int]) -> tuple[int, str] | None:
    """By how much the purse nearest to paying one of these options fails; None where all could pay."""
    lacking = [
        (sum_ - (purse.left - read.spent[at]), purse.key)
        for option in live
        for at, sum_ in read.problem.charges_of(option)
        for purse in (read.problem.purses[at],)
    ]
    return min((one for one in lacking if one[0] > 0), default=None)


def _passed_over(read: _Reading) -> Iterator[Fault]:
    """Nobody without a place for whom one was free and paid, nor, by strict rank, held by a worse rank."""
    ranked = read.allocation.policy.who is Who.STRICT_RANK
    for case in range(len(read.problem.candidates)):
        if case in read.holds:
            continue
        for option in read.live(case):
            cell = read.problem.cell_at[option]
            key = read.problem.candidates[case].key
            if read.room(cell) and read.paid(option):
                yield Fault(Flaw.WASTE, key)
            if not ranked:
                continue
            for other in read.held_by.get(cell, ()):
                worse = read.rank[other] > read.rank[case] and other not in read.pinned
                if worse and read.paid(option, read.holds[other]):
                    yield Fault(Flaw.ENVY, key)
                    break
