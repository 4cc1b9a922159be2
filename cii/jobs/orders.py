"""Runs that somebody asks for: of a date that failed, or of any past date once more.

An order is a row. A worker takes it, notes how far it is after each step, and brings it to its end; killed
on the way, another takes it over when its lease is out. What waits of the job before that date runs first.
"""

import logging
from datetime import date, datetime

from sqlalchemy import func, or_, select, update
from sqlmodel import Session, col

from cii.jobs.registry import JOBS, Job, Progress, due_dates
from cii.jobs.runs import LEASE, Bell, business_today, last_run, reason_of, run_once
from cii.jobs.tables import JobOrder
from cii.jobs.vocabulary import OPEN, OrderState
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, UnknownThing, refuse
from cii.store.work import Work

log = logging.getLogger("cii.jobs")


class JobDateAhead(Refusal):
    """The business date is not over: the night will run it."""

    code, kind = "job-date-ahead", "unfit"


class JobDateUnfit(Refusal):
    """The job runs for the last day of a month or quarter only."""

    code, kind = "job-date-unfit", "unfit"


def job_named(name: str) -> Job:
    """The job of that name; refuses UnknownThing."""
    found = next((job for job in JOBS if job.name == name), None)
    if found is None:
        raise UnknownThing(field="job")
    return found


def require_runnable(name: str, day: date, now: datetime) -> Job:
    """The job, when it can run for that date; refuses UnknownThing, JobDateAhead, JobDateUnfit."""
    job = job_named(name)
    faults: list[Refusal] = []
    if day >= business_today(now):
        faults.append(JobDateAhead(field="business_date", day=day))
    if not job.falls_on(day):
        faults.append(JobDateUnfit(field="business_date", job=name, day=day))
    refuse(faults)
    return job


def run_dates(bell: Bell, job: Job, day: date, progress: Progress | None = None) -> list[date]:
    """Run a job for a past date, whether or not it has run; what waits before it first. Returns the dates."""
    last = last_run(bell, job.name)
    before = due_dates(job, last, day) if last else []
    ran = [one for one in before if run_once(bell, job, one)]
    run_once(bell, job, day, again=True, progress=progress)
    return [*ran, day]


def order_run(work: Work, name: str, day: date) -> JobOrder:
    """Ask that a job run for a past business date; asked twice, it is the same order while it is open.

    Refuses: UnknownThing, JobDateAhead, JobDateUnfit.
    """
    require_runnable(name, day, work.now)
    open_ = select(JobOrder).where(
        col(JobOrder.job) == name, col(JobOrder.business_date) == day, col(JobOrder.state).in_(OPEN)
    )
    if (found := work.session.scalars(open_).first()) is not None:
        return found
    made = JobOrder(
        job=name,
        business_date=day,
        state=OrderState.WAITING,
        asked_by=work.actor.account_id,
        asked_at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    wrote(work, "run_ordered", "job_order", made.id, ref=made.ref, payload={"job": name, "day": day})
    return made


def take_orders(bell: Bell) -> int:
    """Run every order that waits, oldest first; returns how many this worker has run."""
    done = 0
    while (order := _take(bell)) is not None:
        _fulfil(bell, order)
        done += 1
    return done


def _take(bell: Bell) -> JobOrder | None:
    """The oldest order that waits, or that a dead worker has left; now this worker's."""
    with Session(bell.engine) as session:
        free = or_(
            col(JobOrder.state) == OrderState.WAITING,
            (col(JobOrder.state) == OrderState.RUNNING) & (col(JobOrder.until) <= bell.clock.now()),
        )
        waits = session.scalar(select(func.min(JobOrder.id)).where(free))
    if waits is None:
        return None
    with bell.working() as work:
        taken = work.session.execute(
            update(JobOrder)
            .where(col(JobOrder.id) == waits, free)
            .values(
                state=OrderState.RUNNING, worker=bell.name, until=work.now + LEASE, done=0, total=0, step=None
            )
            .returning(col(JobOrder.id))
        ).first()
        return work.session.get(JobOrder, waits) if taken is not None else None


def _fulfil(bell: Bell, order: JobOrder) -> None:
    """Run what is ordered; a failure is the order's end too, with its reason."""

    def told(step: str, done: int, total: int) -> None:
        _note(bell, order, step=step, done=done, total=total, until=bell.clock.now() + LEASE)

    try:
        run_dates(bell, job_named(order.job), order.business_date, told)
    except Exception as fault:
        log.exception("%s, ordered for %s, failed", order.job, order.business_date)
        _note(bell, order, state=OrderState.FAILED, reason=reason_of(fault), finished_at=bell.clock.now())
    else:
        _note(bell, order, state=OrderState.DONE, finished_at=bell.clock.now())


def _note(bell: Bell, order: JobOrder, **values: object) -> None:
    """Write down how far an order is, unless another worker has taken it over."""
    with bell.working() as work:
        work.session.execute(
            update(JobOrder)
            .where(
                col(JobOrder.id) == order.id,
                col(JobOrder.worker) == bell.name,
                col(JobOrder.state) == OrderState.RUNNING,
            )
            .values(**values)
        )
