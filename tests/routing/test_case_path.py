"""The path of a case from announcement to follow-up, with what refuses on the way."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Section
from cii.cases.actions import AnswerPlan, PlanPartAsk, ProposePlan, SignAssessment, WriteMedical
from cii.cases.queries import case_by_ref, live_parties
from cii.cases.rules import GridAnswer
from cii.cases.vocabulary import CasePath, PlanReply
from cii.institutions.queries import institution_of, unit_by_code
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.notices.queries import notices
from cii.people.queries import consents
from cii.people.vocabulary import Basis
from cii.routing.actions import (
    Announce,
    CompleteTask,
    ConsentAsk,
    MoveReferral,
    NameLead,
    RecordGrid,
    RecordMedical,
    announce,
    complete_task,
    move_referral,
    name_lead,
    put_plan,
    recipients,
    record_grid,
    record_medical,
    reply_to_plan,
    send_referral,
    sign_assessment,
    take_back_consent,
)
from cii.routing.flow import advance
from cii.routing.holding import instance_of
from cii.routing.queries import detection_of_case, referral_view, referrals
from cii.routing.rules import (
    AlreadyAnnounced,
    BelowThreshold,
    CaseWithoutProcess,
    NoUnitForRole,
    ReferralChanged,
    ReferralOpen,
    TriageRefused,
    UnitNotInCase,
)
from cii.routing.vocabulary import Path, Potential, ReferralEvent, ReferralState
from cii.workflow.events import Resume
from cii.workflow.inbox import Tab, inbox, inbox_counts
from cii.workflow.projection import drift
from cii.workflow.queries import state_of, tasks_of
from tests.routing.build_routing import a_detection, a_town, an_announced, sent_to

CONSENT = ConsentAsk(date(2026, 10, 14))
DAY = date(2026, 10, 14)


def codes(no) -> list[str]:
    return [one.code for one in no.value.reasons]


def test_below_the_threshold_and_without_basis_every_reason_comes_at_once(work):
    hand = a_town(work).hands["ORP"]
    ref = a_detection(hand, droit_possible="")

    with pytest.raises(Refusal) as no:
        announce(hand, Announce(ref, Potential.MEDIUM, "Motif"))

    assert codes(no) == ["below-threshold", "basis-no-consent", "basis-no-consent", "basis-no-consent"]
    assert {one.facts["recipient"] for one in no.value.reasons[1:]} == {
        "Office AI, réadaptation",
        "Guichet social régional du Val-de-Travers",
        "Équipe des médecins-conseils",
    }


def test_a_basis_between_two_insurances_does_not_reach_social_aid(work):
    hand = a_town(work).hands["ORP"]

    with pytest.raises(Refusal) as no:
        announce(hand, Announce(a_detection(hand), Potential.MEDIUM, "Motif", Basis.LACI_85F_3))

    assert "basis-ac-ai-only" in codes(no)


def test_with_consent_the_network_opens_with_tasks_and_terms_for_every_voice(work):
    town = a_town(work)

    done = an_announced(town.hands["ORP"])

    assert done.path is Path.NETWORK
    assert done.case.path is CasePath.NETWORK
    tasks = {task.key: task for task in tasks_of(work, instance_of(work, done.case.id))}
    assert {"grid_ac", "grid_ai", "grid_as", "medical", "take_lead"} <= set(tasks)
    # 14 working days after 15 October 2026 end on 4 November; nothing of Neuchâtel's holidays lies between
    assert {tasks[key].due_at.date() for key in ("grid_ac", "grid_ai", "grid_as")} == {date(2026, 11, 4)}
    assert tasks["medical"].due_at.date() == date(2026, 11, 13)
    assert detection_of_case(work, done.case.id).state == "announced"


def test_somebody_without_part_does_not_learn_that_the_case_exists(work):
    town = a_town(work)
    done = an_announced(town.hands["ORP"])

    with pytest.raises(UnknownThing):
        case_by_ref(town.hands["stranger"], done.case.ref)

    assert inbox(town.hands["stranger"], "unit").items in ((), [])


def test_what_others_have_to_do_is_shown_of_cases_that_one_may_see(work):
    """The coordination group has a part in every process of the network; until it is called, none of its cases is its business."""
    town = a_town(work)
    done = an_announced(town.hands["ORP"])

    told = {one.key for one in inbox(town.hands["ORP"], "others").items}

    assert {"grid_ai", "grid_as", "medical"} <= told
    assert list(inbox(town.hands["group"], "others").items) == []
    assert inbox_counts(town.hands["group"])[Tab.OTHERS] == 0
    assert inbox(town.hands["OAI"], "others").items[0].subject_ref == done.case.ref


def test_a_detection_is_announced_once(work):
    hand = a_town(work).hands["ORP"]
    ref = a_detection(hand)
    announce(hand, Announce(ref, Potential.LOW, "Motif", consent=CONSENT))

    with pytest.raises(AlreadyAnnounced):
        announce(hand, Announce(ref, Potential.LOW, "Motif", consent=CONSENT))


def test_a_place_outside_the_canton_has_no_social_counter(work):
    hand = a_town(work).hands["ORP"]

    with pytest.raises(NoUnitForRole):
        announce(hand, Announce(a_detection(hand, npa="3000"), Potential.LOW, "Motif", consent=CONSENT))


def test_without_potential_everyday_collaboration_takes_over(work):
    hand = a_town(work).hands["ORP"]

    done = announce(hand, Announce(a_detection(hand), Potential.NONE, "Motif", consent=CONSENT))

    assert done.path is Path.EVERYDAY


def test_in_everyday_collaboration_the_sending_unit_keeps_its_part_and_gives_its_contribution(work):
    town = a_town(work)
    done = announce(
        town.hands["ORP"], Announce(a_detection(town.hands["ORP"]), Potential.NONE, "Motif", consent=CONSENT)
    )
    for event in (ReferralEvent.RECEIVE, ReferralEvent.ACCEPT):
        move_referral(town.hands["OAI"], MoveReferral(done.referral_ref, event))
    later = replace(town.hands["ORP"], now=work.now + timedelta(days=45))

    assert case_by_ref(later, done.case.ref).lead_unit_id == unit_by_code(work, "OAI-REA").id
    (support,) = inbox(later, "unit").items
    complete_task(later, CompleteTask(support.ref, "given"))
    assert {task.key: task.outcome for task in tasks_of(work, instance_of(work, done.case.id))}[
        "support"
    ] == "given"


def test_a_young_person_goes_to_youth_case_management(work):
    hand = a_town(work).hands["ORP"]

    done = an_announced(hand, naissance="01.02.2004")

    assert done.path is Path.YOUTH


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
    move_referral(town.hands["OAI"], MoveReferral(fresh.ref, ReferralEvent.RECEIVE))
    move_referral(town.hands["OAI"], MoveReferral(fresh.ref, ReferralEvent.ACCEPT))

    assert case_by_ref(town.hands["OAI"], done.case.ref).lead_unit_id == oai.id
    assert state_of(work, instance_of(work, done.case.id)).stage == "assessment"


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


def followed(town):
    """A case in follow-up that social aid leads."""
    case, gsr = led(town), town.hands["GSR"]
    spoken(town, case, "ORP", "GSR", "OAI", "doctor")
    sign_assessment(gsr, SignAssessment(case.ref, "Synthèse"))
    orp = unit_by_code(gsr, "ORP-LITTORAL")
    put_plan(gsr, ProposePlan(case.ref, "But", (PlanPartAsk("a", "b", orp.ref, date(2026, 12, 1)),)))
    reply_to_plan(town.hands["ORP"], AnswerPlan(case.ref, PlanReply.AGREE))
    return case


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


def test_medical_data_is_agreed_for_the_physician_and_the_ai_office_only(work):
    town = a_town(work)
    ref = a_detection(town.hands["ORP"])
    named = {
        one.role.value: bool(one.sections & Section.MEDICAL) for one in recipients(town.hands["ORP"], ref)
    }
    case = announce(town.hands["ORP"], Announce(ref, Potential.LOW, "Motif", consent=CONSENT)).case

    medical = [row for row in consents(work, case.person_id) if row.consent.sections & Section.MEDICAL]

    assert named == {"AI": True, "AS": False, "physician": True}
    assert {institution_of(work, unit_by_code(work, code).id).id for code in ("OAI-REA", "MEDECINS")} == set(
        medical[0].institution_ids
    )
    assert len(medical) == 1


def test_each_party_keeps_notes_of_its_own(work):
    town = a_town(work)
    case = an_announced(town.hands["ORP"]).case

    for name in ("ORP", "OAI", "GSR"):
        assert sections_on_case(town.hands[name], case.id)[1] & Section.NOTES, name


def test_an_archived_case_has_no_process(work):
    with pytest.raises(CaseWithoutProcess):
        instance_of(work, 999_999)


def test_triage_refuses_with_the_sentence_of_its_rule():
    assert TriageRefused(why="x").kind == BelowThreshold(followed=0, may_owe=0).kind == "unfit"
