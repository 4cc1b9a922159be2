"""Months after its end a case is asked whether its result holds; a rest ends on its day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cii.cases.actions import CloseCase, ReopenCase, close_case, reopen_case
from cii.cases.checking import AnswerCheck, answer_check, check_row, checks, checks_of, due_by
from cii.cases.resting import end_rest, rest, rest_of, rests_due
from cii.cases.vocabulary import ResultHolds
from cii.kernel.errors import Refusal
from cii.store.work import Work
from tests.cases.build_cases import a_network
from tests.conftest import NOW

TODAY = NOW.date()
IN_SIX_MONTHS = date(2027, 4, 15)
IN_TWELVE_MONTHS = date(2027, 10, 15)


def refused(act, *args) -> list[str]:
    with pytest.raises(Refusal) as no:
        act(*args)
    return [one.code for one in no.value.reasons]


def closed(net, outcome="job"):
    close_case(net.hands["AC"], CloseCase(net.case.ref, outcome))
    return checks(net.hands["AC"], due=False).items


def later(hand, days: int):
    return replace(hand, now=NOW + timedelta(days=days))


def test_a_closed_case_is_asked_for_its_result_six_months_later_and_not_before(work: Work):
    net = a_network(work)
    (one,) = closed(net)

    assert (one.check_on, one.outcome, one.mine) == (IN_SIX_MONTHS, "job", True)
    assert checks(later(net.hands["AC"], 181)).items == []
    assert [row.ref for row in checks(later(net.hands["AC"], 182)).items] == [one.ref]
    assert due_by(work, IN_SIX_MONTHS - timedelta(days=1)) == []
    assert [(row.ref, row.unit_id, case) for row, case in due_by(work, IN_SIX_MONTHS)] == [
        (one.ref, net.units["AC"].id, net.case.ref)
    ]


@pytest.mark.parametrize("outcome", ["abandoned", "moved_away", "no_need"])
def test_without_a_result_nothing_is_asked(work: Work, outcome):
    assert closed(a_network(work), outcome) == []


def test_the_answer_says_since_when_and_from_where_it_is_known_and_is_given_once(work: Work):
    net = a_network(work)
    (one,) = closed(net)
    hand = later(net.hands["AC"], 200)
    ask = AnswerCheck(one.ref, ResultHolds.YES, IN_SIX_MONTHS, "Téléphone avec l'employeur")

    faults = refused(answer_check, hand, replace(ask, source=" ", holds_on=date(2030, 1, 1)))
    other = refused(answer_check, later(net.hands["AI"], 200), ask)
    answer_check(hand, ask)

    assert (faults, other) == (["text-missing", "day-ahead"], ["not-allowed"])
    assert check_row(hand, one.ref).holds is ResultHolds.YES
    assert [row.source for row in checks_of(hand, net.case)] == [None, "Téléphone avec l'employeur"]
    assert refused(answer_check, hand, ask) == ["check-answered"]
    assert refused(answer_check, net.hands["stranger"], ask) == ["unknown"]
    assert refused(check_row, net.hands["stranger"], one.ref) == ["unknown"]


@pytest.mark.parametrize(
    ("holds", "after", "again"),
    [
        (ResultHolds.YES, 182, [IN_TWELVE_MONTHS]),
        (ResultHolds.UNKNOWN, 200, [IN_TWELVE_MONTHS]),
        (ResultHolds.NO, 182, []),
        (ResultHolds.YES, 365, []),
    ],
)
def test_a_result_that_may_hold_is_asked_for_once_more_after_twelve_months(work: Work, holds, after, again):
    net = a_network(work)
    (one,) = closed(net)
    hand = later(net.hands["AC"], after)

    answer_check(hand, AnswerCheck(one.ref, holds, TODAY, "Téléphone"))
    waits = checks(hand, due=False).items
    for row in waits:
        answer_check(later(net.hands["AC"], 370), AnswerCheck(row.ref, holds, TODAY, "Téléphone"))

    assert [row.check_on for row in waits] == again
    assert checks(hand, due=False).items == []


def test_a_case_taken_up_again_is_not_asked_and_asked_anew_after_its_next_end(work: Work):
    net = a_network(work)
    (first,) = closed(net)

    reopen_case(net.hands["AC"], ReopenCase(net.case.ref, "Rechute"))

    assert checks(net.hands["AC"], due=False).items == []
    assert refused(answer_check, net.hands["AC"], AnswerCheck(first.ref, ResultHolds.NO, TODAY, "x")) == [
        "check-answered"
    ]
    (second,) = closed(net, "training")
    assert (second.ref != first.ref, second.outcome) == (True, "training")


def test_a_rest_has_a_last_day_that_is_yet_to_come(work: Work):
    net = a_network(work)

    assert refused(rest, work, net.case, TODAY, "Hospitalisation", net.units["AC"].id) == ["resume-day-past"]
    rest(work, net.case, TODAY + timedelta(days=3), "Hospitalisation", net.units["AC"].id)

    assert rests_due(work, TODAY + timedelta(days=2)) == []
    assert [one.ref for one in rests_due(work, TODAY + timedelta(days=3))] == [net.case.ref]
    end_rest(work, net.case)
    assert rest_of(work, net.case.id) is None
