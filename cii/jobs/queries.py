"""Reads of the jobs: what the last night has done."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from cii.jobs.tables import JobRun
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
    if row is None:
        return None
    counts = {name: count for name, count in (row.result or {}).items() if isinstance(count, int)}
    return LastNight(row.business_date, counts)
