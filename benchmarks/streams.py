"""Places given online, as cases come: with the prices of every night, or first come, first served.

A stream: cases of a generated round (benchmarks.rounds) come in random order over 30 days, to half of its
places, quotas and money; the other half are those of the quarter before. Every night prices are
computed from what is left and from the cases of the former quarter that came later; each case of a day
then takes the place that is worth most to it after its price, or waits. Nobody knows who will come.
Baselines, same stream: *first come* takes the first admissible place that is free and paid; *best free* takes
the best suited one. All are measured by *hindsight*: the certified bound of all points, everybody known.
Run alone, with every share: `python -m benchmarks.streams [cases measures]`.
"""

import sys
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from benchmarks.measure import Sides
from benchmarks.rounds import a_round
from cii.allocation.aim import Aim
from cii.allocation.bidding import POINT, Bids, bids
from cii.allocation.layout import lay_out
from cii.allocation.network import Asked
from cii.allocation.outcome import SCALE, Policy
from cii.allocation.prices import search
from cii.allocation.problem import Problem

SEEDS = (1, 2, 3, 4, 5)
CASES, MEASURES, NIGHTS = 500, 40, 30
POINTS = Policy(guarantee_weight=0, thrift_weight=0)
"""Suitability alone counts here."""
_THOUSAND = 100_000
Score = Callable[[int, "Bids | None"], float | None]
"""What an option is worth to whoever asks, at these prices; None: rather wait."""


@dataclass(frozen=True)
class Left:
    """What is still to be given."""

    places: list[int]
    quotas: list[int]
    purses: list[int]


@dataclass(frozen=True)
class Stream:
    """Cases of the former quarter and of this one, in the order in which they come."""

    whole: Problem
    former: tuple[int, ...]
    now: tuple[int, ...]

    def room(self) -> Left:
        """Half of everything, for half of the cases."""
        return Left(
            [-(-one.places // 2) for one in self.whole.measures],
            [-(-one.places // 2) for one in self.whole.quotas],
            [one.left // 2 for one in self.whole.purses],
        )

    def among(self, cases: Sequence[int], left: Left) -> Problem:
        """The problem of these cases with what is left."""
        whole, kept = self.whole, sorted(cases)
        new = {case: at for at, case in enumerate(kept)}
        options = [one for case in kept for one in whole.options_of(case)]
        return Problem(
            tuple(whole.candidates[one] for one in kept),
            tuple(
                replace(one, places=many, guaranteed=0)
                for one, many in zip(whole.measures, left.places, strict=True)
            ),
            tuple(replace(one, places=many) for one, many in zip(whole.quotas, left.quotas, strict=True)),
            tuple(replace(one, left=sum_) for one, sum_ in zip(whole.purses, left.purses, strict=True)),
            (),
            array("i", [new[whole.case_at[one]] for one in options]),
            array("i", [whole.cell_at[one] for one in options]),
            array("i", [whole.suitability[one] for one in options]),
            array("q", range(len(options) + 1)),
            array("i", [whole.charge_purse[one] for one in options]),
            array("q", [whole.charge_amount[one] for one in options]),
        )

    def hindsight(self) -> float:
        """More points than this nobody reaches, even who knows all that come."""
        layout = lay_out(self.among(self.now, self.room()), POINTS)
        found = search(Aim(layout, layout.value, Asked(layout.everyone(), layout.nobody())))
        return found.bound / SCALE / POINTS.suitability_weight

    def given(self, score: Score, *, nightly: bool) -> tuple[int, int]:
        """Points and persons when each takes what is worth most to them; who waits asks again each day."""
        left, points, persons, waiting = self.room(), 0, 0, list[int]()
        many = len(self.now)
        for day in range(NIGHTS):
            to_come = self.former[day * many // NIGHTS :]
            prices = bids(self.among(to_come, left), POINTS) if nightly else None
            still = []
            for case in [*waiting, *self.now[day * many // NIGHTS : (day + 1) * many // NIGHTS]]:
                best = max(self._open(case, left, score, prices), default=None)
                if best is None:
                    still.append(case)
                    continue
                self._take(-best[1], left)
                points, persons = points + self.whole.suitability[-best[1]], persons + 1
            waiting = still
        return points, persons

    def _open(self, case: int, left: Left, score: Score, prices: Bids | None) -> "list[tuple[float, int]]":
        """What is free and paid for the case with its score, the first option first among equals."""
        whole, found = self.whole, []
        for one in whole.options_of(case):
            cell = whole.cell_at[one]
            if (
                left.quotas[cell] > 0
                and left.places[whole.measure_of_cell[cell]] > 0
                and left.purses[whole.charge_purse[one]] >= whole.charge_amount[one]
                and (worth := score(one, prices)) is not None
            ):
                found.append((worth, -one))
        return found

    def _take(self, option: int, left: Left) -> None:
        cell = self.whole.cell_at[option]
        left.quotas[cell] -= 1
        left.places[self.whole.measure_of_cell[cell]] -= 1
        left.purses[self.whole.charge_purse[option]] -= self.whole.charge_amount[option]

    def first_come(self) -> tuple[int, int]:
        """The first admissible place free and paid."""
        return self.given(lambda _, __: 0.0, nightly=False)

    def best_free(self) -> tuple[int, int]:
        """The best suited place free and paid."""
        return self.given(lambda option, _: float(self.whole.suitability[option]), nightly=False)

    def priced(self) -> tuple[int, int]:
        """The place worth most after its price, if it is worth its price at all."""
        return self.given(self._after_price, nightly=True)

    def _after_price(self, option: int, prices: Bids | None) -> float | None:
        assert prices is not None
        whole = self.whole
        money = prices.purses[whole.charge_purse[option]] * whole.charge_amount[option] // _THOUSAND
        worth = whole.suitability[option] * POINT - prices.quotas[whole.cell_at[option]] - money
        return float(worth) if worth >= 0 else None


@cache
def a_stream(cases: int, measures: int, seed: int) -> Stream:
    """A stream of so many cases, with as many before it."""
    order = np.random.default_rng(seed + 1_000).permutation(2 * cases)
    former, now = (tuple(map(int, half)) for half in (order[:cases], order[cases:]))
    return Stream(a_round(2 * cases, measures, seed), former, now)


@cache
def _points(seed: int) -> tuple[float, float, float]:
    stream = a_stream(CASES, MEASURES, seed)
    return tuple(float(way()[0]) for way in (stream.first_come, stream.best_free, stream.priced))  # type: ignore[return-value]


def beside_first_come() -> Sides:
    """Points of first come, first served beside ours: of five streams the one that gains least."""
    return max(((_points(seed)[0], _points(seed)[2]) for seed in SEEDS), key=lambda one: one[0] / one[1])


def beside_best_free() -> Sides:
    """Points of taking the best suited free place beside ours: of five streams the one that gains least."""
    return max(((_points(seed)[1], _points(seed)[2]) for seed in SEEDS), key=lambda one: one[0] / one[1])


def hindsight() -> Sides:
    """The bound of hindsight beside ours: of five streams the one that is farthest."""
    found = [(a_stream(CASES, MEASURES, seed).hindsight(), _points(seed)[2]) for seed in SEEDS]
    return max(found, key=lambda one: one[0] / one[1])


def main(words: list[str]) -> int:
    """Print each stream's shares of hindsight."""
    cases, measures = map(int, words) if words else (CASES, MEASURES)
    for seed in SEEDS:
        stream = a_stream(cases, measures, seed)
        most = stream.hindsight()
        ways = (("first come", stream.first_come), ("best free", stream.best_free), ("priced", stream.priced))
        told = [(name, *way()) for name, way in ways]
        said = ", ".join(f"{name} {points / most:.3f} ({persons} persons)" for name, points, persons in told)
        gain = told[2][1] / told[0][1], told[2][1] / told[1][1]
        print(f"seed {seed}, {cases} x {measures}: {said}; x {gain[0]:.2f} and x {gain[1]:.2f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
