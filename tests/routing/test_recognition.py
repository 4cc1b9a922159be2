"""Recognition as a social enterprise: fifteen criteria, three parties, a decision and its review."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from cii.access.vocabulary import Role
from cii.app import ADVANCE
from cii.institutions.actions import AddInstitution, AddUnit, add_institution, add_unit
from cii.institutions.queries import unit_by_code
from cii.institutions.vocabulary import InstitutionKind, UnitKind
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.notices.queries import notices
from cii.routing.queries_recognition import SUBJECT, recognised_units, recognition, recognitions
from cii.routing.recognition import (
    AssessCriteria,
    Assessment,
    DecideRecognition,
    EndRecognition,
    Evidence,
    GiveEvidence,
    advance_recognition,
    apply_recognition,
    assess_criteria,
    decide_recognition,
    end_recognition,
    give_evidence,
)
from cii.routing.rules import ReasonMissing
from cii.routing.rules_social import (
    CriteriaNotMet,
    Director,
    GovernanceNotMet,
    NoEvidence,
    NotAProvider,
    NotAssessed,
    RecognitionChanged,
    RecognitionRunning,
    governance_met,
)
from cii.routing.vocabulary_social import Criterion, Finding
from cii.texts.speech import refusal
from cii.workflow.projection import drift
from tests.access.build_access import an_actor
from tests.routing.build_routing import a_town
from tests.workflow.build_workflow import sweep


@pytest.fixture
def town(work):
    made = a_town(work)
    for code in ("ATELIER", "AUTRE"):
        add_institution(work, AddInstitution(code, f"Fondation {code}", InstitutionKind.PROVIDER, None))
        unit = add_unit(work, AddUnit(code, code, f"Fondation {code}", UnitKind.PROVIDER))
        made.hands[code] = replace(work, actor=an_actor(work, (unit, Role.PROVIDER)), seen=[])
    steering = an_actor(work, (unit_by_code(work, "GPCII"), Role.STEERING))
    made.hands["steering"] = replace(work, actor=steering, seen=[])
    return made


def with_evidence(town, *, public=False):
    row = apply_recognition(town.hands["ATELIER"])
    entries = tuple(
        Evidence(one, f"Statuts, art. {at}", public, False) for at, one in enumerate(Criterion, 1)
    )
    give_evidence(town.hands["ATELIER"], GiveEvidence(row.ref, entries, finished=True))
    return row


def assessed(town, **findings):
    row = with_evidence(town)
    entries = tuple(Assessment(one, findings.get(one.value, Finding.MET)) for one in Criterion)
    assess_criteria(town.hands["group"], AssessCriteria(row.ref, entries, finished=True))
    return row


def recognised(town):
    row = assessed(town)
    decide_recognition(town.hands["steering"], DecideRecognition(row.ref, True, "Tous les critères"))
    return row


def test_the_source_knows_fifteen_criteria():
    assert len(Criterion) == 15


def test_evidence_for_each_criterion_comes_before_the_assessment(town):
    row = apply_recognition(town.hands["ATELIER"])
    first = (Evidence(Criterion.USUAL_PAY, "CCT de la branche"),)

    with pytest.raises(NoEvidence) as no:
        give_evidence(town.hands["ATELIER"], GiveEvidence(row.ref, first, finished=True))

    assert len(no.value.facts["criteria"]) == 14
    assert "unabhängig" in refusal(no.value, "de")
    assert row.state == "applied"


def test_from_request_to_recognition_each_body_does_its_part(work, town):
    row = with_evidence(town)
    assert "recognition-moved" in {one.kind for one in notices(town.hands["group"])}
    for hand in ("ATELIER", "steering"):
        with pytest.raises(NotAllowed):
            assess_criteria(town.hands[hand], AssessCriteria(row.ref, finished=True))
    some = tuple(Assessment(one, Finding.MET) for one in Criterion if one is not Criterion.LEGAL_FORM)
    with pytest.raises(NotAssessed) as no:
        assess_criteria(town.hands["group"], AssessCriteria(row.ref, some, finished=True))
    last = (Assessment(Criterion.LEGAL_FORM, Finding.PARTLY, "Révision des statuts en cours"),)
    assess_criteria(town.hands["group"], AssessCriteria(row.ref, last, finished=True))
    with pytest.raises(NotAllowed):
        decide_recognition(town.hands["group"], DecideRecognition(row.ref, True, "Oui"))
    with pytest.raises(ReasonMissing):
        decide_recognition(town.hands["steering"], DecideRecognition(row.ref, True, " "))
    decide_recognition(town.hands["steering"], DecideRecognition(row.ref, True, "Critères remplis"))

    assert no.value.facts["criteria"] == [Criterion.LEGAL_FORM]
    assert (row.state, row.decided_on, row.review_on) == (
        "recognised",
        date(2026, 10, 15),
        date(2027, 10, 14),
    )
    assert recognised_units(work) == {row.unit_id}
    assert recognised_units(replace(work, now=work.now + timedelta(days=365))) == frozenset()
    assert drift(work) == []


def test_fifteen_of_fifteen_met_commit_no_money(work, town):
    before = work.session.execute(text("SELECT count(*) FROM ledger_entry")).scalar_one()

    recognised(town)

    assert work.session.execute(text("SELECT count(*) FROM ledger_entry")).scalar_one() == before == 0


def test_a_director_under_public_law_does_not_meet_the_criterion_of_governance(town):
    row = with_evidence(town, public=True)
    ask = (Assessment(Criterion.GOVERNANCE, Finding.MET),)

    with pytest.raises(GovernanceNotMet) as no:
        assess_criteria(town.hands["group"], AssessCriteria(row.ref, ask))
    assess_criteria(
        town.hands["group"], AssessCriteria(row.ref, (Assessment(Criterion.GOVERNANCE, Finding.NOT_MET),))
    )

    assert all(refusal(no.value, lang) for lang in ("fr", "de", "en"))


@pytest.mark.parametrize(
    ("director", "met"),
    [
        (Director(public_contract=False, other_contract=False), True),
        (Director(public_contract=False, other_contract=True), True),
        (Director(public_contract=True, other_contract=False), False),
        (Director(public_contract=True, other_contract=True), False),
    ],
)
def test_the_or_of_the_source_is_kept(director, met):
    assert governance_met(director) is met


def test_a_failed_criterion_forbids_recognition_and_leaves_refusal(town):
    row = assessed(town, market_rules=Finding.NOT_MET)

    with pytest.raises(CriteriaNotMet) as no:
        decide_recognition(town.hands["steering"], DecideRecognition(row.ref, True, "Quand même"))
    decide_recognition(town.hands["steering"], DecideRecognition(row.ref, False, "Concurrence déloyale"))

    assert "règles du marché" in refusal(no.value, "fr")
    assert (row.state, row.review_on, row.reason) == ("refused", None, "Concurrence déloyale")


def test_a_question_goes_back_and_new_evidence_asks_for_a_new_finding(town):
    row = with_evidence(town)
    entries = tuple(Assessment(one, Finding.MET) for one in Criterion)
    assess_criteria(town.hands["group"], AssessCriteria(row.ref, entries, question="Quel salaire ?"))
    more = (Evidence(Criterion.USUAL_PAY, "Grille salariale 2026"),)
    give_evidence(town.hands["ATELIER"], GiveEvidence(row.ref, more, finished=True))

    with pytest.raises(NotAssessed) as no:
        assess_criteria(town.hands["group"], AssessCriteria(row.ref, finished=True))

    assert no.value.facts["criteria"] == [Criterion.USUAL_PAY]
    (stale,) = [one for one in recognition(town.hands["group"], row.ref).criteria if one.stale]
    assert stale.criterion is Criterion.USUAL_PAY


@pytest.mark.parametrize(
    ("outcome", "state", "review"),
    [("keep", "recognised", date(2028, 9, 30)), ("question", "applied", None), ("ended", "ended", None)],
)
def test_a_recognition_is_examined_again(town, outcome, state, review):
    row = recognised(town)
    hand = town.hands["group"]
    later = replace(hand, now=hand.now + (date(2027, 10, 1) - hand.today))

    end_recognition(later, EndRecognition(row.ref, outcome, "Réexamen annuel"))

    assert (row.state, row.review_on) == (state, review)


def test_a_provider_may_take_its_request_back_and_ask_again_later(town):
    row, hand = apply_recognition(town.hands["ATELIER"]), town.hands["ATELIER"]
    with pytest.raises(RecognitionRunning):
        apply_recognition(hand)
    with pytest.raises(ReasonMissing):
        end_recognition(hand, EndRecognition(row.ref, "withdrawn"))
    end_recognition(hand, EndRecognition(row.ref, "withdrawn", "Projet reporté", version=row.version))
    again = replace(hand, now=hand.now.replace(hour=9))

    assert row.state == "withdrawn"
    assert apply_recognition(again).state == "applied"


def test_an_office_asks_for_nothing_and_strangers_see_nothing(town):
    row = apply_recognition(town.hands["ATELIER"])

    with pytest.raises(NotAProvider):
        apply_recognition(town.hands["ORP"])
    for stranger in ("AUTRE", "ORP"):
        with pytest.raises(UnknownThing):
            recognition(town.hands[stranger], row.ref)
        assert recognitions(town.hands[stranger]) == []
    assert recognition(town.hands["ATELIER"], row.ref).acts == ("evidence", "withdraw")
    assert recognition(town.hands["group"], row.ref).acts == ()


def test_an_old_version_is_stale(town):
    row = apply_recognition(town.hands["ATELIER"])
    ask = (Evidence(Criterion.USUAL_PAY, "CCT"),)
    give_evidence(town.hands["ATELIER"], GiveEvidence(row.ref, ask, version=1))

    with pytest.raises(RecognitionChanged) as no:
        give_evidence(town.hands["ATELIER"], GiveEvidence(row.ref, ask, version=1))

    assert all(refusal(no.value, lang) for lang in ("fr", "de", "en"))


def test_a_worker_tells_the_group_of_a_request_that_waits(work, town):
    row = apply_recognition(town.hands["ATELIER"])
    later = replace(work, now=work.now + timedelta(days=31))

    swept = sweep(later, {SUBJECT: advance_recognition})

    assert swept.failed == ()
    assert "recognition-late" in {one.kind for one in notices(town.hands["group"])}
    assert row.state == "applied"
    assert ADVANCE[SUBJECT] == "cii.routing.recognition:advance_recognition"
