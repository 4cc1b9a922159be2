"""Transfers between lines: a place or money that one line leaves free, and that another has somebody for.

A quota is a hard limit in a round; what lies free is never borrowed. These are proposals: each is applied to
the round alone, and told only if more persons then have a place.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from cii.allocation.explaining import Reader
from cii.allocation.needing import solved
from cii.allocation.outcome import Allocation
from cii.allocation.problem import Problem

MOST = 8
"""So many times the round is solved again at most."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """Places of a measure, with the money they need, from a line to another: `persons` more have a place.

    `money`: purse that gives, purse that takes, centimes. Without places (`measure` is empty then) money
    alone is handed over. `out`: cases of worse rank that would lose theirs.
    """

    measure: str
    from_line: str
    to_line: str
    places: int
    money: tuple[tuple[str, str, int], ...]
    persons: int = 0
    out: int = 0


def transfers(problem: Problem, allocation: Allocation, most: int = MOST) -> tuple[Transfer, ...]:
    """Proposals, those first that place most persons; at most `most` of the largest are tried."""
    former = {one.case for one in allocation.placed}
    found = []
    for each in sorted(_proposals(Reader(problem, allocation)), key=_order)[:most]:
        again = solved(transferred(problem, each), allocation.policy)
        held = {one.case for one in again.placed} if again else set()
        if len(held) > len(former):
            found.append(replace(each, persons=len(held) - len(former), out=len(former - held)))
    return tuple(sorted(found, key=_order))


def transferred(problem: Problem, one: Transfer) -> Problem:
    """The round with this transfer made."""
    by_line = {one.from_line: -one.places, one.to_line: one.places}
    by_purse: Counter[str] = Counter()
    for giver, taker, sum_ in one.money:
        by_purse[giver] -= sum_
        by_purse[taker] += sum_
    return replace(
        problem,
        quotas=tuple(
            replace(quota, places=quota.places + by_line.get(quota.line, 0))
            if quota.measure == one.measure
            else quota
            for quota in problem.quotas
        ),
        purses=tuple(replace(purse, left=purse.left + by_purse[purse.key]) for purse in problem.purses),
    )


def _order(one: Transfer) -> tuple[int, int, int, str, str, str]:
    """Most persons first, then most places, then least money."""
    money = sum(sum_ for _, _, sum_ in one.money)
    return -one.persons, -one.places, money, one.measure, one.from_line, one.to_line


def _proposals(reader: Reader) -> Iterator[Transfer]:
    """For each full quota that somebody waits for, and each purse too poor, the line that gives most."""
    problem, waiting = reader.problem, _waiting(reader)
    free = [quota.places - len(reader.in_cell.get(at, ())) for at, quota in enumerate(problem.quotas)]
    rooms = [held.places - len(reader.in_measure.get(at, ())) for at, held in enumerate(problem.measures)]
    beside, ready = defaultdict[int, list[int]](list), defaultdict[str, dict[int, int]](dict)
    for at, measure in enumerate(problem.measure_of_cell):
        beside[measure].append(at)
    for cell, options in sorted(waiting.items()):
        quota, room = problem.quotas[cell], rooms[problem.measure_of_cell[cell]]
        if free[cell] > 0 and room > 0:
            for option in options[: min(free[cell], room)]:
                ready[quota.line].setdefault(problem.case_at[option], option)
            continue
        offers = [
            _offer(reader, problem.quotas[at].line, quota.line, options[: min(free[at], room)], quota.measure)
            for at in beside[problem.measure_of_cell[cell]]
            if free[at] > 0 and room > 0
        ]
        yield from sorted((one for one in offers if one.places), key=_order)[:1]
    for line, one_each in sorted(ready.items()):
        options = sorted(one_each.values(), key=lambda at: reader.rank[problem.case_at[at]])
        others = sorted({quota.line for quota in problem.quotas} - {line})
        offers = [replace(_offer(reader, other, line, options, ""), places=0) for other in others]
        yield from sorted((one for one in offers if one.money), key=_order)[:1]


def _waiting(reader: Reader) -> dict[int, list[int]]:
    """For each quota the options in it of those without a place, best rank first."""
    found = defaultdict[int, list[int]](list)
    for case in reader.problem.by_rank:
        if case not in reader.holds:
            for option in reader.live(case):
                found[reader.problem.cell_at[option]].append(option)
    return found


def _offer(reader: Reader, giver: str, taker: str, options: list[int], measure: str) -> Transfer:
    """As many of these, in turn, as the taker's purses pay, with what the giver's have left over."""
    problem = reader.problem
    left = {one.key: one.left - reader.spent[at] for at, one in enumerate(problem.purses)}
    asked: Counter[str] = Counter()
    taken, money = 0, list[tuple[str, str, int]]()
    for option in options:
        for purse, sum_ in problem.charges_of(option):
            asked[problem.purses[purse].key] += sum_
        short = {purse: over for purse, sum_ in sorted(asked.items()) if (over := sum_ - left[purse]) > 0}
        partners = {purse: giver + purse.removeprefix(taker) for purse in short if purse.startswith(taker)}
        if any(left.get(partners.get(purse, ""), 0) < over for purse, over in short.items()):
            break
        taken, money = taken + 1, [(partners[purse], purse, over) for purse, over in short.items()]
    return Transfer(measure, giver, taker, taken, tuple(money))
