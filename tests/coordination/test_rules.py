"""The mandate's rules without a database."""

import pytest

from cii.coordination.rules import (
    CORRECTING,
    CORRECTIVE_MOVES,
    OPEN_STATES,
    NotPermanent,
    PresidencyTaken,
    SecondYearInARow,
    body_may,
    may_move,
    presidency_faults,
)
from cii.coordination.rules_monthly import missing_deliveries
from cii.coordination.vocabulary import Body, CorrectiveEvent, CorrectiveState
from cii.kernel.moves import IllegalMove, move


def test_the_presidency_passes_from_one_permanent_member_to_the_next():
    presided = {2027: "SASO", 2028: "SEMP"}

    assert presidency_faults(2029, "SMIG", presided) == []
    assert presidency_faults(2029, "SASO", presided) == []


def test_a_second_year_in_a_row_is_refused_seen_from_both_sides():
    (after,) = presidency_faults(2028, "SASO", {2027: "SASO"})
    (before,) = presidency_faults(2026, "SASO", {2027: "SASO"})

    assert isinstance(after, SecondYearInARow)
    assert isinstance(before, SecondYearInARow)


def test_guests_of_the_group_do_not_preside_and_a_year_is_given_once():
    faults = presidency_faults(2027, "OAI", {2027: "SASO"})

    assert [type(one) for one in faults] == [NotPermanent, PresidencyTaken]


def test_three_sectors_deliver_monthly_data_and_two_never_owe_them():
    assert missing_deliveries({"SEMP"}) == ("SASO", "SMIG")
    assert missing_deliveries({"SEMP", "SASO", "SMIG", "OAI"}) == ()


def test_within_the_contract_the_group_acts_through_the_respondent():
    state = CorrectiveState.OBSERVED
    for event in ("keep_within_contract", "ask", "do", "reopen", "do", "verify"):
        state = move(CORRECTIVE_MOVES, state, CorrectiveEvent(event))

    assert state is CorrectiveState.VERIFIED
    assert state not in OPEN_STATES | CORRECTING


def test_a_change_of_contract_goes_through_the_steering_group():
    with pytest.raises(IllegalMove):
        move(CORRECTIVE_MOVES, CorrectiveState.NEEDS_CONTRACT_CHANGE, CorrectiveEvent.APPROVE)

    assert not body_may(CorrectiveEvent.APPROVE, Body.COORDINATION)
    assert body_may(CorrectiveEvent.APPROVE, Body.STEERING)
    assert not body_may(CorrectiveEvent.ASK, Body.STEERING)


def test_the_respondent_service_reports_what_is_done_and_nothing_else():
    may = {event for event in CorrectiveEvent if may_move(event, (), respondent=True)}

    assert may == {CorrectiveEvent.DO, CorrectiveEvent.IMPLEMENT}
    assert not any(may_move(event, (), respondent=False) for event in CorrectiveEvent)
    assert not may_move(CorrectiveEvent.VERIFY, (Body.STEERING,), respondent=False)
