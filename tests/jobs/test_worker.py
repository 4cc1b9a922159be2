"""The worker rings four bells and stops when told."""

import threading

from cii.jobs.runs import Bell
from cii.jobs.worker import make_worker, work_until
from cii.kernel.clock import FixedClock
from tests.conftest import NOW


def test_the_bells_ring_late_rather_than_never(fresh_engine, settings):
    scheduler = make_worker(Bell(fresh_engine, FixedClock(NOW), settings))

    bells = {job.id: job for job in scheduler.get_jobs()}

    assert set(bells) == {"night", "catch-up", "minute", "orders"}
    assert all(scheduler._job_defaults[name] for name in ("misfire_grace_time", "coalesce"))
    assert str(bells["night"].trigger) == "cron[hour='3', minute='15']"


def test_the_worker_stops_when_told(fresh_engine, settings, tmp_path):
    stop = threading.Event()
    bell = Bell(fresh_engine, FixedClock(NOW), settings.model_copy(update={"data_dir": tmp_path}))
    worker = threading.Thread(target=work_until, args=(bell, stop))

    worker.start()
    stop.set()
    worker.join(30)

    assert not worker.is_alive()
