"""Which places those placed could not hold without passing somebody over, wherever the others are."""

from cii.allocation.reading import Reading
from cii.allocation.vocabulary import Who


def overtaken(read: Reading) -> bytearray:
    """One per option of the problem: 1 where holding it would pass over somebody without a place.

    By strict rank a case without a place, whose own option in the same quota charges no purse more, could
    take it from any worse rank: an allocation of the same persons in which it is held is at fault in any
    case, so a bound need not count it. None by any other policy.
    """
    problem = read.problem
    out = bytearray(len(problem))
    if read.allocation.policy.who is not Who.STRICT_RANK:
        return out
    least: list[list[dict[int, int]]] = [[] for _ in problem.quotas]
    for case in problem.by_rank:
        if case in read.pinned:
            continue
        placed = case in read.holds
        for option in read.live(case):
            charged = _charged(read, option)
            before = least[problem.cell_at[option]]
            beaten = any(_no_more(one, charged) for one in before)
            if placed:
                out[option] = beaten
            elif not beaten:
                before[:] = [one for one in before if not _no_more(charged, one)]
                before.append(charged)
    return out


def _charged(read: Reading, option: int) -> dict[int, int]:
    found: dict[int, int] = {}
    for purse, sum_ in read.problem.charges_of(option):
        found[purse] = found.get(purse, 0) + sum_
    return found


def _no_more(one: dict[int, int], other: dict[int, int]) -> bool:
    """Whether the one charges no purse more than the other."""
    return all(sum_ <= other.get(purse, 0) for purse, sum_ in one.items())
