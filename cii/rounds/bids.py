"""Every night the running waiting list is priced: what a place is worth to those who wait for one.

The same problem as a round would solve, with the term and the policy of the last round where there is one.
Reads first, in a transaction of its own; then the prices are kept beside those of former nights.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from hashlib import sha256

from sqlalchemy import select
from sqlmodel import col

from cii.allocation.bidding import VERSION, Bids, bids
from cii.allocation.outcome import Policy
from cii.allocation.problem import Problem
from cii.kernel.period import ONE_DAY, Period, Quarter
from cii.placements.bids import Bid, BidSource, Priced, keep
from cii.rounds.computing import policy_of
from cii.rounds.rules import CEILING
from cii.rounds.snapshot import Ids, snapshot
from cii.rounds.tables import AllocationRound
from cii.rounds.vocabulary import RoundState
from cii.store.work import Work


def price_waiting_list(work: Work, night: date, _: object = None) -> Priced:
    """What a place of each measure and line is worth to others, by the list as it stands; only reads."""
    held = _last_round(work)
    term, policy = _term(held, night), policy_of(held) if held is not None else Policy()
    seen = snapshot(work, term, sha256(night.isoformat().encode()).hexdigest())
    found = bids(seen.problem, policy) if len(seen.problem) else Bids((), ())
    return Priced(
        BidSource(night, term.start, term.last, len(seen.wanted), held.title if held is not None else None),
        len(seen.problem),
        seen.problem.digest,
        VERSION,
        tuple(_told(seen.problem, found, seen.ids)),
    )


def keep_prices(work: Work, seen: Priced) -> dict[str, int]:
    """Keep a night's prices; returns who waited, what was open to them, and how many places cost others."""
    keep(work, seen)
    worth = sum(1 for one in seen.bids if one.place or one.money)
    return {"cases": seen.source.cases, "options": seen.options, "priced": worth}


def _last_round(work: Work) -> AllocationRound | None:
    """The round opened last that was not cancelled."""
    return work.session.scalars(
        select(AllocationRound)
        .where(col(AllocationRound.state) != RoundState.CANCELLED)
        .order_by(col(AllocationRound.id).desc())
        .limit(1)
    ).first()


def _term(held: AllocationRound | None, night: date) -> Period:
    """The days of that round from the morning on; where they are over, to the end of the next quarter."""
    morning = night + ONE_DAY
    if held is not None and held.ends_on > night:
        return Period.through(max(held.starts_on, morning), held.ends_on)
    following = Quarter.of(Quarter.of(morning).period.end)
    return Period(morning, following.period.end)


def _told(problem: Problem, found: Bids, ids: Ids) -> list[Bid]:
    """The prices by the rows they belong to."""
    money = _money(problem, found.purses) if found.quotas else {}
    return [
        Bid(ids.measures[quota.measure], ids.lines[quota.line], place, money.get(cell, 0))
        for cell, (quota, place) in enumerate(zip(problem.quotas, found.quotas, strict=bool(found.quotas)))
    ]


def _money(problem: Problem, prices: tuple[int, ...]) -> Mapping[int, int]:
    """What a thousand francs of each quota's line are worth, years and ceilings as its stays charge them."""
    worth, cost = Counter[int](), Counter[int]()
    ceiling = [CEILING in purse.key for purse in problem.purses]
    for option, cell in enumerate(problem.cell_at):
        for purse, sum_ in problem.charges_of(option):
            worth[cell] += prices[purse] * sum_
            cost[cell] += 0 if ceiling[purse] else sum_
    return {cell: worth[cell] // cost[cell] for cell in cost if cost[cell]}


__all__ = ["keep_prices", "price_waiting_list"]
