"""The jobs of the house: what each has done and does next, what failed, a run that is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.jobs.orders import order_run
from cii.jobs.queries import (
    JobState,
    counted,
    failures,
    job_runs,
    job_states,
    leases,
    orders,
    under_way,
)
from cii.jobs.registry import JOBS
from cii.jobs.tables import JobOrder, JobRun
from cii.jobs.vocabulary import OrderState
from cii.store.work import Work
from cii.texts import formats, speech
from cii.web.base import Blueprint, see_other
from cii.web.choices import fallback, number_asked, t, text_asked, word
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("jobs", __name__)
_PAGE = 30
_TONES = {
    OrderState.WAITING: "neutral", OrderState.RUNNING: "warn", OrderState.DONE: "good",
    OrderState.FAILED: "bad",
}  # fmt: skip


@dataclass(frozen=True)
class RunAsked:
    """Which job to run, for which past business date."""

    job: str
    business_date: date


@page.get("/jobs", endpoint="index")
@needs(Permit.SEE_RUNS)
def jobs_page() -> str:
    """Each job as it stands, what failed, what is asked for, what has run."""
    return render_template("pages/jobs/index.html", **_jobs(g.work))


@page.post("/jobs")
@needs(Permit.RUN_JOBS)
@once
@again(jobs_page)
def run() -> Response:
    """Ask that a job run for a past date, whether it has failed or has run before."""
    ask = asked(RunAsked)
    order_run(g.work, ask.job, ask.business_date)
    return see_other("jobs.index")


def order_rows(found: Sequence[JobOrder]) -> list[dict[str, Any]]:
    """Runs that somebody asked for, as rows of a table, with how far each is."""
    return [
        {
            "job": _name(one.job),
            "day": one.business_date,
            "state": {"label": word(one.state, "order_state"), "tone": _TONES[one.state]},
            "step": one.reason or _step(one),
            "asked": one.asked_at,
            "finished": one.finished_at,
        }
        for one in found
    ]


def _step(one: JobOrder) -> str | None:
    if not one.total:
        return None
    return t(
        "web.jobs.order.step", done=one.done, total=one.total, step=_counted_as(one.step or "", one.total)
    )


def _jobs(work: Work) -> dict[str, Any]:
    job = text_asked("job")
    found = job_runs(work, job=job, before=number_asked("before"), limit=_PAGE + 1)
    kept, ordered, failed = found[:_PAGE], orders(work), failures(work)
    return {
        "states": [_state(one) for one in job_states(work, failed)],
        "failures": [
            {
                "job": _name(one.job), "day": one.business_date, "tries": one.tries, "since": one.first_at,
                "last": one.last_at, "reason": one.reason,
            }
            for one in failed
        ],
        "orders": order_rows(ordered),
        "under_way": under_way(ordered),
        "here": request.full_path,
        "runs": [_run(one) for one in kept],
        "next_url": url_for("jobs.index", job=job or None, before=kept[-1].id)
        if len(found) > _PAGE
        else None,
        "leases": [{"name": row.name, "holder": row.holder, "until": row.until} for row in leases(work)],
        "may_run": Permit.RUN_JOBS in work.actor.permits,
        "jobs": [{"value": one.name, "label": _name(one.name)} for one in JOBS],
        "job": job,
        "yesterday": (work.today - timedelta(days=1)).isoformat(),
    }  # fmt: skip


def _state(one: JobState) -> dict[str, Any]:
    if one.failure is not None:
        state = {"label": t("web.jobs.state.failed"), "tone": "bad"}
    elif one.waiting:
        state = {"label": t("web.jobs.state.waits", n=len(one.waiting)), "tone": "warn"}
    else:
        state = {"label": t("web.jobs.state.up-to-date"), "tone": "good"}
    return {
        "job": _name(one.name),
        "url": url_for("jobs.index", job=one.name, _anchor="runs"),
        "rhythm": word(one.rhythm, "rhythm"),
        "last": one.last.business_date if one.last else None,
        "result": _result(one.last) if one.last else None,
        "next": one.next_at,
        "state": state,
    }


def _run(one: JobRun) -> dict[str, Any]:
    took = (one.finished_at - one.started_at).total_seconds() if one.finished_at else 0
    return {
        "job": _name(one.job),
        "day": one.business_date,
        "at": one.finished_at,
        "took": t("web.jobs.seconds", n=formats.number(round(took), language.lang())),
        "result": _result(one),
    }


def _result(one: JobRun) -> str:
    """What a run counted, in words; what is zero is left out."""
    counts = {name: count for name, count in counted(one.result).items() if count}
    if "findings" in counted(one.result):
        found = counts.pop("findings", 0)
        return t("web.jobs.compared", n=sum(counts.values())) + " · " + t("web.jobs.differs", n=found)
    if not counts:
        return t("web.jobs.nothing")
    lang = language.lang()
    return " · ".join(
        f"{formats.number(count, lang)} {_counted_as(name, count)}" for name, count in counts.items()
    )


def _counted_as(name: str, count: int) -> str:
    key = f"web.jobs.step.{name}"
    return t(key, n=count) if speech.knows(key) else name.replace("_", " ")


def _name(job: str) -> str:
    return fallback(f"web.jobs.name.{job}", job)
