"""The engine on rounds of a canton's size: the same bytes, a bound that holds, and nothing said on the side."""

import os
import subprocess
import sys
from random import Random

import numpy as np
import pytest

from benchmarks.rounds import a_round
from cii.allocation.aim import Aim
from cii.allocation.engine import allocate, first_come
from cii.allocation.exchanging import blended
from cii.allocation.layout import lay_out
from cii.allocation.network import Asked, best_flow
from cii.allocation.outcome import Policy
from cii.allocation.problem import Problem, problem
from cii.allocation.quiet import quiet
from cii.allocation.verifying import verify
from cii.allocation.vocabulary import Who

CASES, MEASURES = 60, 8


def shuffled(one: Problem, seed: int) -> Problem:
    """The same round with its parts handed in in another order."""
    parts = [list(part) for part in (one.candidates, one.measures, one.quotas, one.purses, one.options())]
    for part in parts:
        Random(seed).shuffle(part)
    return problem(*parts)


@pytest.mark.parametrize("who", list(Who))
def test_a_round_with_scarce_money_holds_before_the_verifier(who: Who) -> None:
    one = a_round(CASES, MEASURES, 1)

    allocation = allocate(one, Policy(who=who))

    assert verify(one, allocation) == []
    assert allocation.certificate.objective <= allocation.certificate.bound


def test_the_order_in_which_a_round_is_handed_in_changes_no_byte() -> None:
    one = a_round(CASES, MEASURES, 2)

    again = shuffled(one, 5)

    policy = Policy(who=Who.MAX_PERSONS)
    assert again.digest == one.digest
    assert allocate(again, policy).canonical() == allocate(one, policy).canonical()


def test_another_process_with_other_hashes_gives_the_same_bytes_and_prints_nothing_else() -> None:
    words = (
        "from benchmarks.rounds import a_round; from cii.allocation.engine import allocate;"
        f"print(allocate(a_round({CASES}, {MEASURES}, 3)).digest)"
    )

    told = [
        subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", words],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]

    assert told[0] == told[1] == allocate(a_round(CASES, MEASURES, 3)).digest + "\n"


def test_counting_persons_places_more_than_giving_in_turn() -> None:
    one = a_round(300, 40, 1)

    allocation = allocate(one, Policy(who=Who.MAX_PERSONS))

    bound = allocation.certificate.persons_bound
    assert bound is not None
    assert 1.05 * len(first_come(one)) <= len(allocation.placed) <= bound


def test_two_ways_blended_keep_quotas_and_places_and_lose_nothing() -> None:
    layout = lay_out(a_round(CASES, MEASURES, 4, tight=10.0), Policy())
    asked = Asked(layout.everyone(), layout.nobody())
    one = best_flow(layout, layout.value, asked)
    other = best_flow(layout, layout.value[::-1].copy(), asked)

    both = blended(Aim(layout, layout.value, asked), other, one, np.ones(len(layout.left)), slack=0)

    assert both is not None
    assert (np.bincount(layout.cell[both], minlength=len(layout.quota)) <= layout.quota).all()
    assert (np.bincount(layout.measure[both], minlength=len(layout.places)) <= layout.places).all()
    assert len(np.unique(layout.case[both])) == len(both)
    assert layout.value[both].sum() == layout.value[one].sum() > layout.value[other].sum()


def test_what_a_solver_prints_goes_where_errors_go(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet():
        os.write(1, b"the solver speaks\n")
    os.write(1, b"the house speaks\n")

    heard = capfd.readouterr()

    assert heard.out == "the house speaks\n"
    assert heard.err == "the solver speaks\n"
