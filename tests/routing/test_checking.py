"""Months after the end of a case its result is asked for: one line in the inbox, gone with the answer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cii.app import advances
from cii.cases.checking import AnswerCheck, checks
from cii.cases.vocabulary import ResultHolds
from cii.kernel.clock import local_day
from cii.kernel.errors import NotAllowed
from cii.routing.actions import CompleteTask, complete_task
from cii.routing.actions_manage import TakeUpCase, take_up_case
from cii.routing.checking import SUBJECT, advance_check, ask_for_results, record_check
from cii.workflow.events import TaskDone
from cii.workflow.inbox import inbox
from cii.workflow.projection import drift
from cii.workflow.queries import instance_for, tasks_of
from tests.routing.build_routing import a_town
from tests.routing.test_manage import jointly, task
from tests.routing.test_waking import night, told
from tests.workflow.build_workflow import sweep

SIX_MONTHS = 182


@pytest.fixture
def ended(work):
    """A case that ended with a job, and its check."""
    town = a_town(work)
    case, oai, orp = jointly(town), town.hands["OAI"], town.hands["ORP"]
    complete_task(oai, CompleteTask(task(oai, "act").ref, "completed"))
    complete_task(orp, CompleteTask(task(orp, "support").ref, "given"))
    complete_task(oai, CompleteTask(task(oai, "conclude").ref, "concluded", "job"))
    (check,) = checks(oai, due=False).items
    return oai, orp, case, check


def lines(hand, days=SIX_MONTHS):
    return [one for one in inbox(later(hand, days), "unit").items if one.subject == SUBJECT]


def later(hand, days):
    return replace(hand, now=hand.now + timedelta(days=days))


def asked(work, days=SIX_MONTHS):
    return ask_for_results(night(work, days), night(work, days).today)


def test_on_its_day_a_check_is_one_line_of_the_unit_that_led_with_twenty_working_days(work, ended):
    oai, orp, case, check = ended

    counts = [asked(work, SIX_MONTHS - 1), asked(work), asked(work, SIX_MONTHS + 1)]

    assert counts == [{"asked": 0}, {"asked": 1}, {"asked": 0}]
    (line,) = lines(oai)
    assert (line.subject_ref, line.key, line.person_id) == (check.ref, "check_result", case.person_id)
    assert (local_day(line.due_at) - check.check_on).days >= 28
    assert lines(orp) == []
    assert told(work, "check-due") == [case.lead_unit_id]


def test_the_answer_takes_the_line_away_and_keeps_what_was_found(work, ended):
    oai, _, _, check = ended
    asked(work)

    record_check(later(oai, 190), AnswerCheck(check.ref, ResultHolds.YES, check.check_on, "Employeur"))

    assert lines(oai, 190) == []
    (kept,) = tasks_of(work, _process(work, check))
    assert kept.outcome == "holds"
    assert asked(work, 365) == {"asked": 1}
    assert drift(work) == []


def test_a_check_that_is_not_answered_in_time_is_recalled(work, ended):
    oai, _, case, _ = ended
    asked(work)

    sweep(night(work, SIX_MONTHS + 40), advance=advances())

    assert told(work, "check-late") == [case.lead_unit_id]
    (line,) = lines(oai, SIX_MONTHS + 40)
    assert line.late


def test_a_case_taken_up_again_leaves_no_line(work, ended):
    oai, _, case, check = ended
    asked(work)

    take_up_case(later(oai, 190), TakeUpCase(case.ref, "Perte de l'emploi"))

    assert lines(oai, 190) == []
    assert tasks_of(work, _process(work, check))[0].outcome == "lapsed"


def test_the_task_ends_by_the_answer_alone(work, ended):
    oai, _, _, check = ended
    asked(work)
    process = _process(work, check)

    with pytest.raises(NotAllowed):
        advance_check(oai, process, TaskDone("check_result", "holds"))
    with pytest.raises(NotAllowed):
        complete_task(oai, CompleteTask(lines(oai)[0].ref, "holds"))


def _process(work, check):
    from sqlalchemy import text

    found = work.session.execute(text("SELECT id FROM outcome_check WHERE ref = :ref"), {"ref": check.ref})
    return instance_for(work, SUBJECT, found.scalar_one())
