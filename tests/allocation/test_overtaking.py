"""What passes somebody over: the engine and the verifier come to it each in their own way."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.rounds import a_round
from cii.allocation.engine import allocate
from cii.allocation.layout import lay_out
from cii.allocation.outcome import Policy
from cii.allocation.overtaking import overtaken
from cii.allocation.passing import overtaken as overtaken_by_arrays
from cii.allocation.problem import Candidate, MeasurePlaces, Option, Purse, Quota, problem
from cii.allocation.reading import Reading
from cii.allocation.verifying import verify
from cii.allocation.vocabulary import Who
from tests.allocation.build_rounds import a_small_round


@settings(max_examples=25)
@given(st.integers(0, 10**9), st.sampled_from(list(Who)))
def test_engine_and_verifier_leave_out_the_same_places(seed: int, who: Who) -> None:
    one = a_small_round(seed)
    found = allocate(one, Policy(who=who))
    layout = lay_out(one, found.policy)
    placed = {held.case for held in found.placed}

    mask = np.array([candidate.key in placed for candidate in one.candidates], bool)

    assert overtaken_by_arrays(layout, mask).tolist() == [bool(out) for out in overtaken(Reading(one, found))]


def test_a_place_that_a_better_rank_could_take_over_is_no_part_of_the_bound() -> None:
    # The second has the dear place of the first measure in mind; the third could have it for less.
    who = [Candidate("A", 1, "2026-01-01", "0"), Candidate("B", 2, "2026-01-01", "0"),
           Candidate("C", 3, "2026-01-01", "0")]  # fmt: skip
    one = problem(
        who,
        [MeasurePlaces("M", 1), MeasurePlaces("N", 1)],
        [Quota("M", "AI", 1), Quota("N", "AI", 1)],
        [Purse("AI", 150)],
        [
            Option("A", "M", "AI", 50, (("AI", 100),)),
            Option("B", "M", "AI", 50, (("AI", 60),)),
            Option("C", "M", "AI", 100, (("AI", 70),)),
            Option("C", "N", "AI", 10, (("AI", 50),)),
        ],
    )

    found = allocate(one)

    assert verify(one, found) == []
    assert [(held.case, held.measure) for held in found.placed] == [("A", "M"), ("C", "N")]
    layout = lay_out(one, found.policy)
    assert overtaken_by_arrays(layout, np.array([True, False, True])).tolist() == [False, False, True, False]


def test_a_round_with_scarce_money_passes_nobody_over_and_lies_near_its_bound() -> None:
    one = a_round(120, 16, 1, tight=1.0)

    found = allocate(one)

    assert verify(one, found) == []
    assert found.certificate.gap_ppm < 20_000
