"""Corrective measures from what is asked to what is verified, on both engines."""

from datetime import date

import pytest
from sqlmodel import select

from cii.access.vocabulary import Role
from cii.coordination.actions import MoveCorrective, ObserveDeviation, move_corrective, observe_deviation
from cii.coordination.queries import (
    corrective_by_ref,
    corrective_measures,
    corrective_moves,
    corrective_place,
    steps_of,
)
from cii.coordination.rules import CorrectiveReasonMissing, DueDateMissing
from cii.coordination.vocabulary import CorrectiveEvent, CorrectiveState
from cii.institutions.queries import unit_by_code
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.kernel.moves import IllegalMove
from cii.notices.tables import Notice
from tests.access.build_access import an_account
from tests.agreements.build_agreements import a_market, acting, an_actor
from tests.coordination.build_coordination import the_group, the_steering
from tests.figures.build_figures import the_numbers

E, S = CorrectiveEvent, CorrectiveState
DUE = date(2026, 11, 30)


@pytest.fixture
def market(work):
    the_numbers(work)
    return a_market(work)


@pytest.fixture
def row(work, market):
    made = observe_deviation(
        the_group(work), ObserveDeviation(market.agreement().ref, "Rapports en retard", date(2026, 9, 20))
    )
    made.respondent_unit_id = unit_by_code(work, "LMMT").id
    work.session.add(made)
    work.session.flush()
    return made


def moved(work, row, *events, note="Motif", due=DUE):
    for event in events:
        move_corrective(work, MoveCorrective(row.ref, event, note, due))


def asked_for(work, row):
    moved(the_group(work), row, E.KEEP_WITHIN_CONTRACT, E.ASK)


def before_steering(work, row):
    moved(the_group(work), row, E.NEED_CONTRACT_CHANGE, E.PROPOSE)


def service(work, code="LMMT", role="contract_manager"):
    return acting(work, an_actor(work, unit_by_code(work, code), role=role))


def told(work, kind):
    return [
        (one.unit_id, one.account_id)
        for one in work.session.exec(select(Notice).where(Notice.kind == kind).order_by(Notice.id))
    ]


def test_the_respondent_service_reports_it_done_and_the_group_verifies(work, row):
    respondent, group = service(work), the_group(work)
    asked_for(work, row)

    assert corrective_moves(respondent, row) == (E.DO,)
    moved(respondent, row, E.DO, note="Le prestataire l'annonce réalisée")
    assert told(work, "corrective-done") == [(unit_by_code(work, "GC").id, None)]
    assert corrective_moves(respondent, row) == ()
    assert corrective_moves(group, row) == (E.VERIFY, E.REOPEN)
    moved(group, row, E.VERIFY)

    assert row.state is S.VERIFIED
    assert told(work, "corrective-verified") == [(row.respondent_unit_id, None)]
    assert [one.event for one in steps_of(work, row)][1:] == [E.KEEP_WITHIN_CONTRACT, E.ASK, E.DO, E.VERIFY]
    with pytest.raises(IllegalMove):
        moved(group, row, E.REOPEN)


def test_what_was_not_done_is_asked_again_with_a_reason_and_a_new_date(work, row):
    group = the_group(work)
    asked_for(work, row)
    moved(group, row, E.DO)

    with pytest.raises(Refusals) as no:
        moved(group, row, E.REOPEN, note="  ", due=None)
    assert {type(one) for one in no.value.reasons} == {DueDateMissing, CorrectiveReasonMissing}
    moved(group, row, E.REOPEN, note="Le rapport de juin manque", due=date(2026, 12, 15))

    assert (row.state, row.due_on) == (S.ASKED_VIA_RESPONDENT, date(2026, 12, 15))
    assert told(work, "corrective-reopened") == [(row.respondent_unit_id, None)]


def test_the_answer_of_the_steering_group_reaches_the_service_and_the_group(work, row):
    holder = an_account(work, (unit_by_code(work, "GPCII"), Role.STEERING))
    before_steering(work, row)
    assert told(work, "corrective-at-steering") == [(None, holder.id)]

    moved(the_steering(work), row, E.APPROVE)
    both = [(row.respondent_unit_id, None), (unit_by_code(work, "GC").id, None)]
    assert told(work, "corrective-approved") == both

    moved(service(work), row, E.IMPLEMENT)
    moved(the_group(work), row, E.REOPEN, note="L'avenant n'est pas signé")
    assert row.state is S.APPROVED
    moved(the_group(work), row, E.IMPLEMENT, E.VERIFY)
    assert row.state is S.VERIFIED


def test_a_refusal_of_the_steering_group_says_why(work, row):
    steering = the_steering(work)
    before_steering(work, row)

    with pytest.raises(CorrectiveReasonMissing):
        moved(steering, row, E.REFUSE, note=" ")
    moved(steering, row, E.REFUSE, note="Le budget ne le permet pas")

    both = [(row.respondent_unit_id, None), (unit_by_code(work, "GC").id, None)]
    assert told(work, "corrective-refused") == both
    assert steps_of(work, row)[-1].note == "Le budget ne le permet pas"


def test_only_the_respondent_service_and_the_bodies_read_and_move_it(work, row):
    asked_for(work, row)

    for stranger in (service(work, "ODAS"), service(work, role="finance")):
        with pytest.raises(UnknownThing):
            corrective_by_ref(stranger, row.ref)
        with pytest.raises(UnknownThing):
            moved(stranger, row, E.DO)
        assert list(corrective_measures(stranger)) == []
    for event in (E.VERIFY, E.REOPEN, E.NEED_CONTRACT_CHANGE):
        with pytest.raises(NotAllowed):
            moved(service(work), row, event)
    assert list(corrective_measures(service(work))) == [row]
    assert corrective_by_ref(service(work, "SEMP-DIR", "dashboard_reference"), row.ref) is row


def test_the_list_goes_by_date_then_by_age_in_pages_and_by_state(work, market):
    group, agreement = the_group(work), market.agreement().ref
    rows = [
        observe_deviation(group, ObserveDeviation(agreement, f"Constat {n}", date(2026, 9, n + 1)))
        for n in range(5)
    ]
    moved(group, rows[3], E.KEEP_WITHIN_CONTRACT, E.ASK, due=date(2026, 12, 1))
    moved(group, rows[4], E.KEEP_WITHIN_CONTRACT, E.ASK, due=date(2026, 11, 1))
    moved(group, rows[0], E.DROP, due=None)
    expected = [rows[4], rows[3], rows[0], rows[1], rows[2]]

    seen, place = [], None
    while shown := corrective_measures(work, after=place, limit=2):
        seen += shown
        place = corrective_place(shown[-1])

    assert seen == expected
    assert [one for one in expected if one is not rows[0]] == list(corrective_measures(work, only_open=True))
    assert list(corrective_measures(work, state=S.ASKED_VIA_RESPONDENT)) == [rows[4], rows[3]]
