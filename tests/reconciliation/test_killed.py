"""A night that is killed has not happened; two workers make one run; missed nights come oldest first."""

import json
import signal
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from cii.jobs.registry import JOBS
from cii.jobs.runs import Bell, catch_up, run_once
from cii.kernel.clock import ZURICH, FixedClock
from cii.reconciliation.actions import compare
from cii.store.work import HOUSE, working
from tests.conftest import NOW
from tests.reconciliation.killing import POINTS
from tests.settlement.build_settlement import LATER, a_desk

NIGHT = next(job for job in JOBS if job.name == "reconciliation")
MOMENT = datetime(2026, 12, 4, 4, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


def a_canton_with_a_difference(engine, settings) -> None:
    with working(engine, HOUSE, NOW, settings=settings) as work:
        desk = a_desk(work)
        desk.attest(desk.stage.started())
        work.session.execute(text("UPDATE placement_share SET committed = committed + 5"))


def test_killed_at_ten_points_it_leaves_nothing_and_the_next_run_says_it_all(new_engine, tmp_path, settings):
    engines = [new_engine(name, tmp_path) for name in ("sqlite", "postgresql")]
    for engine in engines:
        a_canton_with_a_difference(engine, settings)
    urls = [engine.url.render_as_string(hide_password=False) for engine in engines]

    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-m", "tests.reconciliation.killing", LATER.isoformat(), MOMENT.isoformat(), *urls],
        capture_output=True, text=True, cwd=ROOT, timeout=300, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    for engine, told in zip(engines, json.loads(done.stdout), strict=True):
        nothing = {"job_run": 0, "reconciliation_run": 0, "finding": 0, "job_failure": 0}
        assert told["tries"] == [[signal.SIGKILL, nothing]] * POINTS
        with working(engine, HOUSE, MOMENT, settings=settings, writing=False) as work:
            found = sorted(
                [one.kind.value, one.key, one.expected, one.found, None]
                for one in compare(work, LATER).differences
            )
        assert [one[0] for one in found] == ["commitment", "placement"]
        left = {**nothing, "job_run": 1, "reconciliation_run": 1, "finding": 2}
        assert told["once"] == told["again"] == [found, left]
        engine.dispose()


def test_two_workers_at_once_make_one_run(fresh_engine, settings):
    start, ran = threading.Barrier(2), []

    def work() -> None:
        own = Bell(fresh_engine, FixedClock(MOMENT), settings)
        start.wait()
        ran.append(run_once(own, NIGHT, LATER))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(60)

    assert sorted(ran) == [False, True]
    assert rows(fresh_engine) == [LATER.isoformat()]


@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25)])
def test_the_night_of_the_clock_change_is_compared_once(fresh_engine, settings, change):
    start = datetime(change.year, change.month, change.day, tzinfo=ZURICH).astimezone(UTC)
    for hour in range(0, 54, 3):
        catch_up(Bell(fresh_engine, FixedClock(start + timedelta(hours=hour)), settings), [NIGHT])

    assert rows(fresh_engine) == sorted(rows(fresh_engine))
    assert rows(fresh_engine).count(change.isoformat()) == 1


def test_three_missed_nights_are_caught_up_oldest_first(fresh_engine, settings):
    run_once(Bell(fresh_engine, FixedClock(MOMENT), settings), NIGHT, LATER)
    late = Bell(fresh_engine, FixedClock(MOMENT + timedelta(days=3)), settings)

    ran = catch_up(late, [NIGHT])

    assert ran == [("reconciliation", LATER + timedelta(days=n)) for n in (1, 2, 3)]
    assert rows(fresh_engine) == [(LATER + timedelta(days=n)).isoformat() for n in range(4)]


def rows(engine) -> list[str]:
    """The business dates that were compared, in the order in which they were."""
    with engine.connect() as connection:
        found = connection.execute(text("SELECT business_date FROM reconciliation_run ORDER BY id")).scalars()
        return [str(one)[:10] for one in found]
