"""In the follow-up the situation has changed: a new round of assessment, every voice again, then a new plan."""

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from cii.cases.actions import SignAssessment
from cii.cases.rules import NothingSaid
from cii.cases.view import case_view
from cii.routing.actions import CompleteTask, RecordGrid, complete_task, record_grid, sign_assessment
from cii.routing.holding import instance_of
from cii.workflow.actions import publish
from cii.workflow.events import UnknownOutcome
from cii.workflow.inbox import inbox
from cii.workflow.migrating import dry_run
from cii.workflow.migration import read_plan
from cii.workflow.projection import drift
from tests.routing import build_routing
from tests.routing.build_routing import WORKFLOWS, a_town
from tests.routing.test_case_path import followed, led, planned, spoken


def keys(hand):
    return [one.key for one in inbox(hand, "unit").items]


def review(town):
    (one,) = [one for one in inbox(town.hands["GSR"], "unit").items if one.key == "review"]
    return one


def rounds(town, case):
    return [
        (one.round, one.state.value) for one in case_view(town.hands["GSR"], case.ref).sections["plan"].rounds
    ]


def reassessed(town):
    case = led(town)
    spoken(town, case, "ORP", "GSR", "OAI", "doctor")
    for name, hand in town.hands.items():
        town.hands[name] = replace(hand, now=hand.now + timedelta(days=1))
    planned(town, case)
    complete_task(town.hands["GSR"], CompleteTask(review(town).ref, "reassess"))
    return case


def test_a_review_may_ask_for_a_new_round_in_which_every_voice_is_asked_again(work):
    town = a_town(work)

    case = reassessed(town)

    assert instance_of(work, case.id).stage == "assessment"
    assert rounds(town, case) == [(2, "composed"), (1, "signed")]
    assert [keys(town.hands[name]) for name in ("ORP", "OAI", "GSR", "doctor")] == [
        ["grid_ac"], ["grid_ai"], ["grid_as"], ["medical"],
    ]  # fmt: skip
    assert case_view(town.hands["GSR"], case.ref).sections["plan"].plans[0].state == "proposed"
    assert drift(work) == []


def test_a_voice_of_the_new_round_says_something_new_and_the_signature_leads_to_a_new_plan(work):
    town = a_town(work)
    case = reassessed(town)

    with pytest.raises(NothingSaid), work.session.begin_nested():
        record_grid(town.hands["ORP"], RecordGrid(case.ref, (), finished=True))
    spoken(town, case, "ORP", "GSR", "OAI", "doctor")
    sign_assessment(town.hands["GSR"], SignAssessment(case.ref, "La santé s'est dégradée"))

    assert rounds(town, case) == [(2, "signed"), (1, "signed")]
    assert keys(town.hands["GSR"]) == ["propose"]


def test_a_case_of_the_first_version_learns_the_move_by_the_published_plan(work, tmp_path, monkeypatch):
    first = tmp_path / "workflows"
    shutil.copytree(WORKFLOWS, first)
    (first / "reseau-cii-v2.yaml").unlink()
    monkeypatch.setattr(build_routing, "WORKFLOWS", first)
    town = a_town(work)
    followed(town)
    with pytest.raises(UnknownOutcome), work.session.begin_nested():
        complete_task(town.hands["GSR"], CompleteTask(review(town).ref, "reassess"))

    publish(work, WORKFLOWS)
    text = (WORKFLOWS / "migrations" / "reseau-cii-1-2.yaml").read_text("utf-8")
    told = dry_run(work, read_plan(text, "reseau-cii-1-2.yaml"))

    assert (told.moving, told.blocked) == (1, ())
