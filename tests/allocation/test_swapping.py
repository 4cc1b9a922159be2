"""The last francs: exchanges keep every limit, lose nothing, and bring overdrawn purses back."""

from dataclasses import replace

import numpy as np

from benchmarks.rounds import a_round
from cii.allocation.aim import Aim
from cii.allocation.greedy import greedy
from cii.allocation.layout import Ints, Layout, lay_out
from cii.allocation.network import Asked, best_flow
from cii.allocation.outcome import Policy
from cii.allocation.prices import Search, search
from cii.allocation.swapping import Prices, repaired, swapped

CASES, MEASURES = 120, 16


def a_search(layout: Layout, chosen: Ints) -> tuple[Search, int, Prices]:
    """Prices for placing those chosen as well as can be, with the bound that they prove."""
    who = layout.who(chosen)
    found = search(Aim(layout, layout.value, Asked(who, who), 100 << 28))
    bound, of_cell, of_measure = found.certain()
    return found, bound, Prices(found.prices, of_cell, of_measure)


def keeps_all(layout: Layout, chosen: Ints) -> bool:
    """Whether quotas, places and purses bear these options, one for each case."""
    return (
        len(np.unique(layout.case[chosen])) == len(chosen)
        and bool((np.bincount(layout.cell[chosen], minlength=len(layout.quota)) <= layout.quota).all())
        and bool((np.bincount(layout.measure[chosen], minlength=len(layout.places)) <= layout.places).all())
        and layout.affordable(chosen)
    )


def test_exchanges_keep_the_persons_and_every_limit_and_gain() -> None:
    layout = lay_out(a_round(CASES, MEASURES, 1, tight=0.9), Policy())
    start = greedy(layout)
    found, bound, prices = a_search(layout, start)

    better = swapped(found.aim, start, prices, bound=bound, slack=0)

    assert keeps_all(layout, better)
    assert (layout.who(better) == layout.who(start)).all()
    assert found.aim.worth(start) < found.aim.worth(better) <= bound


def test_a_purse_that_is_overdrawn_is_brought_back() -> None:
    layout = lay_out(a_round(CASES, MEASURES, 2, tight=0.9), Policy())
    start = greedy(layout)
    found, _, prices = a_search(layout, start)
    dear = best_flow(layout, layout.value, found.aim.asked)
    assert not layout.affordable(dear)

    mended = repaired(found.aim, dear, prices)

    assert keeps_all(layout, mended)
    assert (layout.who(mended) == layout.who(start)).all()


def test_nobody_is_moved_where_what_is_open_need_not_be_found() -> None:
    layout = lay_out(a_round(CASES, MEASURES, 3), Policy())
    start = greedy(layout)
    found, bound, prices = a_search(layout, start)

    same = swapped(found.aim, start, prices, bound=bound, slack=bound)

    assert (same == start).all()


def test_so_many_persons_are_a_purse_that_too_few_overdraw() -> None:
    layout = lay_out(a_round(CASES, MEASURES, 4), Policy())
    start = greedy(layout)

    enough, more = layout.at_least(len(start)), layout.at_least(len(start) + 1)

    assert enough.affordable(start)
    assert not more.affordable(start)
    assert enough.spent(start)[:-1].tolist() == layout.spent(start).tolist()


def test_a_round_with_a_very_small_charge_is_priced_within_whole_numbers() -> None:
    layout = lay_out(a_round(CASES, MEASURES, 5), Policy())
    cheap = np.where(np.arange(len(layout.charge_amount)) == 0, 1, layout.charge_amount)
    who = layout.everyone()

    found = search(Aim(replace(layout, charge_amount=cheap), layout.value, Asked(who, layout.nobody())))

    bound, *_ = found.certain()
    assert max(worth for worth, *_ in [(0,), *found.feasible]) <= bound
    assert (found.prices >= 0).all()
