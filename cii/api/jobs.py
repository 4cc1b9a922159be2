"""Jobs: what each has done and does next, what failed, a run that is asked for and how far it is."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.jobs.orders import order_run
from cii.jobs.queries import JobState, job_states, orders
from cii.jobs.registry import Rhythm
from cii.jobs.tables import JobOrder
from cii.jobs.vocabulary import OrderState
from cii.wire.answers import only, paged
from cii.wire.doors import needs
from cii.wire.pages import Page

blueprint = Blueprint("api-jobs", __name__, url_prefix=f"{PREFIX}/jobs")


@dataclass(frozen=True)
class OrderAsked:
    """Which job to run, for which past business date."""

    job: str
    business_date: date


@dataclass(frozen=True)
class JobShown:
    """A job: the last date it ran for and what came of it, the dates that wait, its next run, its failure."""

    name: str
    rhythm: Rhythm
    last_date: date | None
    finished_at: datetime | None
    result: dict[str, Any] | None
    waiting: list[date]
    next_at: datetime
    failed_date: date | None
    failed_tries: int
    failed_because: str | None


@dataclass(frozen=True)
class OrderShown:
    """A run that was asked for; `done` of `total` steps, `step` the last one, `reason` why it failed."""

    ref: str
    job: str
    business_date: date
    state: OrderState
    asked_at: datetime
    finished_at: datetime | None
    done: int
    total: int
    step: str | None
    reason: str | None


JOB = only(
    JobShown, "name", "rhythm", "last_date", "finished_at", "result", "waiting", "next_at", "failed_date",
    "failed_tries", "failed_because", called="JobAnswer",
)  # fmt: skip
ORDER = only(
    OrderShown, "ref", "job", "business_date", "state", "asked_at", "finished_at", "done", "total", "step",
    "reason", called="JobOrderAnswer",
)  # fmt: skip


@blueprint.get("")
@needs(Permit.SEE_RUNS)
@blueprint.response(200, paged(JOB))
def listed() -> Page[JobShown]:
    """Every job of the house, in the order of the night."""
    return Page([_job(one) for one in job_states(g.work)])


@blueprint.get("/orders")
@needs(Permit.SEE_RUNS)
@blueprint.response(200, paged(ORDER))
def ordered() -> Page[OrderShown]:
    """The last runs that were asked for, the newest first."""
    return Page([_order(one) for one in orders(g.work, limit=50)])


@blueprint.post("/orders")
@needs(Permit.RUN_JOBS)
@blueprint.arguments(OrderAsked)
@blueprint.response(200, ORDER)
def asked_for(ask: OrderAsked) -> OrderShown:
    """Ask that a job run for a past business date; asked twice, it is the same order while it is open."""
    return _order(order_run(g.work, ask.job, ask.business_date))


def _job(one: JobState) -> JobShown:
    last, failure = one.last, one.failure
    return JobShown(
        one.name, one.rhythm, last.business_date if last else None, last.finished_at if last else None,
        last.result if last else None, list(one.waiting), one.next_at,
        failure.business_date if failure else None, failure.tries if failure else 0,
        failure.reason if failure else None,
    )  # fmt: skip


def _order(one: JobOrder) -> OrderShown:
    return OrderShown(
        one.ref, one.job, one.business_date, one.state, one.asked_at, one.finished_at, one.done, one.total,
        one.step, one.reason,
    )  # fmt: skip
