"""The guaranteed volume of a month: where the stays of a measure cost less than the agreement promises.

Source: money.md §2 (minimum volume), 000 i.14.
"""

from dataclasses import dataclass

from cii.agreements.queries import Key, price_book
from cii.agreements.rules_rates import Guaranteed
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.settlement.queries import months_of, stays_in
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Volume:
    """A measure that an agreement guarantees for a line, in a month; `key`: agreement, measure, line."""

    key: Key
    guaranteed: Guaranteed


def volumes_of(work: Work, agreement_ids: list[int], month: Period) -> list[Volume]:
    """Every guaranteed volume of these agreements in a month, by agreement, measure and line.

    What the stays used is their price by attendance, all payers together; `guaranteed.top_up` is still due on
    top of the statements. No visibility: the caller starts its own read.
    """
    book = price_book(work, agreement_ids)
    keys = {key for key, rates in book.rates.items() if any(rate.guarantee for rate in rates)}
    stays = [stay for stay in stays_in(work, month) if stay.started and stay.key in keys]
    used: dict[Key, Chf] = dict.fromkeys(keys, Chf())
    for one in months_of(work, stays, month, book):
        used[one.stay.key] += one.due.total
    return [Volume(key, book.guaranteed(key, month, used[key])) for key in sorted(keys)]
