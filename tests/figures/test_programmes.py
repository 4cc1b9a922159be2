"""The programmes in numbers: small numbers of others stay hidden, a share is never told of nothing."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from cii.cases.vocabulary import CasePath
from cii.figures.programmes import _percent, _solutions, _veiled, lines, programme_figures
from cii.figures.whole_months import months_over, too_fine
from cii.store.work import Work
from tests.cases.build_cases import a_network

YEAR = date(2026, 1, 1), date(2026, 12, 31)
AFTERWARDS = datetime(2027, 1, 15, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("part", "of", "share"),
    [(157, 256, "61.3"), (0, 7, "0.0"), (7, 7, "100.0"), (1, 2000, "0.1"), (0, 0, None), (None, 9, None)],
)
def test_a_share_has_one_decimal_and_none_of_nothing(part, of, share):
    assert _percent(part, of) == share


def test_everybody_sees_what_tells_of_many():
    shown, total = _veiled(Counter(open=9, job=12), Counter(), 5)

    assert (shown, total) == ({"open": 9, "job": 12}, 21)


def test_a_small_number_of_others_is_hidden_with_one_from_which_it_would_follow():
    shown, total = _veiled(Counter(open=9, job=12, training=3), Counter(), 5)

    assert shown["training"] is None
    assert [shown["open"], shown["job"], total].count(None) >= 1


def test_a_reader_sees_a_small_number_that_is_their_own():
    shown, total = _veiled(Counter(open=9, job=12, training=3), Counter(training=3), 5)

    assert (shown["training"], total) == (3, 24)


def test_the_sum_of_reasons_is_shown_so_two_reasons_are_hidden():
    shown, _ = _veiled(Counter(over_30=22, addiction=4, pregnancy=6), Counter(), 5, total_known=True)

    assert shown["over_30"] == 22
    assert (shown["addiction"], shown["pregnancy"]) == (None, None)


def test_solutions_are_hidden_with_any_of_their_outcomes():
    assert _solutions({"open": 9, "job": 5, "diploma": 8, "no_solution": 7, "out_of_criteria": 6}) == 13
    assert _solutions({"job": None, "diploma": 8}) is None


def test_a_single_case_of_others_is_told_to_its_own_institution_alone(work: Work):
    net = a_network(work)

    own, other = (
        programme_figures(replace(net.hands[who], now=AFTERWARDS), CasePath.NETWORK, *YEAR)
        for who in ("AC", "AI")
    )
    house = programme_figures(work, CasePath.NETWORK, *YEAR)

    assert (own.announced, own.open, own.closed) == (house.announced, house.open, house.closed) == (1, 1, 0)
    assert (other.announced, other.open, other.closed) == (None, None, None)
    assert ("cases", "open", 1) in lines(own)


@pytest.mark.parametrize(
    ("first", "last", "stand", "fields"),
    [
        ("2026-01-01", "2026-09-30", "2026-09-30", []),
        ("2025-12-01", "2025-12-31", "2026-02-28", []),
        ("2026-01-02", "2026-09-30", "2026-09-30", ["first"]),
        ("2026-01-01", "2026-09-29", "2026-09-30", ["last"]),
        ("2026-01-01", "2026-08-31", "2026-09-15", ["stand"]),
        ("2026-01-01", "2026-10-31", "2026-10-31", ["last", "stand"]),
    ],
)
def test_others_are_told_of_months_that_are_over(first, last, stand, fields):
    asked = (date.fromisoformat(day) for day in (first, last, stand))

    assert [one.field for one in too_fine(*asked, today=date(2026, 10, 15))] == fields
    assert months_over(date(2026, 1, 1)) == date(2025, 12, 31)


@pytest.mark.parametrize("programme", CasePath)
def test_a_period_without_cases_is_all_zeros(work: Work, programme):
    a_network(work)

    found = programme_figures(work, programme, date(2001, 1, 1), date(2001, 12, 31))

    assert (found.announced, found.open, found.closed) == (0, 0, 0)
    assert (found.outcomes, found.reasons, found.steps, found.referrals) == ({}, {}, (), ())
