"""Commands of the jobs: list them as they stand, run one for a past date."""

import argparse
import sys
from datetime import date
from typing import Any

from cii.cli.telling import DONE, FINDINGS, Told, engine_of
from cii.store.settings import Settings


def jobs_list(_: argparse.Namespace, settings: Settings) -> Told:
    """Tell each job: the last date it ran for, the dates that wait, its next run, what it fails at."""
    from cii.jobs.clock import clock_of  # noqa: PLC0415
    from cii.jobs.queries import job_states  # noqa: PLC0415
    from cii.store.work import HOUSE, working  # noqa: PLC0415

    engine = engine_of(settings)
    now = clock_of(engine, settings).now()
    with working(engine, HOUSE, now, settings=settings, writing=False) as work:
        data: list[dict[str, Any]] = [
            {
                "job": one.name,
                "rhythm": one.rhythm,
                "last": one.last.business_date if one.last else None,
                "waiting": list(one.waiting),
                "next": one.next_at,
                "failed": one.failure.business_date if one.failure else None,
                "reason": one.failure.reason if one.failure else None,
            }
            for one in job_states(work)
        ]
    lines = [
        f"{one['job']}: last {one['last'] or 'never'}, {len(one['waiting'])} waiting, "
        f"next {one['next']:%Y-%m-%d %H:%M}" + (f", fails: {one['reason']}" if one["reason"] else "")
        for one in data
    ]
    return Told(lines, {"jobs": data}, FINDINGS if any(one["reason"] for one in data) else DONE)


def jobs_run(asked: argparse.Namespace, settings: Settings) -> Told:
    """Run a job for a past date, also once more; what waits of it before that date runs first."""
    from cii.app import create_app, make_bell  # noqa: PLC0415
    from cii.jobs.orders import require_runnable, run_dates  # noqa: PLC0415

    bell = make_bell(create_app(settings))
    job = require_runnable(asked.job, asked.date, bell.clock.now())
    ran = run_dates(bell, job, asked.date, tell_progress)
    lines = [f"{job.name} has run for {day}" for day in ran]
    return Told(lines, {"job": job.name, "ran": ran})


def run_arguments(parser: argparse.ArgumentParser) -> None:
    """JOB --date DAY."""
    parser.add_argument("job", metavar="JOB", help="as `cii jobs list` names it")
    parser.add_argument("--date", type=date.fromisoformat, required=True, help="business date, as 2026-10-14")


def tell_progress(step: str, done: int, total: int) -> None:
    """Say on the error stream how far a long job is: the answer itself stays clean."""
    print(f"{done}/{total} {step}", file=sys.stderr, flush=True)
