"""When things come due: working days of a canton, the changes of the clocks, rests, downtime and failures."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from cii.jobs.registry import JOBS
from cii.kernel.calendar import WorkingDays
from cii.kernel.clock import ZURICH
from cii.store.work import HOUSE, Work, working
from cii.workflow import sweeping
from cii.workflow.actions import fire
from cii.workflow.delays import due_at, shifted
from cii.workflow.events import Resume, Suspend
from cii.workflow.projection import drift
from cii.workflow.queries import events_of, tasks_of
from cii.workflow.sweeping import stuck_timers, sweep_each
from cii.workflow.tables import WfEvent, WfInstance, WfTimer
from cii.workflow.vocabulary import Length
from tests.conftest import NOW
from tests.workflow.build_workflow import TWO_VOICES, a_process, done, sweep, the_files, the_units

JOB = next(one for one in JOBS if one.name == "stuck-timers")
NE, BE, TI = WorkingDays("NE"), WorkingDays("BE"), WorkingDays("TI")


def wall(text: str) -> datetime:
    """A moment as a clock in Switzerland shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZURICH).astimezone(UTC)


@pytest.mark.parametrize(
    ("delay", "begins", "canton", "due"),
    [
        ("1d", "2026-03-28 12:00", NE, "2026-03-29T23:59:59+02:00"),
        ("1d", "2026-03-27 23:59:59", NE, "2026-03-28T23:59:59+01:00"),
        ("1d", "2026-03-29 00:00", NE, "2026-03-30T23:59:59+02:00"),
        ("1wd", "2026-03-27 23:30", NE, "2026-03-30T23:59:59+02:00"),
        ("1d", "2026-10-24 12:00", NE, "2026-10-25T23:59:59+01:00"),
        ("1d", "2026-10-25 00:00", NE, "2026-10-26T23:59:59+01:00"),
        ("1wd", "2026-10-23 23:59:59", NE, "2026-10-26T23:59:59+01:00"),
        ("1d", "2027-03-27 23:59:59", NE, "2027-03-28T23:59:59+02:00"),
        ("1d", "2027-10-30 00:30", NE, "2027-10-31T23:59:59+01:00"),
        ("1wd", "2026-04-02 10:00", NE, "2026-04-06T23:59:59+02:00"),
        ("1wd", "2026-04-02 10:00", BE, "2026-04-07T23:59:59+02:00"),
        ("1wd", "2026-04-02 10:00", TI, "2026-04-03T23:59:59+02:00"),
        ("1wd", "2026-02-27 10:00", NE, "2026-03-02T23:59:59+01:00"),
        ("2wd", "2027-02-26 10:00", NE, "2027-03-03T23:59:59+01:00"),
        ("2wd", "2027-02-26 10:00", BE, "2027-03-02T23:59:59+01:00"),
        ("1m", "2026-01-31 10:00", NE, "2026-02-28T23:59:59+01:00"),
        ("1m", "2026-09-25 10:00", NE, "2026-10-25T23:59:59+01:00"),
    ],
)
def test_a_delay_ends_at_swiss_midnight_whatever_the_clocks_and_holidays_do(delay, begins, canton, due):
    length = Length.parse(delay)

    found = due_at(length, wall(begins), canton)

    assert found.astimezone(ZURICH).isoformat() == due


def test_a_second_before_and_after_midnight_are_two_days():
    length = Length(1, "d")

    before = due_at(length, wall("2026-10-25 23:59:59"), NE)
    after = due_at(length, wall("2026-10-26 00:00:00"), NE)

    assert after - before == timedelta(days=1)


@pytest.mark.parametrize(
    ("due", "rest", "resumed", "unit", "expected"),
    [
        ("2026-10-30 23:59:59", "2026-10-20 10:00", "2026-11-10 10:00", "d", "2026-11-20T23:59:59+01:00"),
        ("2026-04-10 23:59:59", "2026-04-01 10:00", "2026-05-04 09:00", "wd", "2026-05-12T23:59:59+02:00"),
        ("2026-03-20 23:59:59", "2026-03-25 10:00", "2026-04-20 10:00", "wd", "2026-03-20T23:59:59+01:00"),
        ("2026-03-30 23:59:59", "2026-03-28 10:00", "2026-03-29 10:00", "d", "2026-03-31T23:59:59+02:00"),
    ],
)
def test_a_rest_leaves_the_time_that_was_left(due, rest, resumed, unit, expected):
    found = shifted(wall(due), wall(rest), wall(resumed), unit, NE)

    assert found.astimezone(ZURICH).isoformat() == expected


@pytest.mark.parametrize(
    ("begun", "last_second"),
    [("2026-03-20 09:00", "2026-03-27 23:59:59"), ("2026-10-19 09:00", "2026-10-26 23:59:59")],
)
def test_an_escalation_waits_for_the_last_second_of_its_day(work: Work, tmp_path, begun, last_second):
    a_process(replace(work, now=wall(begun)), tmp_path / "w")
    moment = wall(last_second)

    early = sweep(replace(work, now=moment - timedelta(seconds=1)))
    on_time = sweep(replace(work, now=moment))

    assert (len(early.fired), len(on_time.fired)) == (0, 1)
    assert drift(work) == []


def test_after_a_downtime_timers_fire_in_due_order_and_keep_the_moment_that_was_due(work: Work, tmp_path):
    roles = the_units(work)
    for days, subject in ((4, 1), (0, 2), (1, 3)):
        a_process(
            replace(work, now=NOW + timedelta(days=days)), tmp_path / "w", subject_id=subject, roles=roles
        )
    back = NOW + timedelta(days=17)

    swept = sweep(replace(work, now=back))

    assert [one.instance.subject_id for one in swept.fired] == [2, 3, 1]
    gone = [one.records[0] for one in swept.fired]
    assert [record.data["was_due"][:10] for record in gone] == ["2026-10-22", "2026-10-23", "2026-10-26"]
    assert {record.at for record in gone} == {back}
    assert sweep(replace(work, now=back)).fired == ()
    assert drift(work) == []


def test_what_a_late_timeout_opens_has_its_whole_delay_from_the_day_people_learn_of_it(work: Work, tmp_path):
    text = TWO_VOICES.replace("owner: lead, outcomes: [done]", "owner: lead, due: 5wd, outcomes: [done]")
    begun, _ = a_process(work, the_files(work, tmp_path / "w", text))
    back = wall("2026-12-24 10:00")

    sweep(replace(work, now=back))

    chase = next(one for one in tasks_of(work, begun.instance) if one.key == "chase")
    assert chase.due_at.astimezone(ZURICH).isoformat() == "2027-01-04T23:59:59+01:00"


def test_a_rest_freezes_timers_and_gives_back_the_time_that_was_left(work: Work, tmp_path):
    begun, _ = a_process(work, tmp_path / "w")
    fire(replace(work, now=NOW + timedelta(days=1)), begun.instance, Suspend("Hospitalisation"))

    resting = sweep(replace(work, now=NOW + timedelta(days=100)))
    fire(replace(work, now=NOW + timedelta(days=100)), begun.instance, Resume())

    assert resting.fired == ()
    due = {one.kind: one.due_at.astimezone(ZURICH).date() for one in work.session.exec(select(WfTimer))}
    assert due == {"escalate": date(2027, 1, 28), "timeout": date(2027, 3, 23)}
    assert drift(work) == []


# Workers: transactions of their own


@pytest.fixture
def late(fresh_engine: Engine, tmp_path):
    """Five processes, ten timers, all due."""
    with opened(fresh_engine) as work:
        roles = the_units(work)
        for number in range(1, 6):
            a_process(work, tmp_path / "w", subject_id=number, roles=roles)
    return partial(opened, fresh_engine, NOW + timedelta(days=61))


@contextmanager
def opened(engine: Engine, now: datetime = NOW):
    with working(engine, HOUSE, now, calendar=NE) as work:
        yield work


class Killed(BaseException):
    """The worker is gone."""


def test_a_worker_killed_in_the_middle_leaves_the_rest_to_the_next_and_nothing_twice(
    fresh_engine: Engine, late
):
    taken = []

    def dying(work, instance, event):
        if len(taken) == 4:
            fire(work, instance, event)
            raise Killed
        taken.append((instance.id, event.timer))
        return fire(work, instance, event)

    with pytest.raises(Killed):
        sweep_each(late, {"case": dying})
    fired, failed = sweep_each(late)

    assert (fired, failed) == (6, 0)
    assert sweep_each(late) == (0, 0)
    with Session(fresh_engine) as session:
        told = session.exec(select(WfEvent).where(WfEvent.kind == "escalated")).all()
        assert len({one.instance_id for one in told}) == len(told) == 5
        assert drift(Work(session, HOUSE, NOW)) == []


def test_a_timer_that_fails_stops_no_other_and_is_tried_again_ever_more_rarely(fresh_engine: Engine, late):
    def broken(work, instance, event):
        if instance.subject_id == 2:
            raise ZeroDivisionError
        return fire(work, instance, event)

    fired, failed = sweep_each(late, {"case": broken})
    at_once = sweep_each(late, {"case": broken})

    assert (fired, failed, at_once) == (8, 2, (0, 0))
    with late() as work:
        stuck = stuck_timers(work)
        assert [(one.subject_ref, one.failure, one.failures) for one in stuck] == [
            ("ref0000002", "ZeroDivisionError", 1)
        ] * 2
        assert [one.due_at for one in stuck] == sorted(one.due_at for one in stuck)
        assert {one.retry_at for one in stuck} == {work.now + timedelta(minutes=2)}
    healed = sweep_each(partial(opened, fresh_engine, NOW + timedelta(days=62)))
    with late() as work:
        assert (healed, stuck_timers(work), drift(work)) == ((2, 0), [], [])


def test_failing_timers_in_front_do_not_hide_those_behind(work: Work, tmp_path, monkeypatch):
    roles = the_units(work)
    without_lead = {key: roles[key] for key in ("AC", "AI")}
    for number in range(1, 4):
        a_process(work, tmp_path / "w", subject_id=number, roles=without_lead)
    a_process(replace(work, now=NOW + timedelta(days=1)), tmp_path / "w", subject_id=9, roles=roles)
    later = replace(work, now=NOW + timedelta(days=62))

    monkeypatch.setattr(sweeping, "CHUNK", 3)
    swept = [sweep(later) for _ in range(2)]

    assert {no.code for one in swept for _, no in one.failed} == {"role-unfilled"}
    well = work.session.exec(select(WfInstance).where(WfInstance.subject_id == 9)).one()
    assert well.stage == "late"
    assert {one.failure for one in stuck_timers(later)} == {"role-unfilled"}


def test_the_night_names_the_timers_that_cannot_fire(work: Work, tmp_path, caplog):
    roles = the_units(work)
    begun, _ = a_process(work, tmp_path / "w", roles={key: roles[key] for key in ("AC", "AI")})
    later = replace(work, now=NOW + timedelta(days=61))
    sweep(later)

    found = JOB.run(later, later.today)

    assert found == {"stuck": 1}
    assert f"of process {begun.instance.ref}" in caplog.text
    assert "cannot fire: role-unfilled, tried 1 times" in caplog.text


def test_a_task_done_takes_its_escalation_along(work: Work, tmp_path):
    begun, _ = a_process(work, tmp_path / "w")
    fire(work, begun.instance, done("one"))

    swept = sweep(replace(work, now=NOW + timedelta(days=30)))

    assert swept.fired == ()
    assert [one.kind for one in events_of(work, begun.instance)][-1] == "timer-gone"
