"""A process of its own that dies ten times in the middle of a night: nine times while comparing, once while writing.

Run as a script with the addresses of databases; tells in JSON, for each, how each try died and what it left.
"""

import json
import os
import signal
import sys
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import text

from cii.jobs.night import keep_reconciled
from cii.jobs.registry import JOBS
from cii.jobs.runs import Bell, run_once
from cii.kernel.clock import FixedClock
from cii.store.engine import make_engine
from cii.store.naming import load_all_tables
from cii.store.settings import Settings
from cii.store.work import HOUSE, working

POINTS = 10
NIGHT = next(job for job in JOBS if job.name == "reconciliation")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def written_and_killed(work, seen):
    keep_reconciled(work, seen)
    die()


def left(engine) -> dict[str, int]:
    with engine.connect() as connection:
        tables = ("job_run", "reconciliation_run", "finding", "job_failure")
        return {one: connection.execute(text(f"SELECT count(*) FROM {one}")).scalar() for one in tables}


def said(engine) -> list[list[object]]:
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT kind, object_key, expected, found, closed_on FROM finding ORDER BY kind, object_key")
        )
        return [list(row) for row in rows]


def night(engine, day: date, now: datetime, point: int, *, again: bool = False) -> None:
    """One night; at `point` the process is gone."""
    bell = Bell(engine, FixedClock(now), Settings(mode="test"))
    job = NIGHT if point < POINTS else replace(NIGHT, place="tests.reconciliation.killing:written_and_killed")
    run_once(bell, job, day, again=again, progress=lambda _, done, __: die() if done == point else None)


def tried(url: str, day: date, now: datetime) -> dict[str, object]:
    """No connection is open when a child begins; the statements are put into words once, before all of them."""
    engine = make_engine(url)
    with working(engine, HOUSE, now, writing=False) as work:
        NIGHT.look(work, day)
    found = []
    for point in range(1, POINTS + 1):
        engine.dispose()
        child = os.fork()
        if not child:
            night(engine, day, now, point)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        found.append([os.WTERMSIG(status) if os.WIFSIGNALED(status) else None, left(engine)])
    night(engine, day, now, 0)
    once = said(engine), left(engine)
    night(engine, day, now, 0, again=True)
    told = {"tries": found, "once": once, "again": (said(engine), left(engine))}
    engine.dispose()
    return told


if __name__ == "__main__":
    load_all_tables()
    day, now = date.fromisoformat(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
    print(json.dumps([tried(url, day, now) for url in sys.argv[3:]]))
