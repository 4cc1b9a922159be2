"""The built-in moves of every process: rest, lead, other days, reminders, closing and taking up again."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cii.kernel.clock import local_day
from cii.kernel.moves import IllegalMove
from cii.workflow import events as ev
from cii.workflow.machine import fold, moves, step
from cii.workflow.vocabulary import Stand, Status
from tests.workflow.build_walk import CALENDAR, CII, NOW, ROLES, Walk, by


def test_a_task_agreed_for_another_day_takes_its_reminders_along_and_no_other_task():
    walk = Walk()
    before = {timer.no: timer for timer in walk.state.timers}
    late = date(2026, 11, 2)  # ten days after 23 October

    walk.do(ev.Postpone("grid_ac", late))

    due = {task.key: local_day(task.due_at) for task in walk.state.open_tasks}
    moved = {
        timer.no: (local_day(timer.fire_at) - local_day(before[timer.no].fire_at)).days
        for timer in walk.state.timers
        if timer != before[timer.no]
    }
    assert (due["grid_ac"], due["grid_ai"]) == (late, date(2026, 10, 23))
    assert moved == {no: 10 for no, timer in before.items() if timer.task == 1}
    assert len(moved) == 2
    assert fold(walk.records) == walk.state


@pytest.mark.parametrize(
    ("task", "who"),
    [("grid_ac", by("AC", unit="ORP")), ("grid_ac", by("lead", unit="ORP")), ("sign", ev.SYSTEM)],
)
def test_only_the_house_says_another_day_and_only_for_an_open_task(task, who):
    walk = Walk()
    before = walk.state

    with pytest.raises(IllegalMove):
        walk.do(ev.Postpone(task, date(2026, 11, 2), who))

    assert walk.state == before


def test_while_a_process_rests_no_day_is_changed():
    walk = Walk().do(ev.Suspend("séjour hospitalier", by("lead", unit="ORP")))

    with pytest.raises(IllegalMove):
        walk.do(ev.Postpone("grid_ac", date(2026, 11, 2)))


def test_an_escalation_fires_once_and_a_replayed_timer_is_refused():
    walk = Walk()
    timer = next(one for one in walk.state.timers if one.to == "coordination" and one.task == 1)
    with pytest.raises(ev.TimerEarly):
        walk.do(ev.TimerFired(timer.no))

    walk.now = timer.fire_at
    walk.do(ev.TimerFired(timer.no))

    assert [(one.task.key, one.to) for one in walk.effects if isinstance(one, ev.Escalate)] == [
        ("grid_ac", "coordination")
    ]
    with pytest.raises(ev.TimerGone):
        walk.do(ev.TimerFired(timer.no))


def test_a_done_task_stops_its_own_escalations_only():
    walk = Walk()
    before = len(walk.state.timers)

    walk.done("grid_ac", "done")

    assert before - len(walk.state.timers) == 2
    assert sum(isinstance(one, ev.CancelTimer) for one in walk.effects) == 2


def test_a_rest_keeps_the_working_days_that_were_left():
    walk = Walk()
    walk.now = NOW + timedelta(days=2)
    walk.do(ev.Suspend("séjour hospitalier", by("lead", unit="ORP")))
    assert moves(CII, walk.state, by("AI", unit="OAI")) == [moves(CII, walk.state, by("AI"))[0]]
    with pytest.raises(IllegalMove):
        walk.done("grid_ac", "done")

    walk.now = datetime(2026, 11, 2, 9, tzinfo=UTC)
    walk.do(ev.Resume(by("lead", unit="ORP")))

    due = {task.key: local_day(task.due_at) for task in walk.state.open_tasks}
    assert due["grid_ac"].isoformat() == "2026-11-18"  # twelve working days were left on 7 October


def test_withdrawn_consent_stops_everything_until_it_is_given_anew():
    walk = Walk()

    walk.do(ev.WithdrawConsent(by("AS", unit="GSR")))

    assert (walk.state.status, walk.state.consent) == (Status.SUSPENDED, False)
    assert ev.ConsentWithdrawn() in walk.effects
    with pytest.raises(ev.ConsentMissing):
        walk.do(ev.Resume(by("lead")))
    walk.do(ev.Resume(by("lead"), consent_renewed=True))
    assert (walk.state.status, walk.state.consent) == (Status.OPEN, True)


def test_the_lead_moves_with_its_open_tasks():
    walk = Walk()
    for task in ("grid_ai", "grid_as", "medical"):
        walk.done(task, "done")
    walk.do(ev.AddTask("meeting", by("lead", unit="ORP")))

    walk.do(ev.TransferLead("GSR", by("lead", unit="ORP")))

    assert walk.open() == {("meeting", "GSR"), ("grid_ac", "ORP")}
    assert ev.LeadMoved("GSR") in walk.effects


def test_the_lead_cannot_move_to_where_it_is():
    with pytest.raises(ev.LeadAlreadyThere):
        Walk().do(ev.TransferLead("ORP", by("lead", unit="ORP")))


def test_closing_early_cancels_what_is_open_and_reopening_takes_up_the_last_stage():
    walk = Walk().done("grid_ac", "done").do(ev.Close("moved_away", by("lead")))
    assert (walk.state.status, walk.state.open_tasks, walk.state.timers) == (Status.CLOSED, (), ())
    with pytest.raises(ev.ReasonMissing):
        walk.do(ev.Reopen("  ", by("lead")))

    walk.do(ev.Reopen("retour dans le canton", by("lead")))

    assert (walk.state.status, walk.state.stage, walk.state.outcome) == (Status.OPEN, "assessment", None)
    assert ("grid_ac", "ORP") not in walk.open()
    assert ("grid_ai", "OAI") in walk.open()


def test_somebody_who_has_seen_an_older_state_is_refused():
    walk = Walk()

    with pytest.raises(ev.StaleSeq):
        step(
            CII,
            walk.state,
            ev.TaskDone("grid_ac", "done"),
            {},
            NOW,
            CALENDAR,
            ROLES,
            expected=walk.state.seq - 1,
        )


def test_a_discretionary_meeting_never_holds_the_stage_back():
    walk = Walk().do(ev.AddTask("meeting", by("lead")))
    with pytest.raises(IllegalMove):
        walk.do(ev.AddTask("meeting", by("lead")))

    walk.assessed()

    assert walk.state.stage == "plan"
    assert [task.state for task in walk.state.tasks if task.key == "meeting"] == [Stand.CANCELLED]
