"""The problem as arrays, with the pins already carried out: what the engines compute on."""

from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from cii.allocation.outcome import PER_CENTIME, SCALE, Policy
from cii.allocation.problem import Problem
from cii.allocation.vocabulary import PinKind, RankProof

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Layout:
    """What is left to decide once the pins are carried out; positions are those of the problem.

    `option`: positions of the live options; `case`, `cell`, `measure`, `points`, `value` belong to them.
    `value`: points in 1/SCALE with a tiebreak far below one point, so that the best solution is unique.
    `charge_*`: one row per charge: position among the live options, purse, centimes.
    """

    problem: Problem
    policy: Policy
    option: Ints
    case: Ints
    cell: Ints
    measure: Ints
    points: Ints
    value: Ints
    charge_option: Ints
    charge_purse: Ints
    charge_amount: Ints
    rank: Ints
    quota: Ints
    places: Ints
    guaranteed: Ints
    left: Ints
    pinned: Ints

    @cached_property
    def charge_from(self) -> Ints:
        """For each live option the position of its first charge; one more entry for the end."""
        counted = np.bincount(self.charge_option, minlength=len(self.option))
        return np.concatenate([[0], np.cumsum(counted)]).astype(np.int64)

    @property
    def cases(self) -> int:
        """How many cases the problem has."""
        return len(self.problem.candidates)

    def everyone(self) -> Mask:
        """Which cases have an option left."""
        may = np.zeros(self.cases, bool)
        may[self.case] = True
        return may

    def nobody(self) -> Mask:
        """No case."""
        return np.zeros(self.cases, bool)

    def who(self, chosen: Ints) -> Mask:
        """Whose options these are."""
        held = np.zeros(self.cases, bool)
        held[self.case[chosen]] = True
        return held

    def spent(self, chosen: Ints) -> Ints:
        """What these options (positions among the live ones) charge to each purse."""
        rows, _ = self.charge_rows(chosen)
        total = np.zeros(len(self.left), np.int64)
        np.add.at(total, self.charge_purse[rows], self.charge_amount[rows])
        return total

    def charge_rows(self, options: Ints) -> tuple[Ints, Ints]:
        """The charges of these options: positions of rows, and to which of the options each belongs."""
        froms, ends = self.charge_from[options], self.charge_from[options + 1]
        many = ends - froms
        of = np.repeat(np.arange(len(options)), many)
        return np.arange(len(of)) - np.repeat(np.cumsum(many) - many, many) + froms[of], of

    def affordable(self, chosen: Ints) -> bool:
        """Whether no purse is overdrawn by these options."""
        return bool((self.spent(chosen) <= self.left).all())

    def at_least(self, persons: int) -> "Layout":
        """The same, with a last purse more, which is overdrawn where fewer persons are placed."""
        many = len(self.option)
        option = np.concatenate([self.charge_option, np.arange(many)])
        order = np.argsort(option, kind="stable")
        purse = np.concatenate([self.charge_purse, np.full(many, len(self.left))])
        amount = np.concatenate([self.charge_amount, np.full(many, -1)])
        return replace(
            self,
            charge_option=option[order],
            charge_purse=purse[order],
            charge_amount=amount[order],
            left=np.append(self.left, -persons),
        )

    def among(self, kept: Ints) -> "Layout":
        """The same with these options alone (positions among the live ones, in order)."""
        new = np.full(len(self.option), -1, np.int64)
        new[kept] = np.arange(len(kept))
        rows = new[self.charge_option] >= 0
        return replace(
            self,
            option=self.option[kept],
            case=self.case[kept],
            cell=self.cell[kept],
            measure=self.measure[kept],
            points=self.points[kept],
            value=self.value[kept],
            charge_option=new[self.charge_option[rows]],
            charge_purse=self.charge_purse[rows],
            charge_amount=self.charge_amount[rows],
        )

    def charged(self, prices: Ints) -> Ints:
        """What each live option costs at these prices of purses, rounded down to 1/SCALE points."""
        return self.summed(prices[self.charge_purse] * self.charge_amount // PER_CENTIME)

    def summed(self, of_charges: Ints) -> Ints:
        """One number per charge added up for each live option."""
        total = np.concatenate([[0], np.cumsum(of_charges)])
        added: Ints = total[self.charge_from[1:]] - total[self.charge_from[:-1]]
        return added


@dataclass(frozen=True, eq=False)
class Choice:
    """Who is placed, with a way of doing so within all limits, and with prices of purses near the best."""

    who: Mask
    chosen: Ints
    rank: RankProof
    persons_bound: int | None = None
    flows: int = 0
    prices: Ints | None = None


def lay_out(problem: Problem, policy: Policy) -> Layout:
    """The arrays of a problem; its pins must not contradict each other (`pins.conflicts`)."""
    case, cell = (np.frombuffer(one, np.int32).astype(np.int64) for one in (problem.case_at, problem.cell_at))
    suitability = np.frombuffer(problem.suitability, np.int32).astype(np.int64)
    measure_of = np.array(problem.measure_of_cell, np.int64)
    froms = np.frombuffer(problem.charge_from, np.int64)
    purse = np.frombuffer(problem.charge_purse, np.int32).astype(np.int64)
    amount = np.frombuffer(problem.charge_amount, np.int64)
    rank = np.empty(len(problem.candidates), np.int64)
    rank[np.array(problem.by_rank, np.int64)] = np.arange(len(rank))
    live, taken = _pinned(problem, cell)
    spent = np.zeros(len(problem.purses), np.int64)
    of_option = np.repeat(np.arange(len(case)), np.diff(froms))
    in_taken = np.isin(of_option, taken)
    np.add.at(spent, purse[in_taken], amount[in_taken])
    new = np.full(len(case), -1, np.int64)
    option = np.flatnonzero(live)
    new[option] = np.arange(len(option))
    rows = live[of_option]
    total = np.zeros(len(case), np.int64)
    np.add.at(total, of_option, amount * np.array(problem.pays, np.int64)[purse])
    points = suitability * policy.suitability_weight + _thrift(case, total, len(rank), policy.thrift_weight)
    tie = _tiebreak(problem, case, cell) * (SCALE // (len(rank) + 1) // 2) >> 32
    held = np.bincount(measure_of[cell[taken]], minlength=len(problem.measures))
    places = np.array([one.places for one in problem.measures], np.int64)
    guaranteed = np.array([one.guaranteed for one in problem.measures], np.int64)
    return Layout(
        problem=problem,
        policy=policy,
        option=option,
        case=case[option],
        cell=cell[option],
        measure=measure_of[cell[option]],
        points=points[option],
        value=(points * SCALE + tie)[option],
        charge_option=new[of_option[rows]],
        charge_purse=purse[rows],
        charge_amount=amount[rows],
        rank=rank,
        quota=np.array([one.places for one in problem.quotas], np.int64)
        - np.bincount(cell[taken], minlength=len(problem.quotas)),
        places=places - held,
        guaranteed=np.clip(np.minimum(guaranteed, places) - held, 0, None),
        left=np.maximum(np.array([one.left for one in problem.purses], np.int64) - spent, 0),
        pinned=taken,
    )


def _pinned(problem: Problem, cell: Ints) -> tuple[Mask, Ints]:
    """Which options are still open, and which are taken by decision."""
    live = np.ones(len(cell), bool)
    at = {one.key: number for number, one in enumerate(problem.candidates)}
    names = [(one.measure, one.line) for one in problem.quotas]
    taken = []
    for pin in problem.pins:
        for position in problem.options_of(at[pin.case]):
            measure, line = names[cell[position]]
            meant = pin.measure in ("", measure) and pin.line in ("", line)
            if pin.kind is PinKind.TAKEN:
                live[position] = False
                if meant:
                    taken.append(position)
            elif meant:
                live[position] = False
    return live, np.array(sorted(taken), np.int64)


def _thrift(case: Ints, total: Ints, cases: int, weight: int) -> Ints:
    """Points for being cheap among the options of a case: all for the cheapest, none for the dearest."""
    least, most = np.full(cases, np.iinfo(np.int64).max), np.zeros(cases, np.int64)
    np.minimum.at(least, case, total)
    np.maximum.at(most, case, total)
    spread = np.maximum(most - least, 1)
    given: Ints = weight * (most[case] - total) // spread[case]
    return given


def _tiebreak(problem: Problem, case: Ints, cell: Ints) -> Ints:
    """32 bits for each option out of the case's lot and the cell's name, whatever else is in the problem."""
    lots = np.array([_bits(one.lot) for one in problem.candidates], np.uint64)
    cells = np.array([_bits(f"{one.measure} {one.line}") for one in problem.quotas], np.uint64)
    mixed = lots[case] ^ cells[cell]
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    drawn: Ints = (mixed >> np.uint64(32)).astype(np.int64)
    return drawn


def _bits(words: str) -> int:
    return int.from_bytes(sha256(words.encode()).digest()[:8], "big")
