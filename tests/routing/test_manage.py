"""Acts on the process of a case, the whole of everyday collaboration, and what its doors refuse."""

from dataclasses import replace

import pytest
from sqlmodel import func, select

from cii.cases.queries import case_by_ref
from cii.cases.vocabulary import CaseStatus
from cii.institutions.queries import unit_by_code
from cii.kernel.errors import NotAllowed, Refusal
from cii.routing.actions import CompleteTask, MoveReferral, complete_task, move_referral
from cii.routing.actions_manage import (
    HandOverTask,
    OpenExtra,
    ResumeCase,
    SuspendCase,
    TakeUpCase,
    hand_over_task,
    open_extra,
    resume_case,
    suspend_case,
    take_up_case,
)
from cii.routing.flow import advance
from cii.routing.holding import instance_of
from cii.routing.rules import ReasonMissing, UnitNotInCase
from cii.routing.vocabulary import ReferralEvent
from cii.workflow.actions import decide
from cii.workflow.events import Close, WithdrawConsent
from cii.workflow.inbox import inbox
from cii.workflow.projection import drift
from cii.workflow.tables import WfDecision
from cii.workflow.vocabulary import Status
from tests.routing.build_routing import a_town, an_announced, codes, everyday

E = ReferralEvent


def task(hand, key):
    return next(one for one in inbox(hand, "unit").items if one.key == key)


def jointly(town):
    """A joint action that disability insurance leads and the employment office supports."""
    done = everyday(town)
    for event in (E.RECEIVE, E.ACCEPT):
        move_referral(town.hands["OAI"], MoveReferral(done.referral_ref, event))
    return done.case


def test_everyday_collaboration_goes_from_the_signal_to_its_outcome(work):
    town = a_town(work)
    orp, oai = town.hands["ORP"], town.hands["OAI"]
    case = jointly(town)

    complete_task(oai, CompleteTask(task(oai, "act").ref, "completed"))
    complete_task(orp, CompleteTask(task(orp, "support").ref, "given"))
    conclude = task(oai, "conclude")
    with pytest.raises(Refusal) as no:
        complete_task(oai, CompleteTask(conclude.ref, "concluded"))
    complete_task(oai, CompleteTask(conclude.ref, "concluded", "job"))

    closed = case_by_ref(oai, case.ref)
    assert codes(no) == ["closing-outcome-missing"]
    assert (closed.status, closed.outcome) == (CaseStatus.CLOSED, "job")
    assert drift(work) == []


def test_a_case_rests_with_a_reason_and_goes_on(work):
    town = a_town(work)
    case, oai = jointly(town), town.hands["OAI"]

    with pytest.raises(Refusal) as no:
        suspend_case(oai, SuspendCase(case.ref, " "))
    rested = suspend_case(oai, SuspendCase(case.ref, "Hospitalisation")).instance.status
    nothing = [one.subject for one in inbox(oai, "unit").items]
    resumed = resume_case(oai, ResumeCase(case.ref)).instance.status

    assert codes(no) == ["reason-missing"]
    assert (rested, nothing, resumed) == (Status.SUSPENDED, [], Status.OPEN)


def test_a_closed_case_is_taken_up_again_with_a_reason(work):
    town = a_town(work)
    case, oai, orp = jointly(town), town.hands["OAI"], town.hands["ORP"]
    complete_task(oai, CompleteTask(task(oai, "act").ref, "completed"))
    complete_task(orp, CompleteTask(task(orp, "support").ref, "given"))
    complete_task(oai, CompleteTask(task(oai, "conclude").ref, "concluded", "job"))

    with pytest.raises(ReasonMissing):
        take_up_case(oai, TakeUpCase(case.ref, ""))
    take_up_case(oai, TakeUpCase(case.ref, "L'emploi a pris fin"))

    assert case_by_ref(oai, case.ref).status is CaseStatus.OPEN
    assert instance_of(work, case.id).stage == "joint_action"


def test_after_a_withdrawn_consent_a_case_is_taken_up_again_only_with_a_new_one(work):
    town = a_town(work)
    case, oai = jointly(town), town.hands["OAI"]
    advance(work, instance_of(work, case.id), WithdrawConsent())
    advance(work, instance_of(work, case.id), Close("abandoned"))

    with pytest.raises(Refusal) as no, work.session.begin_nested():
        take_up_case(oai, TakeUpCase(case.ref, "Nouvelle demande"))
    taken = take_up_case(oai, TakeUpCase(case.ref, "Nouvelle demande", consent_renewed=True))

    assert codes(no) == ["consent-missing"]
    assert (taken.instance.status, taken.state.consent) == (Status.OPEN, True)


def test_who_is_only_asked_to_lead_does_not_manage_the_case(work):
    town = a_town(work)
    done = an_announced(town.hands["ORP"], jours_indemnite_restants="0", mois_aide_sociale="20")

    with pytest.raises(NotAllowed):
        suspend_case(town.hands["GSR"], SuspendCase(done.case.ref, "Motif"))


def test_a_meeting_is_opened_by_who_leads_and_an_unknown_task_is_not(work):
    town = a_town(work)
    done = an_announced(town.hands["ORP"], jours_indemnite_restants="0", mois_aide_sociale="20")
    for event in (E.RECEIVE, E.ACCEPT):
        move_referral(town.hands["GSR"], MoveReferral(done.referral_ref, event))
    gsr = town.hands["GSR"]

    open_extra(gsr, OpenExtra(done.case.ref, "meeting"))
    with pytest.raises(Refusal) as no:
        open_extra(gsr, OpenExtra(done.case.ref, "picnic"))

    assert task(gsr, "meeting").outcomes == ("held",)
    assert codes(no) == ["illegal-move"]


def test_a_task_is_handed_to_another_unit_of_the_case_only(work):
    town = a_town(work)
    case, oai = jointly(town), town.hands["OAI"]
    act = task(oai, "act")

    with pytest.raises(UnitNotInCase):
        hand_over_task(oai, HandOverTask(act.ref, unit_by_code(work, "OFIJ").ref, "Motif"))
    hand_over_task(oai, HandOverTask(act.ref, unit_by_code(work, "ORP-LITTORAL").ref, "Plus proche"))

    assert task(town.hands["ORP"], "act").subject_ref == case.ref


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        ({"outcome": "perhaps"}, "outcome-unknown"),
        ({"outcome": "completed", "closing": "happiness"}, "outcome-unknown"),
        ({"outcome": "completed", "seq": 1}, "stale-seq"),
    ],
)
def test_an_unknown_outcome_and_a_stale_sequence_change_nothing(work, ask, code):
    town = a_town(work)
    case, oai = jointly(town), town.hands["OAI"]
    before = instance_of(work, case.id).seq

    with pytest.raises(Refusal) as no:
        complete_task(oai, CompleteTask(task(oai, "act").ref, **ask))

    assert codes(no) == [code]
    assert instance_of(work, case.id).seq == before


def test_a_move_by_the_wrong_institution_changes_nothing(work):
    town = a_town(work)
    case, orp = jointly(town), town.hands["ORP"]
    act = task(town.hands["OAI"], "act")
    before = instance_of(work, case.id).seq

    with pytest.raises(Refusal) as no:
        complete_task(replace(town.hands["GSR"], seen=[]), CompleteTask(act.ref, "completed"))
    with pytest.raises(NotAllowed):
        suspend_case(orp, SuspendCase(case.ref, "Motif"))

    assert codes(no) == ["unknown"]
    assert instance_of(work, case.id).seq == before


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"work_capacity": "60"}, "work_capacity"),
        ({"problems": True}, "problems"),
        ({"systems": 9}, "systems"),
    ],
)
def test_a_fact_given_as_text_or_outside_its_domain_is_refused_and_nothing_is_kept(work, facts, field):
    a_town(work)
    usual = {
        "months_since_registration": 14, "framework_days_left": 80, "incapacity_months": 8,
        "social_aid_months": 0, "work_capacity": 60, "problems": 2, "systems": 1,
    }  # fmt: skip

    with pytest.raises(Refusal) as no:
        decide(work, "detection", {**usual, **facts}, subject="person", subject_id=1)

    assert [one.field or one.facts.get("fact") for one in no.value.reasons] == [field]
    assert work.session.exec(select(func.count()).select_from(WfDecision)).one() == 0
