"""The rule against the revolving door: three redirects of a person within twelve months, then one table."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cii.cases.queries import case_by_ref
from cii.cases.vocabulary import CasePath, CaseStatus
from cii.coordination.queries import alerts
from cii.institutions.queries import unit_by_code
from cii.kernel.calendar import WorkingDays
from cii.kernel.errors import Refusal
from cii.kernel.period import months_later
from cii.notices.queries import notices
from cii.routing.actions import CompleteTask, MoveReferral, complete_task, move_referral
from cii.routing.holding import instance_of
from cii.routing.redirects import convened, redirects_of, standing_of
from cii.routing.rules_redirect import RedirectLimit, counts, standing
from cii.routing.vocabulary import ReferralEvent, ReferralState
from cii.store.work import HOUSE, working
from cii.workflow.inbox import inbox
from tests.conftest import NOW
from tests.people.build_people import an_avs
from tests.routing.build_routing import UNITS, a_town, everyday, sent_to

E = ReferralEvent
DAY = date(2026, 10, 15)


def redirected(town, ref, by, to, at=None):
    hand = town.hands[by] if at is None else replace(town.hands[by], now=at)
    named = unit_by_code(hand, UNITS[to][0]).ref
    move_referral(hand, MoveReferral(ref, E.RECEIVE))
    return move_referral(hand, MoveReferral(ref, E.REDIRECT, "Une autre institution", named_unit_ref=named))


def sent_on(town, times):
    """A case whose person was sent on so many times, between social aid and disability insurance."""
    done = everyday(town)
    ref, by, to = done.referral_ref, "OAI", "GSR"
    for turn in range(times):
        redirected(town, ref, by, to)
        if turn < times - 1:
            ref, by, to = sent_to(town, done.case.ref, to).ref, to, by
    return done


@pytest.mark.parametrize(
    ("redirect", "today", "still"),
    [
        (date(2025, 10, 15), DAY, True), (date(2025, 10, 14), DAY, False), (DAY, DAY, True),
        (date(2026, 10, 16), DAY, False), (date(2024, 2, 29), date(2025, 2, 28), True),
        (date(2024, 2, 29), date(2025, 3, 1), False),
    ],
)  # fmt: skip
def test_a_redirect_counts_up_to_and_with_the_same_day_twelve_months_later(redirect, today, still):
    assert counts(redirect, today, 12) is still


@given(st.lists(st.dates(date(2024, 1, 1), date(2026, 10, 15)), max_size=6))
def test_who_is_at_the_limit_is_free_again_on_the_day_that_is_told_and_not_before(days):
    held = standing(days, DAY, 3, 12)

    assert held.full == (held.free_from is not None)
    if held.free_from is not None:
        assert not standing(days, held.free_from, 3, 12).full
        assert standing(days, held.free_from - timedelta(days=1), 3, 12).full
        assert held.free_from > DAY
    assert months_later(DAY, 12) == date(2027, 10, 15)


def test_a_redirect_brings_the_case_back_and_the_sender_asks_the_unit_named(work):
    town = a_town(work)
    done = sent_on(town, 1)

    back = [one.key for one in inbox(town.hands["ORP"], "unit").items]
    fresh = sent_to(town, done.case.ref, "GSR")

    assert back == ["name_receiver"]
    assert fresh.state is ReferralState.SENT
    assert case_by_ref(town.hands["ORP"], done.case.ref).lead_unit_id == unit_by_code(work, "ORP-LITTORAL").id


def test_the_third_redirect_opens_the_joint_assessment_of_the_network_and_tells_the_group(work):
    town = a_town(work)

    done = sent_on(town, 3)

    case = case_by_ref(town.hands["ORP"], done.case.ref)
    process = instance_of(work, case.id)
    assert (case.path, case.status, process.stage) == (CasePath.NETWORK, CaseStatus.OPEN, "assessment")
    assert {"grid_ai", "medical"} <= {one.key for one in inbox(town.hands["ORP"], "others").items}
    assert "case-flagged" in [one.kind for one in notices(town.hands["group"])]
    assert [(one.since, one.what) for one in alerts(town.hands["group"]) if one.kind == "redirects"] == [
        (DAY, f"{case.number} (3)")
    ]


def test_outside_the_perimeter_the_third_redirect_calls_a_joint_session_of_everyday_collaboration(work):
    town = a_town(work)
    unit = unit_by_code(work, "ORP-LITTORAL")
    unit.network_from = None
    work.session.add(unit)

    done = sent_on(town, 3)

    process = instance_of(work, done.case.id)
    (session,) = inbox(town.hands["ORP"], "unit").items
    assert (process.stage, session.key) == ("joint_assessment", "session")
    complete_task(town.hands["ORP"], CompleteTask(session.ref, "agreed"))
    assert instance_of(work, done.case.id).stage == "joint_action"


def test_a_case_that_goes_on_in_the_network_says_which_redirects_led_there_and_by_which_law(work):
    town = a_town(work)

    done = sent_on(town, 3)

    why = convened(town.hands["ORP"], done.case.id, done.case.person_id)
    assert (why.network, why.limit, why.months) == (True, 3, 12)
    assert why.legal_basis == ("LACI 85f", "LAI 68bis", "LASoc-NE 28")
    named = [(one.asked.code, one.named.code) for one in why.redirects]
    oai, gsr = UNITS["OAI"][0], UNITS["GSR"][0]
    assert named == [(oai, gsr), (gsr, oai), (oai, gsr)]


def test_redirects_of_another_case_are_told_by_their_day_alone(work):
    town = a_town(work)
    avs = an_avs()
    other = everyday(town, avs=avs)
    case = everyday(town, avs=avs, hand="stranger", may_owe="AI")
    redirected(town, other.referral_ref, "OAI", "GSR")
    redirected(town, sent_to(town, other.case.ref, "GSR").ref, "GSR", "OAI")

    redirected(town, case.referral_ref, "OAI", "GSR")

    why = convened(town.hands["stranger"], case.case.id, case.case.person_id)
    assert [one.at.date() for one in why.redirects] == [DAY, DAY, DAY]
    assert [one.asked.code for one in why.redirects if one.asked] == [UNITS["OAI"][0]]
    assert convened(town.hands["ORP"], other.case.id, other.case.person_id) is None


def test_the_two_redirects_before_call_nobody(work):
    town = a_town(work)

    done = sent_on(town, 2)

    assert convened(town.hands["ORP"], done.case.id, done.case.person_id) is None
    assert [one for one in alerts(town.hands["group"]) if one.kind == "redirects"] == []


def test_beyond_the_third_no_redirect_is_possible_in_another_case_either_and_the_reader_is_told_until_when(
    work,
):
    town = a_town(work)
    avs = an_avs()
    third = everyday(town, avs=avs)
    other = everyday(town, avs=avs, hand="stranger", may_owe="AI")
    ref, by, to = third.referral_ref, "OAI", "GSR"
    for _ in range(3):
        redirected(town, ref, by, to)
        if instance_of(work, third.case.id).stage == "redirected":
            ref, by, to = sent_to(town, third.case.ref, to).ref, to, by
    move_referral(town.hands["OAI"], MoveReferral(other.referral_ref, E.RECEIVE))

    named = unit_by_code(work, UNITS["GSR"][0]).ref
    ask = MoveReferral(other.referral_ref, E.REDIRECT, "Non", named_unit_ref=named)
    with pytest.raises(RedirectLimit) as no:
        move_referral(town.hands["OAI"], ask)
    declined = move_referral(town.hands["OAI"], MoveReferral(other.referral_ref, E.DECLINE, "Non"))

    assert no.value.facts["days"] == "15.10.2026, 15.10.2026, 15.10.2026"
    assert no.value.facts["until"] == date(2027, 10, 16)
    assert declined.state is ReferralState.DECLINED


def test_declined_withdrawn_and_expired_referrals_send_nobody_on(work):
    town = a_town(work)
    done = everyday(town)
    move_referral(town.hands["OAI"], MoveReferral(done.referral_ref, E.RECEIVE))
    move_referral(town.hands["OAI"], MoveReferral(done.referral_ref, E.DECLINE, "Hors compétence"))
    second = sent_to(town, done.case.ref, "GSR")
    move_referral(town.hands["ORP"], MoveReferral(second.ref, E.WITHDRAW, "Erreur"))

    assert standing_of(work, done.case.person_id).days == ()


def test_the_list_of_redirects_names_units_as_far_as_the_reader_may_know_them(work):
    town = a_town(work)
    done = sent_on(town, 2)

    seen = redirects_of(town.hands["ORP"], done.case.person_id)

    assert [(one.asked.code, one.named.code, one.counts) for one in seen] == [
        ("OAI-REA", "GSR-VAL-DE-TRAVERS", True), ("GSR-VAL-DE-TRAVERS", "OAI-REA", True),
    ]  # fmt: skip
    assert all(one.at == datetime(2026, 10, 15, 6, 0, tzinfo=UTC) for one in seen)


def test_of_two_offices_that_redirect_at_once_only_one_is_the_third(fresh_engine, settings):
    calendar = WorkingDays("NE")
    with working(fresh_engine, HOUSE, NOW, calendar=calendar, settings=settings) as work:
        town = a_town(work)
        avs = an_avs()
        first = everyday(town, avs=avs)
        other = everyday(town, avs=avs, hand="stranger", may_owe="AI")
        redirected(town, first.referral_ref, "OAI", "GSR")
        again = sent_to(town, first.case.ref, "GSR")
        redirected(town, again.ref, "GSR", "OAI")
        last = sent_to(town, first.case.ref, "OAI")
        refs, person = (last.ref, other.referral_ref), first.case.person_id
        actor, named = town.hands["OAI"].actor, unit_by_code(work, UNITS["GSR"][0]).ref
        for ref in refs:
            move_referral(town.hands["OAI"], MoveReferral(ref, E.RECEIVE))
    start = Barrier(2)

    def send_on(ref: str) -> str:
        start.wait()
        try:
            with working(fresh_engine, actor, NOW, calendar=calendar, settings=settings) as work:
                move_referral(work, MoveReferral(ref, E.REDIRECT, "Non", named_unit_ref=named))
        except Refusal as no:
            return no.reasons[0].code
        return "redirected"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(send_on, refs))

    assert said == ["redirect-limit", "redirected"]
    with working(fresh_engine, HOUSE, NOW, calendar=calendar, settings=settings, writing=False) as work:
        assert len(standing_of(work, person).days) == 3
