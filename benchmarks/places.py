"""Targets of the allocation round (allocation.md §5) on invented rounds, each beside a baseline.

Baselines: *priority greedy* gives each case in rank order the best place free and paid and moves nobody;
*one flow* is one minimum cost flow of the same graph without budgets, the graph built included; *HiGHS LP* is
the linear programme of the same round.
Run alone, size by size with time, memory and growth: `python -m benchmarks.places [cases measures]...`.
"""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack

from benchmarks.measure import Sides
from benchmarks.rounds import SIZES, a_round
from cii.allocation.aim import Aim
from cii.allocation.choosing import choose
from cii.allocation.engine import allocate
from cii.allocation.greedy import greedy
from cii.allocation.layout import Layout, lay_out
from cii.allocation.network import Asked, best_flow
from cii.allocation.outcome import SCALE, Allocation, Policy
from cii.allocation.problem import Problem
from cii.allocation.solving import solve
from cii.allocation.verifying import verify
from cii.allocation.vocabulary import Who

SEEDS = (1, 2, 3, 4, 5)
SMALL, MIDDLE = SIZES[1], SIZES[2]


@cache
def _allocated(size: tuple[int, int], seed: int, who: Who) -> tuple[Problem, Allocation]:
    """A round solved and verified."""
    problem = a_round(*size, seed)
    allocation = allocate(problem, Policy(who=who))
    assert not verify(problem, allocation)
    return problem, allocation


def persons(size: tuple[int, int]) -> Callable[[], Sides]:
    """Persons of the greedy baseline beside those placed: of five rounds the one that gains least."""

    def sides() -> Sides:
        found = []
        for seed in SEEDS:
            problem, allocation = _allocated(size, seed, Who.MAX_PERSONS)
            layout = lay_out(problem, allocation.policy)
            found.append((float(len(greedy(layout))), float(len(allocation.placed))))
        return max(found, key=lambda one: one[0] / one[1])

    return sides


def persons_bound(size: tuple[int, int]) -> Callable[[], Sides]:
    """The certified bound of persons beside those placed: of five rounds the one that is farthest."""

    def sides() -> Sides:
        found = []
        for seed in SEEDS:
            _, allocation = _allocated(size, seed, Who.MAX_PERSONS)
            found.append((float(allocation.certificate.persons_bound or 0), float(len(allocation.placed))))
        return max(found, key=lambda one: one[0] / one[1])

    return sides


def points_bound(size: tuple[int, int], who: Who) -> Callable[[], Sides]:
    """The certified bound of points beside those reached with these persons: the farthest of five rounds."""

    def sides() -> Sides:
        told = [_allocated(size, seed, who)[1].certificate for seed in SEEDS]
        return max(
            ((float(one.bound), float(one.objective)) for one in told), key=lambda one: one[0] / one[1]
        )

    return sides


def _laid_out(size: tuple[int, int], who: Who) -> Layout:
    return lay_out(a_round(*size, 1), Policy(who=who))


def _one_flow(layout: Layout) -> Callable[[], object]:
    return lambda: best_flow(layout, layout.value, Asked(layout.everyone(), layout.nobody()))


def time_of_persons(size: tuple[int, int]) -> Callable[[], Sides]:
    """As many persons as possible chosen, beside one flow."""

    def sides() -> Sides:
        layout = _laid_out(size, Who.MAX_PERSONS)
        return lambda: choose(layout), _one_flow(layout)

    return sides


def time_of_places(size: tuple[int, int]) -> Callable[[], Sides]:
    """Phase 2 of the default policy, beside one flow."""

    def sides() -> Sides:
        layout = _laid_out(size, Who.STRICT_RANK)
        choice = choose(layout)
        aim = Aim(layout, layout.value, Asked(choice.who, choice.who), layout.policy.guarantee_weight * SCALE)
        return lambda: solve(aim, choice.chosen), _one_flow(layout)

    return sides


def envy() -> Sides:
    """Cases that envy with reason inside their class, of those without a place; none is the goal."""
    envious, waiting = 0, 0
    for seed in SEEDS:
        problem, allocation = _allocated(SMALL, seed, Who.CLASS_THEN_SUITABILITY)
        envious += envious_of(problem, allocation)
        waiting += len(allocation.unplaced)
    return float(envious), float(waiting)


def envious_of(problem: Problem, allocation: Allocation) -> int:
    """How many see somebody of their class, of worse rank and no better suited, in a place they could pay."""
    layout = lay_out(problem, allocation.policy)
    case_at = {one.key: at for at, one in enumerate(problem.candidates)}
    cell_at = {(one.measure, one.line): at for at, one in enumerate(problem.quotas)}
    held = {(case_at[one.case], cell_at[one.measure, one.line]) for one in allocation.placed}
    chosen = [at for at in range(len(layout.option)) if (layout.case[at], layout.cell[at]) in held]
    left = layout.left - layout.spent(np.array(chosen, np.int64))
    inside: dict[int, list[int]] = {}
    for at in chosen:
        inside.setdefault(int(layout.cell[at]), []).append(at)
    placed = {int(layout.case[at]) for at in chosen}
    found = set()
    for at in range(len(layout.option)):
        case = int(layout.case[at])
        if case in placed or case in found:
            continue
        for other in inside.get(int(layout.cell[at]), ()):
            rival = int(layout.case[other])
            same = problem.candidates[case].urgency == problem.candidates[rival].urgency
            due = (
                same and layout.rank[case] < layout.rank[rival] and layout.points[at] >= layout.points[other]
            )
            change = layout.spent(np.array([at])) - layout.spent(np.array([other]))
            if due and ((change <= left) | (change <= 0)).all():
                found.add(case)
    return len(found)


def memory() -> Sides:
    """Bytes at the peak, a process each: the whole allocation beside HiGHS on the linear programme."""
    return _peak("ours", *MIDDLE), _peak("highs", *MIDDLE)


def growth() -> Sides:
    """A whole round of 10 000 beside one of 2 000."""
    return _seconds(MIDDLE), _seconds(SMALL)


def _seconds(size: tuple[int, int]) -> float:
    problem = a_round(*size, 1)
    began = time.perf_counter()
    allocate(problem)
    return time.perf_counter() - began


def _peak(what: str, cases: int, measures: int) -> float:
    done = subprocess.run(  # noqa: S603 - this module
        [sys.executable, "-m", "benchmarks.places", what, str(cases), str(measures)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return float(done.stdout.split()[-1])


def _linear_programme(problem: Problem) -> None:
    """The same round as one linear programme, handed to HiGHS whole."""
    layout = lay_out(problem, Policy(who=Who.MAX_PERSONS))
    many = len(layout.option)
    number, one = np.arange(many), np.ones(many)
    rows = vstack([
        csr_matrix((one, (layout.case, number)), shape=(layout.cases, many)),
        csr_matrix((one, (layout.cell, number)), shape=(len(layout.quota), many)),
        csr_matrix((one, (layout.measure, number)), shape=(len(layout.places), many)),
        csr_matrix((layout.charge_amount / 1e5, (layout.charge_purse, layout.charge_option)),
                   shape=(len(layout.left), many)),
    ])  # fmt: skip
    high = np.concatenate([np.ones(layout.cases), layout.quota, layout.places, layout.left / 1e5])
    linprog(-layout.points.astype(float), A_ub=rows.tocsr(), b_ub=high, bounds=(0, None), method="highs",
            options={"maxiter": 2_000})  # fmt: skip


def main(words: list[str]) -> int:
    """Print each size with its time and memory, or measure one side alone."""
    if words and words[0] in {"ours", "highs"}:
        problem = a_round(int(words[1]), int(words[2]), 1)
        if words[0] == "ours":
            allocate(problem, Policy(who=Who.MAX_PERSONS))
        else:
            _linear_programme(problem)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
        return 0
    sizes = [(int(one), int(other)) for one, other in zip(words[::2], words[1::2], strict=True)] or SIZES
    former = 0.0
    for size in sizes:
        problem = a_round(*size, 1)
        layout = lay_out(problem, Policy())
        flow = _one_flow(layout)
        one_flow = statistics.median(_timed(flow) for _ in range(3))
        for who in (Who.STRICT_RANK, Who.MAX_PERSONS):
            began = time.perf_counter()
            told = allocate(problem, Policy(who=who))
            took = time.perf_counter() - began
            grown = f", x {took / former:.1f} of the size before" if former and who is Who.MAX_PERSONS else ""
            former = took if who is Who.MAX_PERSONS else former
            print(
                f"{size[0]} x {size[1]} ({len(problem)} options) {who}: {took:.2f} s, x {took / one_flow:.0f}"
                f" a flow of {one_flow:.3f} s, {len(told.placed)} placed of {told.certificate.persons_bound},"
                f" {told.certificate.gap_ppm} ppm open, rank {told.certificate.rank}{grown};"
                f" peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB",
                flush=True,
            )
    return 0


def _timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
