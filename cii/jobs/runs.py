"""One run per job and business date, however many workers there are and wherever they are killed."""

import logging
import os
import socket
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, update
from sqlalchemy.dialects.postgresql import insert as insert_pg
from sqlalchemy.dialects.sqlite import insert as insert_lite
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from cii.jobs.registry import JOBS, TICKS, Job, Progress, Tick, called, due_dates
from cii.jobs.tables import JobFailure, JobLease, JobRun
from cii.kernel.calendar import WorkingDays
from cii.kernel.clock import ZURICH, Clock
from cii.kernel.digest import plain
from cii.store.settings import Settings
from cii.store.work import HOUSE, Work, working

log = logging.getLogger("cii.jobs")

LEASE = timedelta(minutes=5)
RING = (3, 15)
"""When the night's jobs become due, in Swiss time: no clock change skips or doubles 03:15."""


class Bell:
    """Engine, clock and settings of one worker, its name, and who takes a step of a process, by subject."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        settings: Settings,
        calendar: WorkingDays | None = None,
        advance: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        self.engine, self.clock, self.settings = engine, clock, settings
        self.calendar = calendar or WorkingDays()
        self.advance = advance or {}
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{id(self):x}"

    def working(self) -> Any:  # noqa: ANN401 - a context manager of Work
        """One transaction of the house."""
        return working(self.engine, HOUSE, self.clock.now(), calendar=self.calendar, settings=self.settings)

    def looking(self) -> Any:  # noqa: ANN401 - a context manager of Work
        """One snapshot of the house to read in; whoever writes meanwhile neither waits nor is seen."""
        engine = self.engine
        if engine.dialect.name == "postgresql":
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        now, calendar = self.clock.now(), self.calendar
        return working(engine, HOUSE, now, calendar=calendar, settings=self.settings, writing=False)


def run_once(
    bell: Bell, job: Job, day: date, *, again: bool = False, progress: Progress | None = None
) -> bool:
    """Run the job for the day, unless it has run: claim, effect and row are one transaction.

    `again` runs a date that has run: its row then tells of the new run. Returns whether it ran now. A second
    worker waits for the first and then finds the row. What fails is noted with its reason, and raised.
    """
    try:
        ran = _run(bell, job, day, again=again, progress=progress)
    except Exception as fault:
        _note_failure(bell, job, day, fault)
        raise
    if ran:
        log.info("%s has run for %s", job.name, day)
    return ran


def _run(bell: Bell, job: Job, day: date, *, again: bool, progress: Progress | None) -> bool:
    seen = None
    if job.looks:
        with bell.looking() as work:
            if not again and _ran(work.session, job, day):
                return False
            seen = job.look(work, day, progress)
    with bell.working() as work:
        if not _claim(work, job, day, bell.name) and not again:
            return False
        started, result = work.now, job.run(work, day, seen)
        work.session.connection().execute(
            update(JobRun)
            .where(col(JobRun.job) == job.name, col(JobRun.business_date) == day)
            .values(worker=bell.name, started_at=started, finished_at=bell.clock.now(), result=_kept(result))
        )
    return True


def _ran(session: Session, job: Job, day: date) -> bool:
    held = select(JobRun.id).where(col(JobRun.job) == job.name, col(JobRun.business_date) == day)
    return session.exec(held).first() is not None


_REASON = 500
"""Characters kept of why a run failed."""


def reason_of(fault: BaseException) -> str:
    """Why a run failed, in one line: the kind of fault and its own words, without a statement's values."""
    told = (str(fault).splitlines() or [""])[0]
    return f"{type(fault).__name__}: {told}"[:_REASON]


def _note_failure(bell: Bell, job: Job, day: date, fault: Exception) -> None:
    """Keep that the job failed for the day, and why; one row per date counts the tries."""
    try:
        with bell.working() as work:
            tried = {"last_at": work.now, "worker": bell.name, "reason": reason_of(fault)}
            work.session.connection().execute(
                _insert(work.session)(JobFailure)
                .values(job=job.name, business_date=day, tries=1, first_at=work.now, **tried)
                .on_conflict_do_update(
                    index_elements=["job", "business_date"],
                    set_={"tries": col(JobFailure.tries) + 1, **tried},
                )
            )
    except Exception:
        log.exception("that %s failed for %s could not be kept", job.name, day)


def catch_up(bell: Bell, jobs: Iterable[Job] = JOBS) -> list[tuple[str, date]]:
    """Run every business date that waits, oldest first over all jobs; returns what ran.

    A job that fails keeps its later dates waiting, and hinders no other job; it is tried again at the next
    ring.
    """
    now = bell.clock.now()
    today = business_today(now)
    waiting = [
        (day, place, job)
        for place, job in enumerate(jobs)
        for day in due_dates(job, last_run(bell, job.name), today)
    ]
    ran: list[tuple[str, date]] = []
    failed: set[str] = set()
    for day, _, job in sorted(waiting, key=lambda one: one[:2]):
        if job.name in failed:
            continue
        try:
            if run_once(bell, job, day):
                ran.append((job.name, day))
        except Exception:
            failed.add(job.name)
            log.exception("%s failed for %s; it will be tried again", job.name, day)
    return ran


def business_today(now: datetime) -> date:
    """The day whose yesterday is due: it begins at 03:15."""
    hours, minutes = RING
    wall = now.astimezone(ZURICH).replace(tzinfo=None)
    return (wall - timedelta(hours=hours, minutes=minutes)).date()


def rings_at(day: date) -> datetime:
    """When the job of a business date falls due: at 03:15 of the day after."""
    hours, minutes = RING
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, hours, minutes, tzinfo=ZURICH)


def last_run(bell: Bell, name: str) -> date | None:
    """The latest business date for which the job has run."""
    with Session(bell.engine) as session:
        return session.exec(select(func.max(col(JobRun.business_date))).where(col(JobRun.job) == name)).one()


def tick(bell: Bell, ticks: Iterable[Tick] = TICKS) -> list[str]:
    """Look after everything that is looked after each minute; returns what was done by this worker."""
    done = []
    for one in ticks:
        try:
            if not lease(bell, one.name):
                continue
            called(one.place)(bell)
            done.append(one.name)
        except Exception:
            log.exception("%s failed; it will be tried again", one.name)
        finally:
            _give_back(bell, one.name)
    return done


def lease(bell: Bell, name: str) -> bool:
    """Take the bell of that name for some minutes; false while another worker holds it."""
    with bell.working() as work:
        insert = _insert(work.session)
        now = work.now
        taken = work.session.connection().execute(
            insert(JobLease)
            .values(name=name, holder=bell.name, until=now + LEASE)
            .on_conflict_do_update(
                index_elements=["name"],
                set_={"holder": bell.name, "until": now + LEASE},
                where=(col(JobLease.until) <= now) | (col(JobLease.holder) == bell.name),
            )
            .returning(col(JobLease.name))
        )
        return taken.first() is not None


def _give_back(bell: Bell, name: str) -> None:
    try:
        with bell.working() as work:
            work.session.connection().execute(
                update(JobLease)
                .where(col(JobLease.name) == name, col(JobLease.holder) == bell.name)
                .values(until=work.now)
            )
    except OperationalError:
        log.warning("the lease of %s ends by itself", name)


def _claim(work: Work, job: Job, day: date, worker: str) -> bool:
    insert = _insert(work.session)
    claimed = work.session.connection().execute(
        insert(JobRun)
        .values(job=job.name, business_date=day, worker=worker, started_at=work.now)
        .on_conflict_do_nothing(index_elements=["job", "business_date"])
        .returning(col(JobRun.id))
    )
    return claimed.first() is not None


def _insert(session: Session) -> Any:  # noqa: ANN401 - two dialects, one shape
    return insert_pg if session.get_bind().dialect.name == "postgresql" else insert_lite


def _kept(result: object) -> object:
    held = plain(result)
    return held if isinstance(held, dict) or held is None else {"result": held}
