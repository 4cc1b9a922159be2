"""Which jobs there are, in which room, how often: by name, so that a room is loaded when its bell rings."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from cii.kernel.period import Quarter, month_of
from cii.store.work import Work

Progress = Callable[[str, int, int], None]
"""Told after each step of a long job: its name, how many are done, of how many."""


class Rhythm(StrEnum):
    """For which business dates a job runs."""

    DAILY = "daily"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


FIRST_DATE = date(2009, 1, 1)
"""Before this day no number of the trade is known: no job has a business date there."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job for each business date of its rhythm; `place` is `module:function`, called `(work, day)`.

    What it returns (plain values or None) is kept in its row. A long job first looks: `looks` is called
    `(work, day, progress)` in a reading transaction, one snapshot, and `place` then gets `(work, seen)`.
    """

    name: str
    place: str
    rhythm: Rhythm = Rhythm.DAILY
    looks: str | None = None

    def look(self, work: Work, day: date, progress: Progress | None = None) -> Any:  # noqa: ANN401
        """What the job reads before it writes; None for a job that does both at once."""
        return called(self.looks)(work, day, progress) if self.looks else None

    def run(self, work: Work, day: date, seen: object = None) -> Any:  # noqa: ANN401 - whatever the room reports
        """Call the room; `seen` is what `look` has brought, for a job that looks first."""
        return called(self.place)(work, seen if self.looks else day)

    def falls_on(self, day: date) -> bool:
        """Whether `day` is a business date of this job: each day, or the last of its month or quarter."""
        if day < FIRST_DATE:
            return False
        if self.rhythm is Rhythm.DAILY:
            return True
        period = month_of(day) if self.rhythm is Rhythm.MONTHLY else Quarter.of(day).period
        return day == period.last


@dataclass(frozen=True, slots=True)
class Tick:
    """Something to look after each minute; `place` is called `(bell)` and opens its own transactions."""

    name: str
    place: str


JOBS: tuple[Job, ...] = (
    Job("agreements", "cii.jobs.night:end_agreements"),
    Job("agreement-dates", "cii.conventions.dates:watch_dates"),
    Job("appointments", "cii.appointments.dates:watch_appointments"),
    Job("statements", "cii.jobs.night:draft_statements", Rhythm.MONTHLY),
    Job("absences", "cii.settlement.absences:watch_absences"),
    Job("reconciliation", "cii.jobs.night:keep_reconciled", looks="cii.jobs.night:compare"),
    Job("coordination", "cii.coordination.actions:watch"),
    Job("meetings", "cii.meetings.actions:watch"),
    Job("report-drafts", "cii.reports.scheduled:draft_reports"),
    Job("rests", "cii.routing.waking:wake"),
    Job("results", "cii.routing.checking:ask_for_results"),
    Job("stuck-timers", "cii.jobs.night:name_stuck_timers"),
    Job("ends-of-right", "cii.cases.ends_of_right:warn_ends"),
    Job("bid-prices", "cii.rounds.bids:keep_prices", looks="cii.rounds.bids:price_waiting_list"),
    Job("person-requests", "cii.rights.person_requests:watch"),
    Job("reports", "cii.reports.rederiving:check"),
    Job("files", "cii.jobs.night:sweep_files"),
    Job("retention", "cii.rights.expiring:expire"),
)
"""Every job with a business date, in the order of the night. One line each."""

TICKS: tuple[Tick, ...] = (
    Tick("timers", "cii.jobs.housekeeping:fire_timers"),
    Tick("terms", "cii.jobs.housekeeping:end_what_ran_out"),
    Tick("digests", "cii.jobs.mail:send_digests"),
    Tick("access", "cii.jobs.protection:look_after_access"),
    Tick("mail", "cii.jobs.mail:send_waiting"),
    Tick("seal", "cii.jobs.housekeeping:seal_journal"),
    Tick("links", "cii.jobs.housekeeping:forget_links"),
    Tick("erasures", "cii.jobs.erasing:clear_files"),
)
"""What is looked after each minute. One line each."""


def called(place: str) -> Callable[..., Any]:
    """The function at `module:name`."""
    module, _, name = place.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


def due_dates(job: Job, last: date | None, today: date) -> list[date]:
    """The business dates that wait, oldest first: after the last run, up to yesterday.

    A job that has never run begins with yesterday, or with its last business date before.
    """
    first = last + timedelta(days=1) if last else today - timedelta(days=1)
    if last is None:
        while not job.falls_on(first):
            first -= timedelta(days=1)
    return [day for n in range((today - first).days) if job.falls_on(day := first + timedelta(days=n))]


def next_date(job: Job, today: date) -> date:
    """The next business date of a job that is not over yet: it runs in the night after it."""
    while not job.falls_on(today):
        today += timedelta(days=1)
    return today
