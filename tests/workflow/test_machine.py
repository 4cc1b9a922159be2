"""The step: the CII network from the announcement to its end, and every way its grammar knows."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cii.decisions.domain import MissingFacts
from cii.kernel.clock import ZURICH
from cii.kernel.errors import Refusal, Refusals
from cii.kernel.moves import IllegalMove
from cii.workflow import events as ev
from cii.workflow.definition import parse
from cii.workflow.machine import fold, moves
from cii.workflow.vocabulary import Stand, Status
from tests.workflow.build_walk import FILES, ROLES, Walk, by

REFERRAL = parse((FILES / "referral.yaml").read_text("utf-8"), "referral.yaml")


def test_the_assessment_opens_the_tasks_of_each_institution_with_working_day_deadlines():
    walk = Walk()

    assert walk.open() == {
        ("grid_ac", "ORP"),
        ("grid_ai", "OAI"),
        ("grid_as", "GSR"),
        ("medical", "SMR"),
    }
    due = {task.key: task.due_at.astimezone(ZURICH) for task in walk.state.open_tasks}
    assert f"{due['grid_ac']:%Y-%m-%d %H:%M:%S}" == "2026-10-23 23:59:59"
    assert f"{due['medical']:%Y-%m-%d %H:%M:%S %z}" == "2026-11-03 23:59:59 +0100"


def test_the_assessment_cannot_be_signed_while_one_voice_is_missing():
    walk = (
        Walk()
        .done("take_lead", "accept")
        .done("grid_ac", "done")
        .done("grid_ai", "done")
        .done("grid_as", "done")
    )

    with pytest.raises(IllegalMove) as no:
        walk.done("sign", "signed", by=by("lead", unit="ORP"))

    assert "done sign" not in no.value.facts["open"]
    walk.done("medical", "done")
    assert walk.open() == {("sign", "ORP")}


def test_the_case_walks_from_assessment_to_its_end():
    walk = Walk().followed()
    assert walk.state.stage == "follow_up"

    walk.done("review", "continue").done("review", "revise")
    assert walk.open() == {("propose", "ORP")}
    walk.done("propose", "proposed").done("agree", "agree").done("agree", "agree")
    walk.done("review", "close", closing="job")

    assert (walk.state.status, walk.state.outcome, walk.state.stage) == (Status.CLOSED, "job", "closed")
    assert walk.state.timers == ()
    assert ev.End("job") in walk.effects


def test_closing_by_review_asks_for_the_outcome_of_the_case():
    walk = Walk().followed()

    with pytest.raises(ev.ClosingMissing) as no:
        walk.done("review", "close")

    assert "pension" in no.value.facts["known"]
    assert walk.state.stage == "follow_up"


def test_a_declined_lead_ends_the_stage_at_once_and_what_was_done_stays_done():
    walk = Walk().done("grid_ac", "done").done("take_lead", "decline")
    assert walk.open() == {("decide_lead", "GC")}

    walk.done("decide_lead", "named")

    assert walk.open() == {("grid_ai", "OAI"), ("grid_as", "GSR"), ("medical", "SMR")}
    assert [task.state for task in walk.state.here if task.key == "grid_ac"] == [Stand.DONE]


def test_one_partner_who_refuses_the_plan_brings_it_back_to_the_lead_after_all_have_spoken():
    walk = Walk().assessed().done("propose", "proposed")
    assert walk.open() == {("agree", "OAI"), ("agree", "GSR")}

    walk.done("agree", "refuse", by=by("partner", unit="OAI"))
    assert walk.state.stage == "plan"
    walk.done("agree", "agree", by=by("partner", unit="GSR"))

    assert walk.open() == {("propose", "ORP")}


def test_a_plan_that_no_partner_bears_is_in_force_once_proposed():
    walk = Walk(roles={**ROLES, "partner": ()}).assessed()

    walk.done("propose", "proposed")

    assert walk.state.stage == "follow_up"


def test_a_task_of_another_institution_is_refused_and_nothing_changes():
    walk = Walk()
    before = walk.state

    with pytest.raises(ev.WrongInstitution):
        walk.done("grid_ai", "done", by=by("AC", unit="ORP"))

    assert walk.state is before


def test_an_illegal_move_lists_the_moves_that_are_open():
    walk = Walk()

    with pytest.raises(IllegalMove) as no:
        walk.done("propose", "proposed", by=by("AI", unit="OAI"))

    assert no.value.facts == {
        "state": "assessment",
        "event": "done propose",
        "open": "done grid_ai, withdraw-consent",
    }


def test_all_reasons_for_no_come_at_once():
    walk = Walk().followed()

    with pytest.raises(Refusals) as no:
        walk.done("review", "perhaps", closing="riches")

    assert [reason.code for reason in no.value.reasons] == ["outcome-unknown", "outcome-unknown"]
    with pytest.raises(Refusals) as roles:
        Walk(roles={"lead": ("ORP",), "AC": ("ORP",)})
    assert {reason.facts["role"] for reason in roles.value.reasons} == {"AI", "AS", "physician"}
    assert {type(reason) for reason in roles.value.reasons} == {ev.RoleUnfilled}


def test_an_outcome_that_the_task_does_not_know_is_refused_with_those_it_knows():
    with pytest.raises(ev.UnknownOutcome) as no:
        Walk().done("take_lead", "refuse")

    assert no.value.facts["known"] == "accept, decline"


def test_a_stage_whose_ways_fit_no_outcome_says_so():
    walk = Walk(
        parse(
            BRANCH_TEXT.replace(
                "{if: debts > 100, to: heavy}, {to: light}", "{if: any task = lost, to: heavy}"
            ),
            "x",
        )
    )
    walk.done("see", "seen")

    with pytest.raises(ev.NoWayOn) as no:
        walk.done("hear", "seen")

    assert no.value.facts["outcomes"] == "see=seen, hear=seen"


@pytest.mark.parametrize(
    ("answers", "end"),
    [
        ([("receive", "received"), ("answer", "accept")], "accepted"),
        ([("receive", "received"), ("answer", "decline")], "declined"),
        (
            [("receive", "received"), ("answer", "ask"), ("reply", "replied"), ("answer", "accept")],
            "accepted",
        ),
        ([("withdraw", "withdrawn")], "withdrawn"),
        ([("receive", "received"), ("withdraw", "withdrawn")], "withdrawn"),
        ([("receive", "received"), ("answer", "ask"), ("reply", "withdrawn")], "withdrawn"),
    ],
)
def test_a_referral_ends_as_its_answers_say(answers, end):
    walk = Walk(REFERRAL)

    for task, outcome in answers:
        walk.done(task, outcome)

    assert (walk.state.outcome, walk.state.stage) == (end, end)


def test_a_referral_without_answer_expires_and_its_sender_alone_may_withdraw_it():
    walk = Walk(REFERRAL)
    assert "add withdraw" in map(str, moves(REFERRAL, walk.state, by("sending", unit="ORP")))
    assert [str(one) for one in moves(REFERRAL, walk.state, by("receiving", unit="GSR"))] == [
        "done receive",
        "withdraw-consent",
    ]
    timer = next(one for one in walk.state.timers if one.kind == "timeout")

    walk.now = timer.fire_at
    walk.do(ev.TimerFired(timer.no))

    assert walk.state.outcome == "expired"
    assert ev.Ask("notify", "sending") in walk.effects


BRANCH_TEXT = """
workflow: branch
version: 1
title: {fr: a, de: a, en: a}
legal_basis: [x]
subject: case
facts: {debts: number 0..}
start: look
stages:
  look:
    tasks: {see: {owner: AC, outcomes: [seen]}, hear: {owner: AI, outcomes: [seen]}, feel: {owner: AS, outcomes: [seen]}}
    complete: 2 of 3
    next: [{if: debts > 100, to: heavy}, {to: light}]
  heavy: {end: {outcomes: [heavy]}}
  light: {end: {outcomes: [light]}}
"""
BRANCH = parse(BRANCH_TEXT, "branch.yaml")


def test_two_of_three_are_enough_and_a_missing_fact_is_asked_for_before_the_way_is_taken():
    walk = Walk(BRANCH).done("see", "seen")

    with pytest.raises(MissingFacts) as no:
        walk.done("hear", "seen")
    assert no.value.names == ("debts",)
    walk.do(ev.TaskDone("hear", "seen"), debts=101)

    assert (walk.state.outcome, walk.state.tasks[2].state) == ("heavy", Stand.CANCELLED)


def test_a_decision_taken_on_the_way_is_a_fact_from_then_on():
    walk = Walk(BRANCH).do(ev.Decided("x", {"debts": 50})).done("see", "seen").done("hear", "seen")

    assert walk.state.outcome == "light"


DEFINITIONS = [parse(path.read_text("utf-8"), path.name) for path in sorted(FILES.glob("*.yaml"))]
CHOICE = st.integers(0, 10_000)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(DEFINITIONS), st.lists(st.tuples(CHOICE, CHOICE, st.integers(0, 40)), max_size=30))
def test_the_records_fold_to_the_state_and_no_open_process_is_stuck(definition, choices):
    walk = Walk(definition)
    for pick, outcome, days in choices:
        walk.now += timedelta(days=days)
        open_now = moves(definition, walk.state, ev.SYSTEM)
        due = [timer for timer in walk.state.timers if timer.fire_at <= walk.now]
        assert open_now
        assert walk.state.status != Status.OPEN or walk.state.open_tasks or walk.state.timers
        try:
            if due and walk.state.status == Status.OPEN and pick % 3 == 0:
                walk.do(ev.TimerFired(due[0].no))
            else:
                _play(walk, open_now[pick % len(open_now)], outcome)
        except Refusal as no:
            assert {reason.code for reason in no.reasons} <= {"lead-already-there", "closing-outcome-missing"}  # noqa: PT017

        assert fold(walk.records) == walk.state
        assert [record.seq for record in walk.records] == list(range(1, len(walk.records) + 1))


def _play(walk, move, choice):
    outcome = move.outcomes[choice % len(move.outcomes)] if move.outcomes else ""
    ends = [one for one in walk.definition.stages.values() if one.end and len(one.end) > 1]
    event = {
        "done": lambda: ev.TaskDone(move.task, outcome, closing=None), "add": lambda: ev.AddTask(move.key),
        "reassign": lambda: ev.Reassign(move.task, 7), "transfer-lead": lambda: ev.TransferLead(f"unit {choice % 3}"),
        "suspend": lambda: ev.Suspend("x"), "resume": lambda: ev.Resume(consent_renewed=True),
        "close": lambda: ev.Close(outcome), "reopen": lambda: ev.Reopen("x", consent_renewed=True), "withdraw-consent": ev.WithdrawConsent,
    }[move.act]()  # fmt: skip
    try:
        walk.do(
            event,
            admissible=True,
            admitted=True,
            contract_change=bool(choice % 2),
            direct=bool(choice % 2),
            criteria_met=15,
        )
    except ev.ClosingMissing:
        walk.do(
            ev.TaskDone(move.task, outcome, closing=ends[-1].end[0]),
            admissible=True, admitted=True, contract_change=True, direct=False, criteria_met=15,
        ) if len(ends) == 1 else None  # fmt: skip
