"""The life of a referral in the engine: reminders and expiry by route, who sees what, what the case does with it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import select

from cii.access.queries import units_reading
from cii.app import advances
from cii.cases.queries import case_by_ref
from cii.institutions.queries import unit_by_code
from cii.kernel.clock import local_day
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.notices.queries import notices
from cii.routing.actions import (
    Announce,
    MoveReferral,
    RequestReferral,
    announce,
    move_referral,
    request_referral,
)
from cii.routing.holding import instance_of
from cii.routing.queries import open_matters, referral_view, referrals
from cii.routing.routes import EXPIRY, REMINDER, term
from cii.routing.rules import NothingToRequest, ReasonMissing, ReferralChanged, ReferralOpen, UnitNamedTwice
from cii.routing.tables import Referral
from cii.routing.vocabulary import Potential, ReferralEvent, ReferralState
from cii.store.tables import Parameter
from cii.workflow.decided import kept_about
from cii.workflow.inbox import inbox
from cii.workflow.projection import drift
from cii.workflow.queries import state_of
from cii.workflow.tables import WfDecision
from tests.routing.build_routing import CONSENT, a_detection, a_town, an_announced, everyday, sent_to
from tests.workflow.build_workflow import sweep

E = ReferralEvent


def moved(hand, ref, event, text="", **more):
    return move_referral(hand, MoveReferral(ref, event, text, **more))


def swept(work, days):
    later = replace(work, now=work.now + timedelta(days=days))
    return sweep(later, advance=advances())


def test_the_receiving_unit_has_the_referral_in_its_inbox_and_the_sender_has_not(work):
    town = a_town(work)
    done = everyday(town)

    (task,) = [one for one in inbox(town.hands["OAI"], "unit").items if one.subject == "referral"]

    assert (task.key, task.subject_ref) == ("receive", done.referral_ref)
    assert [one for one in inbox(town.hands["ORP"], "unit").items if one.subject == "referral"] == []


def test_a_row_is_what_its_process_says_at_every_step(work):
    town = a_town(work)
    ref = everyday(town).referral_ref
    steps = [
        ("OAI", E.RECEIVE, "received"), ("OAI", E.ASK, "question"), ("ORP", E.ANSWER, "received"),
        ("OAI", E.DECLINE, "declined"),
    ]  # fmt: skip

    for hand, event, stage in steps:
        row = moved(town.hands[hand], ref, event, "Motif")
        instance = instance_of(work, row.id, "referral")
        assert row.state.value == instance.stage == stage
        assert drift(work) == []


@pytest.mark.parametrize(
    ("hand", "event", "code"),
    [
        ("ORP", E.RECEIVE, "not-allowed"), ("ORP", E.ACCEPT, "not-allowed"), ("OAI", E.WITHDRAW, "not-allowed"),
        ("OAI", E.ACCEPT, "illegal-move"), ("OAI", E.ASK, "illegal-move"), ("ORP", E.ANSWER, "illegal-move"),
        ("GSR", E.RECEIVE, "unknown"),
    ],
)  # fmt: skip
def test_a_move_of_the_wrong_institution_or_at_the_wrong_time_changes_nothing(work, hand, event, code):
    town = a_town(work)
    ref = everyday(town).referral_ref
    before = work.session.exec(select(Referral)).one().model_dump()

    with pytest.raises(Refusal) as no:
        moved(town.hands[hand], ref, event, "Motif")

    work.session.expire_all()
    assert [one.code for one in no.value.reasons] == [code]
    assert work.session.exec(select(Referral)).one().model_dump() == before


def test_declining_needs_a_reason_and_an_old_version_is_stale(work):
    town = a_town(work)
    ref = everyday(town).referral_ref
    moved(town.hands["OAI"], ref, E.RECEIVE, version=1)

    with pytest.raises(ReasonMissing):
        moved(town.hands["OAI"], ref, E.DECLINE, " ")
    with pytest.raises(ReferralChanged):
        moved(town.hands["OAI"], ref, E.DECLINE, "Motif", version=1)

    assert referral_view(town.hands["OAI"], ref).state is ReferralState.RECEIVED


def test_the_term_is_that_of_the_route_and_of_the_day_of_sending(work):
    a_town(work)
    day = date(2026, 10, 15)
    work.session.add(
        Parameter(
            name="referral_expiry_days.AS", valid_from=date(2027, 1, 1), value=12, unit="jours", source="test",
            certainty="R", published_at=work.now,
        )
    )  # fmt: skip

    assert [term(work, EXPIRY, route, day) for route in (("AC", "AS"), ("AC", "AI"), ("AI", "AC"))] == [
        20,
        45,
        30,
    ]
    assert [term(work, REMINDER, route, day) for route in (("AC", "AS"), (None, "AS"))] == [5, 10]
    assert term(work, EXPIRY, ("AI", "AS"), date(2026, 12, 31)) == 30
    assert term(work, EXPIRY, ("AI", "AS"), date(2027, 1, 1)) == 12


def test_the_reminder_comes_when_its_route_says_and_a_question_does_not_prolong_the_term(work):
    town = a_town(work)
    ref = everyday(
        town, may_owe="AS+AI"
    ).referral_ref  # AC → AS: reminder after 5 working days, expiry after 20 days
    gsr, orp = town.hands["GSR"], town.hands["ORP"]
    moved(gsr, ref, E.RECEIVE)
    (answer,) = [one for one in inbox(gsr, "unit").items if one.subject == "referral"]
    late = replace(gsr, now=work.now + timedelta(days=3))
    moved(late, ref, E.ASK, "Depuis quand ?")
    moved(replace(orp, now=late.now), ref, E.ANSWER, "Depuis mars.")

    swept(work, 12)

    assert local_day(answer.due_at) == date(2026, 10, 22)
    assert "referral-late" in [one.kind for one in notices(gsr)]
    assert local_day(referral_view(gsr, ref).expires_at) == date(2026, 11, 4)


def test_the_group_is_told_the_number_of_a_case_whose_referral_is_late_and_no_person(work):
    town = a_town(work)
    done = everyday(town)
    group = town.hands["group"]
    moved(town.hands["OAI"], done.referral_ref, E.RECEIVE)

    swept(work, 30)  # the group hears of it after 15 working days, the units before

    (told,) = [one for one in notices(group) if one.kind.startswith("referral-")]
    assert (told.kind, told.facts, told.person_id) == (
        "referral-late-case", {"number": done.case.number}, None,
    )  # fmt: skip
    assert open_matters(group, [], {done.referral_ref})["referral"] == set()
    assert open_matters(town.hands["OAI"], [], {done.referral_ref})["referral"] == {done.referral_ref}
    assert "referral-late" in [one.kind for one in notices(town.hands["OAI"])]


def test_an_unanswered_referral_expires_on_its_day_and_the_case_is_back_on_the_senders_desk(work):
    town = a_town(work)
    done = everyday(town)  # AC → AI: 45 days

    early = swept(work, 44)
    still = referral_view(town.hands["ORP"], done.referral_ref).state
    late = swept(work, 46)
    again = swept(work, 46)

    assert [still, referral_view(town.hands["ORP"], done.referral_ref).state] == [
        ReferralState.SENT, ReferralState.EXPIRED,
    ]  # fmt: skip
    assert early.failed == late.failed == () == again.fired
    assert instance_of(work, done.case.id).stage == "returned"
    assert "name_receiver" in [one.key for one in inbox(town.hands["ORP"], "unit").items]
    assert "referral-expired" in [one.kind for one in notices(town.hands["ORP"])]
    assert case_by_ref(town.hands["ORP"], done.case.ref).lead_unit_id == unit_by_code(work, "ORP-LITTORAL").id


@pytest.mark.parametrize("end", ["decline", "withdraw", "expire", "redirect"])
def test_the_unit_asked_sees_the_case_from_sending_until_it_is_out(work, end):
    town = a_town(work)
    done = everyday(town)
    oai = unit_by_code(work, "OAI-REA").id
    assert oai in units_reading(work, done.case.id)
    assert unit_by_code(work, "GSR-VAL-DE-TRAVERS").id not in units_reading(work, done.case.id)

    if end == "expire":
        swept(work, 46)
    elif end == "withdraw":
        moved(town.hands["ORP"], done.referral_ref, E.WITHDRAW, "Erreur")
    else:
        moved(town.hands["OAI"], done.referral_ref, E.RECEIVE)
        named = unit_by_code(work, "GSR-VAL-DE-TRAVERS").ref if end == "redirect" else None
        moved(town.hands["OAI"], done.referral_ref, E(end), "Hors compétence", named_unit_ref=named)

    assert oai not in units_reading(work, done.case.id)
    with pytest.raises(UnknownThing):
        case_by_ref(town.hands["OAI"], done.case.ref)
    assert referrals(town.hands["OAI"]).items[0].case_ref is None


def test_in_the_network_an_expired_lead_falls_back_to_the_sender_who_asks_another_unit(work):
    town = a_town(work)
    done = an_announced(town.hands["ORP"], jours_indemnite_restants="0", mois_aide_sociale="20")

    swept(work, 31)
    back = [one.key for one in inbox(town.hands["ORP"], "unit").items]
    later = replace(town.hands["ORP"], now=work.now + timedelta(days=31))
    fresh = request_referral(
        later, RequestReferral(done.case.ref, unit_by_code(work, "OAI-REA").ref, "Sans réponse du guichet")
    )
    oai = replace(town.hands["OAI"], now=later.now)
    for event in (E.RECEIVE, E.ACCEPT):
        moved(oai, fresh.ref, event)

    assert back == ["grid_ac"]
    assert case_by_ref(oai, done.case.ref).lead_unit_id == unit_by_code(work, "OAI-REA").id
    assert state_of(work, instance_of(work, done.case.id)).stage == "assessment"


def test_only_the_lead_asks_one_unit_at_a_time_for_a_case_that_waits_for_it(work):
    town = a_town(work)
    done = everyday(town)
    gsr, orp = unit_by_code(work, "GSR-VAL-DE-TRAVERS"), unit_by_code(work, "ORP-LITTORAL")

    with pytest.raises(NotAllowed):
        request_referral(town.hands["OAI"], RequestReferral(done.case.ref, gsr.ref, "Motif"))
    with pytest.raises(Refusal) as no:
        request_referral(town.hands["ORP"], RequestReferral(done.case.ref, orp.ref, " "))
    assert [type(one) for one in no.value.reasons] == [UnitNamedTwice, ReasonMissing, ReferralOpen]
    for event in (E.RECEIVE, E.ACCEPT):
        moved(town.hands["OAI"], done.referral_ref, event)
    with pytest.raises(NothingToRequest):
        request_referral(town.hands["OAI"], RequestReferral(done.case.ref, gsr.ref, "Motif"))


def test_after_a_refusal_the_sender_asks_another_unit_which_accepts(work):
    town = a_town(work)
    done = everyday(town)
    moved(town.hands["OAI"], done.referral_ref, E.RECEIVE)
    moved(town.hands["OAI"], done.referral_ref, E.DECLINE, "Hors compétence")
    assert instance_of(work, done.case.id).stage == "declined"

    fresh = sent_to(town, done.case.ref, "GSR")
    for event in (E.RECEIVE, E.ACCEPT):
        moved(town.hands["GSR"], fresh.ref, event)

    assert instance_of(work, done.case.id).stage == "joint_action"
    assert (
        case_by_ref(town.hands["GSR"], done.case.ref).lead_unit_id
        == unit_by_code(work, "GSR-VAL-DE-TRAVERS").id
    )


def test_a_unit_without_basis_is_not_brought_in(work):
    town = a_town(work)
    done = everyday(town)
    moved(town.hands["OAI"], done.referral_ref, E.RECEIVE)
    moved(town.hands["OAI"], done.referral_ref, E.DECLINE, "Hors compétence")
    stranger = unit_by_code(work, "OFIJ")

    with pytest.raises(Refusal) as no:
        request_referral(town.hands["ORP"], RequestReferral(done.case.ref, stranger.ref, "Motif"))

    assert [one.code for one in no.value.reasons] == ["basis-no-consent"]
    assert instance_of(work, done.case.id).stage == "declined"


def test_the_network_opens_from_the_day_of_the_perimeter_and_the_reason_is_kept(work):
    town = a_town(work)
    unit = unit_by_code(work, "ORP-LITTORAL")
    unit.network_from = date(2026, 10, 16)
    work.session.add(unit)
    work.session.flush()
    today = town.hands["ORP"]
    tomorrow = replace(today, now=work.now + timedelta(days=1))

    before = announce(today, Announce(a_detection(today), Potential.MEDIUM, "Motif", consent=CONSENT))
    after = announce(tomorrow, Announce(a_detection(today), Potential.MEDIUM, "Motif", consent=CONSENT))

    assert [before.path.value, after.path.value] == ["everyday-cii", "reseau-cii"]
    assert triaged(work, before) == ("T9", False)
    assert triaged(work, after) == ("T8", True)


def triaged(work, done):
    last = [one for one in kept_about(work, done.case.id, done.case.person_id) if one.table == "triage"][-1]
    return last.rules[0], last.inputs["in_perimeter"]


def test_each_fact_of_the_decisions_says_where_it_came_from(work):
    town = a_town(work)
    done = an_announced(town.hands["ORP"])

    kept = {one.table_id: one.sources for one in work.session.exec(select(WfDecision))}.values()
    kinds = {name: source["kind"] for sources in kept for name, source in sources.items()}

    assert done.case.id
    assert kinds["reinsertion_potential"] == "announcement"
    assert kinds["consent_or_basis"] == "consent"
    assert (kinds["age"], kinds["in_perimeter"]) == ("identity", "perimeter")
    assert kinds["work_capacity"].startswith("detection")
    assert all(source["by"] == "ORP-LITTORAL" for sources in kept for source in sources.values())
