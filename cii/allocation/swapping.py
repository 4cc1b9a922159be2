"""The last francs: cases change places two by two until what the purses have left is used as well as can be.

A choice found by prices leaves a rest in each purse that no single move can use. Small exchanges that cost
next to nothing (two cases of two measures change places, one moves to a free place) change what is spent by
a few francs up or down; of thousands of them two or three together fit each rest nearly exactly.
"""

from dataclasses import dataclass

import numpy as np

from cii.allocation.aim import Aim
from cii.allocation.layout import Ints, Mask
from cii.allocation.outcome import PER_CENTIME

OPTIONS, MOVES, PAIRED = 6_000, 6_000, 160
"""So many options, moves, and moves per purse that are tried two by two: those that lose least."""
STEPS, TRIED = 60, 200
"""So many times the places change at most, and so many of the best changes are tried each time."""
_OUT = -1
_FAR = np.int64(1 << 61)
_NEVER = np.int64(-(1 << 61))


@dataclass(frozen=True, eq=False)
class Prices:
    """What purses, quotas and measures are worth: the prices of a bound."""

    purses: Ints
    cells: Ints
    measures: Ints


@dataclass(frozen=True, eq=False)
class _Moves:
    """Per move: the options taken (`second` _OUT where one moves alone), gain, and what it spends more."""

    first: Ints
    second: Ints
    gain: Ints
    spent: Ints

    def some(self, kept: Ints) -> "_Moves":
        """These moves only."""
        return _Moves(self.first[kept], self.second[kept], self.gain[kept], self.spent[kept])


def swapped(aim: Aim, chosen: Ints, prices: Prices, *, bound: int, slack: int) -> Ints:
    """The same choice, made better by exchanges until it lies within `slack` of the bound or none is left.

    `chosen` keeps every limit, and so does what is returned.
    """
    table = _Table(aim, chosen, prices)
    for _ in range(STEPS):
        short = bound - table.worth()
        if short <= slack or not table.step(short):
            break
    return table.chosen()


def repaired(aim: Aim, chosen: Ints, prices: Prices) -> Ints:
    """The same choice with purses that are overdrawn brought back, at the least loss that is found.

    `chosen` keeps quotas and places; what is returned may still overdraw where no exchange is left.
    """
    table = _Table(aim, chosen, prices)
    for _ in range(STEPS):
        if (table.left >= 0).all() or not table.mend():
            break
    return table.chosen()


class _Table:
    """Who holds what, with what is free. The option of having no place stands after all others, by case."""

    def __init__(self, aim: Aim, chosen: Ints, prices: Prices) -> None:
        layout, many = aim.layout, len(aim.layout.option)
        self.aim, self.layout, self.many = aim, layout, many
        everyone = np.arange(layout.cases)
        self.case = np.concatenate([layout.case, everyone])
        self.cell = np.append(layout.cell, np.full(layout.cases, len(layout.quota)))
        self.measure = np.append(layout.measure, np.full(layout.cases, len(layout.places)))
        self.value = np.append(aim.value, np.zeros(layout.cases, np.int64))
        node = prices.cells[layout.cell] + prices.measures[layout.measure]
        surplus = aim.value - layout.charged(prices.purses) - node
        self.surplus = np.append(surplus, np.zeros(layout.cases, np.int64))
        self.may: Mask = np.append(aim.asked.may[layout.case], aim.asked.may & ~aim.asked.must)
        self.prices = prices.purses / PER_CENTIME
        self.holds = many + everyone
        self.holds[layout.case[chosen]] = chosen
        self.quota = np.append(
            layout.quota - np.bincount(layout.cell[chosen], minlength=len(layout.quota)), layout.cases
        )
        self.held = np.bincount(layout.measure[chosen], minlength=len(layout.places))
        self.left = layout.left - layout.spent(chosen)

    def chosen(self) -> Ints:
        """The options held, in order."""
        return np.sort(self.holds[self.holds < self.many])

    def worth(self) -> int:
        """What they come to."""
        return self.aim.worth(self.chosen())

    def step(self, short: int) -> bool:
        """Make the best change found; whether there was one. `short`: a move that loses more is no help."""
        moves = self._moves(short)
        if not len(moves.gain):
            return False
        uses = [
            _Use(self._of_purse(moves, purse), purse, self.case, self.measure)
            for purse in range(len(self.left))
        ]
        rest = self.left - np.concatenate([moves.spent, np.zeros((1, len(self.left)), np.int64)])
        total = np.append(moves.gain, 0)
        found = []
        for purse, use in enumerate(uses):
            gain, at = use.best(rest[:, purse])
            total = np.where((gain == _NEVER) | (total == _NEVER), _NEVER, total + gain)
            found.append(at)
        made = False
        for one in np.argsort(-total, kind="stable")[:TRIED]:
            if total[one] <= 0:
                break
            first = () if one == len(moves.gain) else (int(moves.first[one]), int(moves.second[one]))
            parts = [first, *(use.options(int(at[one])) for use, at in zip(uses, found, strict=True))]
            made = self._made([option for part in parts for option in part])
            if made:
                break
        if not made:
            for use, at in zip(uses, found, strict=True):
                made = self._made(use.options(int(at[-1]))) or made
        return made

    def mend(self) -> bool:
        """Make the exchange that loses least for what it brings back to the purse most overdrawn."""
        moves = self._moves(int(_FAR))
        over = np.maximum(-self.left, 0)
        purse = int((over * np.maximum(self.prices, 1e-12)).argmax())
        room = np.maximum(self.left, 0)
        others = np.arange(len(self.left)) != purse
        back = np.minimum(-moves.spent[:, purse], over[purse])
        fine = (back > 0) & (moves.spent[:, others] <= room[others]).all(axis=1)
        some = np.flatnonzero(fine)
        loss = np.maximum(moves.spent[some] @ self.prices - moves.gain[some], 0)
        beyond = np.maximum(-moves.spent[some, purse] - over[purse], 0) * self.prices[purse]
        order = np.argsort((loss + beyond) / np.maximum(back[some], 1), kind="stable")
        for one in some[order][:TRIED]:
            if self._made([int(moves.first[one]), int(moves.second[one])], mending=True):
                return True
        return False

    def _of_purse(self, moves: _Moves, purse: int) -> _Moves:
        """The moves that matter to this purse above all, and that the others bear twice."""
        weight = np.abs(moves.spent) * np.maximum(self.prices, 1e-12)
        fine = (moves.spent != 0).any(axis=1) & (weight.argmax(axis=1) == purse)
        others = np.arange(len(self.left)) != purse
        fine &= (2 * moves.spent[:, others] <= np.maximum(self.left[others], 0)).all(axis=1)
        return moves.some(np.flatnonzero(fine)[:PAIRED])

    def _moves(self, short: int) -> _Moves:
        """What single cases and pairs of cases can do within quotas and places, the least loss first."""
        some, lost = self._options(short)
        held = self.holds[self.case[some]]
        free = np.append(self.layout.places - self.held, self.layout.cases)
        source, aim_at = self.measure[held], self.measure[some]
        alone = (self.quota[self.cell[some]] > 0) & ((free[aim_at] > 0) | (source == aim_at))
        one, other = self._pairs(some, held, lost, short)
        first = np.concatenate([some[alone], one])
        second = np.concatenate([np.full(int(alone.sum()), _OUT), other])
        spent = self._spent(first) - self._spent(self.holds[self.case[first]])
        gain = self.value[first] - self.value[self.holds[self.case[first]]]
        two = second != _OUT
        gain[two] += self.value[second[two]] - self.value[self.holds[self.case[second[two]]]]
        spent[two] += self._spent(second[two]) - self._spent(self.holds[self.case[second[two]]])
        if self.aim.bonus:
            sure, now = np.append(self.layout.guaranteed, 0), np.append(self.held, 0)
            into, out = self.measure[first[~two]], self.measure[self.holds[self.case[first[~two]]]]
            filled = (now[into] < sure[into]).astype(np.int64) - (now[out] <= sure[out])
            outside = out == len(self.layout.places)
            filled += np.where(outside, 1, 0) * (now[out] <= sure[out])
            gain[~two] += np.where(into == out, 0, filled) * self.aim.bonus
        loss = spent @ self.prices - gain
        order = np.argsort(loss, kind="stable")
        kept = order[loss[order] <= short][:MOVES]
        return _Moves(first, second, gain, spent).some(kept)

    def _options(self, short: int) -> tuple[Ints, Ints]:
        """The options not held that lose least, with what each loses."""
        lost = self.surplus[self.holds[self.case]] - self.surplus
        some = np.flatnonzero(self.may & (lost <= short) & (self.holds[self.case] != np.arange(len(lost))))
        if len(some) > OPTIONS:
            some = np.sort(some[np.argsort(lost[some], kind="stable")[:OPTIONS]])
        return some, lost[some]

    def _pairs(self, some: Ints, held: Ints, lost: Ints, short: int) -> tuple[Ints, Ints]:
        """Two cases of two measures that change sides; quotas are looked at too."""
        wide = len(self.layout.places) + 1
        forth = self.measure[held] * wide + self.measure[some]
        back = self.measure[some] * wide + self.measure[held]
        order = np.argsort(forth, kind="stable")
        start = np.searchsorted(forth[order], back, "left")
        many = np.searchsorted(forth[order], back, "right") - start
        one = np.repeat(np.arange(len(some)), many)
        other = order[np.arange(len(one)) - np.repeat(np.cumsum(many) - many, many) + np.repeat(start, many)]
        fine = (one < other) & (self.case[some[one]] != self.case[some[other]])
        fine &= lost[one] + lost[other] <= short
        one, other = one[fine], other[fine]
        goal, goal_too = self.cell[some[one]], self.cell[some[other]]
        room = (self.quota[goal] > 0) | (goal == self.cell[held[other]])
        room &= (self.quota[goal_too] > 0) | (goal_too == self.cell[held[one]])
        room &= (goal != goal_too) | (self.quota[goal] > 1)
        return some[one[room]], some[other[room]]

    def _spent(self, options: Ints) -> Ints:
        """What each of these options charges to each purse."""
        layout = self.layout
        total = np.zeros((len(options), len(layout.left)), np.int64)
        real = np.flatnonzero(options < self.many)
        rows, of = layout.charge_rows(options[real])
        np.add.at(total, (real[of], layout.charge_purse[rows]), layout.charge_amount[rows])
        return total

    def _made(self, options: list[int], *, mending: bool = False) -> bool:
        """Take these options if all together gain and keep the limits, and nobody moves twice.

        `mending`: no gain is asked for, and a purse may be overdrawn that was before.
        """
        taken = np.array([option for option in options if option != _OUT], np.int64)
        cases = self.case[taken]
        if not len(cases) or len(set(cases.tolist())) < len(cases):
            return False
        former = self.holds[cases]
        quota, held = self.quota.copy(), np.append(self.held, 0)
        np.add.at(quota, self.cell[former], 1)
        np.add.at(quota, self.cell[taken], -1)
        np.add.at(held, self.measure[former], -1)
        np.add.at(held, self.measure[taken], 1)
        left = self.left + self._spent(former).sum(axis=0) - self._spent(taken).sum(axis=0)
        if (
            (quota < 0).any()
            or (held[:-1] > self.layout.places).any()
            or (left < np.minimum(self.left, 0)).any()
        ):
            return False
        gain = int(self.value[taken].sum() - self.value[former].sum())
        gain += self.aim.bonus * int(
            np.minimum(held[:-1], self.layout.guaranteed).sum()
            - np.minimum(self.held, self.layout.guaranteed).sum()
        )
        if gain <= 0 and not mending:
            return False
        self.holds[cases] = taken
        self.quota, self.held, self.left = quota, held[:-1], left
        return True


class _Use:
    """For one purse: what one move or two together gain at most with so much money."""

    def __init__(self, moves: _Moves, purse: int, case: Ints, measure: Ints) -> None:
        self.moves = moves
        many = len(moves.gain)
        one, other = np.triu_indices(many, 1)
        mine = case[moves.first], np.where(moves.second == _OUT, _OUT, case[moves.second])
        apart = np.ones(len(one), bool)
        for side in mine:
            for beside in mine:
                apart &= (side[one] != beside[other]) | (side[one] == _OUT)
        goal = np.where(moves.second == _OUT, measure[moves.first], _OUT)
        apart &= (goal[one] != goal[other]) | (goal[one] == _OUT)
        one, other = one[apart], other[apart]
        self.one = np.concatenate([[_OUT], np.arange(many), one])
        self.other = np.concatenate([np.full(many + 1, _OUT), other])
        spent = np.append(moves.spent[:, purse], 0)
        gain = np.append(moves.gain, 0)
        cost = spent[self.one] + spent[self.other]
        worth = gain[self.one] + gain[self.other]
        order = np.lexsort((-worth, cost))
        best = np.maximum.accumulate(worth[order])
        first = np.concatenate([[True], best[1:] > best[:-1]])
        self.cost, self.worth, self.at = cost[order][first], best[first], order[first]

    def best(self, room: Ints) -> tuple[Ints, Ints]:
        """For each room the greatest gain within it, and its number; _NEVER where nothing fits."""
        found = np.searchsorted(self.cost, room, "right") - 1
        return np.where(found < 0, _NEVER, self.worth[found]), np.where(found < 0, 0, self.at[found])

    def options(self, at: int) -> list[int]:
        """The options that are taken by that use."""
        chosen = []
        for move in (int(self.one[at]), int(self.other[at])):
            if move != _OUT:
                chosen += [int(self.moves.first[move]), int(self.moves.second[move])]
        return chosen
