"""The path of a case from the accepted lead to its end: grid, plan, follow-up, consent taken back."""

from datetime import date

import pytest

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Section
from cii.cases.actions import AnswerPlan, PlanPartAsk, ProposePlan, SignAssessment, WriteMedical
from cii.cases.carrying import RecordWord, record_word
from cii.cases.queries import case_by_ref, live_parties
from cii.cases.rules import GridAnswer
from cii.cases.vocabulary import PersonReply, PlanReply
from cii.institutions.queries import unit_by_code
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.notices.queries import notices
from cii.people.queries import consents
from cii.routing.actions import (
    CompleteTask,
    MoveReferral,
    RecordGrid,
    RecordMedical,
    complete_task,
    move_referral,
    put_plan,
    record_grid,
    record_medical,
    reply_to_plan,
    sign_assessment,
    take_back_consent,
)
from cii.routing.flow import advance
from cii.routing.holding import instance_of
from cii.routing.queries import referral_view
from cii.routing.rules import (
    CaseWithoutProcess,
)
from cii.routing.vocabulary import ReferralEvent, ReferralState
from cii.workflow.events import Resume
from cii.workflow.inbox import Tab, inbox
from cii.workflow.projection import drift
from cii.workflow.queries import state_of
from tests.routing.build_routing import a_town, an_announced, codes, sent_to

DAY = date(2026, 10, 14)


def led(town):
    """A case whose lead, social aid, has accepted."""
    done = an_announced(town.hands["ORP"], jours_indemnite_restants="0", mois_aide_sociale="20")
    for event in (ReferralEvent.RECEIVE, ReferralEvent.ACCEPT):
        move_referral(town.hands["GSR"], MoveReferral(done.referral_ref, event))
    return done.case


def spoken(town, case, *names):
    for name in names:
        if name == "doctor":
            medical = WriteMedical(case.ref, "Lombalgies", "Pas de charges", DAY, 60)
            record_medical(town.hands[name], RecordMedical(medical, finished=True))
        else:
            entry = GridAnswer("motivation", "4", DAY, "Entretien")
            record_grid(town.hands[name], RecordGrid(case.ref, (entry,), finished=True))


def followed(town):
    """A case in follow-up that social aid leads."""
    case = led(town)
    spoken(town, case, "ORP", "GSR", "OAI", "doctor")
    return planned(town, case)


def planned(town, case):
    """The assessment in which all have spoken is signed, and the plan agreed."""
    gsr = town.hands["GSR"]
    sign_assessment(gsr, SignAssessment(case.ref, "Synthèse"))
    orp = unit_by_code(gsr, "ORP-LITTORAL")
    put_plan(gsr, ProposePlan(case.ref, "But", (PlanPartAsk("a", "b", orp.ref, date(2026, 12, 1)),)))
    reply_to_plan(town.hands["ORP"], AnswerPlan(case.ref, PlanReply.AGREE))
    return case


def test_the_assessment_is_not_signed_while_one_voice_is_missing(work):
    town = a_town(work)
    case = led(town)
    spoken(town, case, "ORP", "GSR")

    with pytest.raises(Refusal) as no:
        sign_assessment(town.hands["GSR"], SignAssessment(case.ref, "Synthèse"))

    assert codes(no) == ["missing-voice", "missing-voice"]
    assert {str(one.facts["role"]) for one in no.value.reasons} == {"AI", "physician"}


def test_the_plan_is_in_force_only_when_each_bearing_unit_agreed(work):
    town = a_town(work)
    case = led(town)
    spoken(town, case, "ORP", "GSR", "OAI", "doctor")
    sign_assessment(town.hands["GSR"], SignAssessment(case.ref, "Synthèse"))
    orp, oai = unit_by_code(work, "ORP-LITTORAL"), unit_by_code(work, "OAI-REA")
    parts = (
        PlanPartAsk("Reprendre un rythme", "Mesure mixte", orp.ref, date(2026, 12, 1)),
        PlanPartAsk("Adapter le poste", "Conseil", oai.ref, date(2026, 12, 15)),
    )
    plan = put_plan(town.hands["GSR"], ProposePlan(case.ref, "Retour à l'emploi", parts))
    record_word(town.hands["GSR"], RecordWord(plan.ref, PersonReply.AGREE, work.today))

    reply_to_plan(town.hands["ORP"], AnswerPlan(case.ref, PlanReply.AGREE))
    half = (plan.state, state_of(work, instance_of(work, case.id)).stage)
    reply_to_plan(town.hands["OAI"], AnswerPlan(case.ref, PlanReply.AGREE))

    assert half == ("proposed", "plan")
    assert plan.state == "agreed"
    assert state_of(work, instance_of(work, case.id)).stage == "follow_up"


def test_a_refused_plan_goes_back_to_the_lead(work):
    town = a_town(work)
    case = led(town)
    spoken(town, case, "ORP", "GSR", "OAI", "doctor")
    sign_assessment(town.hands["GSR"], SignAssessment(case.ref, "Synthèse"))
    orp = unit_by_code(work, "ORP-LITTORAL")
    put_plan(
        town.hands["GSR"], ProposePlan(case.ref, "But", (PlanPartAsk("a", "b", orp.ref, date(2026, 12, 1)),))
    )

    reply_to_plan(town.hands["ORP"], AnswerPlan(case.ref, PlanReply.REFUSE, "Délai trop court"))

    waiting = [task.key for task in inbox(town.hands["GSR"], "unit").items]
    assert waiting == ["propose"]


def test_a_case_is_closed_by_its_review_with_an_outcome(work):
    town = a_town(work)
    case = followed(town)
    review = inbox(town.hands["GSR"], "unit").items[0]

    complete_task(town.hands["GSR"], CompleteTask(review.ref, "close", closing="job"))

    assert case_by_ref(town.hands["GSR"], case.ref).outcome == "job"


def test_a_case_that_closes_takes_its_waiting_referral_back(work):
    town = a_town(work)
    case, gsr, oai = followed(town), town.hands["GSR"], town.hands["OAI"]
    waiting = sent_to(town, case.ref, "OAI", hand="GSR")
    review = next(one for one in inbox(gsr, "unit").items if one.key == "review")
    before = [one.subject_ref for one in inbox(oai, "unit").items if one.subject == "referral"]

    complete_task(gsr, CompleteTask(review.ref, "close", closing="job"))

    assert before == [waiting.ref]
    assert referral_view(oai, waiting.ref).state is ReferralState.WITHDRAWN
    assert inbox(oai, "unit").items == []
    assert "referral-withdrawn" in [one.kind for one in notices(oai)]
    assert drift(work) == []


def test_a_task_with_content_of_its_own_is_not_ended_by_a_click(work):
    town = a_town(work)
    led(town)
    grid = inbox(town.hands["OAI"], "unit").items[0]

    with pytest.raises(NotAllowed):
        complete_task(town.hands["OAI"], CompleteTask(grid.ref, "done"))


def test_withdrawn_consent_closes_foreign_access_in_the_same_request(work):
    town = a_town(work)
    case = led(town)
    assert sections_on_case(town.hands["GSR"], case.id)[1] & Section.SOCIAL
    rows = [one.consent for one in consents(work, case.person_id)]

    closed = sum(take_back_consent(town.hands["ORP"], row.ref) for row in rows)

    assert closed >= 2
    with pytest.raises(UnknownThing):
        case_by_ref(town.hands["OAI"], case.ref)
    assert state_of(work, instance_of(work, case.id)).consent is False


def test_after_a_withdrawn_consent_nothing_of_the_case_is_left_in_a_foreign_inbox(work):
    town = a_town(work)
    case = led(town)
    foreign = [town.hands["OAI"], town.hands["doctor"]]
    before = [list(inbox(hand, "unit").items) + list(inbox(hand, "others").items) for hand in foreign]

    for row in [one.consent for one in consents(work, case.person_id)]:
        take_back_consent(town.hands["ORP"], row.ref)
    advance(work, instance_of(work, case.id), Resume(consent_renewed=True))

    assert all(before)
    assert [list(inbox(hand, tab).items) for hand in foreign for tab in Tab] == [[]] * len(foreign) * len(Tab)
    waiting = {task.key for task in inbox(town.hands["GSR"], "unit").items}
    assert {"grid_ai", "medical", "grid_as"} <= waiting, "the lead has what nobody else may do"
    assert {part.unit_id for part in live_parties(work, case.id)} == {
        unit_by_code(work, code).id for code in ("ORP-LITTORAL", "GSR-VAL-DE-TRAVERS")
    }
    assert drift(work) == []


def test_who_takes_back_a_consent_may_lose_its_own_part(work):
    town = a_town(work)
    case = led(town)

    for row in [one.consent for one in consents(work, case.person_id)]:
        take_back_consent(town.hands["OAI"], row.ref)

    assert state_of(work, instance_of(work, case.id)).consent is False
    with pytest.raises(UnknownThing):
        case_by_ref(town.hands["OAI"], case.ref)


def test_an_archived_case_has_no_process(work):
    with pytest.raises(CaseWithoutProcess):
        instance_of(work, 999_999)
