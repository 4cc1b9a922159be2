"""An enterprise writes down what it observes of a candidate, in words that the case reads beside its own."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cii.cases.rules import GridAnswer, NobodyFollows
from cii.cases.view import case_view
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.notices.queries import notices
from cii.notices.rules import topic_of
from cii.notices.vocabulary import Topic
from cii.routing.actions_manage import SuspendCase, suspend_case
from cii.routing.observation import EvaluateContract, evaluate_contract
from cii.routing.observing import ObserveCandidate, observe_candidate, said_of, stay_under_contract
from cii.routing.rules_social import ObservationsClosed, ParticipantNotThere
from cii.texts.speech import refusal
from tests.routing.build_routing import codes
from tests.routing.test_social_enterprise import signed, town

__all__ = ["town"]

INSIDE = date(2026, 11, 20)
BOTH = (GridAnswer("endurance", "3", INSIDE, "Atelier"), GridAnswer("quality", "2", INSIDE))


def later(hand, day):
    return replace(hand, now=hand.now + (day - hand.today))


def test_what_an_enterprise_observes_is_read_in_the_case_with_its_day_and_its_author(town):
    row = signed(town)
    enterprise = later(town.hands["enterprise"], INSIDE)

    observe_candidate(enterprise, ObserveCandidate(row.ref, BOTH))

    case = case_view(town.hands["GSR"], _case_ref(town, row))
    (shared, own) = case.sections["plan"].grid
    (said,) = shared.entries
    assert (shared.item, said.value, said.source, said.grid) == ("endurance", "3", "Atelier", "observation")
    assert (said.author.unit.code, said.author.effective_on) == ("ATELIER", INSIDE)
    assert own.item == "quality"
    told = said_of(enterprise, stay_under_contract(enterprise, row.ref))
    assert {one.item: one.entries[0].value for one in told} == {"endurance": "3", "quality": "2"}


def test_who_leads_the_case_is_told_of_an_observation_and_the_provider_is_not(town):
    row = signed(town)
    enterprise = later(town.hands["enterprise"], INSIDE)

    observe_candidate(enterprise, ObserveCandidate(row.ref, BOTH))

    told = [one for one in notices(town.hands["GSR"]) if one.kind == "observation-received"]
    assert [(one.subject, one.subject_ref, one.facts) for one in told] == [("case", _case_ref(town, row), {})]
    assert topic_of(told[0].kind) is Topic.OBSERVATIONS
    assert "observation-received" not in [one.kind for one in notices(enterprise)]


def test_every_fault_of_an_observation_is_told_at_once(town):
    row = signed(town)
    enterprise = later(town.hands["enterprise"], INSIDE)
    entries = (
        GridAnswer("endurance", "9", INSIDE),
        GridAnswer("own_goal", "Une place", INSIDE),
        GridAnswer("quality", "2", date(2026, 10, 20)),
        GridAnswer("team", "2", INSIDE + timedelta(days=1)),
    )

    with pytest.raises(Refusal) as no:
        observe_candidate(enterprise, ObserveCandidate(row.ref, entries))

    assert set(codes(no)) == {
        "grid-answer-unfit", "grid-item-unknown", "outside-the-placement", "day-ahead",
    }  # fmt: skip


def test_nobody_is_observed_before_coming_after_the_report_or_by_others(town):
    row = signed(town)
    ask = ObserveCandidate(row.ref, BOTH)
    enterprise = town.hands["enterprise"]

    with pytest.raises(ParticipantNotThere):
        observe_candidate(enterprise, ask)
    with pytest.raises(NotAllowed):
        observe_candidate(later(town.hands["GSR"], INSIDE), ask)
    with pytest.raises(UnknownThing):
        observe_candidate(later(town.hands["stranger"], INSIDE), ask)
    with pytest.raises(ObservationsClosed) as late:
        observe_candidate(later(enterprise, date(2027, 1, 31)), ask)
    evaluate_contract(later(enterprise, INSIDE), EvaluateContract(row.ref, suited=True, report="Régulier"))
    with pytest.raises(ParticipantNotThere):
        observe_candidate(later(enterprise, INSIDE), ask)

    assert "30.01.2027" in refusal(late.value, "fr")


def test_a_resting_case_still_receives_what_was_observed_a_closed_one_no_longer(work, town):
    row = signed(town)
    enterprise, gsr = later(town.hands["enterprise"], INSIDE), later(town.hands["GSR"], INSIDE)
    suspend_case(gsr, SuspendCase(_case_ref(town, row), "Hospitalisation"))

    kept = observe_candidate(enterprise, ObserveCandidate(row.ref, BOTH))
    _close(work, row)

    assert len(kept) == len(BOTH)
    with pytest.raises(NobodyFollows) as no:
        observe_candidate(enterprise, ObserveCandidate(row.ref, BOTH))
    assert no.value.facts == {}


def _case_ref(town, row):
    from cii.routing.queries_observation import observation

    return observation(town.hands["GSR"], row.ref).case_ref


def _close(work, row):
    from cii.cases.actions import CloseCase, close_case
    from cii.cases.queries import case_by_id

    close_case(work, CloseCase(case_by_id(work, row.case_id).ref, "other_measure"))
