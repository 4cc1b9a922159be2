"""When the report of an observation is due."""

from datetime import date

import pytest

from cii.kernel.clock import local_day
from cii.routing.actions_manage import ResumeCase, SuspendCase, resume_case, suspend_case
from cii.routing.holding import instance_of
from cii.routing.observation import ExtendContract, extend_contract
from cii.routing.queries_observation import observation
from cii.routing.rules_social import ObservationAtRest
from cii.texts.speech import refusal
from cii.workflow.inbox import inbox
from cii.workflow.projection import drift
from cii.workflow.queries import state_of, tasks_of
from tests.routing.test_social_enterprise import signed, town

__all__ = ["town"]


def test_the_report_is_due_and_recalled_on_the_last_day_also_of_an_extended_observation(work, town):
    row, hand = signed(town), town.hands["GSR"]

    def terms():
        instance = instance_of(work, row.case_id)
        (task,) = [one for one in tasks_of(work, instance) if one.key == "observe"]
        timers = [one.fire_at for one in state_of(work, instance).timers]
        return local_day(task.due_at), [local_day(one) for one in timers]

    before = terms()
    extend_contract(hand, ExtendContract(row.ref, date(2027, 1, 31), "Absence en décembre"))

    assert before == (date(2026, 12, 31), [date(2026, 12, 31)])
    assert terms() == (date(2027, 1, 31), [date(2027, 1, 31)])
    (line,) = inbox(town.hands["enterprise"], "unit").items
    assert local_day(line.due_at) == date(2027, 1, 31)
    assert drift(work) == []


def test_while_the_case_rests_the_contract_waits_and_says_what_would_change_it(work, town):
    row, hand = signed(town), town.hands["GSR"]
    case, ask = observation(hand, row.ref).case_ref, ExtendContract(row.ref, date(2027, 1, 31), "Absence")
    suspend_case(hand, SuspendCase(case, "Hospitalisation"))

    with pytest.raises(ObservationAtRest) as no, work.session.begin_nested():
        extend_contract(hand, ask)
    work.session.expire_all()
    kept = observation(hand, row.ref).ends_on
    resume_case(hand, ResumeCase(case))
    extend_contract(hand, ask)

    assert "reprend d'abord" in refusal(no.value, "fr")
    assert (kept, observation(hand, row.ref).ends_on) == (date(2026, 12, 31), date(2027, 1, 31))
