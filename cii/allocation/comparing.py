"""The round beside itself: with and without a decision, under each policy, and as first come, first served.

Each figure comes from solving the round again; none says who is meant, only how many.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from cii.allocation.engine import allocate, first_come
from cii.allocation.explaining import points_of
from cii.allocation.outcome import Allocation, Placed, Policy
from cii.allocation.problem import CEILING, Pin, Problem
from cii.allocation.vocabulary import RankProof, Who

FIRST_COME = "first_come"
"""The row that no policy makes: in rank order the best place free and paid, and nobody moves again."""


@dataclass(frozen=True, slots=True)
class PinCost:
    """What a decision changes: the round with it, minus the round without it.

    `persons`, `points`, `centimes` (spent): negative for fewer. Of the others `out` lose their place, `into`
    gain one, `moved` are placed elsewhere.
    """

    persons: int
    points: int
    centimes: int
    out: int
    into: int
    moved: int


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """What a policy comes to. `by_class`: urgency, how many of it are placed, how many asked."""

    policy: str
    persons: int
    points: int
    centimes: int
    unfilled_guaranteed: int
    by_class: tuple[tuple[int, int, int], ...]
    rank: RankProof


def cost_of(problem: Problem, policy: Policy, pin: Pin) -> PinCost:
    """What this decision costs or brings, by solving the round with it and without it.

    The pin may be among those of the problem or not. Raises PinsContradict where it cannot hold.
    """
    others = tuple(one for one in problem.pins if one != pin)
    bound = allocate(replace(problem, pins=tuple(sorted((*others, pin)))), policy).placed
    free = allocate(replace(problem, pins=others), policy).placed
    held = {one.case: (one.measure, one.line) for one in bound if one.case != pin.case}
    former = {one.case: (one.measure, one.line) for one in free if one.case != pin.case}
    return PinCost(
        persons=len(bound) - len(free),
        points=points(problem, policy, bound) - points(problem, policy, free),
        centimes=_spent(bound) - _spent(free),
        out=len(former.keys() - held.keys()),
        into=len(held.keys() - former.keys()),
        moved=sum(1 for case in held.keys() & former.keys() if held[case] != former[case]),
    )


def price_of_fairness(problem: Problem, allocation: Allocation | None = None) -> tuple[PolicyRow, ...]:
    """Every policy side by side with first come, first served, all weighing points alike.

    With `allocation`, its weights are taken and its own policy is not solved again.
    Raises PinsContradict, with each set of pins that cannot hold together.
    """
    weights = allocation.policy if allocation else Policy()
    rows: list[PolicyRow] = []
    pinned: tuple[Placed, ...] = ()
    for who in Who:
        policy = replace(weights, who=who)
        told = allocation if allocation and policy == allocation.policy else allocate(problem, policy)
        pinned = tuple(one for one in told.placed if one.pinned)
        rows.append(_row(problem, policy, who.value, told.placed, told.certificate.rank))
    turn = (*first_come(problem, weights), *pinned)
    rows.append(_row(problem, weights, FIRST_COME, turn, RankProof.NOT_ASKED))
    return tuple(rows)


def points(problem: Problem, policy: Policy, placed: Iterable[Placed]) -> int:
    """What all these places come to by the policy, those decided and those guaranteed and filled included."""
    case_at = {one.key: at for at, one in enumerate(problem.candidates)}
    cell_at = {(one.measure, one.line): at for at, one in enumerate(problem.quotas)}
    total, held = 0, Counter[str]()
    for one in placed:
        worth = points_of(problem, policy, case_at[one.case])
        cell = cell_at[one.measure, one.line]
        total += next(many for at, many in worth.items() if problem.cell_at[at] == cell)
        held[one.measure] += 1
    return total + policy.guarantee_weight * sum(
        min(held[one.measure], one.guaranteed) for one in problem.measures
    )


def _row(
    problem: Problem, policy: Policy, name: str, placed: tuple[Placed, ...], rank: RankProof
) -> PolicyRow:
    held = Counter(one.measure for one in placed)
    urgency = {one.key: one.urgency for one in problem.candidates}
    got, asked = Counter(urgency[one.case] for one in placed), Counter(urgency.values())
    return PolicyRow(
        name, len(placed), points(problem, policy, placed), _spent(placed),
        sum(max(min(one.guaranteed, one.places) - held[one.measure], 0) for one in problem.measures),
        tuple((each, got[each], asked[each]) for each in sorted(asked)), rank,
    )  # fmt: skip


def _spent(placed: Iterable[Placed]) -> int:
    return sum(sum_ for one in placed for purse, sum_ in one.charges if CEILING not in purse)
