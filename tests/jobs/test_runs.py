"""A business date runs once: two workers, a kill in the middle, a missed week, the nights of the clock change."""

import logging
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from cii.jobs import registry
from cii.jobs.registry import JOBS, TICKS, Job, Rhythm, Tick, called, due_dates
from cii.jobs.runs import Bell, business_today, catch_up, last_run, lease, run_once, tick
from cii.jobs.tables import JobRun
from cii.kernel.clock import ZURICH, FixedClock
from cii.store.outbox import send_later
from cii.store.settings import Settings
from cii.store.tables import Outgoing
from cii.store.work import Work
from tests.conftest import NOW

DAY = date(2026, 10, 14)
JOB = Job("night", "tests.jobs.test_runs:night")


def night(work: Work, day: date) -> dict[str, str]:
    """An effect that would be seen if it happened twice."""
    work.session.add(
        Outgoing(kind="mail", recipient=f"{day}", subject="s", body="b", headers={}, created_at=work.now)
    )
    work.session.flush()
    return {"day": str(day)}


def killed(work: Work, day: date) -> None:
    night(work, day)
    raise SystemExit


def broken(work: Work, day: date) -> None:
    night(work, day)
    raise RuntimeError("no data yet")


def each_minute(bell: Bell) -> None:
    with bell.working() as work:
        night(work, work.today)


@pytest.fixture
def bell(fresh_engine, settings: Settings) -> Bell:
    return Bell(fresh_engine, FixedClock(NOW), settings)


def effects(bell: Bell) -> list[str]:
    with bell.engine.connect() as connection:
        return list(connection.execute(text("SELECT recipient FROM outbox ORDER BY id")).scalars())


def test_a_date_runs_once_and_its_row_says_what_came_of_it(bell):
    assert run_once(bell, JOB, DAY) is True
    assert run_once(bell, JOB, DAY) is False

    assert effects(bell) == ["2026-10-14"]
    with Session(bell.engine) as session:
        row = session.exec(select(JobRun)).one()
    assert (row.result, row.finished_at, row.worker) == ({"day": "2026-10-14"}, NOW, bell.name)


def test_two_workers_never_do_a_date_twice(bell):
    days = [DAY - timedelta(days=n) for n in range(5)]
    started, ran, lock = threading.Barrier(2), [], threading.Lock()

    def work(own: Bell):
        started.wait()
        for day in days:
            if run_once(own, JOB, day):
                with lock:
                    ran.append(day)

    workers = [
        threading.Thread(target=work, args=(Bell(bell.engine, bell.clock, bell.settings),)) for _ in range(2)
    ]
    for one in workers:
        one.start()
    for one in workers:
        one.join(60)

    assert sorted(ran) == sorted(days)
    assert sorted(effects(bell)) == sorted(str(day) for day in days)


def test_a_run_killed_in_the_middle_leaves_nothing_and_runs_again_once(bell):
    with pytest.raises(SystemExit):
        run_once(bell, replace(JOB, place="tests.jobs.test_runs:killed"), DAY)
    assert effects(bell) == []

    assert run_once(bell, JOB, DAY) is True
    assert effects(bell) == ["2026-10-14"]


def test_missed_dates_are_caught_up_oldest_first(bell):
    run_once(bell, JOB, date(2026, 10, 11))
    other = replace(JOB, name="other")
    run_once(bell, other, date(2026, 10, 12))

    ran = catch_up(bell, [JOB, other])

    assert ran == [
        ("night", date(2026, 10, 12)),
        ("night", date(2026, 10, 13)),
        ("other", date(2026, 10, 13)),
        ("night", DAY),
        ("other", DAY),
    ]
    assert catch_up(bell, [JOB, other]) == []
    assert last_run(bell, "night") == DAY


def test_a_job_that_fails_is_tried_again_and_hinders_no_other(bell, caplog):
    caplog.set_level(logging.CRITICAL, "cii.jobs")
    failing = replace(JOB, name="failing", place="tests.jobs.test_runs:broken")

    assert catch_up(bell, [failing, JOB]) == [("night", DAY)]
    assert last_run(bell, "failing") is None
    assert effects(bell) == ["2026-10-14"]
    assert catch_up(bell, [replace(failing, place=JOB.place)]) == [("failing", DAY)]


@pytest.mark.parametrize(
    ("wall", "today"),
    [
        ((2026, 3, 29, 1, 59), date(2026, 3, 28)),
        ((2026, 3, 29, 3, 14), date(2026, 3, 28)),
        ((2026, 3, 29, 3, 15), date(2026, 3, 29)),
        ((2026, 10, 25, 2, 30), date(2026, 10, 24)),
        ((2026, 10, 25, 3, 14), date(2026, 10, 24)),
        ((2026, 10, 25, 3, 15), date(2026, 10, 25)),
        ((2026, 10, 26, 0, 10), date(2026, 10, 25)),
    ],
)
def test_the_day_before_falls_due_at_a_quarter_past_three(wall, today):
    assert business_today(datetime(*wall, tzinfo=ZURICH).astimezone(UTC)) == today


@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25)])
def test_the_nights_of_the_clock_change_give_one_run_each(fresh_engine, settings, change):
    start = datetime(change.year, change.month, change.day, tzinfo=ZURICH).astimezone(UTC) - timedelta(days=1)
    ran = []
    for quarter in range(4 * 72):
        clock = FixedClock(start + timedelta(minutes=15 * quarter))
        ran += [day for _, day in catch_up(Bell(fresh_engine, clock, settings), [JOB])]

    assert ran == [change + timedelta(days=n) for n in (-3, -2, -1, 0)][-len(ran) :]
    assert ran.count(change) == 1
    assert ran.count(change - timedelta(days=1)) == 1


def test_months_and_quarters_run_for_their_last_day():
    monthly, quarterly = (replace(JOB, rhythm=rhythm) for rhythm in (Rhythm.MONTHLY, Rhythm.QUARTERLY))

    assert due_dates(monthly, None, date(2026, 10, 15)) == [date(2026, 9, 30)]
    assert due_dates(monthly, date(2026, 7, 31), date(2026, 10, 1)) == [date(2026, 8, 31), date(2026, 9, 30)]
    assert due_dates(quarterly, date(2026, 3, 31), date(2026, 10, 15)) == [
        date(2026, 6, 30),
        date(2026, 9, 30),
    ]
    assert due_dates(quarterly, date(2026, 9, 30), date(2026, 10, 15)) == []


def test_each_minute_one_worker_looks_after_a_thing_and_another_takes_over(bell):
    look = Tick("look", "tests.jobs.test_runs:each_minute")
    other = Bell(bell.engine, FixedClock(NOW + timedelta(minutes=1)), bell.settings)

    assert tick(bell, [look]) == ["look"]
    assert lease(bell, "look") is True
    assert tick(other, [look]) == []
    late = Bell(bell.engine, FixedClock(NOW + timedelta(minutes=6)), bell.settings)
    assert tick(late, [look]) == ["look"]
    assert len(effects(bell)) == 2


def test_every_registered_job_is_there():
    places = [one.place for one in (*JOBS, *TICKS)]

    assert all(callable(called(place)) for place in places)
    assert len({one.name for one in (*JOBS, *TICKS)}) == len(places)
    assert registry.called("cii.jobs.mail:send_waiting")


def test_what_is_looked_after_each_minute_runs_on_an_empty_house(bell, tmp_path):
    bell.settings = bell.settings.model_copy(update={"data_dir": tmp_path})

    assert tick(bell) == [one.name for one in TICKS]


def test_mail_leaves_once_as_a_file_when_no_server_is_set(bell, tmp_path):
    bell.settings = bell.settings.model_copy(update={"data_dir": tmp_path})
    with bell.working() as work:
        send_later(work, "orp@cii.example", "s", "b")

    for _ in range(2):
        tick(bell, [one for one in TICKS if one.name == "mail"])

    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
    with Session(bell.engine) as session:
        assert session.exec(select(col(Outgoing.sent_at))).one() == NOW
