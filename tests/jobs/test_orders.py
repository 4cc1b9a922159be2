"""A run that somebody asks for: once while it is open, what waits before it first, its progress, its failure."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from cii.jobs import orders
from cii.jobs.orders import JobDateAhead, JobDateUnfit, order_run, take_orders
from cii.jobs.queries import failures, job_runs, job_states, leases
from cii.jobs.registry import Job, Rhythm, next_date
from cii.jobs.runs import LEASE, Bell, lease, rings_at, run_once
from cii.jobs.tables import JobFailure, JobOrder, JobRun
from cii.jobs.vocabulary import OrderState
from cii.kernel.clock import ZURICH, FixedClock
from cii.kernel.errors import Refusals, UnknownThing
from cii.store.work import Work
from tests.conftest import NOW
from tests.jobs.test_runs import DAY, JOB, effects

LOOKING = Job("looking", "tests.jobs.test_orders:kept", looks="tests.jobs.test_orders:looked")
SEEN: list[tuple[str, int, int]] = []


def looked(work: Work, day: date, progress) -> str:
    for done, step in enumerate(("balances", "payments"), start=1):
        if progress is not None:
            progress(step, done, 2)
            SEEN.append(_standing(work))
    return str(day)


def kept(work: Work, seen: str) -> dict[str, str]:
    return {"seen": seen}


def broken(work: Work, day: date) -> None:
    raise RuntimeError("no data\nsecret values")


def _standing(work: Work) -> tuple[str, int, int]:
    with work.session.get_bind().engine.connect() as connection:
        row = connection.execute(text("SELECT step, done, total FROM job_order")).one()
    return row.step, row.done, row.total


@pytest.fixture
def bell(fresh_engine, settings, monkeypatch) -> Bell:
    jobs = (JOB, LOOKING, replace(JOB, name="failing", place="tests.jobs.test_orders:broken"))
    monkeypatch.setattr(orders, "JOBS", (*jobs, replace(JOB, name="month", rhythm=Rhythm.MONTHLY)))
    return Bell(fresh_engine, FixedClock(NOW), settings)


def asked(bell: Bell, name: str, day: date) -> str:
    with bell.working() as work:
        return order_run(work, name, day).ref


def the_order(bell: Bell) -> JobOrder:
    with Session(bell.engine) as session:
        return session.exec(select(JobOrder)).one()


def test_asked_twice_it_is_the_same_order_until_it_is_done(bell):
    first, again = asked(bell, "night", DAY), asked(bell, "night", DAY)
    took = take_orders(bell)
    later = asked(bell, "night", DAY)

    assert (first == again, took, later == first) == (True, 1, False)
    assert take_orders(bell) == 1
    assert effects(bell) == ["2026-10-14", "2026-10-14"]
    with Session(bell.engine) as session:
        assert session.exec(select(JobRun)).one().business_date == DAY


def test_the_dates_that_wait_before_it_run_first_so_that_none_is_skipped(bell):
    run_once(bell, JOB, DAY - timedelta(days=3))
    asked(bell, "night", DAY)

    take_orders(bell)

    assert effects(bell) == [f"2026-10-{day}" for day in (11, 12, 13, 14)]


def test_its_progress_is_read_while_it_runs(bell):
    SEEN.clear()
    asked(bell, "looking", DAY)

    take_orders(bell)

    order = the_order(bell)
    assert SEEN == [("balances", 1, 2), ("payments", 2, 2)]
    assert (order.state, order.done, order.total, order.finished_at) == (OrderState.DONE, 2, 2, NOW)
    with bell.working() as work:
        assert job_runs(work, job="looking")[0].result == {"seen": "2026-10-14"}


def test_what_fails_says_why_counts_its_tries_and_is_told_no_longer_once_it_has_run(bell):
    failing = orders.job_named("failing")
    with pytest.raises(RuntimeError):
        run_once(bell, failing, DAY)
    asked(bell, "failing", DAY)

    take_orders(bell)

    order = the_order(bell)
    assert (order.state, order.reason) == (OrderState.FAILED, "RuntimeError: no data")
    with bell.working() as work:
        (row,) = failures(work)
        assert (row.tries, row.reason, row.first_at, row.worker) == (2, order.reason, NOW, bell.name)
    run_once(bell, replace(failing, place=JOB.place), DAY)
    with bell.working() as work:
        assert failures(work) == []
        assert work.session.exec(select(JobFailure)).one().tries == 2


def test_a_day_that_is_not_over_and_a_day_that_is_none_of_the_job_are_refused_together(bell):
    with bell.working() as work:
        with pytest.raises(Refusals) as no:
            order_run(work, "month", NOW.date())
        with pytest.raises(UnknownThing):
            order_run(work, "no such job", DAY)
        with pytest.raises(JobDateUnfit):
            order_run(work, "night", date(2008, 12, 31))

    assert [type(one) for one in no.value.reasons] == [JobDateAhead, JobDateUnfit]
    assert {one.field for one in no.value.reasons} == {"business_date"}


def test_two_workers_at_once_run_an_order_once(bell):
    asked(bell, "night", DAY)
    start, took = threading.Barrier(2), []

    def work() -> None:
        own = Bell(bell.engine, bell.clock, bell.settings)
        start.wait()
        took.append(take_orders(own))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(60)

    assert sorted(took) == [0, 1]
    assert effects(bell) == ["2026-10-14"]


def test_an_order_whose_worker_died_is_taken_over_when_its_lease_is_out(bell):
    asked(bell, "night", DAY)
    orders._take(bell)
    soon = Bell(bell.engine, FixedClock(NOW + LEASE - timedelta(seconds=1)), bell.settings)
    late = Bell(bell.engine, FixedClock(NOW + LEASE), bell.settings)

    assert (take_orders(soon), take_orders(late)) == (0, 1)
    assert the_order(bell).state is OrderState.DONE


def test_each_job_says_what_waits_and_when_it_runs_next(bell):
    with bell.working() as work:
        states = {one.name: one for one in job_states(work)}

    assert states["reconciliation"].waiting == (DAY,)
    assert states["reconciliation"].next_at == rings_at(DAY)
    assert states["statements"].waiting == (date(2026, 9, 30),)
    assert next_date(replace(JOB, rhythm=Rhythm.QUARTERLY), date(2026, 10, 15)) == date(2026, 12, 31)
    assert rings_at(date(2026, 10, 24)).astimezone(ZURICH).hour == 3


def test_who_is_ringing_is_told_until_the_lease_is_out(bell):
    lease(bell, "seal")

    with bell.working() as work:
        assert [(row.name, row.holder, row.until) for row in leases(work)] == [
            ("seal", bell.name, NOW + LEASE)
        ]
    bell.clock = FixedClock(NOW + LEASE)
    with bell.working() as work:
        assert leases(work) == []
