"""What a run comes to, counted from what was kept; and that nothing wrong is ever kept or issued."""

from dataclasses import replace

import pytest

from cii.allocation.engine import allocate
from cii.allocation.outcome import Policy
from cii.allocation.problem import Candidate, MeasurePlaces, Option, Pin, Purse, Quota, problem
from cii.allocation.vocabulary import PinKind
from cii.kernel.money import Chf
from cii.rounds.computing import checked
from cii.rounds.options import NO_CEILING
from cii.rounds.rules import CEILING, RoundNotVerified
from cii.rounds.tallies import cells, charged, guaranteed, purses, ranks, same_pins, tight_sets

TWO = [Candidate("a", 1, "2026-09-01", "1"), Candidate("b", 2, "2026-08-01", "2")]
CHARGES = (("AI 2026", 70), ("LACI 2026", 100), (f"LACI 2026{CEILING}xyz", 100))


def a_round(pins=()):
    """Two cases want the one place of a line in a workshop that guarantees three."""
    return problem(
        TWO,
        [MeasurePlaces("AT", 4, 3)],
        [Quota("AT", "LACI", 1), Quota("AT", "SAS", 2)],
        [Purse("LACI 2026", 500), Purse(f"LACI 2026{CEILING}xyz", 300), Purse("AI 2026", NO_CEILING)],
        [Option(one.key, "AT", "LACI", 60, CHARGES) for one in TWO],
        pins,
    )


def test_quotas_budgets_and_empty_guarantees_are_counted_from_what_was_kept():
    made = a_round()
    found = allocate(made, Policy())

    told = {one.line: one for one in cells(made, found)}
    assert (told["LACI"].taken, told["LACI"].free, told["LACI"].wanted, told["LACI"].tight) == (1, 0, 2, True)
    assert (told["SAS"].taken, told["SAS"].free, told["SAS"].tight) == (0, 2, False)
    money = {one.key: one for one in purses(made, found)}
    assert money["LACI 2026"].after == Chf(400)
    assert (money["AI 2026"].limited, money["AI 2026"].bound) == (False, Chf(70))
    assert money[f"LACI 2026{CEILING}xyz"].ceiling
    assert [(one.guaranteed, one.taken, one.unfilled) for one in guaranteed(made, found)] == [(3, 1, 2)]
    assert ranks(made) == {"a": 1, "b": 2}
    assert tight_sets(made, found) == [[("AT", "LACI")]]


def test_francs_under_a_ceiling_are_told_once():
    assert charged(CHARGES) == Chf(170)


def test_a_run_knows_whether_it_was_computed_with_the_decisions_in_force():
    decided = Pin("b", PinKind.REFUSED)

    assert same_pins(a_round([decided]), [(2, PinKind.REFUSED, "", "")])
    assert not same_pins(a_round([decided]), [])
    assert not same_pins(a_round(), [(None, PinKind.TAKEN, "AT", "LACI")])


def test_a_result_that_the_verifier_finds_wrong_is_neither_kept_nor_issued():
    made = a_round()
    found = allocate(made, Policy())
    checked(made, found)

    with pytest.raises(RoundNotVerified) as no:
        checked(made, replace(found, placed=()))

    assert no.value.facts["count"]
