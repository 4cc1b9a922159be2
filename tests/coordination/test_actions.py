"""The group at work, on both engines."""

from datetime import date

import pytest
from sqlmodel import select

from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import AgreementState
from cii.coordination.actions import (
    MoveCorrective,
    NamePresidency,
    ObserveDeviation,
    move_corrective,
    name_presidency,
    observe_deviation,
    watch,
)
from cii.coordination.actions_monthly import DeliverMonth, deliver_month
from cii.coordination.queries import (
    alerts,
    corrective_at,
    corrective_measures,
    corrective_moves,
    presidencies,
    steps_of,
)
from cii.coordination.rules import (
    DueDateMissing,
    SecondYearInARow,
    SteeringDecides,
)
from cii.coordination.vocabulary import CorrectiveEvent, CorrectiveState
from cii.institutions.queries import unit_by_code
from cii.kernel.errors import NotAllowed
from cii.kernel.period import Quarter
from cii.notices.tables import Notice
from tests.agreements.build_agreements import a_market, acting, an_actor
from tests.coordination.build_coordination import the_group, the_members, the_steering
from tests.figures.build_figures import later, the_numbers
from tests.institutions.build_institutions import the_canton

E = CorrectiveEvent
DUE = date(2026, 11, 30)


@pytest.fixture
def canton(work):
    the_numbers(work)
    the_canton(work)
    return work


@pytest.fixture
def market(work):
    the_numbers(work)
    return a_market(work)


def observed(work, market):
    agreement = market.agreement()
    return observe_deviation(
        the_group(work),
        ObserveDeviation(
            agreement.ref, "Taux de réinsertion sous le minimum", date(2026, 9, 20), "reinsertion"
        ),
    )


def notices(work):
    return [row.kind for row in work.session.exec(select(Notice))]


def test_a_second_year_of_presidency_in_a_row_is_refused(canton):
    the_members(canton)
    group = the_group(canton)
    name_presidency(group, NamePresidency(2027, "SASO"))

    with pytest.raises(SecondYearInARow):
        name_presidency(group, NamePresidency(2028, "SASO"))

    name_presidency(group, NamePresidency(2028, "SEMP"))
    assert presidencies(group) == {2027: "SASO", 2028: "SEMP"}


def test_the_respondent_is_told_what_to_ask_and_a_late_measure_is_marked(work, market):
    group, row = the_group(work), observed(work, market)

    move_corrective(group, MoveCorrective(row.ref, E.KEEP_WITHIN_CONTRACT))
    with pytest.raises(DueDateMissing):
        move_corrective(group, MoveCorrective(row.ref, E.ASK))
    move_corrective(group, MoveCorrective(row.ref, E.ASK, due_on=DUE))

    assert row.respondent_unit_id == unit_by_code(work, "LMMT").id
    assert notices(work) == ["agreement-under-correction", "corrective-asked"]
    assert corrective_moves(group, row) == (E.DO, E.FALL_OVERDUE)
    assert watch(later(work, days=60), date(2026, 12, 1))["overdue"] == 1
    assert row.state is CorrectiveState.OVERDUE


def test_an_agreement_is_under_correction_from_the_first_decision_to_the_last_end(work, market):
    group, row = the_group(work), observed(work, market)
    agreement = work.session.get_one(Agreement, row.agreement_id)
    other = observe_deviation(
        group, ObserveDeviation(agreement.ref, "Absences annoncées trop tard", work.today)
    )
    states = [agreement.state]

    for ref, event in (
        (row.ref, E.KEEP_WITHIN_CONTRACT), (other.ref, E.NEED_CONTRACT_CHANGE), (row.ref, E.ASK), (row.ref, E.DO),
        (other.ref, E.DROP), (row.ref, E.VERIFY),
    ):  # fmt: skip
        move_corrective(group, MoveCorrective(ref, event, due_on=DUE))
        states.append(agreement.state)

    assert states == [
        AgreementState.IN_FORCE, *[AgreementState.UNDER_CORRECTION] * 5, AgreementState.IN_FORCE,
    ]  # fmt: skip
    assert notices(work)[-2:] == ["agreement-corrected", "corrective-verified"]


def test_the_group_cannot_approve_a_change_of_contract(work, market):
    group, row = the_group(work), observed(work, market)
    move_corrective(group, MoveCorrective(row.ref, E.NEED_CONTRACT_CHANGE))
    move_corrective(group, MoveCorrective(row.ref, E.PROPOSE))

    with pytest.raises(SteeringDecides) as no:
        move_corrective(group, MoveCorrective(row.ref, E.APPROVE, due_on=DUE))

    assert no.value.kind == "forbidden"
    assert corrective_moves(group, row) == ()
    move_corrective(the_steering(work), MoveCorrective(row.ref, E.APPROVE, "Accepté", DUE))
    move_corrective(group, MoveCorrective(row.ref, E.IMPLEMENT))
    assert [one.state.value for one in steps_of(group, row)] == [
        "observed", "needs_contract_change", "at_steering", "approved", "implemented",
    ]  # fmt: skip
    outsider = acting(work, an_actor(work, unit_by_code(work, "LMMT")))
    with pytest.raises(NotAllowed):
        move_corrective(outsider, MoveCorrective(row.ref, E.DROP))


def test_a_quarter_shows_a_corrective_measure_as_it_stood_and_was_known(work, market):
    row = observed(work, market)
    quarter = Quarter(2026, 3).period

    move_corrective(the_group(work), MoveCorrective(row.ref, E.KEEP_WITHIN_CONTRACT))

    (then,) = corrective_at(work, quarter, work.now)
    assert then.state is CorrectiveState.OBSERVED
    assert corrective_at(work, quarter, later(work, days=-1).now) == []
    (now,) = corrective_at(work, Quarter(2026, 4).period, work.now)
    assert now.state is CorrectiveState.WITHIN_CONTRACT
    assert list(corrective_measures(work, only_open=True)) == [row]


def test_alerts_begin_on_their_day_and_are_told_once(canton):
    day = date(2026, 10, 1)
    deliver_month(canton, DeliverMonth("SEMP", "2026-09"))

    assert alerts(canton, day) == []
    assert watch(canton, day) == {}
    late = [one for one in alerts(canton, date(2026, 10, 15)) if one.kind == "monthly_data_missing"]
    assert [one.what for one in late] == ["SASO 2026-09", "SMIG 2026-09"]
    assert watch(canton, late[0].since) == {"monthly_data_missing": 2}
