"""The mandate's rules without a database."""

import pytest

from cii.coordination.rules import (
    CORRECTIVE_MOVES,
    NotPermanent,
    PresidencyTaken,
    SecondYearInARow,
    body_may,
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
    for event in ("keep_within_contract", "ask", "do"):
        state = move(CORRECTIVE_MOVES, state, CorrectiveEvent(event))

    assert state is CorrectiveState.DONE


def test_a_change_of_contract_goes_through_the_steering_group():
    with pytest.raises(IllegalMove):
        move(CORRECTIVE_MOVES, CorrectiveState.NEEDS_CONTRACT_CHANGE, CorrectiveEvent.APPROVE)

    assert not body_may(CorrectiveEvent.APPROVE, Body.COORDINATION)
    assert body_may(CorrectiveEvent.APPROVE, Body.STEERING)
    assert not body_may(CorrectiveEvent.ASK, Body.STEERING)
