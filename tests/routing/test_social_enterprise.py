"""NE-ESO from the candidate to the end of the observation: dated screens, three signatures, three months."""

from dataclasses import replace
from datetime import date

import pytest

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Role
from cii.cases.queries import case_by_ref
from cii.cases.vocabulary import CaseStatus
from cii.institutions.actions import AddInstitution, AddUnit, add_institution, add_unit
from cii.institutions.queries import unit_by_code
from cii.institutions.vocabulary import InstitutionKind, UnitKind
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.kernel.money import Chf
from cii.kernel.moves import IllegalMove
from cii.notices.queries import notices
from cii.people.queries import label
from cii.routing.actions import CompleteTask, complete_task
from cii.routing.admission import (
    ConfirmAdmission,
    StateCandidate,
    StateYouth,
    confirm_admission,
    known,
    state_candidate,
    state_youth,
)
from cii.routing.explaining import explanations
from cii.routing.holding import instance_of
from cii.routing.observation import (
    DraftContract,
    EndContract,
    EvaluateContract,
    ExtendContract,
    SignContract,
    draft_contract,
    end_contract,
    evaluate_contract,
    extend_contract,
    sign_contract,
)
from cii.routing.queries_observation import observation, observations
from cii.routing.rules_social import (
    AlreadySigned,
    FactNotAsked,
    NotAProvider,
    NotObserving,
    NotYourSignature,
    ObservationChanged,
    ObservationDays,
    ObservationNotBegun,
    ObservationNotLonger,
    ObservationTooLong,
    ReferenceDayAhead,
    last_day,
)
from cii.routing.social_enterprise import ProposeCandidate, propose_candidate
from cii.routing.vocabulary_social import ContractParty, ObservationMove
from cii.texts.speech import refusal
from cii.workflow.inbox import inbox
from cii.workflow.projection import drift
from cii.workflow.queries import tasks_of
from tests.access.build_access import an_actor
from tests.people.build_people import an_avs
from tests.routing.build_routing import a_town

P = ContractParty
FIRST = date(2026, 11, 1)
"""Begins on this day; three months from here end on 31 January 2027."""


@pytest.fixture
def town(work):
    made = a_town(work)
    add_institution(work, AddInstitution("ATELIER", "Ateliers de l'Areuse", InstitutionKind.PROVIDER, None))
    unit = add_unit(work, AddUnit("ATELIER", "ATELIER", "Ateliers de l'Areuse", UnitKind.PROVIDER))
    made.hands["enterprise"] = replace(work, actor=an_actor(work, (unit, Role.PROVIDER)), seen=[])
    return made


def a_candidate(town, **more):
    usual = {
        "avs": an_avs(), "last_name": "Exemple", "first_name": "Alex", "birth_date": date(1976, 5, 1),
        "postcode": "2114", "municipality": "Fleurier", "productivity": 75, "dependants": 0,
        "heavy_social_problem": False, "debts": Chf.parse("10000.00"),
    }  # fmt: skip
    return propose_candidate(town.hands["GSR"], ProposeCandidate(**usual | more))


def screened(town, case):
    state_candidate(town.hands["GSR"], StateCandidate(case.ref, finish=True))
    return case


def passed(town):
    case = screened(town, a_candidate(town))
    confirm_admission(town.hands["GSR"], ConfirmAdmission(case.ref, admitted=True))
    return case


def a_contract(town, first=FIRST, last=date(2026, 12, 31), case=None):
    case = case or passed(town)
    unit = unit_by_code(town.hands["GSR"], "ATELIER")
    return draft_contract(town.hands["GSR"], DraftContract(case.ref, unit.ref, first, last))


def signed(town, **more):
    row = a_contract(town, **more)
    for hand, party in (("GSR", P.PERSON), ("enterprise", P.ENTERPRISE), ("GSR", P.INSTITUTION)):
        sign_contract(town.hands[hand], SignContract(row.ref, party))
    return row


def on(town, name, day):
    hand = town.hands[name]
    return replace(hand, now=hand.now + (day - hand.today))


def stage(work, row):
    return instance_of(work, getattr(row, "case_id", row.id)).stage


def admits(town, day=None, **facts):
    case = a_candidate(town, on=day, **facts)
    return known(town.hands["GSR"], case.ref)


@pytest.mark.parametrize(
    ("facts", "admitted"),
    [
        ({"productivity": 60}, True), ({"productivity": 90}, True),
        ({"productivity": 59}, False), ({"productivity": 91}, False),
        ({"debts": Chf.parse("10000.00")}, True), ({"debts": Chf.parse("10000.05")}, False),
        ({"dependants": 1}, False), ({"heavy_social_problem": True}, False),
    ],
)  # fmt: skip
def test_the_bounds_of_the_screen_are_included(town, facts, admitted):
    assert admits(town, **facts).admits is admitted


@pytest.mark.parametrize(
    ("day", "version", "age", "admitted"),
    [
        (date(2011, 12, 31), 1, 49, False), (date(2011, 12, 31), 1, 50, True),
        (date(2012, 1, 1), 2, 49, True), (date(2012, 12, 31), 2, 30, True), (date(2012, 12, 31), 2, 29, False),
        (date(2013, 1, 1), 3, 65, True), (date(2013, 1, 1), 3, 66, False),
    ],
)  # fmt: skip
def test_the_table_in_force_on_the_reference_day_screens(town, day, version, age, admitted):
    seen = admits(town, day, birth_date=date(day.year - age, day.month, day.day))

    assert (seen.table.version, seen.facts["age"], seen.admits) == (version, age, admitted)


def test_the_birthday_itself_counts_on_the_reference_day(town):
    day = date(2012, 6, 1)

    assert admits(town, day, birth_date=date(1982, 6, 1)).admits is True
    assert admits(town, day, birth_date=date(1982, 6, 2)).admits is False


def test_the_decision_is_kept_under_the_version_of_its_day(work, town):
    case = screened(town, a_candidate(town, on=date(2012, 3, 1), birth_date=date(1975, 1, 1)))

    (told,) = explanations(town.hands["GSR"], case.id, case.person_id)

    assert (told.version, told.rules, told.outputs["exit"]) == (2, ("N7",), "full")
    assert told.sources["debts"]["kind"] == "statement"
    assert stage(work, case) == "screened"


def test_a_reference_day_ahead_is_refused_and_only_social_aid_proposes(town):
    with pytest.raises(ReferenceDayAhead):
        a_candidate(town, on=date(2026, 10, 16))
    ask = ProposeCandidate(an_avs(), "Exemple", "Alex", date(1976, 5, 1))
    with pytest.raises(NotAllowed):
        propose_candidate(town.hands["ORP"], ask)


def test_a_refused_candidate_goes_where_the_table_points(work, town):
    strong, weak = a_candidate(town, productivity=95), a_candidate(town, productivity=40)
    for case in (strong, weak):
        screened(town, case)
        confirm_admission(town.hands["GSR"], ConfirmAdmission(case.ref, admitted=False))

    assert (strong.status, strong.outcome) == (CaseStatus.CLOSED, "primary_labour_market")
    assert weak.outcome == "other_measure"


def test_only_what_can_still_matter_is_asked_of_a_candidate(town):
    case = a_candidate(town, productivity=None, dependants=None, heavy_social_problem=None, debts=None)
    hand = town.hands["GSR"]

    assert set(known(hand, case.ref).missing) == {
        "productivity",
        "dependants",
        "heavy_social_problem",
        "debts",
    }
    assert known(hand, case.ref, {"productivity": 95}).missing == ()


def test_facts_of_another_table_are_refused(town):
    case = a_candidate(town)

    with pytest.raises(FactNotAsked) as no:
        state_youth(town.hands["GSR"], StateYouth(case.ref, addiction=False))

    assert no.value.facts["table"] == "ne-eso-screen"


def test_no_contract_before_the_screen_is_passed_and_none_with_an_office(town):
    case = screened(town, a_candidate(town))

    with pytest.raises(NotObserving):
        a_contract(town, case=case)
    confirm_admission(town.hands["GSR"], ConfirmAdmission(case.ref, admitted=True))
    orp = unit_by_code(town.hands["GSR"], "ORP-LITTORAL")
    with pytest.raises(NotAProvider):
        draft_contract(town.hands["GSR"], DraftContract(case.ref, orp.ref, FIRST, FIRST))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 11, 1), date(2027, 1, 31)), (date(2026, 10, 31), date(2027, 1, 30)),
        (date(2026, 11, 30), date(2027, 2, 28)), (date(2027, 11, 30), date(2028, 2, 29)),
        (date(2026, 12, 15), date(2027, 3, 14)),
    ],
)  # fmt: skip
def test_three_months_end_on_the_eve_of_the_same_day(first, last):
    assert last_day(first, 3) == last


def test_the_longest_contract_is_three_months_to_the_day(town):
    case = passed(town)

    with pytest.raises(ObservationTooLong) as no:
        a_contract(town, last=date(2027, 2, 1), case=case)
    row = a_contract(town, last=date(2027, 1, 31), case=case)

    assert "31.01.2027" in refusal(no.value, "fr")
    assert row.latest_end == row.ends_on == date(2027, 1, 31)


def test_days_in_the_past_and_backwards_are_refused_together(town):
    with pytest.raises(Refusal) as no:
        a_contract(town, first=date(2026, 10, 1), last=date(2026, 9, 1))

    assert [type(one) for one in no.value.reasons] == [ObservationDays, ObservationDays]
    assert [one.field for one in no.value.reasons] == ["starts_on", "ends_on"]
    assert all(refusal(no.value, lang) for lang in ("fr", "de", "en"))


def test_three_signatures_put_the_contract_in_force(work, town):
    row = a_contract(town)
    assert {one.kind for one in notices(town.hands["enterprise"])} >= {"observation-to-sign"}

    sign_contract(town.hands["GSR"], SignContract(row.ref, P.PERSON))
    with pytest.raises(AlreadySigned):
        sign_contract(town.hands["GSR"], SignContract(row.ref, P.PERSON))
    for hand, party in (("GSR", P.ENTERPRISE), ("enterprise", P.PERSON), ("enterprise", P.INSTITUTION)):
        with pytest.raises(NotYourSignature):
            sign_contract(town.hands[hand], SignContract(row.ref, party))
    sign_contract(town.hands["enterprise"], SignContract(row.ref, P.ENTERPRISE))
    half = (row.state, observation(town.hands["GSR"], row.ref).unsigned)
    sign_contract(town.hands["GSR"], SignContract(row.ref, P.INSTITUTION))

    assert half == ("draft", (P.INSTITUTION,))
    assert row.state == "in_force"
    assert [(one.key, one.subject_ref) for one in inbox(town.hands["enterprise"], "unit").items] == [
        ("observe", case_by_ref(town.hands["GSR"], observation(town.hands["GSR"], row.ref).case_ref).ref)
    ]
    assert drift(work) == []


def test_the_enterprise_sees_the_person_but_not_the_case(work, town):
    row = signed(town)
    hand = town.hands["enterprise"]

    assert label(hand, [row.person_id])[row.person_id].name
    assert observation(hand, row.ref).case_ref is None
    assert sections_on_case(hand, row.case_id)[0] == 0
    with pytest.raises(UnknownThing):
        observation(town.hands["ORP"], row.ref)
    assert observations(town.hands["stranger"]).items == ()


def test_an_extension_stays_within_the_longest_and_needs_a_reason(town):
    row, hand = signed(town), town.hands["GSR"]

    for ends_on, reason, why in (
        (date(2027, 2, 1), "Encore", ObservationTooLong),
        (date(2026, 12, 31), "Encore", ObservationNotLonger),
        (date(2027, 1, 31), " ", Refusal),
    ):
        with pytest.raises(why):
            extend_contract(hand, ExtendContract(row.ref, ends_on, reason))
    with pytest.raises(ObservationNotLonger):
        extend_contract(
            on(town, "GSR", date(2027, 1, 4)), ExtendContract(row.ref, date(2027, 1, 31), "Trop tard")
        )
    with pytest.raises(NotAllowed):
        extend_contract(town.hands["enterprise"], ExtendContract(row.ref, date(2027, 1, 31), "Encore"))
    extend_contract(hand, ExtendContract(row.ref, date(2027, 1, 31), "Absence en décembre"))

    assert row.ends_on == date(2027, 1, 31)
    assert ObservationMove.EXTEND not in observation(hand, row.ref).moves


def test_a_good_report_leads_to_employment(work, town):
    row = signed(town)

    with pytest.raises(ObservationNotBegun):
        evaluate_contract(town.hands["enterprise"], EvaluateContract(row.ref, True, "Bien"))
    with pytest.raises(NotAllowed):
        evaluate_contract(on(town, "GSR", FIRST), EvaluateContract(row.ref, True, "Bien"))
    later = on(town, "enterprise", date(2026, 12, 30))
    evaluate_contract(later, EvaluateContract(row.ref, True, "Ponctuel, rendement régulier", 78))

    told = observation(later, row.ref)
    assert (row.state, row.ended_on, stage(work, row)) == ("evaluated", date(2026, 12, 30), "hired")
    assert told.events[-1].facts == {"suited": True, "productivity": 78}
    assert told.moves == ()
    assert label(later, [row.person_id])


def test_employment_ends_with_a_full_or_partial_exit(work, town):
    row = signed(town)
    evaluate_contract(on(town, "enterprise", date(2026, 12, 30)), EvaluateContract(row.ref, True, "Bien"))
    hand = on(town, "GSR", date(2027, 12, 1))
    (review,) = [one for one in tasks_of(work, instance_of(work, row.case_id)) if one.state == "open"]

    complete_task(hand, CompleteTask(review.ref, "finish", "partial_exit"))

    assert instance_of(work, row.case_id).outcome == "partial_exit"


def test_a_bad_report_ends_the_process_and_closes_the_enterprise_s_sight(work, town):
    row = signed(town)
    later = on(town, "enterprise", date(2026, 12, 30))

    evaluate_contract(later, EvaluateContract(row.ref, False, "Rythme trop soutenu", 45))

    assert instance_of(work, row.case_id).outcome == "ended"
    assert label(later, [row.person_id]) == {}


def test_either_side_may_break_off_with_a_reason(work, town):
    row = signed(town)
    later = on(town, "enterprise", date(2026, 11, 20))

    with pytest.raises(ObservationNotBegun):
        end_contract(town.hands["GSR"], EndContract(row.ref, "Maladie"))
    with pytest.raises(Refusal):
        end_contract(later, EndContract(row.ref, "  "))
    with pytest.raises(Refusal):
        end_contract(later, EndContract(row.ref, "Demain", date(2026, 11, 21)))
    end_contract(later, EndContract(row.ref, "Absences répétées", date(2026, 11, 18)))

    assert (row.state, row.ended_on) == ("ended_early", date(2026, 11, 18))
    assert instance_of(work, row.case_id).outcome == "ended"
    assert "observation-ended_early" in {one.kind for one in notices(town.hands["GSR"])}


def test_a_draft_may_be_called_off_and_drafted_anew(town):
    row = a_contract(town)
    case = case_by_ref(town.hands["GSR"], observation(town.hands["GSR"], row.ref).case_ref)
    with pytest.raises(NotObserving):
        a_contract(town, case=case)

    end_contract(town.hands["GSR"], EndContract(row.ref, "Autre atelier"))
    with pytest.raises(IllegalMove):
        sign_contract(town.hands["enterprise"], SignContract(row.ref, P.ENTERPRISE))
    again = a_contract(town, case=case)

    assert (row.state, again.state) == ("cancelled", "draft")


def test_an_old_version_is_stale(town):
    row = a_contract(town)
    sign_contract(town.hands["GSR"], SignContract(row.ref, P.PERSON, version=1))

    with pytest.raises(ObservationChanged) as no:
        sign_contract(town.hands["enterprise"], SignContract(row.ref, P.ENTERPRISE, version=1))

    assert all(refusal(no.value, lang) for lang in ("fr", "de", "en"))
    assert row.version == 2
