"""The commands of the jobs: listed as they stand, run for a past date, refused for one that is none."""

from argparse import Namespace
from datetime import date, timedelta

import pytest

from cii.cli.jobs import jobs_list, jobs_run
from cii.cli.telling import DONE, FINDINGS
from cii.jobs.orders import JobDateAhead
from cii.jobs.registry import JOBS, Job
from cii.jobs.runs import Bell, business_today, run_once
from cii.kernel.clock import SystemClock


def broken(work, day):
    raise RuntimeError("no data")


def test_jobs_are_listed_and_run_for_a_past_date(new_engine, tmp_path, settings, capsys):
    own = settings.model_copy(update={"data_dir": tmp_path})
    engine = new_engine("sqlite", tmp_path)
    today = business_today(SystemClock().now())
    yesterday = today - timedelta(days=1)
    with pytest.raises(RuntimeError):
        run_once(Bell(engine, SystemClock(), own), Job("files", "tests.cli.test_jobs:broken"), yesterday)

    failing = jobs_list(Namespace(), own)
    ran = jobs_run(Namespace(job="reconciliation", date=yesterday), own)
    jobs_run(Namespace(job="files", date=yesterday), own)
    listed = jobs_list(Namespace(), own)
    with pytest.raises(JobDateAhead):
        jobs_run(Namespace(job="files", date=today), own)

    assert failing.code == FINDINGS
    assert next(line for line in failing.lines if line.startswith("files")).endswith("RuntimeError: no data")
    assert ran.lines == [f"reconciliation has run for {yesterday}"]
    assert "deadlines" in capsys.readouterr().err
    assert listed.code == DONE
    told = {one["job"]: one for one in listed.data["jobs"]}
    assert list(told) == [job.name for job in JOBS]
    assert (told["files"]["last"], told["files"]["waiting"]) == (yesterday, [])
    assert isinstance(told["statements"]["waiting"][0], date)
