"""The lead of a case: asked, questioned, accepted, declined, named by the coordination group."""

import pytest

from cii.cases.queries import case_by_ref
from cii.institutions.queries import unit_by_code
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.routing.actions import (
    MoveReferral,
    NameLead,
    move_referral,
    name_lead,
    send_referral,
)
from cii.routing.holding import instance_of
from cii.routing.queries import referrals
from cii.routing.rules import (
    ReferralChanged,
    ReferralOpen,
    UnitNotInCase,
)
from cii.routing.vocabulary import ReferralEvent, ReferralState
from cii.workflow.queries import state_of, tasks_of
from tests.routing.build_routing import a_town, an_announced, codes


def test_the_lead_moves_on_acceptance_only(work):
    town = a_town(work)
    done = an_announced(
        town.hands["ORP"], jours_indemnite_restants="0", mois_aide_sociale="20", suivi_par="AC"
    )
    before = case_by_ref(town.hands["ORP"], done.case.ref).lead_unit_id
    lead = town.hands["GSR"]
    ref = done.referral_ref

    with pytest.raises(Refusal) as no:
        move_referral(lead, MoveReferral(ref, ReferralEvent.ACCEPT))
    move_referral(lead, MoveReferral(ref, ReferralEvent.RECEIVE))
    still = case_by_ref(lead, done.case.ref).lead_unit_id
    move_referral(lead, MoveReferral(ref, ReferralEvent.ACCEPT))

    assert codes(no) == ["illegal-move"]
    assert before == still == unit_by_code(work, "ORP-LITTORAL").id
    assert case_by_ref(lead, done.case.ref).lead_unit_id == unit_by_code(work, "GSR-VAL-DE-TRAVERS").id
    assert {task.key: task.state for task in tasks_of(work, instance_of(work, done.case.id))}[
        "take_lead"
    ] == "done"


def test_the_sender_cannot_accept_for_the_receiver_and_an_old_version_is_stale(work):
    town = a_town(work)
    done = an_announced(town.hands["ORP"], jours_indemnite_restants="0", mois_aide_sociale="20")
    lead = town.hands["GSR"]

    with pytest.raises(NotAllowed):
        move_referral(town.hands["ORP"], MoveReferral(done.referral_ref, ReferralEvent.RECEIVE))
    move_referral(lead, MoveReferral(done.referral_ref, ReferralEvent.RECEIVE, version=1))
    with pytest.raises(ReferralChanged):
        move_referral(lead, MoveReferral(done.referral_ref, ReferralEvent.ACCEPT, version=1))
    with pytest.raises(UnknownThing):
        move_referral(town.hands["OAI"], MoveReferral(done.referral_ref, ReferralEvent.ACCEPT))
    with pytest.raises(ReferralOpen):
        send_referral(work, done.case, done.case.lead_unit_id, lead.actor.units[0], "encore")


def test_a_question_goes_back_and_forth_before_the_answer(work):
    town = a_town(work)
    done = an_announced(town.hands["ORP"], jours_indemnite_restants="0", mois_aide_sociale="20")
    lead, sender = town.hands["GSR"], town.hands["ORP"]

    move_referral(lead, MoveReferral(done.referral_ref, ReferralEvent.RECEIVE))
    move_referral(lead, MoveReferral(done.referral_ref, ReferralEvent.ASK, "Depuis quand ?"))
    asked = referrals(sender).items[0]
    move_referral(sender, MoveReferral(done.referral_ref, ReferralEvent.ANSWER, "Depuis mars."))

    assert asked.state is ReferralState.QUESTION
    assert set(asked.moves) == {ReferralEvent.ANSWER, ReferralEvent.WITHDRAW}
    assert referrals(lead).items[0].state is ReferralState.RECEIVED


def test_a_declined_lead_is_named_by_the_coordination_group(work):
    town = a_town(work)
    done = an_announced(town.hands["ORP"], jours_indemnite_restants="0", mois_aide_sociale="20")
    lead, group = town.hands["GSR"], town.hands["group"]
    move_referral(lead, MoveReferral(done.referral_ref, ReferralEvent.RECEIVE))
    move_referral(lead, MoveReferral(done.referral_ref, ReferralEvent.DECLINE, "Hors compétence"))
    oai, stranger = unit_by_code(work, "OAI-REA"), unit_by_code(work, "ORP-MONTAGNES")

    with pytest.raises(UnitNotInCase):
        name_lead(group, NameLead(done.case.ref, stranger.ref, "Motif"))
    with pytest.raises(NotAllowed):
        name_lead(town.hands["ORP"], NameLead(done.case.ref, oai.ref, "Motif"))
    fresh = name_lead(group, NameLead(done.case.ref, oai.ref, "La santé est l'enjeu premier"))
    with pytest.raises(Refusal) as no:
        name_lead(group, NameLead(done.case.ref, oai.ref, "Encore"))
    move_referral(town.hands["OAI"], MoveReferral(fresh.ref, ReferralEvent.RECEIVE))
    move_referral(town.hands["OAI"], MoveReferral(fresh.ref, ReferralEvent.ACCEPT))

    assert codes(no) == ["illegal-move"]
    assert case_by_ref(town.hands["OAI"], done.case.ref).lead_unit_id == oai.id
    assert state_of(work, instance_of(work, done.case.id)).stage == "assessment"
