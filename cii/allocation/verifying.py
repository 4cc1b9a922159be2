"""`verify`: whether an allocation is what it says, without any solver and in whole numbers.

It shares nothing with the engines but the shapes of problem and allocation. It takes each claim by itself:
everyone once and admissibly, no limit exceeded, pins kept, the objective as it adds up, the bound as the
prices prove it (weak duality of linear programming), each tight set full and closed, nobody passed over.
That a rank is proven, and how many persons there could be at most, is tried out where the round is small;
beyond that `proving.proof` says for how many the facts prove it, and for how many the engine's word stands.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cii.allocation.outcome import PER_CENTIME, SCALE, Allocation, Unplaced
from cii.allocation.overtaking import overtaken
from cii.allocation.problem import Problem
from cii.allocation.proving import first_by_trying, most_by_trying
from cii.allocation.reading import Reading
from cii.allocation.vocabulary import Flaw, Left, PinKind, RankProof, Who


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
    read = Reading(problem, allocation)
    faults += _limits(read)
    faults += _pins(read)
    faults += _worth(read)
    faults += _reasons(read)
    faults += _passed_over(read)
    faults += _who(read)
    return faults


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


def _limits(read: Reading) -> Iterator[Fault]:
    for cell, quota in enumerate(read.problem.quotas):
        if read.cells[cell] > quota.places:
            yield Fault(Flaw.QUOTA, f"{quota.measure} {quota.line}", quota.places, read.cells[cell])
    for at, held in enumerate(read.problem.measures):
        if read.measures[at] > held.places:
            yield Fault(Flaw.PLACES, held.measure, held.places, read.measures[at])
    for at, purse in enumerate(read.problem.purses):
        if read.spent[at] > max(purse.left, 0):
            yield Fault(Flaw.BUDGET, purse.key, purse.left, read.spent[at])


def _pins(read: Reading) -> Iterator[Fault]:
    taken = set()
    for pin in read.problem.pins:
        case = read.case_at[pin.case]
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


def _worth(read: Reading) -> Iterator[Fault]:
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
    objective = sum(read.points[option] for option in free.values())
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
    total = sum(max(surplus, default=0) for surplus in _surplus(read, free))
    for at, quota in enumerate(problem.quotas):
        total += told.cell_prices[at] * (quota.places - pinned_cell[at])
    for at, held in enumerate(problem.measures):
        price, rest = told.measure_prices[at], held.places - pinned_in[at] - guaranteed[at]
        total += max(price + bonus, 0) * guaranteed[at] + max(price, 0) * rest
    granted = sum(
        price * max(purse.left - pinned_spent[at], 0)
        for at, (price, purse) in enumerate(zip(told.purse_prices, problem.purses, strict=True))
    )
    proven = (total - -granted // PER_CENTIME) // SCALE
    if not objective <= proven <= told.bound:
        yield Fault(Flaw.BOUND, "bound", told.bound, proven)


def _surplus(read: Reading, cases: Iterable[int]) -> Iterator[list[int]]:
    """For each case what options that pass nobody over are worth beyond their prices of purses and place."""
    problem, told = read.problem, read.allocation.certificate
    froms, purses, sums = problem.charge_from, problem.charge_purse, problem.charge_amount
    of_place = [
        price + told.measure_prices[measure]
        for price, measure in zip(told.cell_prices, problem.measure_of_cell, strict=True)
    ]
    out = overtaken(read)
    for case in cases:
        found = []
        for at in read.live(case):
            if out[at]:
                continue
            worth = read.points[at] * SCALE - of_place[problem.cell_at[at]]
            for row in range(froms[at], froms[at + 1]):
                worth -= told.purse_prices[purses[row]] * sums[row] // PER_CENTIME
            found.append(worth)
        yield found


def _reasons(read: Reading) -> Iterator[Fault]:
    """Each reason for having no place, and each tight set, as it claims to be."""
    for at, found in enumerate(read.closed):
        if found is None:
            yield Fault(Flaw.TIGHT_SET, str(at))
    for one in read.allocation.unplaced:
        if not _reason_holds(read, read.case_at[one.case], one):
            yield Fault(Flaw.REASON, one.case)


def _reason_holds(read: Reading, case: int, one: Unplaced) -> bool:
    """Whether a reason is the one that the facts give: options, tight sets, purses, then the rest."""
    live, strict = read.live(case), read.allocation.policy.who is Who.STRICT_RANK
    if not live:
        known = bool(read.problem.options_of(case) or one.case in read.pins_of)
        return one.why is (Left.EXCLUDED if known else Left.NO_OPTION)
    tight = [at for at in read.shut_in(case) if not strict or (read.closed[at] or 0) < read.rank[case]]
    if tight:
        return one.why is Left.PLACES and one.tight in tight
    short = _shortest(read, live)
    if short is not None:
        return one.why is Left.BUDGET and (one.short, one.purse) == short
    return one.why is (Left.TOGETHER if strict else Left.SUITABILITY)


def _shortest(read: Reading, live: list[int]) -> tuple[int, str] | None:
    """By how much the purse nearest to paying one of these options fails; None where all could pay."""
    lacking = [
        (sum_ - (purse.left - read.spent[at]), purse.key)
        for option in live
        for at, sum_ in read.problem.charges_of(option)
        for purse in (read.problem.purses[at],)
    ]
    return min((one for one in lacking if one[0] > 0), default=None)


def _passed_over(read: Reading) -> Iterator[Fault]:
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


def _who(read: Reading) -> Iterator[Fault]:
    """What is claimed of the choice of persons: fit for the policy, and true where all can be tried."""
    problem, told = read.problem, read.allocation.certificate
    if (read.allocation.policy.who is Who.STRICT_RANK) == (told.rank is RankProof.NOT_ASKED):
        yield Fault(Flaw.RANK, told.rank.value)
    if told.rank is RankProof.PROVEN and (best := first_by_trying(problem)) is not None:
        placed = {one.case for one in read.allocation.placed}
        for key in sorted(placed ^ set(best)):
            yield Fault(Flaw.RANK, key)
    if told.persons_bound is None:
        if read.allocation.policy.who is Who.MAX_PERSONS:
            yield Fault(Flaw.PERSONS, "bound")
    elif told.persons_bound < (most := max(len(read.holds), most_by_trying(problem) or 0)):
        yield Fault(Flaw.PERSONS, "bound", told.persons_bound, most)
