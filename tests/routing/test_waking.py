"""A case at rest goes on by itself on its day."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from cii.cases.resting import rest_of
from cii.kernel.errors import Refusal
from cii.notices.tables import Notice
from cii.routing.actions_manage import ResumeCase, SuspendCase, resume_case, suspend_case
from cii.routing.flow import advance
from cii.routing.holding import instance_of
from cii.routing.waking import wake
from cii.store.work import HOUSE
from cii.workflow.events import WithdrawConsent
from cii.workflow.vocabulary import Status
from tests.routing.build_routing import a_town, codes
from tests.routing.test_manage import jointly


def night(work, days):
    """The house at work some days later."""
    return replace(work, actor=HOUSE, now=work.now + timedelta(days=days))


def told(work, kind):
    return work.session.exec(select(Notice.unit_id).where(Notice.kind == kind)).all()


def test_a_case_suspended_until_a_day_goes_on_by_itself_on_that_day(work):
    town = a_town(work)
    case = jointly(town)
    suspend_case(
        town.hands["OAI"], SuspendCase(case.ref, "Hospitalisation", resume_on=work.today + timedelta(days=20))
    )

    early = wake(night(work, 19), work.today + timedelta(days=18))
    due = wake(night(work, 20), work.today + timedelta(days=19))

    assert (early, due) == ({"woken": 0, "waiting": 0}, {"woken": 1, "waiting": 0})
    assert instance_of(work, case.id).status == Status.OPEN
    assert rest_of(work, case.id) is None
    assert told(work, "case-resumed") == [case.lead_unit_id]


def test_without_a_consent_the_night_wakes_nothing_and_tells_the_lead(work):
    town = a_town(work)
    case = jointly(town)
    suspend_case(
        town.hands["OAI"], SuspendCase(case.ref, "Hospitalisation", resume_on=work.today + timedelta(days=5))
    )
    advance(work, instance_of(work, case.id), WithdrawConsent())

    done = wake(night(work, 5), work.today + timedelta(days=4))

    assert done == {"woken": 0, "waiting": 1}
    assert instance_of(work, case.id).status == Status.SUSPENDED
    assert told(work, "rest-over") == [case.lead_unit_id]


def test_a_rest_until_today_is_refused_and_leaves_the_case_at_work(work):
    town = a_town(work)
    case = jointly(town)

    with pytest.raises(Refusal) as no:
        suspend_case(town.hands["OAI"], SuspendCase(case.ref, "Motif", resume_on=work.today))

    assert codes(no) == ["resume-day-past"]
    assert instance_of(work, case.id).status == Status.OPEN


def test_a_case_resumed_by_hand_is_not_woken(work):
    town = a_town(work)
    case, oai = jointly(town), town.hands["OAI"]
    suspend_case(oai, SuspendCase(case.ref, "Motif", resume_on=work.today + timedelta(days=5)))
    resume_case(oai, ResumeCase(case.ref))

    assert wake(night(work, 5), work.today + timedelta(days=4)) == {"woken": 0, "waiting": 0}
