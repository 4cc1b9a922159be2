"""A young person from the announcement to the end of the follow-up: the table decides, a person confirms."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cii.access.vocabulary import Role
from cii.cases.queries import case_by_ref
from cii.cases.vocabulary import CasePath, CaseStatus
from cii.decisions.domain import MissingFacts
from cii.figures.youth import youth_figures
from cii.institutions.queries import unit_by_code
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.notices.queries import notices
from cii.routing.actions import CompleteTask, complete_task
from cii.routing.actions_manage import TakeUpCase, take_up_case
from cii.routing.admission import (
    ConfirmAdmission,
    StateYouth,
    confirm_admission,
    known,
    reason_of,
    state_youth,
    stated,
)
from cii.routing.explaining import explanations
from cii.routing.holding import instance_of
from cii.routing.rules_social import DepartsWithoutReason, NotAnAdmission, NothingDecided
from cii.routing.vocabulary import Path
from cii.routing.vocabulary_social import YouthOrigin
from cii.routing.youth import AnnounceYouth, announce_youth
from cii.texts.speech import refusal
from cii.workflow.inbox import inbox
from cii.workflow.projection import drift
from cii.workflow.queries import roles_of, tasks_of
from tests.access.build_access import an_actor
from tests.people.build_people import an_avs
from tests.routing.build_routing import a_town, an_announced

FIT = {"able_to_work": True, "grave_psychic_disorder": False, "addiction": False, "pregnancy": False}


@pytest.fixture
def town(work):
    made = a_town(work)
    made.hands["OFIJ"] = replace(
        work, actor=an_actor(work, (unit_by_code(work, "OFIJ"), Role.CASE_MANAGER)), seen=[]
    )
    return made


def a_leaver(town, hand="ORP", **more):
    usual = {
        "avs": an_avs(), "last_name": "Exemple", "first_name": "Lou", "birth_date": date(2009, 3, 2),
        "reason": "Aucune place d'apprentissage", "origin": YouthOrigin.STILL_AT_SCHOOL, "postcode": "2114",
        "municipality": "Fleurier", "without_training": True, "problems": 3,
        "consent_given_on": date(2026, 10, 14),
    }  # fmt: skip
    return announce_youth(town.hands[hand], AnnounceYouth(**usual | more))


def received(town, case, **more):
    facts = {"already_followed": False, **FIT, **more}
    return state_youth(town.hands["OFIJ"], StateYouth(case.ref, **facts, finish=True))


def admitted(town, **more):
    case = a_leaver(town, **more)
    received(town, case)
    confirm_admission(town.hands["OFIJ"], ConfirmAdmission(case.ref, admitted=True))
    return case


def stage(work, case):
    return instance_of(work, case.id).stage


def test_a_school_leaver_whom_no_system_follows_is_announced_and_waits_at_the_youth_service(work, town):
    case = a_leaver(town)

    assert case.path is CasePath.YOUTH
    assert stage(work, case) == "announced"
    waits = [(one.subject, one.key) for one in inbox(town.hands["OFIJ"], "unit").items]
    assert waits == [("case", "receive")]
    assert inbox(town.hands["ORP"], "unit").items == []
    assert reason_of(town.hands["OFIJ"], case.id) == "Aucune place d'apprentissage"
    assert case.lead_unit_id == unit_by_code(work, "ORP-LITTORAL").id


def test_only_facts_that_can_still_matter_are_asked(work, town):
    young, old = a_leaver(town), a_leaver(town, birth_date=date(1996, 10, 15))
    hand = town.hands["OFIJ"]

    assert set(known(hand, young.ref).missing) == {
        "already_followed", "able_to_work", "grave_psychic_disorder", "addiction", "pregnancy",
    }  # fmt: skip
    assert known(hand, young.ref, {"already_followed": True}).missing == ()
    assert known(hand, young.ref, {"already_followed": False, "grave_psychic_disorder": True}).missing == ()
    over = known(hand, old.ref)
    assert (over.missing, over.admits) == ((), False)
    assert over.why[0]["en"].startswith("Aged 30")


def test_the_eve_of_the_thirtieth_birthday_is_young_and_the_birthday_is_not(work, town):
    eve, birthday = (
        a_leaver(town, birth_date=date(1996, 10, 16)),
        a_leaver(town, birth_date=date(1996, 10, 15)),
    )

    assert known(town.hands["OFIJ"], eve.ref).facts["age"] == 29
    assert known(town.hands["OFIJ"], birthday.ref).admits is False


def test_without_the_facts_the_table_is_not_asked_and_nothing_changes(work, town):
    case = a_leaver(town)

    with pytest.raises(MissingFacts) as no, work.session.begin_nested():
        state_youth(town.hands["OFIJ"], StateYouth(case.ref, able_to_work=True, finish=True))

    assert set(no.value.names) == {"already_followed", "grave_psychic_disorder", "addiction", "pregnancy"}
    assert stage(work, case) == "announced"
    assert len(stated(work, case.id)) == 1
    assert all(refusal(no.value, lang) for lang in ("fr", "de", "en"))


def test_facts_may_be_stated_bit_by_bit_and_the_latest_holds(work, town):
    case, hand = a_leaver(town), town.hands["OFIJ"]
    state_youth(hand, StateYouth(case.ref, able_to_work=False, already_followed=False))
    state_youth(hand, StateYouth(case.ref, **FIT))

    seen = known(hand, case.ref)

    assert (seen.missing, seen.admits, seen.facts["able_to_work"]) == ((), True, True)
    assert seen.sources["able_to_work"]["by"] == "OFIJ"
    assert seen.sources["problems"]["by"] == "ORP-LITTORAL"
    assert seen.sources["age"]["kind"] == "identity"


def test_taking_charge_moves_the_lead_and_keeps_the_decision_with_its_sources(work, town):
    case = a_leaver(town)
    received(town, case)

    (told,) = explanations(town.hands["OFIJ"], case.id, case.person_id)

    assert stage(work, case) == "admissibility"
    assert case_by_ref(town.hands["OFIJ"], case.ref).lead_unit_id == unit_by_code(work, "OFIJ").id
    assert (told.table, told.rules, told.outputs) == (
        "youth-admissibility", ("Y9",), {"admissible": True, "reason": "none"},
    )  # fmt: skip
    assert told.sources["age"]["kind"] == "identity"
    assert drift(work) == []


def test_out_of_criteria_closes_the_case_and_tells_the_announcing_unit(work, town):
    case = a_leaver(town, problems=1)
    received(town, case)
    confirm_admission(town.hands["OFIJ"], ConfirmAdmission(case.ref, admitted=False))

    assert (case.status, case.outcome) == (CaseStatus.CLOSED, "out_of_criteria")
    assert "admission-refused" in {one.kind for one in notices(town.hands["ORP"])}
    (told,) = explanations(town.hands["ORP"], case.id, case.person_id)
    assert "no multiple problem" in told.why[0]["en"]


def test_the_announcing_unit_does_not_learn_of_an_illness_from_the_decision(work, town):
    case = a_leaver(town)
    received(town, case, grave_psychic_disorder=True)

    (told,) = explanations(town.hands["ORP"], case.id, case.person_id)

    assert told.hidden
    assert "grave_psychic_disorder" not in told.inputs
    assert "reason" not in told.outputs
    with pytest.raises(NotAllowed):
        known(town.hands["ORP"], case.ref)


def test_departing_from_the_table_needs_a_reason(work, town):
    case = a_leaver(town, problems=1)
    with pytest.raises(NothingDecided):
        confirm_admission(town.hands["OFIJ"], ConfirmAdmission(case.ref, admitted=True))
    received(town, case)

    with pytest.raises(DepartsWithoutReason) as no:
        confirm_admission(town.hands["OFIJ"], ConfirmAdmission(case.ref, admitted=True, reason=" "))
    confirm_admission(
        town.hands["OFIJ"], ConfirmAdmission(case.ref, admitted=True, reason="Sœur suivie aussi")
    )

    assert [refusal(no.value, lang)[:4] for lang in ("fr", "de", "en")] == ["Vous", "Sie ", "You "]
    assert stage(work, case) == "in_follow_up"
    assert stated(work, case.id)[-1].note == "Sœur suivie aussi"


def test_reviews_go_on_until_one_closes_with_what_was_found(work, town):
    case, hand = admitted(town), town.hands["OFIJ"]
    for outcome, closing in (("continue", None), ("close", "apprenticeship")):
        (review,) = [one for one in tasks_of(work, instance_of(work, case.id)) if one.state == "open"]
        assert review.due_at.date() - work.now.date() == timedelta(days=60)
        complete_task(hand, CompleteTask(review.ref, outcome, closing))

    assert (case.status, case.outcome) == (CaseStatus.CLOSED, "apprenticeship")


def test_no_solution_is_an_outcome_and_the_case_can_be_taken_up_again(work, town):
    case, hand = admitted(town), town.hands["OFIJ"]
    (review,) = [one for one in tasks_of(work, instance_of(work, case.id)) if one.state == "open"]
    complete_task(hand, CompleteTask(review.ref, "close", "no_solution"))
    ended = youth_figures(hand, work.today)
    take_up_case(hand, TakeUpCase(case.ref, "Nouvelle place en vue"))
    again = youth_figures(hand, work.today)

    assert (ended.closed, ended.outcomes, ended.solutions) == (1, {"no_solution": 1}, 0)
    assert (again.closed, again.reopened, case.status) == (0, 1, CaseStatus.OPEN)


def test_an_illegal_outcome_or_one_without_closing_word_changes_nothing(work, town):
    case, hand = admitted(town), town.hands["OFIJ"]
    (review,) = [one for one in tasks_of(work, instance_of(work, case.id)) if one.state == "open"]

    for ask in (CompleteTask(review.ref, "close", "rente"), CompleteTask(review.ref, "later")):
        with pytest.raises(Refusal), work.session.begin_nested():
            complete_task(hand, ask)

    assert stage(work, case) == "in_follow_up"


def test_the_figures_add_up(work, town):
    hand = town.hands["OFIJ"]
    a_leaver(town)
    admitted(town, origin=YouthOrigin.SCHOOL_LEAVER)
    for more in ({"problems": 1}, {"birth_date": date(1990, 1, 1)}):
        case = a_leaver(town, **more)
        received(town, case)
        confirm_admission(hand, ConfirmAdmission(case.ref, admitted=False))

    told = youth_figures(work, work.today)

    assert (told.announced, told.waiting, told.in_follow_up, told.closed) == (4, 1, 1, 2)
    assert told.outcomes == {"out_of_criteria": 2}
    assert told.reasons == {"no_multiple_problem": 1, "over_30": 1}
    assert told.origins == {"still_at_school": 3, "school_leaver": 1}
    assert youth_figures(town.hands["stranger"], work.today).announced == 0


def test_nobody_else_states_facts_or_admits(work, town):
    case = a_leaver(town)
    received(town, case)

    with pytest.raises(NotAllowed):
        confirm_admission(town.hands["ORP"], ConfirmAdmission(case.ref, admitted=True))
    with pytest.raises(UnknownThing):
        state_youth(town.hands["stranger"], StateYouth(case.ref, addiction=True))


def test_a_young_person_whom_triage_sends_there_goes_the_same_way(work, town):
    done = an_announced(town.hands["ORP"], naissance="01.02.2004", suivi_par="AC", droit_possible="SFPO")

    assert (done.path, done.referral_ref) == (Path.YOUTH, None)
    assert [one.key for one in inbox(town.hands["OFIJ"], "unit").items] == ["receive"]
    seen = known(town.hands["OFIJ"], done.case.ref)
    assert seen.sources["problems"]["kind"] == "detection"
    received(town, done.case)
    assert stage(work, done.case) == "admissibility"
    assert [one.key for one in inbox(town.hands["OFIJ"], "unit").items] == ["confirm"]
    roles = roles_of(work, instance_of(work, done.case.id).id)
    assert roles["lead"] == (case_by_ref(work, done.case.ref).lead_unit_id,) == roles["SFPO"]
    assert drift(work) == []


def test_a_youth_service_that_nobody_named_is_reached_by_the_consent_and_asked_once(work, town):
    done = an_announced(town.hands["ORP"], naissance="01.02.2004", suivi_par="AC", droit_possible="AI+AS")

    assert (done.path, done.referral_ref) == (Path.YOUTH, None)
    assert [one.key for one in inbox(town.hands["OFIJ"], "unit").items] == ["receive"]
    assert case_by_ref(town.hands["OFIJ"], done.case.ref).ref == done.case.ref
    received(town, done.case)
    assert stage(work, done.case) == "admissibility"


def test_a_case_of_the_network_has_no_admission(work, town):
    done = an_announced(town.hands["ORP"])

    with pytest.raises(NotAnAdmission):
        known(town.hands["ORP"], done.case.ref)
