"""Reads of the jobs: what each has done and does next, what failed, what is asked for, who is ringing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row
from sqlmodel import col, func, select

from cii.jobs.registry import JOBS, Rhythm, due_dates, next_date
from cii.jobs.runs import business_today, rings_at
from cii.jobs.tables import JobFailure, JobLease, JobOrder, JobRun
from cii.jobs.vocabulary import OPEN
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class LastNight:
    """The last business date for which a job has run, and what it counted by name."""

    day: date
    counts: dict[str, int]


def last_night(work: Work, job: str) -> LastNight | None:
    """What the last run of a job has counted; None while it has never run."""
    row = work.session.exec(
        select(JobRun)
        .where(col(JobRun.job) == job, col(JobRun.finished_at).is_not(None))
        .order_by(col(JobRun.business_date).desc())
        .limit(1)
    ).first()
    return None if row is None else LastNight(row.business_date, counted(row.result))


def counted(result: dict[str, object] | None) -> dict[str, int]:
    """What a run counted, by name."""
    return {name: count for name, count in (result or {}).items() if isinstance(count, int)}


@dataclass(frozen=True, slots=True)
class JobState:
    """A job as it stands: its last run, the dates that wait, when it runs next, what it failed at."""

    name: str
    rhythm: Rhythm
    last: JobRun | None
    waiting: tuple[date, ...]
    next_at: datetime
    failure: JobFailure | None


def job_states(work: Work, failed_at: Sequence[JobFailure] | None = None) -> list[JobState]:
    """Every job in the order of the night. Two statements, however many runs there are.

    `failed_at` are the `failures` where they have been read already: one statement then.
    """
    latest = (
        select(col(JobRun.job), func.max(JobRun.business_date).label("day"))
        .group_by(col(JobRun.job))
        .subquery("latest")
    )
    rows = work.session.exec(
        select(JobRun).join(
            latest, (col(JobRun.job) == latest.c.job) & (col(JobRun.business_date) == latest.c.day)
        )
    )
    last = {row.job: row for row in rows}
    failed: dict[str, JobFailure] = {}
    for one in failures(work) if failed_at is None else failed_at:
        failed.setdefault(one.job, one)
    today = business_today(work.now)
    states = []
    for job in JOBS:
        held = last.get(job.name)
        waiting = tuple(due_dates(job, held.business_date if held else None, today))
        next_at = rings_at(waiting[0] if waiting else next_date(job, today))
        states.append(JobState(job.name, job.rhythm, held, waiting, next_at, failed.get(job.name)))
    return states


def failures(work: Work) -> Sequence[JobFailure]:
    """Dates for which a job was tried in vain and has not run since, the latest first."""
    ran = select(JobRun.id).where(
        col(JobRun.job) == col(JobFailure.job),
        col(JobRun.business_date) == col(JobFailure.business_date),
        col(JobRun.finished_at) >= col(JobFailure.last_at),
    )
    return work.session.exec(
        select(JobFailure).where(~ran.exists()).order_by(col(JobFailure.last_at).desc(), col(JobFailure.id))
    ).all()


def job_runs(work: Work, *, job: str = "", before: int = 0, limit: int = 30) -> Sequence[JobRun]:
    """What has run, the last first; `before` is the last id shown."""
    query = select(JobRun).where(col(JobRun.finished_at).is_not(None))
    if job:
        query = query.where(col(JobRun.job) == job)
    if before:
        query = query.where(col(JobRun.id) < before)
    return work.session.exec(query.order_by(col(JobRun.id).desc()).limit(limit)).all()


def orders(work: Work, *, jobs: Collection[str] = (), limit: int = 10) -> Sequence[JobOrder]:
    """Runs that somebody asked for, the last first."""
    query = select(JobOrder)
    if jobs:
        query = query.where(col(JobOrder.job).in_(jobs))
    return work.session.exec(query.order_by(col(JobOrder.id).desc()).limit(limit)).all()


def under_way(found: Sequence[JobOrder]) -> bool:
    """Whether one of these orders is still to be brought to its end."""
    return any(one.state in OPEN for one in found)


def leases(work: Work) -> Sequence[Row[Any]]:
    """Who is ringing at the moment: name, holder, until; by name."""
    shown: list[Any] = [col(JobLease.name), col(JobLease.holder), col(JobLease.until)]
    return work.session.execute(
        select(*shown).where(col(JobLease.until) > work.now).order_by(col(JobLease.name))
    ).all()
